//! How cells are shown to people: statuses with a sign and a word, windows of days, counts, names that lead somewhere.

use codebook::{Codebook, EventType};
use jiff::civil::Date;
use query::Named;

/// The sign of a status, a standing or a step; never alone, the word stands beside it.
pub(crate) fn sign(word: &str) -> &'static str {
    match word {
        "happened" | "took place" => "●",
        "planned" | "ahead" => "◷",
        "running" | "confirmed" => "◉",
        "possible" | "unknown" => "◌",
        "denied" | "cancelled" => "✕",
        "postponed" => "↷",
        "overdue" => "▲",
        _ => "·",
    }
}

/// The part of a class name that a status, a standing or a step has.
pub(crate) fn class(word: &str) -> &'static str {
    match word {
        "happened" | "took place" => "happened",
        "planned" | "ahead" | "running" | "confirmed" => "planned",
        "denied" | "cancelled" => "denied",
        "postponed" => "postponed",
        "overdue" => "overdue",
        _ => "possible",
    }
}

/// The class of events: set apart, or bring closer.
pub(crate) fn quad_class(quad: &str) -> &'static str {
    if quad.ends_with("conflict") { "conflict" } else { "cooperation" }
}

/// What an event is, in the ontology's words: `consultation (visit)`, or the type's label alone.
pub(crate) fn what(codebook: &Codebook, event_type: &str, mode: &str) -> String {
    let Some(known) = EventType::from_word(event_type) else { return event_type.to_lowercase() };
    let info = codebook.ontology.event(known);
    let of_mode = codebook.ontology.mode(known, mode).map(|mode| mode.label.clone());
    match of_mode {
        Some(mode) if mode.to_lowercase() == info.label.to_lowercase() => mode,
        Some(mode) => format!("{} ({mode})", info.label),
        None => info.label.clone(),
    }
}

/// A window of days.
pub(crate) fn window(earliest: Option<Date>, latest: Option<Date>) -> String {
    match (earliest, latest) {
        (Some(first), Some(last)) if first == last => day(first),
        (Some(first), Some(last)) if first.year() == last.year() => format!("{} – {}", first.strftime("%-d %b"), day(last)),
        (Some(first), Some(last)) => format!("{} – {}", day(first), day(last)),
        (Some(only), None) | (None, Some(only)) => day(only),
        (None, None) => String::new(),
    }
}

/// The window of a row.
pub(crate) fn window_of(row: &Named<'_>) -> String {
    window(row.day("earliest"), row.day("latest"))
}

/// A day for people.
pub(crate) fn day(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// A day of a row, or nothing.
pub(crate) fn day_of(row: &Named<'_>, column: &str) -> String {
    row.day(column).map(day).unwrap_or_default()
}

/// A moment as stories have it, for people; as it is where it cannot be read.
pub(crate) fn moment(words: &str) -> String {
    match words.parse::<jiff::Timestamp>() {
        Ok(moment) => moment.strftime("%-d %b %Y, %H:%M UTC").to_string(),
        Err(_) => words.parse().map_or_else(|_| words.to_owned(), day),
    }
}

/// A count with its word, in the plural where it must be.
pub(crate) fn count(n: i64, one: &str) -> String {
    let many = match one.strip_suffix('y') {
        Some(stem) if n != 1 && !one.ends_with("ay") => format!("{stem}ies"),
        _ if n != 1 => format!("{one}s"),
        _ => one.to_owned(),
    };
    format!("{} {many}", number(n))
}

/// A number with its thousands apart.
pub(crate) fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if n < 0 { format!("-{out}") } else { out }
}

/// Words cut between words.
pub(crate) fn cut(words: &str, most: usize) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= most {
        return words;
    }
    let end = words.char_indices().nth(most).map_or(words.len(), |(at, _)| at);
    let end = words[..end].rfind(' ').unwrap_or(end);
    format!("{}…", words[..end].trim_end_matches([',', ';', ':']))
}

/// A value as part of an address.
pub(crate) fn encode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// Whether an address may be a link: only those of the web.
pub(crate) fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn windows_say_a_year_once() {
        assert_eq!(window(Some(date(2026, 9, 3)), Some(date(2026, 10, 28))), "3 Sep – 28 Oct 2026");
        assert_eq!(window(Some(date(2026, 9, 3)), Some(date(2026, 9, 3))), "3 Sep 2026");
        assert_eq!(window(Some(date(2026, 12, 3)), Some(date(2027, 1, 3))), "3 Dec 2026 – 3 Jan 2027");
    }

    #[test]
    fn counts_have_their_words() {
        assert_eq!(count(1, "story"), "1 story");
        assert_eq!(count(12_345, "story"), "12,345 stories");
        assert_eq!(count(0, "day"), "0 days");
        assert_eq!(cut("one two, three", 9), "one two…");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert!(is_web("https://a.example/") && !is_web("javascript:alert(1)") && !is_web("data:text/html,x"));
    }
}
