//! Did it happen?
//!
//! The network reads status from the whole window; the lexicon knows the words that decide it. Where the network is not
//! sure, a word of `data/lexicon/status/` that bears on the event decides.

use analysis::Candidate;
use codebook::{Scope, Status};

use crate::story::Story;

/// Probability from which the network's status stands against any word.
const SURE: f32 = 0.8;

/// The status of a candidate and the reason for it.
pub(crate) fn decide(story: &Story<'_>, candidate: &Candidate, head: usize, own: Option<Status>) -> (Status, String) {
    let network = candidate.statuses.first().and_then(|(label, score)| Some((Status::from_word(label)?, *score)));
    let (best, score) = network.unwrap_or((Status::Happened, 0.0));
    if score >= SURE {
        return (best, format!("status: network {best} {score:.2}"));
    }
    if let Some((status, word)) = operator(story, head)
        && share(candidate, status) >= 0.15
    {
        return (status, format!("status: {word} = {status}"));
    }
    if let Some(status) = own
        && share(candidate, status) >= 0.15
    {
        return (status, format!("status: lexicon {status}"));
    }
    (best, format!("status: network {best} {score:.2}"))
}

fn share(candidate: &Candidate, status: Status) -> f32 {
    candidate.statuses.iter().find(|(label, _)| label == status.word()).map_or(0.0, |(_, score)| *score)
}

/// The nearest word that decides the status of the event at `head`, with its words.
fn operator(story: &Story<'_>, head: usize) -> Option<(Status, String)> {
    let tree = &story.tree;
    for child in tree.children(head) {
        if let Some(found) = scoped(story, child, &[Scope::Modified]) {
            return Some(found);
        }
        if tree.has(child, "mark")
            && let Some(found) = scoped(story, child, &[Scope::Clause])
        {
            return Some(found);
        }
    }
    let above = tree.word(head).head?;
    let relation = tree.word(head).deprel.split(':').next().unwrap_or("");
    let scopes: &[Scope] = match relation {
        "xcomp" | "ccomp" | "acl" | "nmod" | "advcl" => &[Scope::Complement],
        "nsubj" | "obj" | "obl" => &[Scope::Argument, Scope::Complement],
        _ => return None,
    };
    scoped(story, above, scopes)
}

fn scoped(story: &Story<'_>, token: usize, scopes: &[Scope]) -> Option<(Status, String)> {
    let found = story.codebook.operator(&story.lemmas_from(token, 4), story.pos(token))?;
    let rule = found.rules.iter().find(|rule| scopes.contains(&rule.scope))?;
    let words = story.text(&(token..token + found.len));
    Some((rule.status, format!("{} ({words})", rule.name)))
}
