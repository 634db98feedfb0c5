//! What people say about codings.

use ledger::Target;
use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, ask};
use crate::error::Error;
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// SQL for the row that a correction `n` is about as it stands: of what a newer model read in the same words, that row.
const STANDING: &str = "CASE n.target
    WHEN 'event' THEN coalesce((SELECT e.event_id FROM current_events e WHERE e.story_id = n.story_id
        AND e.trigger_start = n.start AND e.trigger_end = n.\"end\" ORDER BY e.event_id DESC LIMIT 1), n.target_id)
    WHEN 'claim' THEN coalesce((SELECT k.claim_id FROM current_claims k JOIN claim_contents p ON p.claim_id = k.claim_id
        WHERE k.story_id = n.story_id AND p.position = 0 AND p.start = n.start AND p.\"end\" = n.\"end\"
        ORDER BY k.claim_id = n.target_id DESC, k.claim_id DESC LIMIT 1), n.target_id)
    ELSE n.target_id END";

/// SQL for what was said last of an event `e`: accept, fix or reject; missing where nobody said anything, or took it back.
pub(crate) const REVIEW: &str = "(SELECT n.verb FROM corrections n WHERE n.story_id = e.story_id AND n.target = 'event'
    AND n.start = e.trigger_start AND n.\"end\" = e.trigger_end AND n.undone_on IS NULL AND n.verb <> 'note'
    ORDER BY n.correction_id DESC LIMIT 1)";

/// SQL for what people say that fields of an event `e` should read, `mode = firearms; …`, and for their notes on it.
pub(crate) const FIXES: &str = "(SELECT group_concat(n.field || ' = ' || coalesce(n.value, ''), '; ' ORDER BY n.correction_id)
    FROM corrections n WHERE n.story_id = e.story_id AND n.target = 'event' AND n.start = e.trigger_start
    AND n.\"end\" = e.trigger_end AND n.undone_on IS NULL AND n.verb = 'fix')";
pub(crate) const NOTES: &str = "(SELECT group_concat(n.note, '; ' ORDER BY n.correction_id) FROM corrections n
    WHERE n.story_id = e.story_id AND n.target = 'event' AND n.start = e.trigger_start AND n.\"end\" = e.trigger_end
    AND n.undone_on IS NULL AND n.note IS NOT NULL)";

/// Which corrections are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Of a story.
    pub story: Option<i64>,
    /// Of one row.
    pub target: Option<(Target, i64)>,
    /// Whether those that were taken back are told too.
    pub with_undone: bool,
}

/// Notes and corrections, the newest first; it pages. `row` is the row as it stands now, `target_id` the one that was corrected.
/// Heeds the limit.
///
/// # Errors
/// When the ledger cannot be read.
pub fn corrections(record: &Record, filter: &Filter, about: About) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("correction").shown(),
        Column::plain("target").shown(),
        Column::plain("row").shown(),
        Column::plain("target_id"),
        Column::plain("story").shown(),
        Column::plain("start"),
        Column::plain("end"),
        Column::plain("verb").shown(),
        Column::plain("field").shown(),
        Column::plain("value").shown(),
        Column::plain("note").shown(),
        Column::plain("by").shown(),
        Column::plain("made").shown(),
        Column::plain("undone"),
        Column::plain("undone_by"),
    ];
    let mut conditions = Conditions::default();
    if let Some(story) = about.story {
        conditions.and("n.story_id = ?", [Value::Integer(story)]);
    }
    if let Some((target, key)) = about.target {
        conditions.and("n.target = ?", [Value::Text(target.word().to_owned())]);
        conditions.and(format!("({STANDING} = ? OR n.target_id = ?)"), [Value::Integer(key), Value::Integer(key)]);
    }
    if !about.with_undone {
        conditions.and("n.undone_on IS NULL", []);
    }
    if let Some(last) = &filter.after {
        conditions.and("n.correction_id < ?", [Value::Integer(last.key)]);
    }
    let (condition, values) = conditions.into_where();
    let sql = format!(
        "SELECT n.correction_id, n.target, {STANDING}, n.target_id, n.story_id, n.start, n.\"end\", n.verb, n.field, n.value, n.note, n.by,
                strftime('%Y-%m-%dT%H:%M:%SZ', n.made_on / 1000.0, 'unixepoch'),
                strftime('%Y-%m-%dT%H:%M:%SZ', n.undone_on / 1000.0, 'unixepoch'), n.undone_by, NULL, n.correction_id
         FROM corrections n {condition} ORDER BY n.correction_id DESC"
    );
    ask(record.connection(), columns, &sql, values, filter.limit)
}
