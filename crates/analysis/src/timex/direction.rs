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
    Unknown,
}

/// How many pieces before an expression may hold the cue.
const LOOK_BACK: usize = 24;
/// How many pieces after it.
const LOOK_AHEAD: usize = 12;

/// The direction that the grammar of the clause shows; `Unknown` without grammar or without a tensed verb.
pub(super) fn from_grammar(
    document: &Document,
    words: &[Word],
    lexicon: &Lexicon,
    cues: Cues,
    span: Span,
) -> Direction {
    if words.len() != document.tokens.len() {
        return Direction::Unknown;
    }
    let tokens = document.tokens_in(span);
    let Some(mut at) =
        tokens.clone().find(|&token| words[token].head.is_none_or(|head| !tokens.contains(&head)))
    else {
        return Direction::Unknown;
    };
    // A tree is no deeper than its sentence; the bound guards against heads that go round in a circle.
    for _ in 0..64 {
        if is_verb(&words[at]) {
            match of_verb(words, lexicon, cues, at) {
                Direction::Unknown => {}
                found => return found,
            }
        }
        match words[at].head {
            Some(head) if head < words.len() && head != at => at = head,
            _ => return Direction::Unknown,
        }
    }
    Direction::Unknown
}

fn is_verb(word: &Word) -> bool {
    word.upos == "VERB" || word.upos == "AUX"
}

fn of_verb(words: &[Word], lexicon: &Lexicon, cues: Cues, verb: usize) -> Direction {
    let nearby = verb.saturating_sub(12)..(verb + 1);
    let children = || nearby.clone().filter(|&child| words[child].head == Some(verb));
    let is_ahead = |word: &Word| lexicon.is_in(lexicon.word(&word.lemma.to_lowercase()), cues.ahead);
    let aux = |wanted: fn(&Word) -> bool| {
        children().any(|child| words[child].deprel.starts_with("aux") && wanted(&words[child]))
    };
    if children().any(|child| words[child].upos == "AUX" && is_ahead(&words[child])) {
        return Direction::Future;
    }
    // "Scheduled for Friday", "plans to meet Friday".
    let plans = lexicon.is_in(lexicon.word(&words[verb].lemma.to_lowercase()), cues.plan);
    if plans && matches!(words[verb].xpos.as_str(), "VBN" | "VBZ" | "VBP" | "VBG") {
        return Direction::Future;
    }
    let is_infinitive = children().any(|child| words[child].xpos == "TO" || words[child].lemma == "to");
    if is_infinitive && words[verb].xpos == "VB" {
        let governor = words[verb].head.filter(|head| *head < words.len());
        return match governor {
            Some(head) if lexicon.is_in(lexicon.word(&words[head].lemma.to_lowercase()), cues.plan) => {
                Direction::Future
            }
            _ => Direction::Unknown,
        };
    }
    match words[verb].xpos.as_str() {
        "VBD" => Direction::Past,
        "VBN" if aux(|word| matches!(word.xpos.as_str(), "VBD" | "VBP" | "VBZ")) => Direction::Past,
        "VBN" => Direction::Past,
        "VBG" if aux(|word| word.xpos == "VBD") => Direction::Past,
        "VBG" if aux(|word| matches!(word.xpos.as_str(), "VBZ" | "VBP")) => Direction::Future,
        "VBZ" | "VBP" => Direction::Future,
        "VB" if aux(|word| word.xpos == "VBD") => Direction::Past,
        _ => Direction::Unknown,
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
