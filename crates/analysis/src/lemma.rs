//! Dictionary forms.
//!
//! Known forms come from `data/grammar/lemma.tsv`; a regular form of a verb is cut down to a verb of
//! `data/grammar/verb.tsv`; all others keep what the network says.

use std::collections::{BTreeMap, BTreeSet};

use text::TableError;

use crate::tables::{Source, rows};

/// The files of this room.
pub(crate) const FILES: [&str; 2] = ["grammar/lemma.tsv", "grammar/verb.tsv"];

/// Endings of regular verb forms with what may stand in their place.
const ENDINGS: [(&str, &[&str]); 6] = [
    ("ies", &["y"]),
    ("es", &["", "e"]),
    ("s", &[""]),
    ("ied", &["y"]),
    ("ed", &["", "e"]),
    ("ing", &["", "e"]),
];

/// Known forms and verbs.
#[derive(Debug, Default)]
pub(crate) struct Lemmas {
    /// By form: parts of speech with the lemma.
    forms: BTreeMap<Box<str>, Vec<(Box<str>, Box<str>)>>,
    verbs: BTreeSet<Box<str>>,
}

impl Lemmas {
    /// Reads the two tables.
    pub(crate) fn of_source(source: &Source<'_>) -> Result<Self, TableError> {
        let mut lemmas = Self::default();
        let [forms, verbs] = FILES;
        let text = source.text(forms, include_str!("../../../data/grammar/lemma.tsv"))?;
        for (line, [form, upos, lemma, _]) in rows(forms, &text, ["form", "upos", "lemma", "from"])? {
            filled(forms, line, form)?;
            lemmas.forms.entry(form.into()).or_default().push((upos.into(), lemma.into()));
        }
        let text = source.text(verbs, include_str!("../../../data/grammar/verb.tsv"))?;
        for (line, [verb, _]) in rows(verbs, &text, ["lemma", "from"])? {
            filled(verbs, line, verb)?;
            lemmas.verbs.insert(verb.into());
        }
        Ok(lemmas)
    }

    /// The lemma of a form, given its part of speech and the network's opinion.
    pub(crate) fn lemma_of(&self, form: &str, upos: &str, network: String) -> String {
        if upos == "PROPN" {
            return network;
        }
        let lower = form.to_lowercase();
        let known =
            self.forms.get(lower.as_str()).and_then(|known| known.iter().rev().find(|(of, _)| **of == *upos));
        if let Some((_, lemma)) = known {
            return lemma.to_string();
        }
        if upos == "VERB"
            && let Some(verb) = self.regular_verb(&lower)
        {
            return verb;
        }
        network
    }

    /// The verb that a regular form belongs to, where the list has it.
    fn regular_verb(&self, form: &str) -> Option<String> {
        let verbs = &self.verbs;
        if verbs.contains(form) {
            return Some(form.to_owned());
        }
        for (ending, in_place) in ENDINGS {
            let Some(stem) = form.strip_suffix(ending).filter(|stem| stem.len() > 1) else { continue };
            let whole =
                in_place.iter().map(|end| format!("{stem}{end}")).find(|verb| verbs.contains(verb.as_str()));
            let mut letters = stem.chars().rev();
            let doubled = letters.next().is_some_and(|last| letters.next() == Some(last));
            let single =
                || doubled.then(|| stem.get(..stem.len() - 1)).flatten().filter(|verb| verbs.contains(*verb));
            if let Some(verb) = whole.or_else(|| single().map(str::to_owned)) {
                return Some(verb);
            }
        }
        None
    }
}

fn filled(file: &str, line: usize, cell: &str) -> Result<(), TableError> {
    if cell.is_empty() { Err(TableError::new(file, line, "the first cell is empty")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use crate::Tables;

    #[test]
    fn verbs_of_the_news() {
        let lemmas = &Tables::embedded().lemmas;
        for (form, lemma) in [
            ("expected", "expect"),
            ("admitted", "admit"),
            ("denies", "deny"),
            ("Bombed", "bomb"),
            ("planning", "plan"),
            ("accused", "accuse"),
            ("said", "say"),
            ("withdrew", "withdraw"),
            ("urged", "urge"),
            ("visits", "visit"),
        ] {
            assert_eq!(lemmas.lemma_of(form, "VERB", "?".to_owned()), lemma, "{form}");
        }
        assert_eq!(lemmas.lemma_of("Talks", "NOUN", "talk".to_owned()), "talk");
        assert_eq!(lemmas.lemma_of("Kabul", "PROPN", "Kabul".to_owned()), "Kabul");
    }
}
