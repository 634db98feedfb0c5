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
    if record.is_current() && filter.publisher.is_none() {
        return tallied(record, filter, columns);
    }
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

/// The same counts of the record as it stands, from what is counted while stories come in.
fn tallied(record: &Record, filter: &Filter, columns: Vec<Column>) -> Result<Answer, Error> {
    let mut days = Conditions::default();
    days.days("t.day", filter);
    let (and_days, of_days) = days.into_and();
    // Days asked for are days that are known.
    let known = "t.n > 0 AND t.day <> ''";
    let counts = [
        format!("SELECT 'stories', NULL, coalesce(sum(t.n), 0) FROM tallies t WHERE t.what = 'publisher'{and_days}"),
        format!(
            "SELECT 'independent origins', NULL,
                    coalesce((SELECT sum(t.n) FROM tallies t WHERE t.what = 'publisher'{and_days}), 0) - {}",
            if of_days.is_empty() {
                "(SELECT count(*) FROM origins INDEXED BY origins_copied WHERE origin <> story_id)".to_owned()
            } else {
                // A copy counts out only where an earlier one of its origin is among these days.
                let days = and_days.replace("t.day", "r.day");
                format!(
                    "(SELECT count(*) - count(DISTINCT o.origin) FROM current_revisions r JOIN origins o ON o.story_id = r.story_id
                      WHERE true{days})"
                )
            }
        ),
        format!(
            "SELECT 'days', min(t.day) || ' to ' || max(t.day), count(DISTINCT t.day) FROM tallies t
             WHERE t.what = 'publisher' AND {known}{and_days}"
        ),
        format!("SELECT 'claims', NULL, coalesce(sum(t.n), 0) FROM tallies t WHERE t.what = 'claims'{and_days}"),
        format!("SELECT 'events', NULL, coalesce(sum(t.n), 0) FROM tallies t WHERE t.what = 'status'{and_days}"),
        grouped("events by status", "status", &and_days),
        grouped("events by type", "type", &and_days),
        grouped("stories by publisher", "publisher", &and_days),
    ];
    let mut answer = Answer { columns: columns.clone(), ..Answer::default() };
    let last = counts.len() - 1;
    for (idx, sql) in counts.iter().enumerate() {
        let n_times = sql.matches('?').count() / of_days.len().max(1);
        let values = of_days.iter().cycle().take(n_times * of_days.len()).cloned().collect();
        let part = ask(record.connection(), columns.clone(), sql, values, filter.limit.filter(|_| idx == last))?;
        answer.rows.extend(part.rows);
        answer.cut |= part.cut;
    }
    Ok(answer)
}

fn grouped(what: &str, tally: &str, and_days: &str) -> String {
    format!(
        "SELECT '{what}', nullif(t.value, ''), sum(t.n) FROM tallies t WHERE t.what = '{tally}'{and_days}
         GROUP BY t.value HAVING sum(t.n) > 0 ORDER BY 3 DESC, 2"
    )
}
