//! Time expressions: where they stand, and which days they mean.
//!
//! Takes a document, its grammar where there is one, and the rules of `data/time`, and gives [`Timex`]es with TIMEX3
//! type and value, resolved against the story's date. It reads expressions one after the other, since "the day before"
//! counts from the day that the narrative has reached. It knows no event: which expression dates what is decided later.

mod calendar;
mod direction;
mod grammar;
mod guard;
mod lexicon;
mod numeral;
mod pattern;
mod piece;
mod reading;
mod resolution;

use jiff::civil::Date;
use text::{Document, Span};

pub(crate) use grammar::FILES;
pub use grammar::{Grammar, GrammarError};

use calendar::{Unit, Window};
use direction::Direction;
use grammar::{OpenWindow, Rule};
use lexicon::Atom;
use pattern::Match;
use piece::Piece;
use reading::{Context, Item, Reading, Resolved, Resolver};

use crate::layers::{Precision, Timex, Word};

/// A sentence that names a year further back than this goes on in that year.
const YEARS_BACK: i16 = 2;

/// Finds the time expressions of a document, in text order, with the rules that travel with the program.
///
/// `words` may be empty; with tags and heads for every token, the tense of the governing verb says whether "Friday" is
/// past or to come.
pub fn find_timexes(document: &Document, words: &[Word]) -> Vec<Timex> {
    Grammar::embedded().find(document, words)
}

/// The pieces of a sentence with all that may stand at each of them.
struct Sentence {
    pieces: Vec<Piece>,
    atoms: Vec<Atom>,
    /// Where the atoms of a piece begin; one more than there are pieces.
    starts: Vec<usize>,
}

impl Sentence {
    fn atoms(&self, at: usize) -> &[Atom] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.atoms[start..end],
            _ => &[],
        }
    }
}

impl Grammar {
    /// Finds the time expressions of a document by these rules; see [`find_timexes`].
    pub fn find(&self, document: &Document, words: &[Word]) -> Vec<Timex> {
        let mut context = Context { story: story_date(self, document), ..Context::default() };
        let mut timexes = Vec::new();
        for span in stretches(document) {
            let sentence = self.cut(&document.text, span);
            context.told_year = None;
            let mut matches = self.matches(&sentence);
            // The longest expression wins, then the longest pattern, then the earlier rule.
            matches.sort_by_key(|found| {
                let (length, reach) = (found.end - found.first, found.to - found.from);
                (found.first, usize::MAX - length, usize::MAX - reach, found.rule)
            });
            let mut taken = 0;
            for found in &matches {
                if found.first < taken {
                    continue;
                }
                let rule = &self.rules[found.rule];
                let site =
                    guard::Site { document, words, pieces: &sentence.pieces, found, lexicon: &self.lexicon };
                if !rule.guards.iter().all(|guard| site.holds(*guard)) {
                    continue;
                }
                if rule.reading == Reading::Nothing {
                    taken = found.end;
                } else if let Some(timex) = self.read(document, words, &sentence, found, rule, &mut context) {
                    taken = found.end;
                    timexes.push(timex);
                }
            }
        }
        timexes
    }

    /// Where the clause of a match lies, seen from the story.
    fn direction(
        &self,
        document: &Document,
        words: &[Word],
        sentence: &Sentence,
        found: &Match,
        span: Span,
    ) -> Direction {
        let (text, pieces) = (document.text.as_str(), sentence.pieces.as_slice());
        let forms = direction::Forms { text, lexicon: &self.lexicon, cues: self.cues, pieces };
        let syntax = direction::Syntax { document, words, lexicon: &self.lexicon, cues: self.cues };
        let is_content = |span: Span| {
            let word = words.get(document.tokens_in(span).start);
            word.is_some_and(|word| word.xpos.starts_with(['N', 'V', 'J']))
        };
        direction::from_neighbor(&forms, found.first, is_content)
            .or_else(|| syntax.direction(span))
            .unwrap_or_else(|| direction::from_forms(&forms, found.first, found.end))
    }

    fn cut(&self, text: &str, span: Span) -> Sentence {
        let mut sentence = Sentence { pieces: Vec::new(), atoms: Vec::new(), starts: vec![0] };
        piece::cut(&self.lexicon, text, span, &mut sentence.pieces);
        for at in 0..sentence.pieces.len() {
            let piece = &sentence.pieces[at];
            if piece.word.is_some() || matches!(piece.shape, piece::Shape::Digits | piece::Shape::Grouped) {
                self.lexicon.atoms(text, &sentence.pieces, at, &mut sentence.atoms);
            }
            sentence.starts.push(sentence.atoms.len());
        }
        sentence
    }

    fn matches(&self, sentence: &Sentence) -> Vec<Match> {
        let mut found = Vec::new();
        for at in 0..sentence.pieces.len() {
            if self.trie.can_begin(sentence.atoms(at)) {
                self.trie.matches(at, &mut |at| sentence.atoms(at), &mut found);
            }
        }
        found
    }

    /// Works out one match; `None` when its words make no date.
    fn read(
        &self,
        document: &Document,
        words: &[Word],
        sentence: &Sentence,
        found: &Match,
        rule: &Rule,
        context: &mut Context,
    ) -> Option<Timex> {
        let span = sentence.pieces[found.first].span.cover(sentence.pieces[found.end - 1].span);
        let direction = self.direction(document, words, sentence, found, span);
        let resolver = Resolver { lexicon: &self.lexicon, captures: &found.captures, context, direction };
        let mut resolved = resolver.resolve(&rule.reading)?;
        if let Some(time) = &rule.time {
            resolved.value.push_str(&resolver.template(time)?);
        }
        let calendar_window = calendar::window(&resolved.value);
        let is_calendar = resolved.value.starts_with(|sign: char| sign.is_ascii_digit());
        if is_calendar && calendar_window.is_none() {
            return None;
        }
        let window = match (calendar_window, rule.window, context.story) {
            (Some(window), ..) => Some(match (resolver.phase(), &rule.reading) {
                (Some(phase), _) => calendar::narrow(window, phase),
                (None, Reading::FromStory(_)) if resolver.is_rough() => calendar::blur(window),
                (None, _) => window,
            }),
            (None, Some(open), Some(story)) => open_window(open, story, &resolver),
            _ => None,
        };
        let names_year = resolver.names_year();
        context.follow(rule, &resolved, names_year);
        Some(Timex {
            span,
            kind: rule.kind,
            value: resolved.value,
            earliest: window.map(|(first, ..)| first),
            latest: window.map(|(_, last, _)| last),
            precision: window.map(|(.., precision)| precision),
            rule: rule.name,
        })
    }
}

impl Context {
    /// Moves the narrative on to what was just read.
    fn follow(&mut self, rule: &Rule, resolved: &Resolved, names_year: bool) {
        if let Some((day, unit)) = resolved.day {
            self.narrative = Some((day, unit));
            let is_told = self.story.is_some_and(|story| day.year() < story.year() - YEARS_BACK);
            if names_year {
                self.told_year = is_told.then_some(day.year());
            } else if !is_told {
                // Any time near the story's own ends the look back.
                self.told_year = None;
            }
        }
        match (&rule.reading, resolved.day) {
            (Reading::Near(Item::Quarter), Some((day, _))) => {
                // Figures are compared once the quarter is over.
                let is_over = self.story.is_some_and(|story| calendar::days_between(day, story) > 91);
                if is_over {
                    self.quarter = Some((day.year(), calendar::quarter_of(day)));
                }
                self.compares_quarters |= is_over;
            }
            (Reading::Quarter(_), _) => self.compares_quarters = true,
            // Results of "the nine months" are compared with those of the year before, not of its quarter.
            (Reading::Length, _) if resolved.value.ends_with('M') => self.compares_quarters = false,
            _ => {}
        }
    }
}

/// The days that a rule leaves open.
fn open_window(open: OpenWindow, story: Date, resolver: &Resolver<'_>) -> Option<Window> {
    let length = || {
        let unit = resolver.captured_unit()?;
        let count = resolver.captured_count()?;
        // Hours become the days that they reach into.
        let (count, unit) = match unit {
            Unit::Hour => (count / 24.0, Unit::Day),
            Unit::Minute | Unit::Second => (0.0, Unit::Day),
            _ => (count, unit),
        };
        (count < 1e4).then_some((count.ceil() as i64, unit))
    };
    match open {
        OpenWindow::Days(from, to) => {
            let first = calendar::shift(story, from, Unit::Day)?;
            Some((first, calendar::shift(story, to, Unit::Day)?, Precision::Week))
        }
        OpenWindow::Past => {
            let (count, unit) = length()?;
            Some((calendar::shift(story, -count, unit)?, story, precision_of(unit)))
        }
        OpenWindow::Future => {
            let (count, unit) = length()?;
            Some((story, calendar::shift(story, count, unit)?, precision_of(unit)))
        }
    }
}

fn precision_of(unit: Unit) -> Precision {
    match unit {
        Unit::Second | Unit::Minute | Unit::Hour => Precision::Day,
        Unit::Day | Unit::Week | Unit::Weekend => Precision::Week,
        Unit::Month => Precision::Month,
        Unit::Quarter | Unit::Half => Precision::Season,
        Unit::Year => Precision::Year,
        Unit::Decade | Unit::Century | Unit::Millennium => Precision::Decade,
    }
}

/// The day that "today" means: the dateline's where it lies shortly before the story's, else the story's.
fn story_date(grammar: &Grammar, document: &Document) -> Option<Date> {
    let date = document.date?;
    let Some(span) = document.dateline.as_ref().and_then(|dateline| dateline.date) else { return Some(date) };
    let sentence = grammar.cut(&document.text, span);
    let context = Context { story: Some(date), ..Context::default() };
    let mut matches = grammar.matches(&sentence);
    matches.sort_by_key(|found| (found.first, usize::MAX - found.end, found.rule));
    let filed = matches.iter().find_map(|found| {
        let resolver = Resolver {
            lexicon: &grammar.lexicon,
            captures: &found.captures,
            context: &context,
            direction: Direction::Past,
        };
        resolver.resolve(&grammar.rules[found.rule].reading)?.day.filter(|(_, unit)| *unit == Unit::Day)
    });
    // A story filed more than some days before it ran is a misread dateline.
    let is_recent = |day: &Date| (0..=5).contains(&calendar::days_between(*day, date));
    Some(filed.map(|(day, _)| day).filter(is_recent).unwrap_or(date))
}

/// The sentences, or where there are none, stretches between full stops and line ends.
fn stretches(document: &Document) -> Vec<Span> {
    if !document.sentences.is_empty() {
        return document.sentences.iter().map(|sentence| sentence.span).collect();
    }
    let text = &document.text;
    let mut spans = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let is_end = matches!(letter, '!' | '?') || (letter == '.' && ends_sentence(text, at));
        let is_gap = letter == '\n' && text[at + 1..].starts_with('\n');
        if is_end || is_gap {
            let end = at + letter.len_utf8();
            spans.push(Span::new(start, end));
            start = end;
        }
    }
    spans.push(Span::new(start, text.len()));
    spans
}

/// Whether the full stop at `at` ends a sentence: a capital follows, and no abbreviation precedes.
fn ends_sentence(text: &str, at: usize) -> bool {
    let after = text[at + 1..].trim_start_matches(['"', '\'', '\u{201d}']);
    let is_followed = after.starts_with(char::is_whitespace)
        && after
            .trim_start()
            .starts_with(|letter: char| letter.is_uppercase() || matches!(letter, '"' | '`' | '\u{201c}'));
    let word =
        text[..at].rsplit(|letter: char| !letter.is_alphanumeric() && letter != '.').next().unwrap_or("");
    let is_abbreviated = word.len() <= 4 && word.starts_with(char::is_uppercase) || word.contains('.');
    is_followed && !is_abbreviated
}

#[cfg(test)]
mod tests;
