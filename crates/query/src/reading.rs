//! One story with its coding, as it is kept: what a page that marks the text needs.

use ledger::StoredCoding;
use ledger::rusqlite::{OptionalExtension, types::Value};

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::event::words_sql;
use crate::record::Record;

/// The coding of a story that stands, with the story's text and the keys of its rows. `id` is the story's number.
///
/// # Errors
/// When there is no such story, it was not read yet, or the ledger cannot be read.
pub fn reading(record: &Record, id: i64) -> Result<StoredCoding, Error> {
    let sql = "SELECT coding_id FROM current_codings WHERE story_id = ?1";
    let coding: Option<i64> = record.connection().query_row(sql, [id], |row| row.get(0)).optional()?;
    let coding = coding.ok_or_else(|| Error::NoStory(id.to_string()))?;
    record.ledger().coding(coding).map_err(Error::Ledger)?.ok_or_else(|| Error::NoStory(id.to_string()))
}

/// The story that tells an event; also of a reading that was retired since.
///
/// # Errors
/// When there is no such event, or the ledger cannot be read.
pub fn story_of(record: &Record, event: i64) -> Result<i64, Error> {
    let sql = "SELECT story_id FROM events WHERE event_id = ?1";
    let story: Option<i64> = record.connection().query_row(sql, [event], |row| row.get(0)).optional()?;
    story.ok_or(Error::NoEvent(event))
}

/// How the claims of a story stand to claims of any story, one row a relation: the one is `claim`, the other `other`. Within the
/// story as its text has it, over stories as was concluded, with the reason.
///
/// # Errors
/// When the ledger cannot be read.
pub fn stances(record: &Record, story: i64) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("claim").shown(),
        Column::plain("relation").shown(),
        Column::plain("other").shown(),
        Column::plain("other_source").shown(),
        Column::plain("other_act"),
        Column::plain("story").shown(),
        Column::plain("publisher").shown(),
        Column::new("story_day", Kind::Day).shown(),
        Column::plain("reason").shown(),
        Column::plain("is_later"),
    ];
    let sql = format!(
        "SELECT l.claim, l.relation, k.claim_id, {source}, k.act, k.story_id, s.publisher, r.day, l.reason, l.is_later
         FROM (SELECT claim_id AS claim, 'disputes' AS relation, disputes AS other, reason, 1 AS is_later FROM current_claims
               WHERE story_id = ?1 AND disputes IS NOT NULL
               UNION SELECT disputes, 'disputes', claim_id, reason, 0 FROM current_claims WHERE story_id = ?1 AND disputes IS NOT NULL
               UNION SELECT l.claim_id, l.relation, l.other_id, l.reason, 1 FROM current_claims k
               JOIN claim_relations l ON l.claim_id = k.claim_id WHERE k.story_id = ?1
               UNION SELECT l.other_id, l.relation, l.claim_id, l.reason, 0 FROM current_claims k
               JOIN claim_relations l ON l.other_id = k.claim_id WHERE k.story_id = ?1) l
         JOIN current_claims k ON k.claim_id = l.other JOIN codings c ON c.coding_id = k.coding_id
         JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = k.story_id
         ORDER BY l.claim, k.claim_id, l.relation",
        source = words_sql("k.source_start", "k.source_end"),
    );
    ask(record.connection(), columns, &sql, vec![Value::Integer(story)], None)
}

/// Which of these actors are persons or bodies over stories: `actor`, its `entity` and the name that it has over all stories.
///
/// # Errors
/// When the ledger cannot be read.
pub fn identities(record: &Record, actors: &[i64]) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("actor").shown(),
        Column::plain("entity").shown(),
        Column::plain("name").shown(),
        Column::plain("country"),
        Column::plain("sector"),
        Column::plain("stories").shown(),
        Column::plain("reason").shown(),
    ];
    let marks = vec!["?"; actors.len()].join(", ");
    let sql = format!(
        "SELECT m.actor_id, m.entity_id, n.name, n.country, n.sector, n.n_stories, m.reason
         FROM entity_members m JOIN entities n ON n.entity_id = m.entity_id
         WHERE m.actor_id IN ({marks}) ORDER BY m.actor_id"
    );
    ask(record.connection(), columns, &sql, actors.iter().map(|key| Value::Integer(*key)).collect(), None)
}

/// The texts that a story had, oldest first, with when they were taken in and whether they stand.
///
/// # Errors
/// When the ledger cannot be read.
pub fn revisions(record: &Record, story: i64) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("revision").shown(),
        Column::plain("known_on").shown(),
        Column::plain("title").shown(),
        Column::plain("stands").shown(),
        Column::plain("text"),
    ];
    let sql = "SELECT revision_id, strftime('%Y-%m-%dT%H:%M:%SZ', known_on / 1000, 'unixepoch'), title, retired_on IS NULL, text
               FROM revisions WHERE story_id = ? ORDER BY revision_id";
    ask(record.connection(), columns, sql, vec![Value::Integer(story)], None)
}
