//! Whether a clause looks back or ahead.
//!
//! Takes the words around a time expression and gives the direction in which "Friday" or "in May" lies. With grammar it
//! asks the verb that governs the expression; without, the nearest word that shows tense.

use text::{Document, Span};

use super::grammar::Cues;
use super::lexicon::{Label, Lexicon};
use super::piece::{Piece, Shape};
use crate::layers::Word;

/// Where a time of the clause lies, seen from the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Past,
    Future,
    /// The present tense: "meets Friday" lies ahead, "is heard in May" may be either.
    Present,
    Unknown,
}

/// How many pieces before an expression may hold the cue.
const LOOK_BACK: usize = 24;
/// How many pieces after it.
const LOOK_AHEAD: usize = 12;

/// The grammar of a document, where every token has one.
pub(super) struct Syntax<'a> {
    pub(super) document: &'a Document,
    pub(super) words: &'a [Word],
    pub(super) lexicon: &'a Lexicon,
    pub(super) cues: Cues,
}

impl Syntax<'_> {
    /// The direction that the predicate governing `span` shows; `None` without grammar or without such a predicate.
    pub(super) fn direction(&self, span: Span) -> Option<Direction> {
        if self.words.len() != self.document.tokens.len() {
            return None;
        }
        let tokens = self.document.tokens_in(span);
        let is_top = |token: &usize| self.words[*token].head.is_none_or(|head| !tokens.contains(&head));
        let mut at = tokens.clone().find(is_top)?;
        // A tree is no deeper than its sentence; the bound guards against heads that go round in a circle.
        for _ in 0..64 {
            if let Some(found) = self.of_predicate(at) {
                return Some(found);
            }
            at = self.head(at)?;
        }
        None
    }

    fn head(&self, at: usize) -> Option<usize> {
        self.words[at].head.filter(|head| *head < self.words.len() && *head != at)
    }

    /// Whether the word or its dictionary form is in a class.
    fn is_in(&self, at: usize, class: Label) -> bool {
        let is_in = |word: &str| self.lexicon.is_in(self.lexicon.word(&word.to_lowercase()), class);
        is_in(self.document.word(at)) || is_in(&self.words[at].lemma)
    }

    /// What a word shows as the predicate of its clause; `None` where it is none, or hangs on another's tense.
    fn of_predicate(&self, at: usize) -> Option<Direction> {
        let word = &self.words[at];
        if self.is_in(at, self.cues.plan) {
            return Some(Direction::Future);
        }
        let nearby = at.saturating_sub(12)..at;
        let children: Vec<usize> = nearby.filter(|&child| self.words[child].head == Some(at)).collect();
        let auxiliaries = || {
            let is_one = |word: &Word| word.deprel.starts_with("aux") || word.deprel == "cop";
            children.iter().copied().filter(move |&child| is_one(&self.words[child]))
        };
        if auxiliaries().any(|child| self.is_in(child, self.cues.ahead)) {
            return Some(Direction::Future);
        }
        if auxiliaries().any(|child| self.words[child].lemma == "have") {
            return Some(Direction::Past);
        }
        if children.iter().any(|&child| self.is_in(child, self.cues.to) && self.words[child].deprel == "mark") {
            // An infinitive lies ahead of words such as "agreed"; after others, their tense decides.
            let governor = self.head(at)?;
            return self.is_in(governor, self.cues.plan_to).then_some(Direction::Future);
        }
        if auxiliaries().any(|child| self.words[child].xpos == "VBD") || word.xpos == "VBD" {
            return Some(Direction::Past);
        }
        let is_present = |word: &Word| matches!(word.xpos.as_str(), "VBZ" | "VBP");
        if auxiliaries().any(|child| is_present(&self.words[child])) {
            // "Is meeting Friday" lies ahead; "is heard in May" may be any year's.
            return Some(if word.xpos == "VBG" { Direction::Future } else { Direction::Present });
        }
        match word.xpos.as_str() {
            "VBN" if self.is_in(at, self.cues.plan_to) => Some(Direction::Future),
            "VBN" => Some(Direction::Past),
            "VBZ" | "VBP" => Some(Direction::Present),
            _ => None,
        }
    }
}

/// The direction that the word forms around pieces `first..end` show.
pub(super) fn from_forms(forms: &Forms<'_>, first: usize, end: usize) -> Direction {
    let before = (first.saturating_sub(LOOK_BACK)..first).rev();
    let after = end..(end + LOOK_AHEAD).min(forms.pieces.len());
    let nearest = before.take_while(|&at| forms.word(at) != ";").find_map(|at| forms.cue(at));
    let found = nearest
        .or_else(|| after.take_while(|&at| forms.word(at) != ";").find_map(|at| forms.cue(at)))
        .unwrap_or(Direction::Unknown);
    let has_deadline = first > 0 && forms.is_in(first - 1, forms.cues.deadline);
    if found == Direction::Unknown && has_deadline { Direction::Future } else { found }
}

/// What the word right before the expression shows, a preposition between them left out: "said on Tuesday". No parse is
/// surer than that. `is_content` tells of a piece whether grammar takes it for more than a preposition.
pub(super) fn from_neighbor(
    forms: &Forms<'_>,
    first: usize,
    is_content: impl Fn(Span) -> bool,
) -> Option<Direction> {
    let last = first.checked_sub(1)?;
    let near = forms.cue(last).or_else(|| {
        let between = forms.pieces.get(last)?.span;
        forms.cue(last.checked_sub(1).filter(|_| !is_content(between))?)
    });
    near.filter(|found| *found != Direction::Unknown)
}

/// The words of a sentence, as far as their forms show tense.
pub(super) struct Forms<'a> {
    pub(super) text: &'a str,
    pub(super) lexicon: &'a Lexicon,
    pub(super) cues: Cues,
    pub(super) pieces: &'a [Piece],
}

impl Forms<'_> {
    fn word(&self, at: usize) -> &str {
        self.pieces.get(at).map_or("", |piece| piece.span.of(self.text))
    }

    fn is_in(&self, at: usize, class: Label) -> bool {
        self.pieces.get(at).is_some_and(|piece| self.lexicon.is_in(piece.word, class))
    }

    /// What one word shows; `None` when it shows nothing.
    fn cue(&self, at: usize) -> Option<Direction> {
        let piece = &self.pieces[at];
        // Capitals make names of them: "Will", "May".
        if piece.shape != Shape::Letters || piece.capital {
            return None;
        }
        if self.is_in(at, self.cues.ahead) || self.is_in(at, self.cues.plan) {
            return Some(Direction::Future);
        }
        let before_to = self.is_in(at + 1, self.cues.to);
        if before_to && self.is_in(at, self.cues.plan_to) {
            return Some(Direction::Future);
        }
        let word = self.word(at);
        if !(self.is_in(at, self.cues.past) || (word.len() > 4 && word.ends_with("ed"))) {
            return None;
        }
        // "Will be sold", "to be completed": the auxiliary has the tense; "is heard" has none.
        let auxiliaries = at.saturating_sub(3)..at;
        if auxiliaries.clone().any(|at| self.is_in(at, self.cues.ahead)) {
            return Some(Direction::Future);
        }
        let follows = |class| at > 0 && self.is_in(at - 1, class);
        if follows(self.cues.be) && at > 1 && self.is_in(at - 2, self.cues.to) {
            return Some(Direction::Future);
        }
        if follows(self.cues.present) {
            return Some(Direction::Unknown);
        }
        Some(Direction::Past)
    }
}
