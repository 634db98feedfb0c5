//! How much is in the record.

use crate::answer::{Answer, Column, ask};
use crate::error::Error;
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// Counts, one row each: `what` is counted, by which `value` (an event type, a status, a publisher), and how many. Heeds days (of
/// the story) and publisher; the limit is that of publishers.
///
/// # Errors
/// When the ledger cannot be read.
pub fn stats(record: &Record, filter: &Filter) -> Result<Answer, Error> {
    let columns = vec![Column::plain("what").shown(), Column::plain("value").shown(), Column::plain("n").shown()];
    let story = "current_codings c JOIN revisions r ON r.revision_id = c.revision_id JOIN stories s ON s.story_id = c.story_id";
    let counts = [
        format!("SELECT 'stories', NULL, count(*) FROM {story} {{condition}}"),
        format!("SELECT 'independent origins', NULL, count(DISTINCT coalesce(o.origin, c.story_id))
                 FROM {story} LEFT JOIN origins o ON o.story_id = c.story_id {{condition}}"),
        format!("SELECT 'days', min(r.day) || ' to ' || max(r.day), count(DISTINCT r.day) FROM {story} {{condition}}"),
        format!("SELECT 'claims', NULL, count(*) FROM {story} JOIN claims k ON k.coding_id = c.coding_id {{condition}}"),
        format!("SELECT 'events', NULL, count(*) FROM {story} JOIN events e ON e.coding_id = c.coding_id {{condition}}"),
        format!("SELECT 'events by status', e.status, count(*) FROM {story} JOIN events e ON e.coding_id = c.coding_id
                 {{condition}} GROUP BY e.status ORDER BY 3 DESC, 2"),
        format!("SELECT 'events by type', e.type, count(*) FROM {story} JOIN events e ON e.coding_id = c.coding_id
                 {{condition}} GROUP BY e.type ORDER BY 3 DESC, 2"),
    ];
    let publishers =
        format!("SELECT 'stories by publisher', s.publisher, count(*) FROM {story} {{condition}} GROUP BY s.publisher ORDER BY 3 DESC, 2");
    let mut answer = Answer { columns: columns.clone(), ..Answer::default() };
    let parts = counts.iter().map(|sql| (sql, None)).chain([(&publishers, filter.limit)]);
    for (sql, limit) in parts {
        let mut conditions = Conditions::default();
        conditions.days("r.day", filter);
        conditions.publisher(filter);
        let (condition, values) = conditions.into_where();
        let part = ask(record.connection(), columns.clone(), &sql.replace("{condition}", &condition), values, limit)?;
        answer.rows.extend(part.rows);
        answer.cut |= part.cut;
    }
    Ok(answer)
}
