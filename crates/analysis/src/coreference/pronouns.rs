//! Joins pronouns with the mention that they most likely stand for.
//!
//! The antecedent is the best-scored mention of the same and the two preceding sentences that agrees in number, gender and
//! kind: subjects before objects, near before far, names before descriptions (after Lappin and Leass 1994). Speakers
//! inside quotation marks are the quotation's source.

use super::Chains;
use crate::mention::{Gender, Pronoun, pronoun};
use crate::{EntityKind, Form, Quotation};

/// Joins every third-person pronoun, and first-person ones inside quotations.
pub(super) fn pronouns(chains: &mut Chains<'_>, quotations: &[Quotation]) {
    for mention in 0..chains.mentions.len() {
        if chains.mentions[mention].form != Form::Pronoun {
            continue;
        }
        let Some(kind) = pronoun(chains.document.word(chains.mentions[mention].head)) else { continue };
        let antecedent = match kind.gender {
            Gender::Speaker => speaker(chains, mention, quotations),
            _ => own_subject(chains, mention, kind).or_else(|| best_antecedent(chains, mention, kind)),
        };
        if let Some(antecedent) = antecedent {
            chains.join(antecedent, mention, "pronoun");
        }
    }
}

/// The mention that is the source of the quotation around a pronoun.
fn speaker(chains: &Chains<'_>, mention: usize, quotations: &[Quotation]) -> Option<usize> {
    let head = chains.mentions[mention].head;
    let around = quotations.iter().filter(|q| q.content.iter().any(|part| part.contains(&head)));
    let source = around.filter_map(|q| q.source.clone()).next_back()?;
    (0..chains.mentions.len())
        .filter(|&m| m != mention && source.contains(&chains.mentions[m].head))
        .max_by_key(|&m| chains.mentions[m].form == Form::Name)
}

/// The subject of the verb whose object a reflexive pronoun is: "the attacker blew himself up".
fn own_subject(chains: &Chains<'_>, mention: usize, kind: Pronoun) -> Option<usize> {
    let (at, tree) = (chains.mentions[mention].head, chains.tree);
    let form = chains.document.word(at).to_lowercase();
    if !form.ends_with("self") && !form.ends_with("selves") {
        return None;
    }
    let subject = tree.word(at).head.and_then(|verb| tree.child(verb, "nsubj"))?;
    (0..mention).find(|&other| chains.mentions[other].head == subject && agrees(chains, other, kind))
}

fn best_antecedent(chains: &Chains<'_>, mention: usize, kind: Pronoun) -> Option<usize> {
    let at = chains.mentions[mention].head;
    let sentence = chains.document.sentence_of(at);
    let near = (0..mention).rev().take_while(|&earlier| {
        sentence - chains.document.sentence_of(chains.mentions[earlier].head).min(sentence) <= 2
    });
    let mut best: Option<(f32, usize)> = None;
    for candidate in near {
        if !agrees(chains, candidate, kind) || governs(chains, candidate, mention) {
            continue;
        }
        let score = salience(chains, candidate, sentence);
        if best.is_none_or(|(of_best, _)| score > of_best) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn agrees(chains: &Chains<'_>, candidate: usize, pronoun: Pronoun) -> bool {
    let known = chains.known(candidate);
    let mention = &chains.mentions[candidate];
    let first_person = mention.form == Form::Pronoun
        && crate::mention::pronoun(chains.document.word(mention.head)).is_some_and(|p| p.gender == Gender::Speaker);
    if first_person {
        return false;
    }
    let person = known.kind == Some(EntityKind::Person);
    match pronoun.gender {
        Gender::Male | Gender::Female => {
            let human = person || (known.kind.is_none() && !known.plural);
            human && !known.plural && known.gender.is_none_or(|gender| gender == pronoun.gender)
        }
        Gender::Thing => !person && !known.plural && known.gender.is_none(),
        Gender::Any | Gender::Speaker => {
            known.plural || matches!(known.kind, Some(EntityKind::Group | EntityKind::Organization))
        }
    }
}

/// Whether the candidate is the subject or object of the very verb that governs the pronoun as its object: "X met him".
fn governs(chains: &Chains<'_>, candidate: usize, mention: usize) -> bool {
    let (a, b) = (chains.tree.word(chains.mentions[candidate].head), chains.tree.word(chains.mentions[mention].head));
    let possessive = b.deprel.starts_with("nmod") || b.deprel.starts_with("det");
    a.head.is_some() && a.head == b.head && !possessive
}

fn salience(chains: &Chains<'_>, candidate: usize, sentence: usize) -> f32 {
    let mention = &chains.mentions[candidate];
    let distance = sentence.saturating_sub(chains.document.sentence_of(mention.head));
    let relation = chains.tree.word(mention.head).deprel.as_str();
    let role = match relation.split(':').next().unwrap_or("") {
        "nsubj" => 3.0,
        "appos" | "flat" => 2.0,
        "obj" | "iobj" => 1.5,
        "obl" => 1.0,
        _ => 0.5,
    };
    let named = if chains.known(candidate).named { 1.0 } else { 0.0 };
    let recency = candidate as f32 * 0.001;
    role + named + recency - 1.4 * distance as f32
}
