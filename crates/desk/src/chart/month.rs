//! A month as a grid of days, each with what falls on it.

use askama::Template;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::chart::bars::Entry;
use crate::screens::{class, cut, sign};

/// Entries of a day that are named; others are counted.
const NAMED: usize = 3;
/// Windows longer than this fill no day: they stand under the month.
const LONG: usize = 10;

struct Item {
    label: String,
    address: String,
    sign: &'static str,
    class: &'static str,
}

struct Cell {
    day: Date,
    is_of_month: bool,
    is_on: bool,
    items: Vec<Item>,
    more: usize,
}

/// The grid.
#[derive(Template)]
#[template(path = "chart/month.html")]
pub(crate) struct Month {
    /// Its first day.
    pub(crate) first: Date,
    weeks: Vec<Vec<Cell>>,
    long: Vec<(Item, String)>,
}

fn item(entry: &Entry) -> Item {
    Item { label: cut(&entry.2, 48), address: entry.3.clone(), sign: sign(&entry.4), class: class(&entry.4) }
}

impl Month {
    /// Lays out the month that begins on `first`; `on` is marked.
    pub(crate) fn new(first: Date, on: Date, entries: impl Iterator<Item = Entry>) -> Self {
        let last = first.last_of_month();
        let in_month: Vec<Entry> = entries.filter(|entry| entry.0 <= last && entry.1 >= first).collect();
        let is_long = |entry: &&Entry| entry.0.saturating_add(i64::try_from(LONG).unwrap_or(0).days()) < entry.1;
        let long = in_month.iter().filter(is_long).map(|entry| (item(entry), crate::screens::window(Some(entry.0), Some(entry.1)))).collect();
        let cell = |day: Date| {
            let of_day: Vec<&Entry> = in_month.iter().filter(|entry| !is_long(entry) && entry.0 <= day && entry.1 >= day).collect();
            Cell {
                day,
                is_of_month: day.month() == first.month(),
                is_on: day == on,
                items: of_day.iter().take(NAMED).map(|entry| item(entry)).collect(),
                more: of_day.len().saturating_sub(NAMED),
            }
        };
        let mut at = first.saturating_sub(i64::from(first.weekday().since(Weekday::Monday)).days());
        let mut weeks = Vec::new();
        while at <= last {
            weeks.push((0..7).map(|idx| cell(at.saturating_add(i64::from(idx).days()))).collect());
            at = at.saturating_add(1.week());
        }
        Self { first, weeks, long }
    }

    /// Its name.
    pub(crate) fn title(&self) -> String {
        self.first.strftime("%B %Y").to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_long_windows_fill_no_day() {
        let entry = |from, to| (from, to, "A → visit".to_owned(), "/events/1".to_owned(), "ahead".to_owned());
        let entries = [entry(date(2026, 11, 2), date(2026, 11, 3)), entry(date(2026, 10, 1), date(2026, 12, 1))];
        let month = Month::new(date(2026, 11, 1), date(2026, 11, 3), entries.into_iter());
        assert_eq!((month.weeks.len(), month.weeks[0][0].day), (6, date(2026, 10, 26)));
        assert_eq!(month.weeks[1][0].items.len() + month.weeks[1][1].items.len(), 2);
        assert_eq!(month.long.len(), 1);
        assert!(month.weeks[1][1].is_on);
    }
}
