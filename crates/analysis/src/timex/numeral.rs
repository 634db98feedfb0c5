//! Numbers in words and digits, years, hours and dates in digits.
//!
//! Takes pieces and gives atoms: "two hundred and ten", "5 1/2", "nineteen ninety-six", "1980s", "10:35", "2021-11-02".
//! It reads shapes only; which of them are times is for the patterns.

use super::lexicon::{Atom, Label, Lexicon, Meaning, shape};
use super::piece::{Piece, Shape};

/// Years that four digits can mean.
const YEARS: std::ops::RangeInclusive<i32> = 1000..=2999;

/// The pieces from a position on, with the words to read them by.
struct Reader<'a> {
    text: &'a str,
    pieces: &'a [Piece],
    lexicon: &'a Lexicon,
}

impl<'a> Reader<'a> {
    fn word(&self, at: usize) -> &'a str {
        self.pieces.get(at).map_or("", |piece| piece.span.of(self.text))
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.word(at) == word
    }

    fn is_apostrophe(&self, at: usize) -> bool {
        matches!(self.word(at), "'" | "\u{2019}" | "\u{2018}")
    }

    /// Whether the piece is `sign` and touches both its neighbours.
    fn joins(&self, at: usize, sign: &str) -> bool {
        self.is(at, sign)
            && self.pieces.get(at).is_some_and(|piece| piece.glued)
            && self.pieces.get(at + 1).is_some_and(|piece| piece.glued)
    }

    fn digits(&self, at: usize) -> Option<i32> {
        let piece =
            self.pieces.get(at).filter(|piece| piece.shape == Shape::Digits && piece.span.len() <= 9)?;
        piece.span.of(self.text).parse().ok()
    }

    fn n_digits(&self, at: usize) -> usize {
        self.pieces.get(at).filter(|piece| piece.shape == Shape::Digits).map_or(0, |piece| piece.span.len())
    }

    fn value(&self, at: usize, class: Label) -> Option<i32> {
        match self.lexicon.meaning_in(self.pieces.get(at)?.word, class)? {
            Meaning::Int(value) => Some(value),
            _ => None,
        }
    }

    /// A number below one hundred in words, with its length: "twenty-four".
    fn below_hundred(&self, at: usize) -> Option<(i32, usize)> {
        let first = self.value(at, shape::CARDINAL)?;
        if first >= 20 {
            let hyphen = usize::from(self.is(at + 1, "-"));
            if let Some(second) = self.value(at + 1 + hyphen, shape::CARDINAL).filter(|second| *second < 10) {
                return Some((first + second, 2 + hyphen));
            }
        }
        Some((first, 1))
    }

    /// A whole number in words: "two hundred and ten", "a thousand".
    fn spelled(&self, start: usize) -> Option<(f64, usize)> {
        let (mut total, mut part, mut at) = (0.0_f64, 0.0_f64, start);
        if matches!(self.word(at), "a" | "A" | "an") && self.value(at + 1, shape::MAGNITUDE).is_some() {
            (part, at) = (1.0, at + 1);
        } else {
            let (first, n_pieces) = self.below_hundred(at)?;
            (part, at) = (part + f64::from(first), at + n_pieces);
        }
        while let Some(magnitude) = self.value(at, shape::MAGNITUDE) {
            at += 1;
            part *= f64::from(magnitude);
            if magnitude > 100 {
                total += part;
                part = 0.0;
            }
            let and = usize::from(self.is(at, "and"));
            if let Some((more, n_pieces)) = self.below_hundred(at + and) {
                part += f64::from(more);
                at += and + n_pieces;
            }
        }
        Some((total + part, at - start))
    }
}

/// Appends the numbers, ordinals and spelled years that begin with the word at `at`.
pub(super) fn word_atoms(text: &str, pieces: &[Piece], at: usize, lexicon: &Lexicon, atoms: &mut Vec<Atom>) {
    let reader = Reader { text, pieces, lexicon };
    if reader.is_apostrophe(at) {
        apostrophe_atoms(&reader, at, atoms);
        return;
    }
    if let Some((mut count, mut n_pieces)) = reader.spelled(at) {
        if n_pieces == 1 && count <= 12.0 {
            push(atoms, shape::HOUR, 1, Meaning::Int(small(count)));
        }
        if reader.is(at + n_pieces, "and")
            && reader.is(at + n_pieces + 1, "a")
            && reader.is(at + n_pieces + 2, "half")
        {
            push(atoms, shape::NUMBER, n_pieces, Meaning::Count(Some(count)));
            count += 0.5;
            n_pieces += 3;
        }
        push(atoms, shape::NUMBER, n_pieces, Meaning::Count(Some(count)));
        // "Two thousand ten" is a year; "twelve hundred" counts something.
        if (2000..2100).contains(&small(count)) && count.fract() == 0.0 {
            push(atoms, shape::YEAR, n_pieces, Meaning::Int(small(count)));
        }
    }
    if let Some((century, n_pieces)) =
        reader.below_hundred(at).filter(|(century, _)| (10..=20).contains(century))
    {
        let hyphen = usize::from(reader.is(at + n_pieces, "-"));
        if let Some((rest, more)) =
            reader.below_hundred(at + n_pieces + hyphen).filter(|(rest, _)| *rest >= 10)
        {
            push(atoms, shape::YEAR, n_pieces + hyphen + more, Meaning::Int(century * 100 + rest));
        }
    }
    if let Some(tens) = reader.value(at, shape::CARDINAL).filter(|tens| *tens >= 20) {
        let hyphen = usize::from(reader.is(at + 1, "-"));
        if let Some(ones) = reader.value(at + 1 + hyphen, shape::NTH).filter(|ones| *ones < 10) {
            push(atoms, shape::NTH, 2 + hyphen, Meaning::Int(tens + ones));
        }
    }
}

/// "'96" and "'90s".
fn apostrophe_atoms(reader: &Reader<'_>, at: usize, atoms: &mut Vec<Atom>) {
    let Some(year) = reader.digits(at + 1).filter(|_| reader.n_digits(at + 1) == 2) else { return };
    if !reader.pieces[at + 1].glued {
        return;
    }
    let old_style = usize::from(reader.is_apostrophe(at + 2));
    if reader.is(at + 2 + old_style, "s") && reader.pieces[at + 2 + old_style].glued && year % 10 == 0 {
        push(atoms, shape::DECADE, 3 + old_style, Meaning::Int(year / 10));
    } else {
        push(atoms, shape::YY, 2, Meaning::Int(year));
    }
}

/// Appends what the digits at `at` may be.
pub(super) fn digit_atoms(text: &str, pieces: &[Piece], at: usize, lexicon: &Lexicon, atoms: &mut Vec<Atom>) {
    let reader = Reader { text, pieces, lexicon };
    if pieces[at].shape == Shape::Grouped {
        let count = reader.word(at).replace(',', "").parse().ok();
        push(atoms, shape::NUMBER, 1, Meaning::Count(count));
        return;
    }
    let Some(value) = reader.digits(at) else { return };
    let n_digits = reader.n_digits(at);
    // "$1989", "#1999" and "3.1995" are no years.
    let is_amount =
        at > 0 && pieces[at].glued && matches!(reader.word(at - 1), "$" | "£" | "€" | "#" | "." | "¥");
    date_atoms(&reader, at, atoms);
    clock_atoms(&reader, at, value, n_digits, atoms);
    if n_digits <= 2 {
        if (1..=31).contains(&value) {
            push(atoms, shape::DAY, 1, Meaning::Int(value));
        }
        if value <= 24 {
            push(atoms, shape::HOUR, 1, Meaning::Int(value));
        }
    }
    let suffix = reader.pieces.get(at + 1).filter(|piece| piece.glued).map_or("", |_| reader.word(at + 1));
    match suffix {
        "st" | "nd" | "rd" | "th" if n_digits <= 3 => push(atoms, shape::NTH, 2, Meaning::Int(value)),
        "s" if n_digits == 4 && value % 10 == 0 && YEARS.contains(&value) => {
            push(atoms, shape::DECADE, 2, Meaning::Int(value / 10));
        }
        "s" if n_digits == 2 && value % 10 == 0 => push(atoms, shape::DECADE, 2, Meaning::Int(value / 10)),
        _ => {}
    }
    // "1990's" is an old way to write the decade.
    let is_possessive = !suffix.is_empty() && reader.is_apostrophe(at + 1) && reader.is(at + 2, "s");
    if n_digits == 4 && value % 10 == 0 && is_possessive {
        push(atoms, shape::DECADE, 3, Meaning::Int(value / 10));
    }
    if n_digits == 4 && YEARS.contains(&value) && !is_amount {
        push(atoms, shape::YEAR, 1, Meaning::Int(value));
    }
    if n_digits == 2 {
        push(atoms, shape::DIGITS, 1, Meaning::Int(value));
    }
    number_atoms(&reader, at, value, atoms);
}

/// "5", "5.5", "5 1/2", "5-1/2", "5 million".
fn number_atoms(reader: &Reader<'_>, at: usize, value: i32, atoms: &mut Vec<Atom>) {
    let mut count = f64::from(value);
    let mut n_pieces = 1;
    if reader.joins(at + 1, ".") && reader.n_digits(at + 2) > 0 {
        count = format!("{}.{}", reader.word(at), reader.word(at + 2)).parse().unwrap_or(count);
        n_pieces = 3;
    } else {
        let hyphen = usize::from(reader.is(at + 1, "-"));
        let over = at + 1 + hyphen;
        if let (Some(top), Some(bottom)) = (reader.digits(over), reader.digits(over + 2))
            && reader.is(over + 1, "/")
            && top < bottom
            && bottom <= 8
        {
            push(atoms, shape::NUMBER, 1, Meaning::Count(Some(count)));
            count += f64::from(top) / f64::from(bottom);
            n_pieces = 4 + hyphen;
        }
    }
    if let Some(magnitude) = reader.value(at + n_pieces, shape::MAGNITUDE) {
        count *= f64::from(magnitude);
        n_pieces += 1;
    }
    push(atoms, shape::NUMBER, n_pieces, Meaning::Count(Some(count)));
}

fn clock_atoms(reader: &Reader<'_>, at: usize, hour: i32, n_digits: usize, atoms: &mut Vec<Atom>) {
    if n_digits > 2 || hour > 24 {
        return;
    }
    let is_minute =
        |at: usize| reader.n_digits(at) == 2 && reader.digits(at).is_some_and(|minute| minute < 60);
    if reader.joins(at + 1, ":") && is_minute(at + 2) {
        let minute = reader.digits(at + 2).unwrap_or(0);
        if reader.joins(at + 3, ":") && is_minute(at + 4) {
            push(atoms, shape::CLOCK, 5, Meaning::Clock(hour, minute, reader.digits(at + 4)));
        } else {
            push(atoms, shape::CLOCK, 3, Meaning::Clock(hour, minute, None));
        }
    }
    // "9.30 am" is a clock only with what follows; without it, it is a number.
    let is_half_day = match reader.word(at + 3) {
        "am" | "pm" | "AM" | "PM" => true,
        "a" | "p" => reader.joins(at + 4, ".") && reader.is(at + 5, "m"),
        _ => false,
    };
    if reader.joins(at + 1, ".") && is_minute(at + 2) && is_half_day {
        push(atoms, shape::CLOCK, 3, Meaning::Clock(hour, reader.digits(at + 2).unwrap_or(0), None));
    }
}

/// "2021-11-02", "20211102" is no date; "11/02/2021" is month first, "02.11.2021" day first.
fn date_atoms(reader: &Reader<'_>, at: usize, atoms: &mut Vec<Atom>) {
    for sign in ["-", "/", "."] {
        if !(reader.joins(at + 1, sign) && reader.joins(at + 3, sign)) {
            continue;
        }
        let (Some(first), Some(second), Some(third)) =
            (reader.digits(at), reader.digits(at + 2), reader.digits(at + 4))
        else {
            continue;
        };
        let lengths = (reader.n_digits(at), reader.n_digits(at + 2), reader.n_digits(at + 4));
        let date = match lengths {
            (4, 1..=2, 1..=2) => Some((first, second, third)),
            (1..=2, 1..=2, 4) if sign == "." || first > 12 => Some((third, second, first)),
            (1..=2, 1..=2, 4) => Some((third, first, second)),
            (1..=2, 1..=2, 2) if sign == "/" && first <= 12 => {
                let year = if third < 50 { 2000 + third } else { 1900 + third };
                Some((year, first, second))
            }
            _ => None,
        };
        if let Some((year, month, day)) = date
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
        {
            let label = if lengths.0 == 4 { shape::ISODATE } else { shape::NUMDATE };
            push(atoms, label, 5, Meaning::Date(year, month, day));
        }
    }
}

fn push(atoms: &mut Vec<Atom>, label: Label, n_pieces: usize, meaning: Meaning) {
    atoms.push(Atom { label, n_pieces: u8::try_from(n_pieces).unwrap_or(u8::MAX), meaning });
}

/// A count as a whole number; counts too big for a year are as good as none.
fn small(count: f64) -> i32 {
    if count.abs() < 1e6 { count as i32 } else { 0 }
}
