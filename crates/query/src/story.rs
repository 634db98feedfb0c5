//! Stories: by words in them, and one as a whole.

use ledger::rusqlite::{OptionalExtension, types::Value};

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::event::words_sql;
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// Stories that hold words, the closest match first; it pages. `words` is a query of SQLite's FTS5: words, "phrases", AND, OR, NOT,
/// NEAR(a b, 5), pre*; word forms and accents do not count. `snippet` marks what matched with [ ]. Heeds days (of the story),
/// publisher and limit.
///
/// # Errors
/// When the words are no such query, or the ledger cannot be read.
pub fn search(record: &Record, filter: &Filter, words: &str) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("story").shown(),
        Column::plain("id"),
        Column::new("day", Kind::Day).shown(),
        Column::plain("publisher").shown(),
        Column::plain("title").shown(),
        Column::plain("snippet").shown(),
        Column::plain("url"),
    ];
    let mut conditions = Conditions::default();
    conditions.and("revisions_words MATCH ?", [Value::Text(words.to_owned())]);
    conditions.days("r.day", filter);
    conditions.after("revisions_words.rank", ">", "r.revision_id", filter);
    conditions.publisher(filter);
    let (condition, values) = conditions.into_where();
    let sql = format!(
        "SELECT r.story_id, r.id, r.day, s.publisher, r.title, snippet(revisions_words, -1, '[', ']', '…', 24), s.url,
                revisions_words.rank, r.revision_id
         FROM revisions_words JOIN current_revisions r ON r.revision_id = revisions_words.rowid
         JOIN stories s ON s.story_id = r.story_id {condition} ORDER BY revisions_words.rank, r.revision_id"
    );
    ask(record.connection(), columns, &sql, values, filter.limit).map_err(|error| error.of_words(words))
}

/// One story by its number in the ledger, or by the id that it came with: its head, its text, then its events and claims in the
/// text's order. `part` is `story`, `event` or `claim`; `words` are the story's own. Heeds nothing of a filter.
///
/// # Errors
/// When there is no such story, or the ledger cannot be read.
pub fn story(record: &Record, id: &str) -> Result<Answer, Error> {
    let connection = record.connection();
    let by_id = "SELECT story_id FROM current_stories WHERE id = ?1 ORDER BY story_id LIMIT 1";
    let by_key = "SELECT story_id FROM current_stories WHERE story_id = ?1";
    let mut found: Option<i64> = connection.query_row(by_id, [id], |row| row.get(0)).optional()?;
    if found.is_none() && let Ok(key) = id.parse::<i64>() {
        found = connection.query_row(by_key, [key], |row| row.get(0)).optional()?;
    }
    let key = found.ok_or_else(|| Error::NoStory(id.to_owned()))?;
    let columns = vec![
        Column::plain("part").shown(),
        Column::plain("key").shown(),
        Column::plain("what").shown(),
        Column::plain("words").shown(),
        Column::plain("start"),
        Column::plain("end"),
        Column::plain("confidence"),
        Column::plain("reason"),
    ];
    let head = "SELECT 'story', s.story_id, f.key, f.value, NULL, NULL, NULL, NULL
         FROM current_stories s JOIN json_each(json_object('id', s.id, 'title', s.title, 'publisher', s.publisher, 'url', s.url,
             'published', s.published, 'agency', coalesce(s.agency, s.credit), 'byline', s.byline, 'text', s.text)) f
         WHERE s.story_id = ? AND f.value IS NOT NULL ORDER BY f.id";
    let events = format!(
        "SELECT 'event', e.event_id, e.type || coalesce('/' || e.mode, '') || ' ' || e.status, {}, e.trigger_start, e.trigger_end,
                e.confidence, e.reason
         FROM current_events e JOIN codings c ON c.coding_id = e.coding_id JOIN revisions r ON r.revision_id = c.revision_id
         WHERE e.story_id = ? ORDER BY e.event_id",
        words_sql("e.trigger_start", "e.trigger_end")
    );
    let claims = "SELECT 'claim', k.claim_id, k.act || coalesce(' by ' || substr(r.text, k.source_start + 1, k.source_end - k.source_start), ''),
                substr(r.text, p.start + 1, p.\"end\" - p.start), p.start, p.\"end\", k.confidence, k.reason
         FROM current_claims k JOIN codings c ON c.coding_id = k.coding_id JOIN revisions r ON r.revision_id = c.revision_id
         LEFT JOIN claim_contents p ON p.claim_id = k.claim_id
         WHERE k.story_id = ? ORDER BY k.claim_id, p.position";
    let mut answer = Answer { columns: columns.clone(), ..Answer::default() };
    for sql in [head, &events, claims] {
        let part = ask(connection, columns.clone(), sql, vec![Value::Integer(key)], None)?;
        answer.rows.extend(part.rows);
    }
    Ok(answer)
}
