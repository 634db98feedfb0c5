//! Who says otherwise.
//!
//! Links a claim that denies with the claim of another source in the same story that it is about: the one that shares most
//! of its words or tells an event of the same type, else the one told just before. No verdict is given on who is right.

use std::collections::BTreeSet;

use codebook::Status;

use crate::claim::Saying;
use crate::event::Draft;
use crate::story::Story;

/// Least share of the shorter content's words that two claims must have in common.
const OVERLAP: f32 = 0.3;
/// What an event of the same type in both contents counts, as a share of words.
const SAME_TYPE: f32 = 0.4;
/// How many sentences may lie between a denial and the claim before it that it is about without naming it.
const NEAR: usize = 2;

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
            let rivals = (0..sayings.len())
                .filter(|&other| other != idx && may_rival(saying, &sayings[other]))
                .collect::<Vec<_>>()
                .into_iter();
            let types = |of: usize| told(of).map(|event| events[event].event_type).collect::<BTreeSet<_>>();
            let own = types(idx);
            let score = |other: usize| {
                let same_type = types(other).intersection(&own).next().is_some();
                overlap(&words[idx], &words[other]).max(if same_type { SAME_TYPE } else { 0.0 })
            };
            let best = rivals.clone().map(|other| (score(other), other)).max_by(|a, b| {
                a.0.total_cmp(&b.0).then_with(|| a.1.abs_diff(idx).cmp(&b.1.abs_diff(idx)).reverse())
            })?;
            if best.0 >= OVERLAP {
                return Some(best.1);
            }
            saying.denies.then(|| rivals.filter(|&other| just_before(story, &sayings[other], saying)).next_back()).flatten()
        })
        .collect()
}

/// Whether a claim is told in the sentences just before a denial.
fn just_before(story: &Story<'_>, claim: &Saying, denial: &Saying) -> bool {
    let sentence = |saying: &Saying| saying.quotation.content.first().map(|part| story.document.sentence_of(part.start));
    matches!((sentence(claim), sentence(denial)), (Some(a), Some(b)) if a <= b && b - a <= NEAR)
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
