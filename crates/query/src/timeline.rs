//! How two parties deal with each other, by day, week or month.

use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::filter::{Conditions, Filter, Party, is_party};
use crate::record::Record;

/// What a row of a timeline covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// One day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
}

impl Period {
    /// The first day of the period of `e.day`.
    fn sql(self) -> &'static str {
        match self {
            Self::Day => "e.day",
            // Back six days and on to the next Monday, which may be that very day.
            Self::Week => "date(e.day, '-6 days', 'weekday 1')",
            Self::Month => "date(e.day, 'start of month')",
        }
    }
}

/// What `left` does to `right` and what `right` does to `left`, one row a period and direction. `events` counts reports,
/// `happenings` events over their reports where that was concluded, `stories` and `origins` who tells them; `mean_score` is of
/// the reports, as are the means of conflict and of cooperation. Periods without an event have no row. `event_ids` are the
/// evidence. Heeds days, types, mode, place, statuses (happened unless others are given), publisher and limit.
///
/// # Errors
/// When the ledger cannot be read.
pub fn timeline(record: &Record, filter: &Filter, left: &Party, right: &Party, period: Period) -> Result<Answer, Error> {
    let columns = vec![
        Column::new("from", Kind::Day).shown(),
        Column::plain("actor").shown(),
        Column::plain("recipient").shown(),
        Column::plain("events").shown(),
        Column::plain("happenings").shown(),
        Column::plain("stories"),
        Column::plain("origins").shown(),
        Column::plain("mean_score").shown(),
        Column::plain("verbal_cooperation").shown(),
        Column::plain("material_cooperation").shown(),
        Column::plain("verbal_conflict").shown(),
        Column::plain("material_conflict").shown(),
        Column::plain("cooperation_score"),
        Column::plain("conflict_score"),
        Column::plain("event_ids"),
    ];
    let (mut selects, mut values) = (Vec::new(), Vec::new());
    for (order, (actor, recipient)) in [(left, right), (right, left)].into_iter().enumerate() {
        let mut conditions = Conditions::default();
        conditions.and("e.day IS NOT NULL", []);
        if filter.statuses.is_empty() {
            conditions.and("e.status = 'happened'", []);
        }
        conditions.days("e.day", filter);
        conditions.event(&Filter { actor: None, recipient: None, party: None, ..filter.clone() });
        // Both sides at once: of all that either does, few events are between the two.
        let ((is_actor, mut of_both), (is_recipient, of_recipient)) = (is_party(actor), is_party(recipient));
        of_both.extend(of_recipient);
        let sql = format!(
            "e.event_id IN (SELECT event_id FROM event_actors WHERE {is_actor} INTERSECT SELECT event_id FROM event_recipients WHERE {is_recipient})"
        );
        conditions.and(sql, of_both);
        conditions.publisher(filter);
        let (condition, of_filter) = conditions.into_where();
        values.extend([Value::Text(actor.to_string()), Value::Text(recipient.to_string())]);
        values.extend(of_filter);
        selects.push(direction_sql(order, period, &condition));
        // A party with itself has one direction.
        if left == right {
            break;
        }
    }
    let sql = format!(
        "SELECT period, actor, recipient, n_events, n_happenings, n_stories, n_origins, mean, vc, mc, vx, mx, good, bad, ids
         FROM ({}) ORDER BY period, direction",
        selects.join(" UNION ALL ")
    );
    ask(record.connection(), columns, &sql, values, filter.limit)
}

fn direction_sql(order: usize, period: Period, condition: &str) -> String {
    format!(
        "SELECT {period} AS period, {order} AS direction, ? AS actor, ? AS recipient, count(*) AS n_events,
                count(DISTINCT coalesce(h.happening_id, e.event_id)) AS n_happenings,
                count(DISTINCT e.story_id) AS n_stories, count(DISTINCT coalesce(o.origin, e.story_id)) AS n_origins,
                round(avg(e.score), 3) AS mean,
                count(*) FILTER (WHERE e.quad = 'verbal cooperation') AS vc,
                count(*) FILTER (WHERE e.quad = 'material cooperation') AS mc,
                count(*) FILTER (WHERE e.quad = 'verbal conflict') AS vx,
                count(*) FILTER (WHERE e.quad = 'material conflict') AS mx,
                round(avg(e.score) FILTER (WHERE e.quad LIKE '% cooperation'), 3) AS good,
                round(avg(e.score) FILTER (WHERE e.quad LIKE '% conflict'), 3) AS bad,
                group_concat(e.event_id, ' ' ORDER BY e.event_id) AS ids
         FROM current_events e JOIN stories s ON s.story_id = e.story_id
         LEFT JOIN happening_reports h ON h.event_id = e.event_id LEFT JOIN origins o ON o.story_id = e.story_id
         {condition} GROUP BY period",
        period = period.sql(),
    )
}
