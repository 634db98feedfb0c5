//! Who deals with whom: the parties around one, and pairs of parties.

use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::filter::{Conditions, Filter, Party, is_party};
use crate::record::Record;

/// The most events that a network is drawn from, the newest first.
pub const EVENTS_MAX: u32 = 5_000;

/// The person or body over stories that an actor `a` with member row `m` and entity row `n` is, else the actor itself.
const KEY: &str = "coalesce(n.entity_id, a.actor_id)";

/// An actor of a row `x`, with what it is over stories.
const WHO: &str = "JOIN actors a ON a.actor_id = x.actor_id LEFT JOIN entity_members m ON m.actor_id = a.actor_id
    LEFT JOIN entities n ON n.entity_id = m.entity_id";

/// The parties that a party deals with, those with the most events first: how many events it did to them (`did`), they to it
/// (`had_done`), how many of both set apart (`conflict`) and bring closer (`cooperation`), and the last day. Counted over the newest
/// [`EVENTS_MAX`] events of each direction. Heeds days (of the event), types, statuses, place and limit.
///
/// # Errors
/// When the ledger cannot be read.
pub fn neighbours(record: &Record, filter: &Filter, party: &Party) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("actor"),
        Column::plain("name").shown(),
        Column::plain("code").shown(),
        Column::plain("did").shown(),
        Column::plain("had_done").shown(),
        Column::plain("conflict").shown(),
        Column::plain("cooperation").shown(),
        Column::new("last_day", Kind::Day).shown(),
    ];
    let (mut selects, mut values) = (Vec::new(), Vec::new());
    for (direction, own, others) in [("did", "event_actors", "event_recipients"), ("had_done", "event_recipients", "event_actors")] {
        let (is_party, of_party) = is_party(party);
        let mut conditions = Conditions::default();
        conditions.and(format!("e.event_id IN (SELECT event_id FROM {own} WHERE {is_party})"), of_party);
        conditions.days("e.day", filter);
        conditions.event(filter);
        let (condition, of_filter) = conditions.into_where();
        values.extend(of_filter);
        selects.push(format!(
            "SELECT '{direction}' AS direction, {KEY} AS key, a.actor_id, a.name AS own_name, n.name AS over_name,
                    coalesce(n.country, x.country) AS country, coalesce(n.sector, x.sector) AS sector, e.event_id, e.quad, e.day
             FROM (SELECT e.event_id, e.quad, e.day FROM current_events e {condition}
                   ORDER BY e.event_id DESC LIMIT {EVENTS_MAX}) e JOIN {others} x ON x.event_id = e.event_id {WHO}"
        ));
    }
    let (is_party, of_party) = is_party(party);
    let sql = format!(
        "SELECT min(actor_id), coalesce(max(over_name), min(own_name)),
                nullif(coalesce(min(country), '') || coalesce('.' || min(sector), ''), ''),
                count(DISTINCT event_id) FILTER (WHERE direction = 'did'),
                count(DISTINCT event_id) FILTER (WHERE direction = 'had_done'),
                count(DISTINCT event_id) FILTER (WHERE quad LIKE '% conflict'),
                count(DISTINCT event_id) FILTER (WHERE quad LIKE '% cooperation'), max(day)
         FROM ({}) t WHERE t.actor_id NOT IN (SELECT actor_id FROM actors WHERE {is_party})
         GROUP BY key ORDER BY count(DISTINCT event_id) DESC, key",
        selects.join(" UNION ALL ")
    );
    values.extend(of_party);
    ask(record.connection(), columns, &sql, values, filter.limit)
}

/// Pairs of actor and recipient in the events that a filter asks for, those with the most events first; `actor` and `recipient` are
/// the least keys of the actors that are the same. Counted over the newest
/// [`EVENTS_MAX`] events. Heeds all of the filter but the kind of source.
///
/// # Errors
/// When the ledger cannot be read.
pub fn dyads(record: &Record, filter: &Filter) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("actor"),
        Column::plain("actor_name").shown(),
        Column::plain("recipient"),
        Column::plain("recipient_name").shown(),
        Column::plain("events").shown(),
        Column::plain("conflict").shown(),
        Column::plain("cooperation").shown(),
        Column::plain("mean_score").shown(),
    ];
    let mut conditions = Conditions::default();
    conditions.days("e.day", filter);
    conditions.event(filter);
    conditions.publisher(filter);
    let (condition, values): (String, Vec<Value>) = conditions.into_where();
    let sql = format!(
        "WITH e AS (SELECT e.event_id, e.quad, e.score FROM current_events e JOIN stories s ON s.story_id = e.story_id {condition}
                    ORDER BY e.event_id DESC LIMIT {EVENTS_MAX}),
              acting AS (SELECT x.event_id, {KEY} AS key, coalesce(n.name, a.name) AS name
                       FROM e JOIN event_actors x ON x.event_id = e.event_id {WHO}),
              receiving AS (SELECT x.event_id, {KEY} AS key, coalesce(n.name, a.name) AS name
                        FROM e JOIN event_recipients x ON x.event_id = e.event_id {WHO})
         SELECT l.key, min(l.name), t.key, min(t.name), count(DISTINCT e.event_id),
                count(DISTINCT e.event_id) FILTER (WHERE e.quad LIKE '% conflict'),
                count(DISTINCT e.event_id) FILTER (WHERE e.quad LIKE '% cooperation'), round(avg(e.score), 2)
         FROM e JOIN acting l ON l.event_id = e.event_id JOIN receiving t ON t.event_id = e.event_id
         WHERE l.key <> t.key GROUP BY l.key, t.key ORDER BY count(DISTINCT e.event_id) DESC, l.key, t.key"
    );
    ask(record.connection(), columns, &sql, values, filter.limit)
}
