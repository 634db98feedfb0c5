//! Finds the dateline that a wire story opens with.
//!
//! The head of a paragraph is cut into a few items (words, figures, brackets, the mark that parts the dateline from
//! the story) and these are read as place, date, agency. A place in capitals speaks for itself; any other needs a
//! date, a known agency, or a city that newspapers print alone.

use crate::table::Tables;
use crate::{Dateline, Span};

/// Only so many paragraphs may stand before it: headline, byline, credit, a summary.
const PARAGRAPHS_BEFORE: usize = 5;
/// A dateline is not longer than this.
const BYTES_MAX: usize = 160;
/// Words of one part of a place.
const PLACE_WORDS_MAX: usize = 5;

/// The dateline, looked for at the head of the first paragraphs.
pub(crate) fn find_dateline(tables: &Tables, text: &str, paragraphs: &[Span]) -> Option<Dateline> {
    paragraphs.iter().take(PARAGRAPHS_BEFORE).find_map(|paragraph| {
        let end = text.floor_char_boundary((paragraph.start() + BYTES_MAX).min(paragraph.end()));
        Items { tables, text, items: find_items(tables, text, paragraph.start(), end), at: 0 }.dateline()
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A word in capitals.
    Capitals,
    /// A word with a capital first, or a small word inside a name ("de", "of").
    Name,
    Small,
    Figure,
    Month,
    Comma,
    /// What stands in round brackets, or between slashes as TASS writes it.
    Bracket,
    /// What stands in square brackets: the country, as ANI writes it.
    Square,
    Slash,
    Stop,
    Colon,
    Dash,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    kind: Kind,
    span: Span,
    // The inside, for brackets.
    inner: Span,
}

fn find_items(tables: &Tables, text: &str, start: usize, end: usize) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut at = start;
    while at < end && items.len() < 24 {
        let rest = &text[at..end];
        let Some(first) = rest.chars().next() else { break };
        let width = first.len_utf8();
        let spaced = |len: usize| text[at + len..].starts_with(char::is_whitespace) || at + len == text.len();
        let (kind, len, inset) = match first {
            _ if first.is_whitespace() => {
                at += width;
                continue;
            }
            '(' | '[' => {
                let close = if first == '(' { ')' } else { ']' };
                let Some(len) = rest.find(close) else { break };
                (if first == '(' { Kind::Bracket } else { Kind::Square }, len + 1, 1)
            }
            '/' => match rest[1..].find('/') {
                Some(len) if rest[1..=len].bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') => {
                    (Kind::Bracket, len + 2, 1)
                }
                _ => (Kind::Slash, 1, 0),
            },
            ',' => (Kind::Comma, 1, 0),
            '.' => (Kind::Stop, 1, 0),
            ':' if spaced(1) => (Kind::Colon, 1, 0),
            '—' | '–' | '―' => (Kind::Dash, width, 0),
            '-' | '_' if rest.starts_with("--") && !rest.starts_with("---") => (Kind::Dash, 2, 0),
            '-' | '_' if spaced(1) => (Kind::Dash, 1, 0),
            _ if first.is_numeric() => {
                (Kind::Figure, rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()), 0)
            }
            _ if first.is_alphabetic() => {
                let len = word_len(tables, rest);
                (word_kind(tables, &rest[..len]), len, 0)
            }
            _ => break,
        };
        items.push(Item {
            kind,
            span: Span::new(at, at + len),
            inner: Span::new(at + inset, at + len - inset),
        });
        // The story starts here.
        if matches!(kind, Kind::Colon | Kind::Dash) {
            break;
        }
        at += len;
    }
    items
}

/// The length of a place's word: letters with the marks inside them, and the stop of "St." and "Jan.".
fn word_len(tables: &Tables, rest: &str) -> usize {
    let mut len = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inner = matches!(c, '\'' | '’' | '-' | '.')
            && !rest[at..].starts_with("--")
            && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !c.is_alphabetic() && !inner {
            break;
        }
        len = at + c.len_utf8();
    }
    if rest[len..].starts_with('.') {
        let with_stop = &rest[..len + 1];
        let inner_stop = rest[..len].contains('.');
        if inner_stop
            || len <= 5 && (tables.month(with_stop).is_some() || tables.abbreviation(with_stop).is_some())
        {
            len += 1;
        }
    }
    len
}

fn word_kind(tables: &Tables, word: &str) -> Kind {
    let n_letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if tables.month(word).is_some() && word.starts_with(char::is_uppercase) {
        Kind::Month
    } else if n_letters > 1 && !word.chars().any(char::is_lowercase) {
        Kind::Capitals
    } else if word.starts_with(char::is_uppercase) {
        Kind::Name
    } else {
        Kind::Small
    }
}

struct Items<'a> {
    tables: &'a Tables,
    text: &'a str,
    items: Vec<Item>,
    at: usize,
}

/// How much a place says for itself.
#[derive(Clone, Copy)]
struct Place {
    span: Span,
    capitals: bool,
    known: bool,
    region: bool,
}

impl Items<'_> {
    fn dateline(mut self) -> Option<Dateline> {
        let start = self.items.first()?.span.start();
        let place = self.place();
        self.skip(&[Kind::Comma, Kind::Square, Kind::Comma, Kind::Stop]);
        let mut date = self.date();
        self.skip(&[Kind::Comma, Kind::Stop]);
        let mut agency = None;
        if let Some(item) = self.take(Kind::Bracket) {
            if self.holds_month(item.inner) {
                date = date.or(Some(item.inner));
            } else {
                agency = Some(self.agency_in(item.inner));
            }
        }
        self.skip(&[Kind::Comma, Kind::Stop]);
        let date = date.or_else(|| self.date());
        let before_mark = self.at;
        let colon = self.take(Kind::Colon);
        let mark = colon.or_else(|| self.take(Kind::Dash));
        let known_agency = agency.is_some_and(|(_, known)| known);
        let dated = date.is_some() || known_agency;
        let holds = match place {
            Some(place) if place.capitals => {
                let plain = colon.is_none() && self.is_plain(place.span);
                mark.is_some() && (plain || dated || place.known || place.region) || known_agency
            }
            Some(place) => mark.is_some() && (dated || place.known) || known_agency,
            None => known_agency && mark.is_some(),
        };
        if !holds {
            return None;
        }
        let last = if mark.is_some() { self.at } else { before_mark };
        let end = self.items[..last].last()?.span.end();
        Some(Dateline {
            span: Span::new(start, end),
            place: place.map(|place| place.span),
            date,
            agency: agency.filter(|(_, known)| *known || mark.is_some()).map(|(span, _)| span),
        })
    }

    /// Whether capitals alone may pass for a place: "WASHINGTON", but not "UN" nor a headline in capitals.
    fn is_plain(&self, place: Span) -> bool {
        let words = place.of(self.text);
        words.len() >= 4 && words.split_whitespace().count() <= 2
    }

    fn kind(&self, idx: usize) -> Option<Kind> {
        self.items.get(idx).map(|item| item.kind)
    }

    fn take(&mut self, kind: Kind) -> Option<Item> {
        let item = self.items.get(self.at).copied().filter(|item| item.kind == kind)?;
        self.at += 1;
        Some(item)
    }

    /// Steps over the given kinds, each if it is there, in this order.
    fn skip(&mut self, kinds: &[Kind]) {
        for &kind in kinds {
            self.take(kind);
        }
    }

    /// "PORT-AU-PRINCE, Haiti", "JERUSALEM/GAZA", "Lagos, Nigeria".
    fn place(&mut self) -> Option<Place> {
        let (first, capitals) = self.place_part()?;
        let words = first.of(self.text);
        if self.tables.is_label(words) || self.tables.agency(words).is_some() {
            self.at = 0;
            return None;
        }
        let mut place = Place { span: first, capitals, known: self.tables.is_city(words), region: false };
        for _ in 0..3 {
            let from = self.at;
            if !matches!(self.kind(self.at), Some(Kind::Comma | Kind::Slash)) {
                break;
            }
            self.at += 1;
            match self.place_part() {
                Some((span, _)) if !self.tables.is_weekday(span.of(self.text)) => {
                    place.span = place.span.cover(span);
                    place.region = true;
                }
                // "KABUL, Monday (AP)".
                Some(_) => {}
                None => {
                    self.at = from;
                    break;
                }
            }
        }
        Some(place)
    }

    /// The words of one part of a place, and whether all of them are in capitals.
    fn place_part(&mut self) -> Option<(Span, bool)> {
        let (from, mut capitals, mut last) = (self.at, true, None);
        while self.at - from < PLACE_WORDS_MAX {
            match self.kind(self.at) {
                Some(Kind::Capitals) => last = Some(self.at),
                Some(Kind::Name) => {
                    capitals = false;
                    last = Some(self.at);
                }
                // Inside a name only: "Dar es Salaam".
                Some(Kind::Small) if self.at > from && self.items[self.at].span.len() <= 3 => {}
                _ => break,
            }
            self.at += 1;
        }
        let last = last?;
        self.at = last + 1;
        Some((self.items[from].span.cover(self.items[last].span), capitals))
    }

    /// "Jan 11", "January 11, 2014", "3 March 2014".
    fn date(&mut self) -> Option<Span> {
        let kinds = [self.kind(self.at), self.kind(self.at + 1)];
        let starts = matches!(
            kinds,
            [Some(Kind::Month), Some(Kind::Figure)] | [Some(Kind::Figure), Some(Kind::Month)]
        );
        if !starts {
            return None;
        }
        let mut span = self.items[self.at].span.cover(self.items[self.at + 1].span);
        self.at += 2;
        let comma = usize::from(self.kind(self.at) == Some(Kind::Comma));
        if let Some(item) = self.items.get(self.at + comma)
            && item.kind == Kind::Figure
            && item.span.len() == 4
        {
            span = span.cover(item.span);
            self.at += comma + 1;
        }
        Some(span)
    }

    fn holds_month(&self, inner: Span) -> bool {
        inner.of(self.text).split_whitespace().any(|word| self.tables.month(word).is_some())
    }

    /// The agency in brackets, "Reuters" or "AP/Reuters", and whether the table knows it.
    fn agency_in(&self, inner: Span) -> (Span, bool) {
        let words = inner.of(self.text);
        let mut from = inner.start();
        for part in std::iter::once(words).chain(words.split(['/', ',', '&', '-', '–'])) {
            let trimmed = part.trim();
            if self.tables.agency(trimmed).is_some() {
                let start = from + (part.len() - part.trim_start().len());
                return (Span::new(start, start + trimmed.len()), true);
            }
            // The first round looked at the whole.
            if part.len() < words.len() {
                from += part.len()
                    + words[from + part.len() - inner.start()..].chars().next().map_or(0, char::len_utf8);
            }
        }
        (inner, false)
    }
}

#[cfg(test)]
mod tests;
