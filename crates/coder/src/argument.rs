//! Who fills a role.
//!
//! Takes the words that the network puts into a candidate's roles and gives the parties they belong to. Where the network
//! is unsure, grammar decides: the subject of an active verb, the object, the agent of a passive.

use std::ops::Range;

use analysis::{Candidate, EntityKind};
use codebook::Subject;

use crate::party::Figures;
use crate::story::Story;

/// Probability from which a word fills a role by the network alone.
const SURE: f32 = 0.5;
/// Probability from which it does when grammar agrees.
const LIKELY: f32 = 0.2;

/// The parties of an event, as indices of figures, in text order, and the mentions they were found by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parties {
    pub(crate) actors: Vec<usize>,
    pub(crate) recipients: Vec<usize>,
}

/// Probability from which the likeliest mention is the actor where no other is.
const ACTOR_BEST: f32 = 0.2;
/// The same for recipients, which more events lack.
const RECIPIENT_BEST: f32 = 0.4;

/// A mention in a role, with the network's probability.
type Filler = (usize, f32);

/// Finds actors and recipients of a candidate.
pub(crate) fn find_parties(
    story: &Story<'_>,
    figures: &Figures,
    candidate: &Candidate,
    head: usize,
    subject: Subject,
    reasons: &mut Vec<String>,
) -> Parties {
    let mut actors = fillers(story, candidate, "actor", SURE);
    let mut recipients = fillers(story, candidate, "recipient", SURE);
    // The subject of an active verb acts, if the network thinks it possible at all.
    let by_subject = by_grammar(story, candidate, "actor", &grammatical_actors(story, head, subject));
    if by_subject.iter().all(|(mention, _)| actors.iter().all(|(known, _)| known != mention)) && !by_subject.is_empty() {
        actors = by_subject;
        reasons.push("actor: grammar".to_owned());
    }
    if actors.is_empty() {
        actors = best_filler(story, candidate, "actor", ACTOR_BEST);
    }
    if recipients.is_empty() {
        recipients = by_grammar(story, candidate, "recipient", &grammatical_recipients(story, head, subject));
        if !recipients.is_empty() {
            reasons.push("recipient: grammar".to_owned());
        }
    }
    if recipients.is_empty() {
        recipients = best_filler(story, candidate, "recipient", RECIPIENT_BEST);
    }
    // One mention fills one role: the likelier.
    let stronger = |list: &[Filler], (mention, score): Filler| {
        list.iter().any(|&(other, of_other)| other == mention && of_other > score)
    };
    let kept_actors: Vec<Filler> = actors.iter().copied().filter(|&f| !stronger(&recipients, f)).collect();
    let kept_recipients: Vec<Filler> =
        recipients.iter().copied().filter(|&f| !kept_actors.iter().any(|&(mention, _)| mention == f.0)).collect();
    let actors = parties(story, figures, &kept_actors);
    let mut recipients = parties(story, figures, &kept_recipients);
    recipients.retain(|figure| !actors.contains(figure));
    Parties { actors, recipients }
}

fn parties(story: &Story<'_>, figures: &Figures, fillers: &[Filler]) -> Vec<usize> {
    let mut out = Vec::new();
    for &(mention, _) in fillers {
        let figure = figures.of_mention(story, mention);
        if !out.contains(&figure) {
            out.push(figure);
        }
    }
    out
}

fn role<'c>(candidate: &'c Candidate, name: &str) -> &'c [(usize, f32)] {
    candidate.roles.iter().find(|role| role.name == name).map_or(&[], |role| &role.tokens)
}

/// Mentions whose head lies in a run of role words and governs it; a run's modifiers ("Pakistani" of "Pakistani
/// soldiers") are no parties of their own, its coordinated parts are.
fn fillers(story: &Story<'_>, candidate: &Candidate, name: &str, floor: f32) -> Vec<Filler> {
    let runs = runs(role(candidate, name), floor);
    let heads = runs.iter().flat_map(|(run, _)| governing(story, run)).filter(|&token| !is_where(story, token));
    let heads: Vec<usize> = heads.collect();
    let mut out: Vec<Filler> = Vec::new();
    for &token in heads.iter().filter(|&&token| !is_part_of_other(story, token, &heads)) {
        let score = role(candidate, name).iter().find(|(at, _)| *at == token).map_or(0.0, |(_, score)| *score);
        if let Some(mention) = story.mention_at(token)
            && !out.iter().any(|&(known, _)| known == mention)
        {
            out.push((mention, score));
        }
    }
    out
}

/// Whether a token only tells more about another one of the list: "US" of "the US-backed YPG", "Assad" of "Assad's army".
fn is_part_of_other(story: &Story<'_>, token: usize, heads: &[usize]) -> bool {
    let tree = &story.tree;
    let mut at = token;
    while let Some(above) = tree.word(at).head {
        let tells_more = ["amod", "compound", "nmod", "acl", "obl", "advmod", "nummod"].iter().any(|relation| tree.has(at, relation));
        if !tells_more {
            return false;
        }
        if heads.contains(&above) {
            return true;
        }
        at = above;
    }
    false
}

/// The likeliest filler of a role at or above a floor.
fn best_filler(story: &Story<'_>, candidate: &Candidate, name: &str, floor: f32) -> Vec<Filler> {
    let all = fillers(story, candidate, name, floor);
    let best = all.iter().map(|(_, score)| *score).fold(0.0f32, f32::max);
    all.into_iter().filter(|(_, score)| *score == best).take(1).collect()
}

/// Whether a token names a place that says where, not who: "in Syria and Iraq".
fn is_where(story: &Story<'_>, token: usize) -> bool {
    let first = story.tree.ancestors(token).find(|&above| !story.tree.has(above, "conj")).unwrap_or(token);
    let case = story.tree.child(first, "case").is_some_and(|case| crate::table::tells_place(story.lemma(case)));
    let place = story.mention_at(token).is_some_and(|mention| {
        matches!(story.mention(mention).kind, Some(EntityKind::Place | EntityKind::Facility))
    });
    case && place
}

/// Contiguous runs of tokens at or above a floor, with the best score in each.
pub(crate) fn runs(tokens: &[(usize, f32)], floor: f32) -> Vec<(Range<usize>, f32)> {
    let mut out: Vec<(Range<usize>, f32)> = Vec::new();
    for &(token, score) in tokens.iter().filter(|(_, score)| *score >= floor) {
        match out.last_mut() {
            Some((range, best)) if token == range.end => {
                range.end = token + 1;
                *best = best.max(score);
            }
            _ => out.push((token..token + 1, score)),
        }
    }
    out
}

/// The tokens of a run that no other token of the run governs, and those coordinated with them.
fn governing(story: &Story<'_>, run: &Range<usize>) -> Vec<usize> {
    let tree = &story.tree;
    let nominal = |token: usize| matches!(tree.word(token).upos.as_str(), "NOUN" | "PROPN" | "PRON" | "ADJ" | "NUM" | "DET" | "X");
    let mut out: Vec<usize> = Vec::new();
    for token in run.clone().filter(|&token| nominal(token)) {
        let word = tree.word(token);
        let outer = word.head.is_none_or(|head| !run.contains(&head));
        let joined = tree.has(token, "conj") && word.head.is_some_and(|head| out.contains(&head));
        let possessor_only = outer && out.iter().any(|&other| story.mention_at(other) == story.mention_at(token));
        if (outer || joined) && !possessor_only {
            out.push(token);
        }
    }
    if out.is_empty() {
        out.extend(tree.head_of(run));
    }
    out
}

/// Those of the grammatical fillers that the network finds likely.
fn by_grammar(story: &Story<'_>, candidate: &Candidate, name: &str, tokens: &[usize]) -> Vec<Filler> {
    let tokens_of_role = role(candidate, name);
    let mut out: Vec<Filler> = Vec::new();
    for &token in tokens {
        let score = tokens_of_role.iter().find(|(at, _)| *at == token).map_or(0.0, |(_, score)| *score);
        if score >= LIKELY
            && let Some(mention) = story.mention_at(token)
        {
            out.push((mention, score));
        }
    }
    out
}

/// The verb that carries a noun trigger, with who its subject is in the noun's event: "carried out an attack".
fn carrier(story: &Story<'_>, head: usize) -> Option<(usize, Subject)> {
    let word = story.tree.word(head);
    let verb = word.head?;
    if word.upos != "NOUN" || story.tree.word(verb).upos != "VERB" {
        return None;
    }
    let found = story.codebook.light(&story.lemmas_from(verb, 3))?;
    Some((verb, found.rules.first()?.subject))
}

fn grammatical_actors(story: &Story<'_>, head: usize, subject: Subject) -> Vec<usize> {
    let tree = &story.tree;
    let (verb, subject) = carrier(story, head).unwrap_or((head, subject));
    let passive = tree.children(verb).any(|child| tree.word(child).deprel == "nsubj:pass");
    let mut out = Vec::new();
    for child in tree.children(verb) {
        let relation = tree.word(child).deprel.as_str();
        let fits = match (relation, subject) {
            ("obl:agent", _) => true,
            ("nsubj", Subject::Actor | Subject::Both) => !passive,
            ("nmod:poss", _) => tree.word(verb).upos == "NOUN",
            _ => false,
        };
        if fits {
            out.extend(tree.conjuncts(child));
        }
    }
    if out.is_empty() && matches!(tree.word(verb).deprel.as_str(), "xcomp" | "conj" | "advcl") {
        // The subject of the verb above stands for the missing one: "plans to attack".
        if let Some(above) = tree.word(verb).head {
            out.extend(tree.child(above, "nsubj").into_iter().flat_map(|child| tree.conjuncts(child)));
        }
    }
    out
}

fn grammatical_recipients(story: &Story<'_>, head: usize, subject: Subject) -> Vec<usize> {
    let tree = &story.tree;
    let (verb, subject) = carrier(story, head).unwrap_or((head, subject));
    let mut out = Vec::new();
    for child in tree.children(verb) {
        let relation = tree.word(child).deprel.as_str();
        let fits = match relation {
            "nsubj:pass" => true,
            "obj" | "iobj" => child != head,
            "nsubj" => subject == Subject::Recipient,
            "obl" | "nmod" => child > verb,
            _ => false,
        };
        if fits {
            out.extend(tree.conjuncts(child));
        }
    }
    out
}
