//! Who did what to whom, when, where, according to whom: events as stories tell them.

use crate::answer::{Answer, Column, Kind, ask, quote_sql};
use crate::correction::REVIEW;
use crate::error::Error;
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// Names of the parties of an event `e` in a table, in the story's order.
pub(crate) fn names_sql(table: &str) -> String {
    format!(
        "(SELECT group_concat(a.name, '; ' ORDER BY x.position) FROM {table} x JOIN actors a USING (actor_id)
          WHERE x.event_id = e.event_id)"
    )
}

/// Their names and their codes.
pub(crate) fn parties_sql(table: &str) -> String {
    format!(
        "{},
         (SELECT group_concat(coalesce(x.country, '') || coalesce('.' || x.sector, ''), '; ' ORDER BY x.position) FROM {table} x
          WHERE x.event_id = e.event_id)",
        names_sql(table)
    )
}

/// An event `e` with its story `s`, its revision `r` and the claim `k` that tells it.
pub(crate) const TOLD: &str = "current_events e JOIN codings c ON c.coding_id = e.coding_id
    JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = e.story_id
    LEFT JOIN claims k ON k.claim_id = e.claim";

/// The keys of the events `e` that a page shows: chosen before anything is read of their stories.
pub(crate) fn picked(condition: &str, order: &str, filter: &Filter) -> String {
    // One more than is asked for tells whether there are more; SQLite reads -1 as no limit.
    let limit = filter.limit.map_or(-1, |limit| i64::from(limit) + 1);
    // The order of days first, whatever the planner thinks of outlets.
    let story = if filter.publisher.is_some() { "CROSS JOIN stories s ON s.story_id = e.story_id" } else { "" };
    format!("SELECT e.event_id FROM current_events e {story} {condition} ORDER BY {order} LIMIT {limit}")
}

/// Words of a span of the revision `r`; missing when the span is.
pub(crate) fn words_sql(start: &str, end: &str) -> String {
    format!("substr(r.text, {start} + 1, {end} - {start})")
}

/// Columns that say who did it to whom, and where; [`sides_sql`] fills them.
pub(crate) const SIDES: [Column; 6] = [
    Column::plain("actors").shown(),
    Column::plain("actor_codes"),
    Column::plain("recipients").shown(),
    Column::plain("recipient_codes"),
    Column::plain("place").shown(),
    Column::plain("country"),
];

/// The sides and the place of an event `e` in SQL.
pub(crate) fn sides_sql() -> String {
    format!("{}, {}, e.place_name, e.place_country", parties_sql("event_actors"), parties_sql("event_recipients"))
}

/// Columns that say according to whom and in which words; [`words_of_event_sql`] fills them.
pub(crate) const WORDS: [Column; 5] = [
    Column::plain("source").shown(),
    Column::plain("source_kind"),
    Column::plain("confidence"),
    Column::plain("trigger").shown(),
    Column::new("quote", Kind::Quote),
];

/// The source and the words of an event `e` in SQL.
pub(crate) fn words_of_event_sql() -> String {
    format!(
        "{source}, k.source_kind, e.confidence, {trigger}, {quote}",
        source = words_sql("k.source_start", "k.source_end"),
        trigger = words_sql("e.trigger_start", "e.trigger_end"),
        quote = quote_sql("r.text", "e.trigger_start", "e.trigger_end"),
    )
}

/// Columns of the evidence, last in every row.
pub(crate) const EVIDENCE: [Column; 5] = [
    Column::plain("story").shown(),
    Column::plain("id"),
    Column::plain("publisher").shown(),
    Column::new("story_day", Kind::Day),
    Column::plain("url"),
];

/// The evidence in SQL.
pub(crate) const EVIDENCE_SQL: &str = "s.story_id, r.id, s.publisher, r.day, s.url";

/// Events, the newest first; it pages. `review` is what people said of it last: accept, fix or reject. Heeds all of the filter
/// but the kind of source; a day asked for is the event's own, so an event whose day nobody told is left out when days are asked
/// for.
///
/// # Errors
/// When the ledger cannot be read.
pub fn events(record: &Record, filter: &Filter) -> Result<Answer, Error> {
    let mut columns = vec![
        Column::new("day", Kind::Day).shown(),
        Column::plain("type").shown(),
        Column::plain("mode").shown(),
        Column::plain("status").shown(),
    ];
    columns.extend(SIDES);
    columns.extend([
        Column::new("earliest", Kind::Day),
        Column::new("latest", Kind::Day),
        Column::plain("killed"),
        Column::plain("injured"),
        Column::plain("quad"),
        Column::plain("score"),
    ]);
    columns.extend(WORDS);
    columns.extend([Column::plain("review"), Column::plain("event")]);
    columns.extend(EVIDENCE);
    let mut conditions = Conditions::default();
    conditions.days("e.day", filter);
    conditions.after("e.day", "<", "e.event_id", filter);
    conditions.event(filter);
    conditions.publisher(filter);
    let (condition, values) = conditions.into_where();
    let order = "e.day DESC, e.event_id";
    let picked = picked(&condition, order, filter);
    let sql = format!(
        "SELECT e.day, e.type, e.mode, e.status, {sides}, e.earliest, e.latest, e.killed, e.injured, e.quad, e.score, {words}, {REVIEW},
                e.event_id, {EVIDENCE_SQL}, e.day, e.event_id
         FROM {TOLD} WHERE e.event_id IN ({picked}) ORDER BY {order}",
        sides = sides_sql(),
        words = words_of_event_sql(),
    );
    ask(record.connection(), columns, &sql, values, filter.limit)
}
