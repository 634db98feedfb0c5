//! When a place name stands for its government: "Islamabad said", "Moscow's envoy denied".

use std::ops::Range;

use text::Document;

use super::gazetteer::Extent;
use crate::{Toponym, Word};

/// Lemmas of acts that only people and governments do, one a line under a header line.
const ACTS: &str = include_str!("../../../../data/place/acts.tsv");

/// Whether a country or capital stands for its government here: it is the grammatical subject of an act of speech or
/// will, or the agent of one in the passive ("was rejected by Moscow").
///
/// ```
/// # use whimbrel_analysis::{Toponym, Word, toponym::stands_for_government};
/// # let document = text::read("Islamabad said little.".to_owned(), text::Metadata::default());
/// # let word = |lemma: &str, head, deprel: &str| Word { lemma: lemma.into(), head, deprel: deprel.into(), ..Word::default() };
/// let words = [word("Islamabad", Some(1), "nsubj"), word("say", None, "root"), word("little", Some(1), "obj"), word(".", Some(1), "punct")];
/// let toponyms = whimbrel_analysis::toponym::find_toponyms(&document, &[]);
/// assert!(stands_for_government(&document, &words, &toponyms[0]));
/// ```
pub fn stands_for_government(document: &Document, words: &[Word], toponym: &Toponym) -> bool {
    let is_seat = toponym.class == "P.PPLC" || Extent::of_class(&toponym.class) == Extent::Country;
    if !is_seat {
        return false;
    }
    let tokens = document.tokens_in(toponym.span);
    let Some(head) = head_of(words, &tokens) else { return false };
    let Some(governor) = words[head].head.and_then(|governor| words.get(governor)) else { return false };
    let is_act = ACTS.lines().skip(1).any(|lemma| lemma == governor.lemma);
    let relation = words[head].deprel.as_str();
    let is_agent = relation == "obl:agent" || relation == "obl" && has_case(words, head, "by");
    is_act && (relation == "nsubj" || is_agent)
}

/// The token of the range whose head lies outside.
fn head_of(words: &[Word], tokens: &Range<usize>) -> Option<usize> {
    tokens
        .clone()
        .find(|&idx| words.get(idx).is_some_and(|word| word.head.is_none_or(|head| !tokens.contains(&head))))
}

fn has_case(words: &[Word], head: usize, lemma: &str) -> bool {
    words.iter().any(|word| word.head == Some(head) && word.deprel == "case" && word.lemma == lemma)
}
