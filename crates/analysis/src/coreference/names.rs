//! Joins by the words of the mentions themselves: names, acronyms, appositions, repeated nouns.

use std::collections::BTreeMap;

use super::Chains;
use crate::{EntityKind, Form};

/// Letters and digits of a name in lower case, dots and accents of abbreviations left out: "U.N." = "UN".
fn key(name: &str) -> String {
    let bare: String = name.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    bare.to_lowercase()
}

/// Joins names of the same letters.
pub(super) fn same_names(chains: &mut Chains<'_>) {
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for mention in 0..chains.mentions.len() {
        if chains.mentions[mention].form != Form::Name {
            continue;
        }
        let known = seen.entry(key(chains.words(mention))).or_default();
        let joined = known.iter().any(|&earlier| chains.join(earlier, mention, "same name"));
        if !joined {
            known.push(mention);
        }
    }
}

/// Joins an acronym with the name that it is introduced beside, "National Security Committee (NSC)", or whose initials it
/// has.
pub(super) fn acronyms(chains: &mut Chains<'_>) {
    for short in 0..chains.mentions.len() {
        let word = chains.words(short);
        let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        let is_acronym = (2..=8).contains(&letters.len()) && letters.chars().all(char::is_uppercase);
        if chains.mentions[short].form != Form::Name || !is_acronym {
            continue;
        }
        let long = (0..chains.mentions.len()).find(|&long| {
            long != short
                && chains.mentions[long].form == Form::Name
                && chains.mentions[long].tokens.len() >= 2
                && has_initials(chains, long, &letters)
        });
        if let Some(long) = long {
            chains.join(long, short, "acronym");
        } else if let Some(long) = introduced_before(chains, short) {
            chains.join(long, short, "introduced in brackets");
        }
    }
}

/// Whether the capitals of a name, in order, spell the letters.
fn has_initials(chains: &Chains<'_>, long: usize, letters: &str) -> bool {
    let tokens = chains.mentions[long].tokens.clone();
    let words = tokens.map(|token| chains.document.word(token));
    let capitals: String = words.filter_map(|word| word.chars().next().filter(|c| c.is_uppercase())).collect();
    capitals == letters
}

/// The name right before the bracket that a mention alone fills.
fn introduced_before(chains: &Chains<'_>, short: usize) -> Option<usize> {
    let tokens = &chains.mentions[short].tokens;
    let open = tokens.start.checked_sub(1)?;
    let closed = tokens.end < chains.document.tokens.len() && chains.document.word(tokens.end) == ")";
    if chains.document.word(open) != "(" || !closed {
        return None;
    }
    (0..short).rev().find(|&long| chains.mentions[long].tokens.end == open && chains.mentions[long].form != Form::Pronoun)
}

/// Joins a shorter name with the latest longer one that it is part of: "Khan" with "Imran Khan", "the Council" with
/// "National Security Council", "Mutaqqi" with "Amir Khan Muttaqi".
pub(super) fn parts_of_names(chains: &mut Chains<'_>) {
    for short in 0..chains.mentions.len() {
        if chains.mentions[short].form != Form::Name || chains.mentions[short].kind == Some(EntityKind::Place) {
            continue;
        }
        let words = name_words(chains, short);
        let earlier = (0..short).rev().chain(short + 1..chains.mentions.len());
        let long = earlier.filter(|&long| chains.mentions[long].form == Form::Name && !chains.joined(long, short)).find_map(
            |long| {
                let reason = part_of(&words, &name_words(chains, long), chains.mentions[short].kind)?;
                let (a, b) = (chains.mentions[long].kind, chains.mentions[short].kind);
                (a == b || b.is_none()).then_some((long, reason))
            },
        );
        if let Some((long, reason)) = long {
            chains.join(long, short, reason);
        }
    }
}

fn name_words(chains: &Chains<'_>, mention: usize) -> Vec<String> {
    let tokens = chains.mentions[mention].tokens.clone();
    tokens.map(|token| key(chains.document.word(token))).filter(|word| !word.is_empty()).collect()
}

/// Why a name may be a short form of another; `None` if it may not.
fn part_of(short: &[String], long: &[String], kind: Option<EntityKind>) -> Option<&'static str> {
    let (short_last, long_last) = (short.last()?, long.last()?);
    match kind {
        Some(EntityKind::Person) => {
            // Full names must agree in all words that they share; a family name alone may be the last or, in names
            // written family first, the first word.
            if short.len() == 1 && long.len() > 1 {
                if short_last == long_last || Some(short_last) == long.first() {
                    return Some("part of the name");
                }
                return is_variant(short_last, long_last).then_some("spelling of the name");
            }
            let subset = short.len() < long.len() && short.iter().all(|word| long.contains(word));
            if subset {
                return Some("part of the name");
            }
            let same_first = short.first() == long.first();
            (same_first && short.len() == long.len() && is_variant(short_last, long_last)).then_some("spelling of the name")
        }
        Some(EntityKind::Organization) => {
            let subset = short.len() < long.len() && short.iter().all(|word| long.contains(word));
            (subset && short_last == long_last && short_last.chars().count() > 3).then_some("part of the name")
        }
        _ => None,
    }
}

/// Whether two long words differ as spellings of one name do: one letter more, less or other, two swapped, or doubled
/// letters that are single in the other.
fn is_variant(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().min(b.len()) < 5 || a.first() != b.first() || a == b {
        return false;
    }
    let single = |word: &[char]| {
        let mut out = word.to_vec();
        out.dedup();
        out
    };
    single(&a) == single(&b) || edit_distance(&a, &b) <= 1
}

/// Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for j in 0..=b.len() {
        rows[0][j] = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

/// Joins a description with the name it stands beside or is said to be: "Imran Khan, the prime minister", "the prime
/// minister, Imran Khan", "Foreign Minister Amir Khan Muttaqi", "Khan is the prime minister".
pub(super) fn appositions(chains: &mut Chains<'_>) {
    let by_head: BTreeMap<usize, usize> =
        chains.mentions.iter().enumerate().map(|(idx, mention)| (mention.head, idx)).collect();
    for mention in 0..chains.mentions.len() {
        if chains.mentions[mention].form == Form::Pronoun {
            continue;
        }
        let head = chains.mentions[mention].head;
        let word = chains.tree.word(head);
        if chains.tree.has(head, "appos")
            && let Some(&other) = word.head.and_then(|above| by_head.get(&above))
        {
            let one_name = chains.mentions[mention].form != chains.mentions[other].form;
            if one_name && chains.mentions[other].form != Form::Pronoun {
                chains.join(other, mention, "apposition");
            }
        }
        // A title right before a person's name.
        let next = (mention + 1..chains.mentions.len())
            .find(|&next| chains.mentions[next].tokens.start == chains.mentions[mention].tokens.end);
        if let Some(next) = next
            && chains.mentions[mention].form == Form::Nominal
            && chains.mentions[next].kind == Some(EntityKind::Person)
            && matches!(word.upos.as_str(), "NOUN" | "PROPN")
        {
            chains.join(next, mention, "title");
        }
        if let Some(other) = set_off(chains, mention) {
            chains.join(other, mention, "set off by commas");
        }
        let copula = chains.tree.child(head, "cop").is_some();
        if copula
            && let Some(&subject) = chains.tree.child(head, "nsubj").and_then(|subject| by_head.get(&subject))
            && chains.mentions[subject].form == Form::Name
            && chains.mentions[mention].form == Form::Nominal
        {
            chains.join(subject, mention, "copula");
        }
    }
}

/// The person's name that stands between commas right after a description of one person: "the acting foreign minister,
/// Rahmatullah Zadran, is expected". The parser may miss it where much stands before.
fn set_off(chains: &Chains<'_>, mention: usize) -> Option<usize> {
    let (document, of) = (chains.document, &chains.mentions[mention]);
    let word = |token: usize| if token < document.tokens.len() { document.word(token) } else { "." };
    let singular = chains.tree.word(of.head).xpos == "NN";
    if of.form != Form::Nominal || !singular || of.head + 1 != of.tokens.end || word(of.tokens.end) != "," {
        return None;
    }
    let name = (0..chains.mentions.len()).find(|&other| chains.mentions[other].tokens.start == of.tokens.end + 1)?;
    let it = &chains.mentions[name];
    let closes = matches!(word(it.tokens.end), "," | "." | ")" | ";");
    (it.form == Form::Name && it.kind == Some(EntityKind::Person) && closes).then_some(name)
}

/// Joins "the ministry" with the latest mention of that noun, in a name or a description, and repeated definite
/// descriptions with one another.
pub(super) fn same_nouns(chains: &mut Chains<'_>) {
    for mention in 0..chains.mentions.len() {
        if chains.mentions[mention].form != Form::Nominal || !is_definite(chains, mention) {
            continue;
        }
        let head = chains.mentions[mention].head;
        let lemma = chains.tree.word(head).lemma.to_lowercase();
        let plural = chains.known(mention).plural;
        let words = name_words(chains, mention);
        let earlier = (0..mention).rev().find(|&earlier| {
            let other = &chains.mentions[earlier];
            let same_lemma = chains.tree.word(other.head).lemma.to_lowercase() == lemma;
            let modifiers = name_words(chains, earlier);
            other.form != Form::Pronoun
                && same_lemma
                && chains.known(earlier).plural == plural
                && words.iter().all(|word| modifiers.contains(word) || chains.tree.word(head).lemma.to_lowercase() == *word)
        });
        if let Some(earlier) = earlier {
            chains.join(earlier, mention, "same noun");
        }
    }
}

fn is_definite(chains: &Chains<'_>, mention: usize) -> bool {
    let head = chains.mentions[mention].head;
    let definite = |token: usize| matches!(chains.tree.word(token).lemma.as_str(), "the" | "this" | "that" | "these" | "those");
    chains.tree.children(head).filter(|&child| chains.tree.has(child, "det")).any(definite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name() {
        for (a, b) in [("muttaqi", "mutaqqi"), ("muttaqi", "mutaqi"), ("lukashenko", "lukashenka"), ("qaddafi", "qadafi")] {
            assert!(is_variant(a, b), "{a} {b}");
        }
        for (a, b) in [("khan", "kahn"), ("karimov", "rahimov"), ("ahmad", "ahmad"), ("hassan", "hussain")] {
            assert!(!is_variant(a, b), "{a} {b}");
        }
    }
}
