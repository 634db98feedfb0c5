//! What came in, by independent origin: a story with its copies is one.

use codebook::Act;
use jiff::civil::Date;
use ledger::rusqlite::params_from_iter;
use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::event::{TOLD, parties_sql, words_sql};
use crate::filter::{Conditions, Filter, is_party};
use crate::record::Record;

/// Where a page of clusters ended: the next one begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The day of the last cluster's newest story; `None` when nobody dated it.
    pub day: Option<Date>,
    /// Its revision.
    pub revision: i64,
}

/// What a cluster must have besides what a filter asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Triage {
    /// Words in its newest story, as [`crate::search`] takes them.
    pub words: Option<String>,
    /// An act of speaking that its newest story reports.
    pub act: Option<Act>,
    /// The page before this one.
    pub after: Option<After>,
}

/// The origin of the story of a revision `r`.
const ORIGIN: &str = "coalesce((SELECT origin FROM origins WHERE story_id = r.story_id), r.story_id)";

/// Clusters of stories that go back to one, the newest first, each at the place of its newest story. `story` is the one that the
/// others go back to, and title, lead and counts are its own; `planned` and the like count events over their reports, `accusations`
/// and `denials` its claims, `disputed` claims that others stand against. Heeds all of the filter but the kind of source: days are
/// those of the newest story, the publisher may be that of any of them, and all else is asked of the newest story's events.
///
/// # Errors
/// When the words are no query, or the ledger cannot be read.
pub fn clusters(record: &Record, filter: &Filter, triage: &Triage) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("story").shown(),
        Column::plain("title").shown(),
        Column::plain("lead"),
        Column::new("first_day", Kind::Day).shown(),
        Column::new("day", Kind::Day).shown(),
        Column::plain("published"),
        Column::plain("stories").shown(),
        Column::plain("publishers").shown(),
        Column::plain("agency").shown(),
        Column::plain("planned").shown(),
        Column::plain("conflict").shown(),
        Column::plain("cooperation").shown(),
        Column::plain("accusations").shown(),
        Column::plain("denials").shown(),
        Column::plain("disputed").shown(),
        Column::plain("url"),
        Column::plain("revision"),
    ];
    let (is_rare, has_rare_words) = (is_rare(record, filter)?, has_rare_words(record, triage)?);
    // From a small set of stories those are looked at alone; else stories are, by their days, until there are enough.
    let day = if is_rare || has_rare_words { "+r.day" } else { "r.day" };
    let (condition, values) = conditions(filter, triage, is_rare, has_rare_words).into_where();
    let happenings = |condition: &str| {
        format!(
            "(SELECT count(DISTINCT coalesce(h.happening_id, e.event_id)) FROM current_events e
              LEFT JOIN happening_reports h ON h.event_id = e.event_id WHERE e.story_id = n.origin AND {condition})"
        )
    };
    let acts = |act: Act| {
        format!("(SELECT count(*) FROM current_claims k WHERE k.story_id = n.origin AND k.act = '{}')", act.word())
    };
    let of_all = "coalesce((SELECT {what} FROM origins p JOIN current_revisions q ON q.story_id = p.story_id
        JOIN stories z ON z.story_id = p.story_id WHERE p.origin = n.origin), {else})";
    let of_all = |what: &str, other: &str| of_all.replace("{what}", what).replace("{else}", other);
    let sql = format!(
        "SELECT n.origin, f.title, substr(f.text, 1, 400), {first}, n.day, f.published, {count}, {publishers},
                coalesce(f.agency, f.credit), {planned}, {conflict}, {cooperation}, {accusations}, {denials},
                (SELECT count(*) FROM current_claims k WHERE k.story_id = n.origin AND (
                    EXISTS (SELECT 1 FROM current_claims d WHERE d.disputes = k.claim_id) OR
                    EXISTS (SELECT 1 FROM claim_relations l JOIN current_claims d ON d.claim_id = l.claim_id
                            WHERE l.other_id = k.claim_id AND l.relation IN ('denies', 'disputes')))),
                f.url, n.revision_id
         FROM (SELECT r.revision_id, r.day, {ORIGIN} AS origin, s.publisher, s.story_id
               FROM current_revisions r JOIN stories s ON s.story_id = r.story_id {condition}
               ORDER BY {day} DESC, r.revision_id DESC LIMIT ?) n
         JOIN current_stories f ON f.story_id = n.origin ORDER BY n.day DESC, n.revision_id DESC",
        first = of_all("min(q.day)", "n.day"),
        count = of_all("count(*)", "1"),
        publishers = of_all("group_concat(DISTINCT z.publisher)", "n.publisher"),
        planned = happenings("e.status = 'planned'"),
        conflict = happenings("e.status = 'happened' AND e.quad = 'material conflict'"),
        cooperation = happenings("e.status = 'happened' AND e.quad LIKE '% cooperation'"),
        accusations = acts(Act::Accuse),
        denials = acts(Act::Deny),
    );
    ask_clusters(record, columns, &sql, values, filter.limit, triage)
}

/// Up to how many rows a party, words or an act count as rare.
pub(crate) const RARE: i64 = 5_000;

/// Whether a party that is asked for has so few events that they are better looked up than waited for.
fn is_rare(record: &Record, filter: &Filter) -> Result<bool, Error> {
    let sides = [
        (&filter.actor, &["event_actors"][..]),
        (&filter.recipient, &["event_recipients"]),
        (&filter.party, &["event_actors", "event_recipients"]),
    ];
    for (party, tables) in sides {
        let Some(party) = party else { continue };
        let mut n = 0;
        for table in tables {
            let (condition, values) = is_party(party);
            let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {condition} LIMIT {RARE})");
            n += record.connection().query_row(&sql, params_from_iter(values), |row| row.get::<_, i64>(0))?;
        }
        if n < RARE {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether words that are asked for stand in so few stories that these are better looked up than waited for.
fn has_rare_words(record: &Record, triage: &Triage) -> Result<bool, Error> {
    let Some(words) = &triage.words else { return Ok(false) };
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM revisions_words WHERE revisions_words MATCH ?1 LIMIT {RARE})");
    let n = record.connection().query_row(&sql, [words], |row| row.get::<_, i64>(0));
    Ok(n.map_err(|error| Error::from(error).of_words(words))? < RARE)
}

/// The statement limits the clusters before it looks at them, so the limit is bound twice.
fn ask_clusters(
    record: &Record,
    columns: Vec<Column>,
    sql: &str,
    mut values: Vec<Value>,
    limit: Option<u32>,
    triage: &Triage,
) -> Result<Answer, Error> {
    values.push(Value::Integer(limit.map_or(-1, |limit| i64::from(limit) + 1)));
    let answer = ask(record.connection(), columns, sql, values, limit);
    match &triage.words {
        Some(words) => answer.map_err(|error| error.of_words(words)),
        None => answer,
    }
}

fn conditions(filter: &Filter, triage: &Triage, is_rare: bool, has_rare_words: bool) -> Conditions {
    let mut conditions = Conditions::default();
    // A cluster stands where its newest story does.
    conditions.and(
        "NOT EXISTS (SELECT 1 FROM origins o JOIN origins p ON p.origin = o.origin AND p.story_id <> o.story_id
             JOIN current_revisions q ON q.story_id = p.story_id
             WHERE o.story_id = r.story_id AND (coalesce(q.day, ''), q.revision_id) > (coalesce(r.day, ''), r.revision_id))",
        [],
    );
    if let Some(After { day, revision }) = triage.after {
        match day {
            Some(day) => conditions.and(
                "(r.day < ? OR r.day = ? AND r.revision_id < ? OR r.day IS NULL)",
                [Value::Text(day.to_string()), Value::Text(day.to_string()), Value::Integer(revision)],
            ),
            None => conditions.and("r.day IS NULL AND r.revision_id < ?", [Value::Integer(revision)]),
        }
    }
    conditions.days("r.day", filter);
    if let Some(publisher) = &filter.publisher {
        conditions.and(
            "(s.publisher = ? COLLATE NOCASE OR EXISTS (
                SELECT 1 FROM origins o JOIN origins p ON p.origin = o.origin JOIN stories z ON z.story_id = p.story_id
                WHERE o.story_id = r.story_id AND z.publisher = ? COLLATE NOCASE))",
            [Value::Text(publisher.clone()), Value::Text(publisher.clone())],
        );
    }
    if let Some(words) = &triage.words {
        let holds = if has_rare_words {
            "r.revision_id IN (SELECT rowid FROM revisions_words WHERE revisions_words MATCH ?)"
        } else {
            "EXISTS (SELECT 1 FROM revisions_words w WHERE w.rowid = r.revision_id AND w.revisions_words MATCH ?)"
        };
        conditions.and(holds, [Value::Text(words.clone())]);
    }
    if let Some(act) = triage.act {
        conditions.and(
            "EXISTS (SELECT 1 FROM current_claims k WHERE k.story_id = r.story_id AND k.act = ?)",
            [Value::Text(act.word().to_owned())],
        );
    }
    let mut of_event = Conditions::default();
    of_event.event(filter);
    let (sql, values) = of_event.into_where();
    if is_rare {
        conditions.and(format!("r.story_id IN (SELECT e.story_id FROM current_events e {sql})"), values);
    } else if !sql.is_empty() {
        let sql = sql.replacen("WHERE", "AND", 1);
        conditions.and(format!("EXISTS (SELECT 1 FROM current_events e WHERE e.story_id = r.story_id {sql})"), values);
    }
    conditions
}

/// What some stories tell most of all: of each, the `each` events that weigh the most, planned ones first.
///
/// # Errors
/// When the ledger cannot be read.
pub fn gists(record: &Record, stories: &[i64], each: u32) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("story").shown(),
        Column::plain("event"),
        Column::plain("type").shown(),
        Column::plain("mode").shown(),
        Column::plain("status").shown(),
        Column::plain("actors").shown(),
        Column::plain("actor_codes"),
        Column::plain("recipients").shown(),
        Column::plain("recipient_codes"),
        Column::plain("place").shown(),
        Column::new("earliest", Kind::Day).shown(),
        Column::new("latest", Kind::Day).shown(),
        Column::plain("trigger").shown(),
        Column::plain("killed"),
        Column::plain("injured"),
    ];
    let marks = vec!["?"; stories.len()].join(", ");
    let sql = format!(
        "SELECT e.story_id, e.event_id, e.type, e.mode, e.status, {actors}, {recipients}, e.place_name, e.earliest, e.latest,
                e.words, e.killed, e.injured
         FROM (SELECT e.*, {trigger} AS words,
                      row_number() OVER (PARTITION BY e.story_id ORDER BY e.status <> 'planned',
                          NOT EXISTS (SELECT 1 FROM event_actors x WHERE x.event_id = e.event_id), abs(e.score) DESC,
                          e.event_id) AS rank
               FROM {TOLD} WHERE e.story_id IN ({marks})) e
         WHERE rank <= ? ORDER BY e.story_id, e.event_id",
        actors = parties_sql("event_actors"),
        recipients = parties_sql("event_recipients"),
        trigger = words_sql("e.trigger_start", "e.trigger_end"),
    );
    let mut values: Vec<Value> = stories.iter().map(|key| Value::Integer(*key)).collect();
    values.push(Value::Integer(i64::from(each)));
    ask(record.connection(), columns, &sql, values, None)
}

/// The stories that go back to the same one as a story, in the order of their days; `is_origin` marks that one.
///
/// # Errors
/// When the ledger cannot be read.
pub fn copies(record: &Record, story: i64) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("story").shown(),
        Column::new("day", Kind::Day).shown(),
        Column::plain("published"),
        Column::plain("publisher").shown(),
        Column::plain("title").shown(),
        Column::plain("is_origin").shown(),
        Column::plain("reason").shown(),
        Column::plain("score"),
        Column::plain("url"),
    ];
    let sql = "SELECT s.story_id, s.day, s.published, s.publisher, s.title, s.story_id = coalesce(o.origin, s.story_id),
                      coalesce(o.reason, 'alone'), o.score, s.url
               FROM current_stories s LEFT JOIN origins o ON o.story_id = s.story_id
               WHERE s.story_id = ?1 OR s.story_id IN (
                   SELECT p.story_id FROM origins m JOIN origins p ON p.origin = m.origin WHERE m.story_id = ?1)
               ORDER BY s.day IS NULL, s.day, s.published, s.story_id";
    ask(record.connection(), columns, sql, vec![Value::Integer(story)], None)
}
