//! One event over all its reports: who tells it, where they differ, what became of it.

use std::collections::{BTreeMap, BTreeSet};

use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Cell, Column, Kind, ask, quote_sql};
use crate::error::Error;
use crate::event::{EVIDENCE, EVIDENCE_SQL, SIDES, TOLD, sides_sql, words_sql};
use crate::record::Record;

/// The reports that tell the same as an event, itself among them.
const REPORTS: &str = "SELECT o.event_id FROM happening_reports h JOIN happening_reports o ON o.happening_id = h.happening_id
    WHERE h.event_id = ?1 UNION SELECT ?1";

/// The reports of an event, one row a story's telling, in the order of their stories. `reason` says why it counts as the same.
///
/// # Errors
/// When nothing that stands tells the event, or the ledger cannot be read.
pub fn reports(record: &Record, event: i64) -> Result<Answer, Error> {
    let mut columns = vec![
        Column::plain("event").shown(),
        Column::plain("type"),
        Column::plain("mode"),
        Column::plain("status").shown(),
    ];
    columns.extend(SIDES);
    columns.extend([
        Column::new("earliest", Kind::Day).shown(),
        Column::new("latest", Kind::Day).shown(),
        Column::plain("killed").shown(),
        Column::plain("injured").shown(),
        Column::plain("source").shown(),
        Column::plain("source_kind"),
        Column::plain("claim"),
        Column::plain("trigger").shown(),
        Column::new("quote", Kind::Quote),
        Column::plain("confidence"),
        Column::plain("reason").shown(),
        Column::plain("score"),
        Column::plain("origin").shown(),
        Column::plain("agency").shown(),
    ]);
    columns.extend(EVIDENCE);
    let sql = format!(
        "SELECT e.event_id, e.type, e.mode, e.status, {sides}, e.earliest, e.latest,
                e.killed, e.injured, {source}, k.source_kind, e.claim, {trigger}, {quote}, e.confidence,
                coalesce(h.reason, 'alone'), h.score, coalesce(o.origin, e.story_id), coalesce(r.agency, r.credit), {EVIDENCE_SQL}
         FROM {TOLD} LEFT JOIN happening_reports h ON h.event_id = e.event_id LEFT JOIN origins o ON o.story_id = e.story_id
         WHERE e.event_id IN ({REPORTS}) ORDER BY r.day IS NULL, r.day, e.event_id",
        sides = sides_sql(),
        source = words_sql("k.source_start", "k.source_end"),
        trigger = words_sql("e.trigger_start", "e.trigger_end"),
        quote = quote_sql("r.text", "e.trigger_start", "e.trigger_end"),
    );
    let answer = ask(record.connection(), columns, &sql, vec![Value::Integer(event)], None)?;
    if answer.rows.is_empty() { Err(Error::NoEvent(event)) } else { Ok(answer) }
}

/// What reports may differ in, with the columns that say it.
const FIELDS: [(&str, &[&str]); 8] = [
    ("who", &["actor_codes"]),
    ("to whom", &["recipient_codes"]),
    ("what", &["type", "mode"]),
    ("status", &["status"]),
    ("where", &["place"]),
    ("when", &["earliest", "latest"]),
    ("killed", &["killed"]),
    ("injured", &["injured"]),
];

/// Where [`reports`] differ: of each field for which two values or more are told, one row a value, with how many reports and how
/// many independent origins tell it, and which events. A report that does not tell a field takes no side in it. Nothing is averaged.
pub fn differences(reports: &Answer) -> Answer {
    let columns = vec![
        Column::plain("field").shown(),
        Column::plain("value").shown(),
        Column::plain("reports").shown(),
        Column::plain("origins").shown(),
        Column::plain("publishers").shown(),
        Column::plain("events"),
    ];
    let mut answer = Answer { columns, ..Answer::default() };
    for (field, names) in FIELDS {
        let mut told: BTreeMap<String, Vec<(i64, i64, String)>> = BTreeMap::new();
        for row in reports.named() {
            let mut parts: Vec<String> = names.iter().map(|name| row.text(name)).filter(|part| !part.is_empty()).collect();
            parts.dedup();
            if !parts.is_empty() {
                let keys = (row.integer("event").unwrap_or(0), row.integer("origin").unwrap_or(0), row.text("publisher"));
                told.entry(parts.join(" – ")).or_default().push(keys);
            }
        }
        if told.len() < 2 {
            continue;
        }
        for (value, keys) in told {
            let origins: BTreeSet<i64> = keys.iter().map(|(_, origin, _)| *origin).collect();
            let publishers: BTreeSet<&str> = keys.iter().map(|(_, _, publisher)| publisher.as_str()).collect();
            let events: Vec<String> = keys.iter().map(|(event, ..)| event.to_string()).collect();
            answer.rows.push(vec![
                Cell::Text(field.to_owned()),
                Cell::Text(value),
                Cell::Integer(i64::try_from(keys.len()).unwrap_or(i64::MAX)),
                Cell::Integer(i64::try_from(origins.len()).unwrap_or(i64::MAX)),
                Cell::Text(publishers.into_iter().collect::<Vec<_>>().join("; ")),
                Cell::Text(events.join(" ")),
            ]);
        }
    }
    answer
}

/// What became of a planned event that one of these reports tells, oldest step first; no row when none of them was planned.
///
/// # Errors
/// When the ledger cannot be read.
pub fn steps(record: &Record, event: i64) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("life"),
        Column::plain("step").shown(),
        Column::new("day", Kind::Day).shown(),
        Column::new("earliest", Kind::Day).shown(),
        Column::new("latest", Kind::Day).shown(),
        Column::plain("reason").shown(),
        Column::plain("event").shown(),
        Column::plain("story").shown(),
        Column::plain("publisher").shown(),
    ];
    let sql = format!(
        "SELECT p.life_id, p.step, p.day, p.earliest, p.latest, p.reason, p.event_id, e.story_id, s.publisher
         FROM life_steps p LEFT JOIN current_events e ON e.event_id = p.event_id LEFT JOIN stories s ON s.story_id = e.story_id
         WHERE p.life_id IN (SELECT life_id FROM life_steps WHERE event_id IN ({REPORTS}))
           AND (p.event_id IS NULL OR e.event_id IS NOT NULL)
         ORDER BY p.life_id, p.position"
    );
    ask(record.connection(), columns, &sql, vec![Value::Integer(event)], None)
}

/// The claims under which an event is told, and those that stand to them: `bears` says how (`tells`, or the relation).
///
/// # Errors
/// When the ledger cannot be read.
pub fn bearing(record: &Record, event: i64) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("claim").shown(),
        Column::plain("bears").shown(),
        Column::plain("source").shown(),
        Column::plain("source_kind").shown(),
        Column::plain("act").shown(),
        Column::plain("content").shown(),
        Column::plain("story").shown(),
        Column::plain("publisher").shown(),
        Column::new("story_day", Kind::Day).shown(),
    ];
    let tells = format!("SELECT claim FROM current_events WHERE event_id IN ({REPORTS}) AND claim IS NOT NULL");
    let sql = format!(
        "WITH tells(claim) AS ({tells}), bears(claim, how) AS (
            SELECT claim, 'tells' FROM tells
            UNION SELECT claim_id, 'disputes' FROM claims WHERE disputes IN (SELECT claim FROM tells)
            UNION SELECT claim_id, relation FROM claim_relations WHERE other_id IN (SELECT claim FROM tells)
            UNION SELECT l.other_id, l.relation FROM claim_relations l WHERE l.claim_id IN (SELECT claim FROM tells))
         SELECT k.claim_id, iif(max(b.how = 'tells'), 'tells', min(b.how)), {source}, k.source_kind, k.act, {content}, k.story_id, s.publisher, r.day
         FROM bears b JOIN current_claims k ON k.claim_id = b.claim JOIN codings c ON c.coding_id = k.coding_id
         JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = k.story_id
         GROUP BY k.claim_id ORDER BY r.day IS NULL, r.day, k.claim_id",
        source = words_sql("k.source_start", "k.source_end"),
        content = crate::claim::CONTENT,
    );
    ask(record.connection(), columns, &sql, vec![Value::Integer(event)], None)
}
