//! One person or body over all stories: what it is called, and which offices it is said to hold, when.

use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::filter::SAME;
use crate::record::Record;

/// What an actor is over all stories, as one row; where it was not joined with others, what its own story says. `entity` is missing
/// then.
///
/// # Errors
/// When there is no such actor, or the ledger cannot be read.
pub fn entity(record: &Record, actor: i64) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("entity").shown(),
        Column::plain("name").shown(),
        Column::plain("kind").shown(),
        Column::plain("country").shown(),
        Column::plain("sector").shown(),
        Column::plain("wikidata").shown(),
        Column::plain("stories").shown(),
        Column::plain("reason").shown(),
    ];
    let sql = "SELECT n.entity_id, coalesce(n.name, a.name), coalesce(n.kind, a.kind), coalesce(n.country, a.country),
                      coalesce(n.sector, a.sector), coalesce(n.wikidata, a.wikidata), coalesce(n.n_stories, 1), a.reason
               FROM actors a LEFT JOIN entity_members m ON m.actor_id = a.actor_id
               LEFT JOIN entities n ON n.entity_id = m.entity_id WHERE a.actor_id = ?";
    let answer = ask(record.connection(), columns, sql, vec![Value::Integer(actor)], None)?;
    if answer.rows.is_empty() { Err(Error::NoActor(actor.to_string())) } else { Ok(answer) }
}

/// What an actor is called, by whom: names with the number of stories that use them and their publishers, the commonest first.
///
/// # Errors
/// When the ledger cannot be read.
pub fn names(record: &Record, actor: i64) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("name").shown(),
        Column::plain("code").shown(),
        Column::plain("stories").shown(),
        Column::plain("publishers").shown(),
        Column::new("first_day", Kind::Day).shown(),
        Column::new("last_day", Kind::Day).shown(),
        Column::plain("reason").shown(),
    ];
    let sql = format!(
        "SELECT a.name, nullif(coalesce(a.country, '') || coalesce('.' || a.sector, ''), ''), count(DISTINCT c.story_id),
                group_concat(DISTINCT s.publisher), min(r.day), max(r.day), min(m.reason)
         FROM actors a JOIN current_codings c ON c.coding_id = a.coding_id JOIN revisions r ON r.revision_id = c.revision_id
         JOIN stories s ON s.story_id = c.story_id LEFT JOIN entity_members m ON m.actor_id = a.actor_id
         WHERE a.actor_id IN ({SAME}) GROUP BY a.name, 2 ORDER BY 3 DESC, a.name, 2"
    );
    ask(record.connection(), columns, &sql, vec![Value::Integer(actor); 2], None)
}

/// The offices that stories give an actor, by title and status: since and until which day they are named, by how many stories, and
/// the newest of these.
///
/// # Errors
/// When the ledger cannot be read.
pub fn roles(record: &Record, actor: i64) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("title").shown(),
        Column::plain("status").shown(),
        Column::plain("of").shown(),
        Column::new("first_day", Kind::Day).shown(),
        Column::new("last_day", Kind::Day).shown(),
        Column::plain("stories").shown(),
        Column::plain("publishers").shown(),
        Column::plain("story"),
    ];
    let sql = format!(
        "SELECT lower(o.title), o.status, max(o.\"of\"), min(r.day), max(r.day), count(DISTINCT c.story_id),
                group_concat(DISTINCT s.publisher), max(c.story_id)
         FROM actor_roles o JOIN actors a ON a.actor_id = o.actor_id JOIN current_codings c ON c.coding_id = a.coding_id
         JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = c.story_id
         WHERE o.actor_id IN ({SAME}) GROUP BY lower(o.title), o.status ORDER BY min(r.day), lower(o.title), o.status"
    );
    ask(record.connection(), columns, &sql, vec![Value::Integer(actor); 2], None)
}
