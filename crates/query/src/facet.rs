//! How a set of events divides: by type, status, country, publisher, class and day; and where they took place.

use std::collections::BTreeMap;

use ledger::rusqlite::params_from_iter;
use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Cell, Column, Kind, ask};
use crate::error::Error;
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// What events are divided by, with the SQL that says it.
const FACETS: [(&str, &str); 6] = [
    ("type", "e.type"),
    ("status", "e.status"),
    ("quad", "e.quad"),
    ("country", "e.place_country"),
    ("publisher", "s.publisher"),
    ("day", "e.day"),
];

/// The newest events that a filter asks for, as `columns`; the filter's limit is how many.
fn newest(filter: &Filter, columns: &str) -> (String, Vec<Value>) {
    let mut conditions = Conditions::default();
    conditions.days("e.day", filter);
    conditions.event(filter);
    conditions.publisher(filter);
    let (condition, mut values) = conditions.into_where();
    values.push(Value::Integer(filter.limit.map_or(-1, |limit| i64::from(limit) + 1)));
    // Those without a day come last of themselves, for nothing is less than any day.
    let sql = format!(
        "SELECT {columns} FROM current_events e JOIN stories s ON s.story_id = e.story_id {condition}
         ORDER BY e.day DESC, e.event_id LIMIT ?"
    );
    (sql, values)
}

/// How many events a filter asks for, in all (`facet` is `all`) and by each facet's values: the most frequent first, days in their
/// order. Heeds all of the filter but the kind of source. A limit counts over that many of the newest alone, and `cut` tells
/// that there are more.
///
/// # Errors
/// When the ledger cannot be read.
pub fn facets(record: &Record, filter: &Filter) -> Result<Answer, Error> {
    let columns = vec![Column::plain("facet").shown(), Column::plain("value").shown(), Column::plain("events").shown()];
    let (sql, values) = newest(filter, &FACETS.map(|(_, sql)| sql).join(", "));
    let most = filter.limit.map_or(u64::MAX, u64::from);
    let mut counts: [BTreeMap<String, i64>; FACETS.len()] = Default::default();
    let (mut n_events, mut cut) = (0_u64, false);
    let mut statement = record.connection().prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        if n_events == most {
            cut = true;
            break;
        }
        n_events += 1;
        for (idx, counts) in counts.iter_mut().enumerate() {
            if let Some(value) = row.get_ref(idx)?.as_str_or_null().unwrap_or(None) {
                match counts.get_mut(value) {
                    Some(n) => *n += 1,
                    None => {
                        counts.insert(value.to_owned(), 1);
                    }
                }
            }
        }
    }
    let all = Cell::Integer(i64::try_from(n_events).unwrap_or(i64::MAX));
    let mut answer = Answer { columns, rows: vec![vec![Cell::Text("all".to_owned()), Cell::Missing, all]], cut, last: None };
    for ((facet, _), counts) in FACETS.iter().zip(counts) {
        let mut counts: Vec<(String, i64)> = counts.into_iter().collect();
        if *facet != "day" {
            counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        }
        let row = |(value, n)| vec![Cell::Text((*facet).to_owned()), Cell::Text(value), Cell::Integer(n)];
        answer.rows.extend(counts.into_iter().map(row));
    }
    Ok(answer)
}

/// Where the events that a filter asks for took place, the most frequent first. A place that is known no better than its country
/// counts for the country as a whole. `events` of them, `conflict` and `cooperation` among them. Heeds what [`facets`] heeds.
///
/// # Errors
/// When the ledger cannot be read.
pub fn places(record: &Record, filter: &Filter) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("place").shown(),
        Column::plain("country").shown(),
        Column::plain("precision").shown(),
        Column::plain("events").shown(),
        Column::plain("conflict").shown(),
        Column::plain("cooperation").shown(),
        Column::plain("lat").shown(),
        Column::plain("lon").shown(),
        Column::new("last_day", Kind::Day).shown(),
    ];
    let (newest, values) = newest(filter, "e.place_name, e.place_country, e.place_precision, e.quad, e.lat, e.lon, e.day");
    let sql = format!(
        "SELECT min(place_name), place_country, max(replace(place_precision, ' (inherited)', '')), count(*),
                count(*) FILTER (WHERE quad LIKE '% conflict'), count(*) FILTER (WHERE quad LIKE '% cooperation'),
                round(lat, 3), round(lon, 3), max(day)
         FROM ({newest}) WHERE place_name IS NOT NULL
         GROUP BY place_country, lower(place_name) ORDER BY count(*) DESC, place_country, lower(place_name)"
    );
    ask(record.connection(), columns, &sql, values, None)
}
