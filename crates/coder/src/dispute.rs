//! Who says otherwise.
//!
//! Links a claim that denies with the claim of another source in the same story that it is about: the one that shares most
//! of its words, or tells the same event. No verdict is given on who is right.

use std::collections::BTreeSet;

use codebook::Status;

use crate::claim::Saying;
use crate::event::Draft;
use crate::story::Story;

/// Least share of the shorter content's words that two claims must have in common.
const OVERLAP: f32 = 0.3;

/// For every saying: the index of the saying that it denies or contradicts.
pub(crate) fn find_disputes(
    story: &Story<'_>,
    sayings: &[Saying],
    events: &[Draft],
    claim_of: &[Option<usize>],
) -> Vec<Option<usize>> {
    let words: Vec<BTreeSet<String>> = sayings.iter().map(|saying| content_words(story, saying)).collect();
    let told = |saying: usize| (0..events.len()).filter(move |&event| claim_of[event] == Some(saying));
    sayings
        .iter()
        .enumerate()
        .map(|(idx, saying)| {
            let denied = saying.denies || told(idx).any(|event| events[event].status == Status::Denied);
            if !denied {
                return None;
            }
            let rivals = (0..sayings.len()).filter(|&other| other != idx && may_rival(saying, &sayings[other]));
            let best = rivals.map(|other| (overlap(&words[idx], &words[other]), other)).max_by(|a, b| {
                a.0.total_cmp(&b.0).then_with(|| a.1.abs_diff(idx).cmp(&b.1.abs_diff(idx)).reverse())
            })?;
            (best.0 >= OVERLAP).then_some(best.1)
        })
        .collect()
}

fn may_rival(denial: &Saying, other: &Saying) -> bool {
    !other.denies && (denial.figure.is_none() || denial.figure != other.figure)
}

fn content_words(story: &Story<'_>, saying: &Saying) -> BTreeSet<String> {
    let tokens = saying.quotation.content.iter().cloned().flatten();
    tokens
        .filter(|&token| matches!(story.tree.word(token).upos.as_str(), "NOUN" | "PROPN" | "VERB" | "ADJ" | "NUM"))
        .map(|token| story.lemma(token).to_lowercase())
        .collect()
}

fn overlap(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f32 {
    let smaller = a.len().min(b.len());
    if smaller == 0 { 0.0 } else { a.intersection(b).count() as f32 / smaller as f32 }
}
