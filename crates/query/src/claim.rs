//! Who says what, and who stands against it.

use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::event::{EVIDENCE, EVIDENCE_SQL, words_sql};
use crate::filter::{Conditions, Filter, Party, is_party, named};
use crate::record::Record;

/// The pieces of what a claim says, in the words of the revision `r`.
pub(crate) const CONTENT: &str = "(SELECT group_concat(substr(r.text, p.start + 1, p.\"end\" - p.start), ' … ' ORDER BY p.position)
    FROM claim_contents p WHERE p.claim_id = k.claim_id)";

/// Who stands against the claim `k`, as `claim 12: the rebels`; within the story and, where it was concluded, over stories.
const DISPUTED_BY: &str = "(SELECT group_concat(said, '; ' ORDER BY claim_id) FROM (
    SELECT d.claim_id, 'claim ' || d.claim_id || coalesce(': ' || substr(w.text, d.source_start + 1, d.source_end - d.source_start), '') said
    FROM current_claims d JOIN codings v ON v.coding_id = d.coding_id JOIN revisions w ON w.revision_id = v.revision_id
    WHERE d.claim_id IN (
        SELECT claim_id FROM claims WHERE disputes = k.claim_id
        UNION SELECT claim_id FROM claim_relations WHERE other_id = k.claim_id AND relation IN ('denies', 'disputes'))))";

/// Claims, those of the newest stories first; it pages. Heeds days (of the story), `actor` and `party` (both the source), the kind of
/// source, the publisher and the limit. `disputes` is the claim that this one stands against.
///
/// # Errors
/// When the ledger cannot be read.
pub fn claims(record: &Record, filter: &Filter) -> Result<Answer, Error> {
    let mut columns = vec![
        Column::plain("claim").shown(),
        Column::plain("source").shown(),
        Column::plain("source_name"),
        Column::plain("source_code").shown(),
        Column::plain("source_kind").shown(),
        Column::plain("act").shown(),
        Column::plain("manner"),
        Column::plain("cue"),
        Column::plain("content").shown(),
        Column::plain("disputes"),
        Column::plain("disputed_by").shown(),
        Column::plain("confidence"),
    ];
    columns.extend(EVIDENCE);
    // In a claim the story's day is the day of the row.
    if let Some(day) = columns.iter_mut().find(|column| column.kind == Kind::Day) {
        day.shown = true;
    }
    let mut conditions = Conditions::default();
    conditions.days("r.day", filter);
    conditions.after("r.day", "<", "k.claim_id", filter);
    teller(&mut conditions, filter);
    conditions.publisher(filter);
    let (condition, values) = conditions.into_where();
    let sql = format!(
        "SELECT k.claim_id, {source}, a.name, nullif(coalesce(a.country, '') || coalesce('.' || a.sector, ''), ''),
                k.source_kind, k.act, k.manner, {cue}, {CONTENT}, k.disputes, {DISPUTED_BY}, k.confidence, {EVIDENCE_SQL}, r.day, k.claim_id
         FROM current_claims k JOIN codings c ON c.coding_id = k.coding_id
         JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = k.story_id
         LEFT JOIN actors a ON a.actor_id = k.source_actor
         {condition} ORDER BY r.day DESC, k.claim_id",
        source = words_sql("k.source_start", "k.source_end"),
        cue = words_sql("k.cue_start", "k.cue_end"),
    );
    ask(record.connection(), columns, &sql, values, filter.limit)
}

/// Who tells the claim `k`, and of which kind the source is.
pub(crate) fn teller(conditions: &mut Conditions, filter: &Filter) {
    for party in [&filter.actor, &filter.party].into_iter().flatten() {
        is_source(conditions, party);
    }
    if let Some(kind) = filter.source_kind {
        conditions.and("k.source_kind = ?", [Value::Text(kind.word().to_owned())]);
    }
}

/// That a party is the source: by the actor that it is, and for a name also by the words themselves.
fn is_source(conditions: &mut Conditions, party: &Party) {
    let (is_party, mut values) = is_party(party);
    let mut sql = format!("k.source_actor IN (SELECT actor_id FROM actors WHERE {is_party})");
    if let Party::Name(name) = party {
        // Only stories that hold the words are looked into.
        sql += &format!(
            " OR k.coding_id IN (SELECT coding_id FROM revisions_words w JOIN codings ON revision_id = w.rowid
                                 WHERE revisions_words MATCH ?)
                 AND instr(lower({}), lower(?)) > 0",
            words_sql("k.source_start", "k.source_end")
        );
        values.extend(named(name));
    }
    conditions.and(format!("({sql})"), values);
}
