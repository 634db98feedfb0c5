//! What an event is about: PLOVER's contexts.
//!
//! Words of the context lexicon in the event's own sentence vote, those in its clause double; a context with enough votes
//! is given. The event's type and mode vote too, through the words that name it.

use std::collections::BTreeMap;

use crate::event::Draft;
use crate::story::Story;

/// Votes that a context needs.
const ENOUGH: f32 = 1.0;

/// Contexts of an event, in the codebook's order of names.
pub(crate) fn contexts(story: &Story<'_>, draft: &Draft) -> Vec<String> {
    let sentence = story.sentence(draft.tokens.start);
    let clause = story.clause_head(draft.tokens.start);
    let mut votes: BTreeMap<&str, f32> = BTreeMap::new();
    let mut token = sentence.start;
    while token < sentence.end {
        let Some(found) = story.codebook.context(&story.lemmas_from(token, 4)) else {
            token += 1;
            continue;
        };
        let weight = if story.in_clause(token, clause) { 2.0 } else { 1.0 };
        for rule in &found.rules {
            *votes.entry(rule.context.as_str()).or_default() += weight * rule.weight;
        }
        token += found.len.max(1);
    }
    votes.into_iter().filter(|(_, sum)| *sum >= ENOUGH).map(|(context, _)| context.to_owned()).collect()
}
