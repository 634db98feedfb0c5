//! Dictionary forms.
//!
//! Known forms come from `data/grammar/lemma.tsv`; a regular form of a verb is cut down to a verb of
//! `data/grammar/verb.tsv`; all others keep what the network says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Endings of regular verb forms with what may stand in their place.
const ENDINGS: [(&str, &[&str]); 6] =
    [("ies", &["y"]), ("es", &["", "e"]), ("s", &[""]), ("ied", &["y"]), ("ed", &["", "e"]), ("ing", &["", "e"])];

/// The lemma of a form, given its part of speech and the network's opinion.
pub(crate) fn lemma_of(form: &str, upos: &str, network: String) -> String {
    static FORMS: OnceLock<BTreeMap<(&'static str, &'static str), &'static str>> = OnceLock::new();
    if upos == "PROPN" {
        return network;
    }
    let forms = FORMS.get_or_init(|| {
        let rows = include_str!("../../../data/grammar/lemma.tsv").lines().skip(1);
        rows.filter_map(|line| {
            let mut cells = line.split('\t');
            Some(((cells.next()?, cells.next()?), cells.next()?))
        })
        .collect()
    });
    let lower = form.to_lowercase();
    if let Some(lemma) = forms.get(&(lower.as_str(), upos)) {
        return (*lemma).to_owned();
    }
    if upos == "VERB"
        && let Some(verb) = regular_verb(&lower)
    {
        return verb;
    }
    network
}

/// The verb that a regular form belongs to, where the list has it.
fn regular_verb(form: &str) -> Option<String> {
    static VERBS: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let verbs = VERBS.get_or_init(|| {
        include_str!("../../../data/grammar/verb.tsv").lines().skip(1).filter_map(|line| line.split('\t').next()).collect()
    });
    if verbs.contains(form) {
        return Some(form.to_owned());
    }
    for (ending, in_place) in ENDINGS {
        let Some(stem) = form.strip_suffix(ending).filter(|stem| stem.len() > 1) else { continue };
        let whole = in_place.iter().map(|end| format!("{stem}{end}")).find(|verb| verbs.contains(verb.as_str()));
        let mut letters = stem.chars().rev();
        let doubled = letters.next().is_some_and(|last| letters.next() == Some(last));
        let single = || doubled.then(|| stem.get(..stem.len() - 1)).flatten().filter(|verb| verbs.contains(verb));
        if let Some(verb) = whole.or_else(|| single().map(str::to_owned)) {
            return Some(verb);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_of_the_news() {
        for (form, lemma) in [
            ("expected", "expect"), ("admitted", "admit"), ("denies", "deny"), ("Bombed", "bomb"), ("planning", "plan"),
            ("accused", "accuse"), ("said", "say"), ("withdrew", "withdraw"), ("urged", "urge"), ("visits", "visit"),
        ] {
            assert_eq!(lemma_of(form, "VERB", "?".to_owned()), lemma, "{form}");
        }
        assert_eq!(lemma_of("Talks", "NOUN", "talk".to_owned()), "talk");
        assert_eq!(lemma_of("Kabul", "PROPN", "Kabul".to_owned()), "Kabul");
    }
}
