//! What is due: planned events by their window, and what became of them.

use jiff::civil::Date;
use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::event::{EVIDENCE, EVIDENCE_SQL, SIDES, TOLD, WORDS, picked, sides_sql, words_of_event_sql, words_sql};
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// What a later report that is known says of a planned event `e`, by the life of what its reports tell together; the step that no
/// report states is left to `on`.
const LATER: &str = "(SELECT o.step FROM happening_reports h JOIN happening_reports g ON g.happening_id = h.happening_id
    JOIN life_steps p ON p.event_id = g.event_id JOIN life_steps o ON o.life_id = p.life_id
    JOIN current_events t ON t.event_id = o.event_id
    WHERE h.event_id = e.event_id AND o.step IN ('took place', 'postponed', 'cancelled') ORDER BY o.position DESC LIMIT 1)";

/// Whether `e` is a step of its plan, or no other report that is known is: a copy of an announcement is no plan of its own.
const IS_STEP: &str = "(EXISTS (SELECT 1 FROM life_steps l WHERE l.event_id = e.event_id)
    OR NOT EXISTS (SELECT 1 FROM happening_reports h JOIN happening_reports g ON g.happening_id = h.happening_id
                   JOIN life_steps l ON l.event_id = g.event_id JOIN current_events t ON t.event_id = g.event_id
                   WHERE h.event_id = e.event_id))";

/// Planned events in the order in which their windows open; it pages. Reports that only repeat an announcement are left out,
/// but when one publisher is asked for. Those whose window nobody told come last, and are left out when days are asked
/// for. `standing` says what a later report says (`took place`, `postponed`, `cancelled`), else how the window lies to the day
/// `on`: `overdue`, `running`, `ahead`, `unknown`. Heeds all of the filter but statuses and the kind of source; a day asked for
/// is one that the window meets.
///
/// # Errors
/// When the ledger cannot be read.
pub fn agenda(record: &Record, filter: &Filter, on: Date) -> Result<Answer, Error> {
    let mut columns = vec![
        Column::new("earliest", Kind::Day).shown(),
        Column::new("latest", Kind::Day).shown(),
        Column::plain("standing").shown(),
        Column::plain("type").shown(),
        Column::plain("mode").shown(),
    ];
    columns.extend(SIDES);
    columns.push(Column::plain("when"));
    columns.extend(WORDS);
    columns.push(Column::plain("event"));
    columns.extend(EVIDENCE);
    let mut conditions = Conditions::default();
    conditions.and("e.status = 'planned'", []);
    // Who asks for one outlet wants what it told, copies and all.
    if filter.publisher.is_none() {
        conditions.and(IS_STEP, []);
    }
    let day = |day: Option<Date>| day.map(|day| Value::Text(day.to_string()));
    if let Some(since) = day(filter.since) {
        conditions.and("e.latest >= ?", [since]);
    }
    if let Some(until) = day(filter.until) {
        conditions.and("e.earliest <= ?", [until]);
    }
    conditions.after("e.earliest", ">", "e.event_id", filter);
    conditions.event(&Filter { statuses: Vec::new(), ..filter.clone() });
    conditions.publisher(filter);
    let (condition, of_filter) = conditions.into_where();
    let order = "e.earliest NULLS LAST, e.event_id";
    let picked = picked(&condition, order, filter);
    let on = Value::Text(on.to_string());
    let values = [on.clone(), on].into_iter().chain(of_filter).collect();
    let sql = format!(
        "SELECT e.earliest, e.latest,
                coalesce({LATER}, CASE WHEN e.latest IS NULL THEN 'unknown' WHEN e.latest < ? THEN 'overdue'
                                       WHEN e.earliest > ? THEN 'ahead' ELSE 'running' END),
                e.type, e.mode, {sides}, {when}, {words}, e.event_id, {EVIDENCE_SQL}, e.earliest, e.event_id
         FROM {TOLD} WHERE e.event_id IN ({picked}) ORDER BY {order}",
        sides = sides_sql(),
        when = words_sql("e.time_start", "e.time_end"),
        words = words_of_event_sql(),
    );
    ask(record.connection(), columns, &sql, values, filter.limit)
}
