//! Names, nominals and pronouns.
//!
//! Takes the network's entities, parties and roles with the trees and gives mentions in text order, not yet joined: names
//! from entities, nominals from noun phrases that are a party or fill a role, pronouns from the closed list in
//! `data/grammar/pronoun.tsv`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use text::Document;

use crate::reading::{Reading, entity_kind, spans_of};
use crate::tree::Tree;
use crate::{EntityKind, Form, Mention};

/// Probability from which a word in a role makes its noun phrase a mention.
const ROLE_LIKELY: f32 = 0.3;

/// Grammatical gender of a referent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gender {
    Male,
    Female,
    Thing,
    Any,
    Speaker,
}

/// What a pronoun tells of its referent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pronoun {
    pub(crate) plural: bool,
    pub(crate) gender: Gender,
}

fn gender(word: &str) -> Gender {
    match word {
        "male" => Gender::Male,
        "female" => Gender::Female,
        "thing" => Gender::Thing,
        "speaker" => Gender::Speaker,
        _ => Gender::Any,
    }
}

/// The rows of a bundled table, without its header, as cells.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split('\t').collect())
}

/// What a word form tells as a pronoun; `None` for all others.
pub(crate) fn pronoun(form: &str) -> Option<Pronoun> {
    static TABLE: OnceLock<BTreeMap<&'static str, Pronoun>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        rows(include_str!("../../../data/grammar/pronoun.tsv"))
            .filter_map(|row| {
                let [form, number, kind, ..] = row[..] else { return None };
                Some((form, Pronoun { plural: number == "plural", gender: gender(kind) }))
            })
            .collect()
    });
    let lower = form.to_lowercase();
    table.get(lower.as_str()).copied()
}

/// The gender that a title or noun gives to the person it names.
pub(crate) fn honorific(form: &str) -> Option<Gender> {
    static TABLE: OnceLock<BTreeMap<&'static str, Gender>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        rows(include_str!("../../../data/grammar/honorific.tsv"))
            .filter_map(|row| Some((*row.first()?, gender(row.get(1)?))))
            .collect()
    });
    table.get(form.to_lowercase().as_str()).copied()
}

/// Whether a word is a title or noun that stands before a name and tells its bearer's gender: "Mrs", "King".
pub fn is_honorific(form: &str) -> bool {
    honorific(form).is_some()
}

/// The kind of what a collective noun names, a body or a group rather than a person: "force", "delegation".
pub fn collective(lemma: &str) -> Option<EntityKind> {
    static TABLE: OnceLock<BTreeMap<&'static str, EntityKind>> = OnceLock::new();
    let kind = |word: &str| if word == "group" { EntityKind::Group } else { EntityKind::Organization };
    let table = TABLE.get_or_init(|| {
        rows(include_str!("../../../data/grammar/collective.tsv"))
            .filter_map(|row| Some((*row.first()?, kind(row.get(1)?))))
            .collect()
    });
    table.get(lemma).copied()
}

/// Finds the mentions of a document, in text order; every chain is still the mention's own.
pub(crate) fn find_mentions(document: &Document, tree: &Tree<'_>, reading: &Reading) -> Vec<Mention> {
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut out = Vec::new();
    for (range, label) in &reading.entities {
        let Some(kind) = entity_kind(label) else { continue };
        if let Some(tokens) = name_tokens(document, tree, &glued(document, range))
            && !taken.contains(&tokens.start)
        {
            taken.extend(tokens.clone());
            out.push(mention(tree, reading, tokens, Form::Name, Some(kind)));
        }
    }
    settle_kinds(document, &mut out);
    add_unseen_names(document, tree, reading, &mut taken, &mut out);
    for token in 0..tree.words().len() {
        if pronoun(document.word(token)).is_some()
            && matches!(tree.word(token).upos.as_str(), "PRON" | "DET")
            && taken.insert(token)
        {
            out.push(mention(tree, reading, token..token + 1, Form::Pronoun, None));
        }
    }
    for head in nominal_heads(tree, reading) {
        if taken.contains(&head) || is_day_or_amount(tree, reading, head) {
            continue;
        }
        let phrase = nominal_tokens(tree, head, &taken);
        taken.extend(phrase.clone());
        out.push(mention(tree, reading, phrase, Form::Nominal, None));
    }
    out.sort_by_key(|m| (m.tokens.start, m.tokens.end));
    for (idx, mention) in out.iter_mut().enumerate() {
        mention.chain = idx;
    }
    out
}

/// Whether a proper noun is part of a date or an amount, which are no parties: "Friday".
fn is_day_or_amount(tree: &Tree<'_>, reading: &Reading, token: usize) -> bool {
    let inside = |(range, label): &(Range<usize>, String)| range.contains(&token) && entity_kind(label).is_none();
    tree.word(token).upos == "PROPN" && reading.entities.iter().any(inside)
}

/// Proper nouns that fill a role and that the entity head missed.
fn add_unseen_names(
    document: &Document,
    tree: &Tree<'_>,
    reading: &Reading,
    taken: &mut BTreeSet<usize>,
    out: &mut Vec<Mention>,
) {
    for head in role_heads(tree, reading) {
        if tree.word(head).upos != "PROPN" || taken.contains(&head) || is_day_or_amount(tree, reading, head) {
            continue;
        }
        let mut range = tree.noun_phrase(head);
        while range.start < head && (tree.word(range.start).upos != "PROPN" || taken.contains(&range.start)) {
            range.start += 1;
        }
        if let Some(tokens) = name_tokens(document, tree, &range) {
            taken.extend(tokens.clone());
            out.push(mention(tree, reading, tokens, Form::Name, None));
        }
    }
}

/// One name is of one kind throughout a story: the kind that it has most often; and a single word that ends a person's full
/// name is that person.
fn settle_kinds(document: &Document, mentions: &mut [Mention]) {
    let words = |mention: &Mention| document.span(mention.tokens.clone()).of(&document.text);
    let mut votes: BTreeMap<&str, BTreeMap<EntityKind, usize>> = BTreeMap::new();
    let mut families: BTreeSet<&str> = BTreeSet::new();
    for mention in mentions.iter() {
        let Some(kind) = mention.kind else { continue };
        *votes.entry(words(mention)).or_default().entry(kind).or_default() += 1;
        if kind == EntityKind::Person && mention.tokens.len() > 1 {
            families.insert(document.word(mention.tokens.end - 1));
        }
    }
    for mention in mentions.iter_mut() {
        let name = words(mention);
        if mention.tokens.len() == 1 && families.contains(name) {
            mention.kind = Some(EntityKind::Person);
        } else if let Some((kind, n)) = votes.get(name).and_then(|kinds| kinds.iter().max_by_key(|(_, n)| **n))
            && mention.kind.is_some_and(|own| votes[name].get(&own).is_none_or(|of_own| of_own < n))
        {
            mention.kind = Some(*kind);
        }
    }
}

/// A name with all that hyphens join to it: "Tehreek-e-Taliban".
fn glued(document: &Document, range: &Range<usize>) -> Range<usize> {
    let touch = |left: usize, right: usize| document.tokens[left].span.end() == document.tokens[right].span.start();
    let is_hyphen = |token: usize| document.word(token) == "-";
    let capital = |token: usize| document.word(token).chars().next().is_some_and(char::is_uppercase);
    let mut end = range.end;
    // A hyphen, then a particle or a part of the name, as long as nothing but hyphens stands between.
    while end + 1 < document.tokens.len() && is_hyphen(end) && touch(end - 1, end) && touch(end, end + 1) {
        let longer = end + 3 < document.tokens.len() && is_hyphen(end + 2) && touch(end + 1, end + 2) && touch(end + 2, end + 3);
        if !capital(end + 1) && !longer {
            break;
        }
        end += 2;
    }
    range.start..end
}

/// A name without a leading determiner, a trailing possessive or punctuation at its edges.
fn name_tokens(document: &Document, tree: &Tree<'_>, range: &Range<usize>) -> Option<Range<usize>> {
    let (mut start, mut end) = (range.start, range.end);
    let edge = |token: usize| {
        tree.word(token).upos == "PUNCT" || tree.word(token).xpos == "POS" || tree.word(token).upos == "DET"
    };
    while start < end && edge(start) {
        start += 1;
    }
    while end > start && edge(end - 1) && !document.word(end - 1).ends_with('.') {
        end -= 1;
    }
    (start < end).then_some(start..end)
}

/// A noun phrase, cut so that it takes no token of a name: "Foreign Minister" of "Foreign Minister Amir Khan Muttaqi".
fn nominal_tokens(tree: &Tree<'_>, head: usize, taken: &BTreeSet<usize>) -> Range<usize> {
    let mut range = tree.noun_phrase(head);
    if let Some(last) = (range.start..head).rev().find(|token| taken.contains(token)) {
        // A name inside ("Pakistan army chief", "Boko Haram fighters") stays part of the phrase when it only modifies the
        // head.
        let name = tree.ancestors(last).take_while(|above| taken.contains(above)).last().unwrap_or(last);
        if tree.word(name).head != Some(head) && !tree.has(name, "compound") && !tree.has(name, "amod") {
            range.start = last + 1;
        }
    }
    if let Some(name) = (head + 1..range.end).find(|token| taken.contains(token)) {
        range.end = name;
        // The comma between "the minister" and the name belongs to neither.
        while range.end > head + 1 && tree.word(range.end - 1).upos == "PUNCT" {
            range.end -= 1;
        }
    }
    range
}

/// Heads of noun phrases that the network takes for parties or puts into a role, in text order.
fn nominal_heads(tree: &Tree<'_>, reading: &Reading) -> Vec<usize> {
    let parties = reading.parties.iter().filter_map(|range| tree.head_of(range));
    let mut out: Vec<usize> = parties.chain(role_heads(tree, reading)).filter(|&head| is_nominal(tree, head)).collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn is_nominal(tree: &Tree<'_>, token: usize) -> bool {
    let word = tree.word(token);
    let stands_alone = !["amod", "det", "nummod"].iter().any(|relation| tree.has(token, relation));
    match word.upos.as_str() {
        "NOUN" | "PROPN" | "PRON" => true,
        "ADJ" | "DET" | "NUM" => stands_alone,
        _ => false,
    }
}

/// Heads of the runs that fill party roles of candidates or are sources of cues.
fn role_heads(tree: &Tree<'_>, reading: &Reading) -> Vec<usize> {
    let roles = reading.candidates.iter().flat_map(|candidate| &candidate.roles);
    let parties = roles.filter(|role| matches!(role.name.as_str(), "actor" | "recipient")).map(|role| &role.tokens);
    let mut out: Vec<usize> = Vec::new();
    for tokens in parties.chain(reading.cues.iter().map(|cue| &cue.source)) {
        for (range, _) in spans_of(tokens, ROLE_LIKELY, 0) {
            let outer = |&t: &usize| tree.word(t).head.is_none_or(|head| !range.contains(&head));
            out.extend(range.clone().filter(outer).filter(|&t| is_nominal(tree, t)));
            out.extend(range.clone().filter(|&t| tree.has(t, "conj")).filter(|&t| is_nominal(tree, t)));
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn mention(
    tree: &Tree<'_>,
    reading: &Reading,
    tokens: Range<usize>,
    form: Form,
    kind: Option<EntityKind>,
) -> Mention {
    let head = tree.head_of(&tokens).unwrap_or(tokens.end - 1);
    Mention { sectors: mean_sectors(reading, &tokens), tokens, head, form, kind, chain: 0 }
}

/// The sector scores of a mention's tokens, averaged, best first.
fn mean_sectors(reading: &Reading, tokens: &Range<usize>) -> Vec<(String, f32)> {
    let mut sum: BTreeMap<&str, f32> = BTreeMap::new();
    for (name, score) in tokens.clone().flat_map(|token| &reading.sectors[token]) {
        *sum.entry(name).or_default() += score;
    }
    let n_seen = tokens.clone().filter(|&token| !reading.sectors[token].is_empty()).count().max(1);
    let mut out: Vec<(String, f32)> =
        sum.into_iter().map(|(name, score)| (name.to_owned(), score / n_seen as f32)).collect();
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    out
}
