//! What must hold around the words of a rule.
//!
//! Takes a match in its sentence and says whether a guard lets it pass: "1500 soldiers" is no year, "prices fall" no
//! season. With tags it asks the grammar, without them the neighbouring words.

use text::Document;

use super::grammar::Guard;
use super::lexicon::{Lexicon, shape};
use super::pattern::Match;
use super::piece::{Piece, Shape};
use crate::layers::Word;

/// A match in its surroundings.
pub(super) struct Site<'a> {
    pub(super) document: &'a Document,
    pub(super) words: &'a [Word],
    pub(super) pieces: &'a [Piece],
    pub(super) found: &'a Match,
    pub(super) lexicon: &'a Lexicon,
}

impl Site<'_> {
    /// Whether the guard lets the match pass.
    pub(super) fn holds(&self, guard: Guard) -> bool {
        match guard {
            Guard::BareYear => self.is_of_our_times() && !self.is_counted(),
            Guard::NotCounted => !self.is_counted(),
            Guard::NotVerb => !self.any_word(|word| word.upos == "VERB"),
            Guard::NotYear => !self.year_piece().is_some_and(|(_, year)| (1700..=2100).contains(&year)),
            Guard::NotName => !self.is_name(),
            Guard::AfterAmount => self.is_after_amount(),
            Guard::NotAfterAmount => !self.is_after_amount(),
            Guard::NotBeforeNoun => !self.is_before_noun(),
            Guard::NotCompound => !self.is_compound(),
        }
    }

    fn text(&self, at: usize) -> &str {
        self.pieces.get(at).map_or("", |piece| piece.span.of(&self.document.text))
    }

    fn class(&self, at: usize, class: &str) -> bool {
        let Some(label) = self.lexicon.class(class) else { return false };
        self.pieces.get(at).is_some_and(|piece| self.lexicon.is_in(piece.word, label))
    }

    fn any_word(&self, wanted: impl Fn(&Word) -> bool) -> bool {
        if self.words.len() != self.document.tokens.len() {
            return false;
        }
        let span = self.pieces[self.found.first].span.cover(self.pieces[self.found.end - 1].span);
        self.document.tokens_in(span).any(|token| wanted(&self.words[token]))
    }

    /// The digits of the year, where it is in digits.
    fn year_piece(&self) -> Option<(usize, i32)> {
        let pieces = self.found.first..self.found.end;
        pieces.filter_map(|at| Some((at, self.text(at).parse().ok().filter(|year| *year >= 1000)?))).next()
    }

    fn is_of_our_times(&self) -> bool {
        // A year that is spelled out, as transcripts have it, is of our times.
        self.year_piece().is_none_or(|(_, year)| (1700..=2100).contains(&year))
    }

    /// Whether the digits are an amount, a number in a series or a count.
    fn is_counted(&self) -> bool {
        let Some((at, year)) = self.year_piece() else { return false };
        let end = self.found.end;
        let before = if at > 0 { self.text(at - 1) } else { "" };
        let is_glued = self.pieces.get(end).is_some_and(|piece| piece.glued);
        let after = self.text(end);
        let is_amount = matches!(before, "$" | "£" | "€" | "#" | "%" | "+" | "=" | "/" | "." | ":")
            || matches!(after, "%" | "$" | "€" | "£")
            || (is_glued && matches!(after, "/" | ":" | "_" | "@"))
            || (is_glued && self.pieces[end].shape == Shape::Letters && after != "s");
        let is_numbered = at > 0 && self.class(at - 1, "NUMBERED");
        let is_count = self.class(end, "COUNTED") || self.class(end, "UNITS") || self.class(end, "MAGNITUDE");
        // Before our times, a plural after the digits makes them a count: "1500 villages".
        let is_old_plural = year < 1900 && after.len() > 3 && after.ends_with('s');
        let is_range = at > 1 && self.text(at - 2).len() == 4 && self.pieces[at - 2].shape == Shape::Digits;
        let is_joined = before == "-" && self.pieces[at].glued && at == self.found.first && !is_range;
        is_amount || is_numbered || is_count || is_old_plural || is_joined || self.counts_noun(at)
    }

    /// Whether the grammar says that the number counts the noun after it: "1990 soldiers".
    fn counts_noun(&self, at: usize) -> bool {
        if self.words.len() != self.document.tokens.len() {
            return false;
        }
        self.document.tokens_in(self.pieces[at].span).any(|token| {
            let word = &self.words[token];
            let head = word.head.and_then(|head| self.words.get(head));
            // "The 1992 protests" are those of the year.
            let is_definite = at > 0 && self.class(at - 1, "DEFINITE");
            word.deprel == "nummod" && !is_definite && head.is_some_and(|head| head.xpos == "NNS")
        })
    }

    /// Whether a capital follows and nothing before the word says that it is a month: "Jan Kavan", but "in May Clinton".
    fn is_name(&self) -> bool {
        let (first, end) = (self.found.first, self.found.end);
        let is_followed =
            self.pieces.get(end).is_some_and(|piece| piece.shape == Shape::Letters && piece.capital);
        is_followed && !(first > 0 && self.class(first - 1, "BEFORE_MONTH"))
    }

    /// Whether an amount stands up to four pieces before: "$33 million a year", "5 percent a month", "twice a week".
    fn is_after_amount(&self) -> bool {
        let first = self.found.first;
        (first.saturating_sub(4)..first).any(|at| {
            let digits = matches!(self.pieces[at].shape, Shape::Digits | Shape::Grouped);
            digits
                || self.class(at, "AMOUNT")
                || self.lexicon.is_in(self.pieces[at].word, shape::CARDINAL)
                || self.lexicon.is_in(self.pieces[at].word, shape::MAGNITUDE)
        })
    }

    fn is_before_noun(&self) -> bool {
        if self.words.len() != self.document.tokens.len() {
            return false;
        }
        let span = self.pieces[self.found.first].span.cover(self.pieces[self.found.end - 1].span);
        let tokens = self.document.tokens_in(span);
        tokens.clone().any(|token| {
            let word = &self.words[token];
            let is_modifier = matches!(word.deprel.as_str(), "amod" | "compound");
            is_modifier && word.head.is_some_and(|head| !tokens.contains(&head))
        })
    }

    /// Whether "-old" or "old" follows: an age.
    fn is_compound(&self) -> bool {
        let end = self.found.end;
        let at = if self.text(end) == "-" { end + 1 } else { end };
        matches!(self.text(at), "old" | "olds")
    }
}
