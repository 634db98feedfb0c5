//! How many were killed and injured.
//!
//! Reads the numbers that stand with the event's own words and with the casualty words hung on it or coordinated with it:
//! "killed 12 people and wounded 30", "at least six deaths".

use std::ops::Range;

use crate::story::Story;
use crate::table::{numeral, outcome};

/// Tokens of the longest phrase that is nothing but a count of people.
const LONG_COUNT: usize = 8;
/// Tokens between a verb and the number of people that it counts: "more than".
const LONG_QUALIFIER: usize = 4;

/// Numbers of people killed and injured, as stated beside the event.
pub(crate) fn counts(story: &Story<'_>, trigger: &Range<usize>, head: usize) -> (Option<u32>, Option<u32>) {
    let (mut killed, mut injured) = (None, None);
    let mut words: Vec<usize> = trigger.clone().collect();
    let tree = &story.tree;
    words.extend(tree.children(head).filter(|&child| ["conj", "advcl", "acl", "parataxis"].iter().any(|r| tree.has(child, r))));
    words.extend(tree.word(head).head.filter(|&above| outcome(story.lemma(above)).is_some()));
    words.dedup();
    for token in words {
        let Some(what) = outcome(story.lemma(token)) else { continue };
        let Some(number) = number_beside(story, token) else { continue };
        if what != "injured" && killed.is_none() {
            killed = Some(number);
        }
        if what == "injured" && injured.is_none() {
            injured = Some(number);
        }
    }
    (killed, injured)
}

/// The number that counts the people of a casualty word: on its object or passive subject, or on the noun itself.
fn number_beside(story: &Story<'_>, token: usize) -> Option<u32> {
    let tree = &story.tree;
    let own = number_of(story, token);
    let passive = tree.children(token).any(|child| tree.word(child).deprel == "nsubj:pass");
    let counted = tree.children(token).filter(|&child| match tree.word(child).deprel.as_str() {
        "obj" | "nsubj:pass" => true,
        // "Twelve people died": the subject of a verb that takes no object.
        "nsubj" => !passive && tree.child(token, "obj").is_none(),
        // "Killed at least 19 people" may be parsed as if people were no object.
        "obl" => tree.child(child, "case").is_none(),
        _ => false,
    });
    own.or_else(|| counted.filter_map(|child| number_of(story, child)).next()).or_else(|| number_behind(story, token))
}

/// The number right behind a verb, wherever the parser hangs it: "wounded more than 40".
fn number_behind(story: &Story<'_>, verb: usize) -> Option<u32> {
    let upos = |token: usize| story.tree.word(token).upos.as_str();
    let between = |token: &usize| matches!(upos(*token), "ADJ" | "ADV" | "ADP");
    let end = story.sentence(verb).end.min(verb + 1 + LONG_QUALIFIER);
    let number = (verb + 1..end).find(|token| !between(token))?;
    let span = story.span(&(number..number + 1));
    let dated = story.analysis.timexes.iter().any(|timex| timex.span.overlaps(span));
    (upos(verb) == "VERB" && upos(number) == "NUM" && !dated).then(|| numeral(story.document.word(number)))?
}

fn number_of(story: &Story<'_>, noun: usize) -> Option<u32> {
    let tree = &story.tree;
    if tree.word(noun).upos == "NUM" {
        return numeral(story.document.word(noun));
    }
    if let Some(number) = tree.children(noun).find(|&child| tree.has(child, "nummod")) {
        return numeral(story.document.word(number));
    }
    // "At least 19 people", "more than 40": the number may hang on the words before it.
    let phrase = tree.subtree(noun);
    let near = phrase.clone().filter(|&token| phrase.len() <= LONG_COUNT && tree.word(token).upos == "NUM");
    near.filter(|&token| !counts_another(story, token, noun))
        .filter_map(|token| numeral(story.document.word(token)))
        .next()
}

/// Whether a number counts another noun below this one: "a 34-year-old man", "a man of 40 years".
fn counts_another(story: &Story<'_>, number: usize, noun: usize) -> bool {
    let above = story.tree.ancestors(number).skip(1).take_while(|&above| above != noun);
    above.into_iter().any(|above| matches!(story.tree.word(above).upos.as_str(), "NOUN" | "PROPN"))
}
