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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toponym::find_toponyms;

    /// The first toponym of a text whose tokens are given as `lemma head deprel`, heads counted from 0, `-` for none.
    fn first_stands(text: &str, rows: &[&str]) -> bool {
        let document = text::read(text.to_owned(), text::Metadata::default());
        let word = |row: &&str| {
            let cells: Vec<&str> = row.split(' ').collect();
            let head = cells[1].parse().ok();
            Word { lemma: cells[0].to_owned(), head, deprel: cells[2].to_owned(), ..Word::default() }
        };
        let words: Vec<Word> = rows.iter().map(word).collect();
        assert_eq!(words.len(), document.tokens.len(), "one row a token of {text:?}");
        let toponyms = find_toponyms(&document, &[]);
        stands_for_government(&document, &words, &toponyms[0])
    }

    #[test]
    fn governments_act_and_places_do_not() {
        let agent = ["it 2 nsubj:pass", "be 2 aux:pass", "reject - root", "by 4 case", "Moscow 2 obl"];
        assert!(first_stands("It was rejected by Moscow", &agent), "the agent of a passive acts");
        let place = ["he 1 nsubj", "say - root", "so 1 advmod", "in 4 case", "Moscow 1 obl"];
        assert!(!first_stands("He said so in Moscow", &place), "a place of speech does not speak");
        let scene = ["Moscow 1 nsubj", "freeze - root"];
        assert!(!first_stands("Moscow froze", &scene), "freezing is no act of a government");
        let city = ["Lahore 1 nsubj", "say - root", "no 1 obj"];
        assert!(!first_stands("Lahore said no", &city), "a city that is no capital has no government here");
    }

    #[test]
    fn words_that_were_not_read_say_nothing() {
        let document = text::read("Moscow said no.".to_owned(), text::Metadata::default());
        let toponyms = find_toponyms(&document, &[]);
        assert!(
            !stands_for_government(&document, &[], &toponyms[0]),
            "without grammar nothing stands for anything"
        );
        let loose = vec![Word::default(); 4];
        assert!(!stands_for_government(&document, &loose, &toponyms[0]));
    }
}
