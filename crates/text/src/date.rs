//! Publication times and the dates of datelines.
//!
//! A time's day is the day as it was written, in the zone it was written in: a story's date is that of its desk.

use jiff::civil::Date;

use crate::table::Tables;

/// The day of a publication time: RFC 3339, a date alone, "20261102T081000Z", "Mon, 02 Nov 2026 08:10:00 GMT",
/// "Nov. 2, 2026", "2 November 2026", "2026/11/02", and figures with slashes where only one reading is a date.
pub(crate) fn parse_published(tables: &Tables, published: &str) -> Option<Date> {
    let published = published.trim();
    let figures: Vec<&str> = published.splitn(2, ['T', 't', ' ']).collect();
    numeric(figures[0]).or_else(|| parse_dated(tables, published))
}

/// A day with a month's name and a year, as datelines and mail headers write it.
pub(crate) fn parse_dated(tables: &Tables, words: &str) -> Option<Date> {
    let (mut month, mut day, mut year) = (None, None, None);
    for word in words
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '/'))
        .filter(|word| !word.is_empty())
        .take(12)
    {
        let word = word.trim_matches(['(', ')', '.', ',']);
        if month.is_none() && tables.month(word).is_some() {
            month = tables.month(word);
            continue;
        }
        let figure = word.trim_end_matches(char::is_alphabetic);
        let Ok(number) = figure.parse::<i16>() else { continue };
        match figure.len() {
            4 if year.is_none() && (1500..=2200).contains(&number) => year = Some(number),
            1 | 2 if day.is_none() => day = Some(number),
            _ => {}
        }
    }
    Date::new(year?, month?, i8::try_from(day?).ok()?).ok()
}

fn numeric(figures: &str) -> Option<Date> {
    if figures.len() == 8 && figures.bytes().all(|byte| byte.is_ascii_digit()) {
        return civil(&figures[..4], &figures[4..6], &figures[6..]);
    }
    let parts: Vec<&str> = figures.split(['-', '/', '.']).collect();
    let [first, second, third] = parts[..] else { return None };
    if first.len() == 4 {
        return civil(first, second, third);
    }
    if third.len() != 4 {
        return None;
    }
    // "25/12/2026" can only be the 25th; "02/11/2026" may be February or November and is left alone.
    match (civil(third, second, first), civil(third, first, second)) {
        (Some(day_first), Some(month_first)) if day_first != month_first => None,
        (day_first, month_first) => day_first.or(month_first),
    }
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn publication_times() {
        let day = |published| parse_published(Tables::embedded(), published).map(|date| date.to_string());
        for (published, expected) in [
            ("2026-11-02T08:10:00Z", Some("2026-11-02")),
            ("2026-11-02T23:30:00-05:00", Some("2026-11-02")),
            ("2026-11-02 08:10", Some("2026-11-02")),
            ("2026-11-02", Some("2026-11-02")),
            (" 2026/11/2 ", Some("2026-11-02")),
            ("20261102", Some("2026-11-02")),
            ("20261102T081000Z", Some("2026-11-02")),
            ("Mon, 02 Nov 2026 08:10:00 GMT", Some("2026-11-02")),
            ("Nov. 2, 2026", Some("2026-11-02")),
            ("2nd November 2026, 8:10 am", Some("2026-11-02")),
            ("25/12/2026", Some("2026-12-25")),
            ("12/25/2026", Some("2026-12-25")),
            ("02/11/2026", None),
            ("2026-02-30", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(day(published).as_deref(), expected, "{published:?}");
        }
    }
}
