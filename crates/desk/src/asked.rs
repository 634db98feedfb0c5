//! What is asked for in an address: names and values, read into a filter.
//!
//! One table names every parameter; the API's description, what it accepts, and the filters of searches that are kept all come from
//! it.

use std::borrow::Cow;

use codebook::{Codebook, SourceKind, Status};
use jiff::civil::Date;
use ledger::Moment;
use query::{Cell, Filter, Last, Party, Place};

use crate::error::Error;

/// What the value of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Any words.
    Words,
    /// A day, `2026-11-02`.
    Day,
    /// A whole number from 0.
    Number,
    /// One of these.
    One(&'static [&'static str]),
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    /// What its value is.
    pub(crate) shape: Shape,
    /// What it does.
    pub(crate) meaning: &'static str,
}

const fn parameter(name: &'static str, shape: Shape, meaning: &'static str) -> Parameter {
    Parameter { name, shape, meaning }
}

/// All parameters.
pub(crate) const PARAMETERS: [Parameter; 25] = [
    parameter("since", Shape::Day, "the first day that counts"),
    parameter("until", Shape::Day, "the last day that counts"),
    parameter("type", Shape::Words, "event types such as ASSAULT, several between commas"),
    parameter("mode", Shape::Words, "mode of the event, such as aerial"),
    parameter("status", Shape::Words, "happened, planned, possible, denied; several between commas"),
    parameter("place", Shape::Words, "a country's code or the name of a place"),
    parameter("actor", Shape::Words, "who did it: a code (PAK, PAK.GOV, REB) or a name"),
    parameter("recipient", Shape::Words, "to whom: a code or a name"),
    parameter("party", Shape::Words, "who is on either side: a code or a name"),
    parameter("source", Shape::Words, "who says it: a code or a name"),
    parameter("source_kind", Shape::Words, "how the source is named: named, role, anonymous, document, media, implicit"),
    parameter("publisher", Shape::Words, "the outlet"),
    parameter("words", Shape::Words, "words, \"phrases\", AND, OR, NOT, NEAR(a b, 5), pre*"),
    parameter("left", Shape::Words, "the one party: a code or a name"),
    parameter("right", Shape::Words, "the other party: a code or a name"),
    parameter("by", Shape::One(&["day", "week", "month"]), "what a row covers; month where nothing is said"),
    parameter("on", Shape::Day, "the day from which windows are overdue; today where nothing is said"),
    parameter("story", Shape::Number, "a story's number in the ledger"),
    parameter("target", Shape::Words, "one row: event:31, claim:5, actor:12 or story:7"),
    parameter("as_of", Shape::Words, "the record as it was known on this day, or at this moment in RFC 3339"),
    parameter("include", Shape::Words, "statuses that are exported though the format cannot tell them from what happened"),
    parameter("limit", Shape::Number, "the most rows of a page, up to 10000; 100 where nothing is said"),
    parameter("after", Shape::Words, "where the page begins: `next` of the page before"),
    parameter("before", Shape::Number, "only what has a smaller key"),
    parameter("format", Shape::One(&["json", "jsonl", "csv"]), "the form of the answer; json where nothing is said"),
];

/// Those of the `events` question.
pub(crate) const EVENTS: &[&str] =
    &["since", "until", "type", "mode", "status", "place", "actor", "recipient", "party", "publisher"];

/// Those of the `claims` question.
pub(crate) const CLAIMS: &[&str] = &["since", "until", "source", "source_kind", "publisher"];

/// Rows of a page where nothing is said, and the most of one.
const ROWS: u32 = 100;
const ROWS_MAX: u32 = 10_000;

/// The parameter of a name.
pub(crate) fn of_name(name: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.name == name)
}

/// Names with their values, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Asked {
    pairs: Vec<(String, String)>,
}

fn fault(field: impl Into<Cow<'static, str>>, reason: impl Into<String>) -> Error {
    Error::Field { field: field.into(), reason: reason.into() }
}

impl Asked {
    /// Reads the part of an address behind its question mark; empty values count as not given.
    ///
    /// # Errors
    /// At a name that is not among the valid ones, or is given twice.
    pub(crate) fn read(query: Option<&str>, valid: &[&[&str]]) -> Result<Self, Error> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or("").as_bytes()) {
            if !valid.iter().any(|names| names.contains(&&*name)) {
                let valid: Vec<&str> = valid.iter().flat_map(|names| names.iter().copied()).collect();
                let name: String = name.chars().take(100).collect();
                return Err(fault(name, format!("is not asked here; valid are {}", valid.join(", "))));
            }
            if pairs.iter().any(|(other, _)| *other == name) {
                return Err(fault(name.into_owned(), "is given twice; several values stand between commas where they may"));
            }
            let value = value.trim();
            if !value.is_empty() {
                pairs.push((name.into_owned(), value.to_owned()));
            }
        }
        Ok(Self { pairs })
    }

    /// The value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The value of a name that must be given.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn must(&self, name: &'static str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| fault(name, format!("is missing; valid is {}", meaning(name))))
    }

    /// The same as part of an address, without some of the names.
    pub(crate) fn address(&self, without: &[&str]) -> String {
        let kept = self.pairs.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
    }

    /// The same with another value of a name.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let others = self.pairs.iter().filter(|(other, _)| other != name).map(|(name, value)| (name.as_str(), value.as_str()));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(others.chain([(name, value)])).finish()
    }

    /// A day.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn day(&self, name: &'static str) -> Result<Option<Date>, Error> {
        let read = |text: &str| text.parse().map_err(|_| fault(name, "is no day; write it as 2026-11-02"));
        self.get(name).map(read).transpose()
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<i64>, Error> {
        let read = |text: &str| text.parse().ok().filter(|n| *n >= 0).ok_or_else(|| fault(name, "is no whole number from 0"));
        self.get(name).map(read).transpose()
    }

    /// A party.
    ///
    /// # Errors
    /// When it has the form of a code and is none.
    pub(crate) fn party(&self, codebook: &Codebook, name: &str) -> Result<Option<Party>, Error> {
        Ok(self.get(name).map(|words| Party::read(codebook, words)).transpose()?)
    }

    /// The moment whose knowledge counts; a day counts to its end, in UTC.
    ///
    /// # Errors
    /// When it is neither.
    pub(crate) fn as_of(&self) -> Result<Option<Moment>, Error> {
        let Some(text) = self.get("as_of") else { return Ok(None) };
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Ok(Some(Moment(moment.as_millisecond())));
        }
        let day: Option<Date> = text.parse().ok();
        let end = day.and_then(|day| day.tomorrow().ok()).and_then(|next| next.to_zoned(jiff::tz::TimeZone::UTC).ok());
        let end = end.ok_or_else(|| fault("as_of", "is no day or moment; write it as 2026-11-02 or 2026-11-02T08:10:00Z"))?;
        Ok(Some(Moment(end.timestamp().as_millisecond() - 1)))
    }

    /// Whatever of a filter is asked for. A `source` is the filter's actor, as questions about claims take it.
    ///
    /// # Errors
    /// At the first value that is not valid; says what would be.
    pub(crate) fn filter(&self, codebook: &Codebook) -> Result<Filter, Error> {
        let limit = self.number("limit")?.map_or(ROWS, |limit| u32::try_from(limit).unwrap_or(u32::MAX));
        if limit == 0 || limit > ROWS_MAX {
            return Err(fault("limit", format!("is {limit}; valid are 1 to {ROWS_MAX}, and `next` goes on")));
        }
        let actor = match self.party(codebook, "source")? {
            Some(source) => Some(source),
            None => self.party(codebook, "actor")?,
        };
        Ok(Filter {
            since: self.day("since")?,
            until: self.day("until")?,
            actor,
            recipient: self.party(codebook, "recipient")?,
            party: self.party(codebook, "party")?,
            types: self.several("type", |word| Ok(query::event_type(word)?))?,
            mode: self.get("mode").map(|word| query::mode(codebook, word)).transpose()?,
            place: self.get("place").map(|words| Place::read(codebook, words)),
            statuses: self.statuses("status")?,
            publisher: self.get("publisher").map(str::to_owned),
            source_kind: self.get("source_kind").map(source_kind).transpose()?,
            limit: Some(limit),
            after: self.get("after").map(read_last).transpose()?,
        })
    }

    /// Statuses between commas.
    ///
    /// # Errors
    /// At a word that is none.
    pub(crate) fn statuses(&self, name: &'static str) -> Result<Vec<Status>, Error> {
        let valid = || Status::ALL.iter().map(|status| status.word()).collect::<Vec<_>>().join(", ");
        self.several(name, |word| Status::from_word(word).ok_or_else(|| fault(name, format!("has `{word}`; valid are {}", valid()))))
    }

    fn several<T>(&self, name: &str, read: impl Fn(&str) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let words = self.get(name).unwrap_or("").split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(read).collect()
    }
}

fn meaning(name: &str) -> &'static str {
    of_name(name).map_or("", |parameter| parameter.meaning)
}

fn source_kind(word: &str) -> Result<SourceKind, Error> {
    let valid = || SourceKind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
    SourceKind::from_word(word).ok_or_else(|| fault("source_kind", format!("is no kind of source; valid are {}", valid())))
}

/// The place of a row as one word: `2026-11-02~31`, `~31` where its day is not known, `x…~31` for the bits of a rank.
pub(crate) fn write_last(last: &Last) -> String {
    let place = match &last.place {
        Cell::Day(day) => day.to_string(),
        Cell::Real(x) => format!("x{:016x}", x.to_bits()),
        Cell::Integer(n) => format!("n{n}"),
        Cell::Text(_) | Cell::Missing => String::new(),
    };
    format!("{place}~{}", last.key)
}

fn read_last(word: &str) -> Result<Last, Error> {
    let read = || {
        let (place, key) = word.split_once('~')?;
        let place = match place.chars().next() {
            None => Cell::Missing,
            Some('x') => Cell::Real(f64::from_bits(u64::from_str_radix(&place[1..], 16).ok()?)),
            Some('n') => Cell::Integer(place[1..].parse().ok()?),
            Some(_) => Cell::Day(place.parse().ok()?),
        };
        Some(Last { place, key: key.parse().ok()? })
    };
    read().ok_or_else(|| fault("after", "is no place of a row; take it from `next` of the page before"))
}

#[cfg(test)]
mod tests {
    use codebook::EventType;
    use jiff::civil::date;

    use super::*;

    fn read(query: &str) -> Result<Filter, Error> {
        Asked::read(Some(query), &[EVENTS, &["limit", "after"]])?.filter(Codebook::bundled())
    }

    #[test]
    fn values_become_a_filter() {
        let filter = read("type=ASSAULT,protest&since=2026-11-01&party=PAK.MIL&status=planned&place=&limit=7").expect("it is valid");
        assert_eq!(filter.types, [EventType::Assault, EventType::Protest]);
        assert_eq!(filter.since, Some(date(2026, 11, 1)));
        assert_eq!(filter.party, Some(Party::Code { country: Some("PAK".into()), sector: Some("MIL".into()) }));
        assert_eq!((filter.statuses, filter.place, filter.limit), (vec![Status::Planned], None, Some(7)));
    }

    #[test]
    fn what_is_not_valid_is_told_with_what_would_be() {
        for (query, words) in [
            ("tpye=ASSAULT", "valid are since, until, type"),
            ("type=KILL", "ASSAULT"),
            ("since=yesterday", "2026-11-02"),
            ("limit=0", "1 to 10000"),
            ("limit=99999999999999", "1 to 10000"),
            ("status=maybe", "happened"),
            ("party=PAK.ZZZ", "GOV"),
            ("since=2026-11-01&since=2026-11-02", "twice"),
            ("after=x", "`next`"),
            ("after='; DROP TABLE events~1", "`next`"),
        ] {
            let error = read(query).expect_err(query).to_string();
            assert!(error.contains(words), "{query}: {error}");
        }
    }

    #[test]
    fn places_of_rows_come_back_as_they_were() {
        for place in [Cell::Day(date(2026, 11, 2)), Cell::Missing, Cell::Real(-1.234_567_890_123e-5), Cell::Integer(-4)] {
            let last = Last { place, key: 31 };
            assert_eq!(read_last(&write_last(&last)).expect("it can be read"), last);
        }
    }

    #[test]
    fn every_name_has_a_parameter() {
        for name in EVENTS.iter().chain(CLAIMS) {
            assert!(of_name(name).is_some(), "{name}");
        }
    }
}
