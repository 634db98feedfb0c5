//! One event told twice in a story.
//!
//! Joins drafts of one type whose words, parties, places and times agree: the first, or the surest, stays the trigger and
//! the others become further mentions. What a later mention adds (a party, a place, a count) completes the event.

use codebook::Status;

use crate::event::Draft;
use crate::story::Story;
use crate::table::outcome;

/// Joins drafts that tell the same event; the result is in text order.
pub(crate) fn merge(story: &Story<'_>, drafts: Vec<Draft>) -> Vec<Draft> {
    let mut out: Vec<Draft> = Vec::new();
    for draft in drafts {
        let same = out.iter().rposition(|earlier| is_same(story, earlier, &draft));
        match same {
            Some(idx) => absorb(&mut out[idx], draft),
            None => out.push(draft),
        }
    }
    out
}

fn is_same(story: &Story<'_>, a: &Draft, b: &Draft) -> bool {
    if a.event_type != b.event_type || statuses_clash(a.status, b.status) || times_clash(a, b) || places_clash(story, a, b) {
        return false;
    }
    let clashes = u8::from(clash(&a.parties.actors, &b.parties.actors))
        + u8::from(clash(&a.parties.recipients, &b.parties.recipients));
    let same_words = stem(story, a) == stem(story, b);
    let shared = shares(&a.parties.actors, &b.parties.actors) as u8 + shares(&a.parties.recipients, &b.parties.recipients) as u8;
    let same_mode = a.mode == b.mode || a.mode.is_none() || b.mode.is_none();
    if clashes == 0 && (is_one_toll(story, a, b) || same_mode && is_told_by(story, a, b)) {
        return true;
    }
    match (same_words, clashes) {
        // Parties of a repeated word are often told in part, or by another name.
        (true, 0) => true,
        (true, 1) => same_mode && (shared > 0 || is_noun(story, b)),
        (false, 0) => match shared {
            0 => same_mode && is_noun(story, b) && bare(b) && (is_definite(story, b) || bare(a)) && near(story, a, b),
            _ => same_mode && near(story, a, b) && (is_noun(story, b) || shared == 2),
        },
        _ => false,
    }
}

/// Whether two casualty words are coordinated: "killed 12 and wounded 30". The parser may hang the second on the people of
/// the first.
fn is_one_toll(story: &Story<'_>, a: &Draft, b: &Draft) -> bool {
    let (first, second) = (head(story, a), head(story, b));
    let coordinated =
        story.tree.has(second, "conj") && story.tree.ancestors(second).skip(1).take(2).any(|above| above == first);
    coordinated && [first, second].iter().all(|&token| outcome(story.lemma(token)).is_some())
}

/// Whether the first, a noun, is the subject of the second, a casualty word: "the attack killed four".
fn is_told_by(story: &Story<'_>, a: &Draft, b: &Draft) -> bool {
    let (noun, verb) = (head(story, a), head(story, b));
    let subject = story.tree.has(noun, "nsubj") && story.tree.word(noun).head == Some(verb);
    is_noun(story, a) && subject && outcome(story.lemma(verb)).is_some()
}

fn head(story: &Story<'_>, draft: &Draft) -> usize {
    story.tree.head_of(&draft.tokens).unwrap_or(draft.tokens.start)
}

fn statuses_clash(a: Status, b: Status) -> bool {
    // A plan and its execution may be told as one; what is denied is another matter.
    a != b && (a == Status::Denied || b == Status::Denied)
}

fn times_clash(a: &Draft, b: &Draft) -> bool {
    let when = |draft: &Draft| draft.time.as_ref().and_then(|time| time.when);
    matches!((when(a), when(b)), (Some(x), Some(y)) if x.1 < y.0 || y.1 < x.0)
}

fn places_clash(story: &Story<'_>, a: &Draft, b: &Draft) -> bool {
    let country = |draft: &Draft| {
        let idx = draft.place.as_ref()?.toponym?;
        story.analysis.toponyms[idx].country.clone()
    };
    matches!((country(a), country(b)), (Some(x), Some(y)) if x != y)
}

fn clash(a: &[usize], b: &[usize]) -> bool {
    !a.is_empty() && !b.is_empty() && !shares(a, b)
}

fn shares(a: &[usize], b: &[usize]) -> bool {
    a.iter().any(|figure| b.contains(figure))
}

fn bare(draft: &Draft) -> bool {
    draft.parties.actors.is_empty() && draft.parties.recipients.is_empty()
}

/// The first five letters of the trigger's lemma: "attack" and "attacker", "visit" and "visiting".
fn stem(story: &Story<'_>, draft: &Draft) -> String {
    story.lemma(draft.tokens.start).to_lowercase().chars().take(5).collect()
}

fn is_noun(story: &Story<'_>, draft: &Draft) -> bool {
    matches!(story.tree.word(draft.tokens.start).upos.as_str(), "NOUN" | "PROPN")
}

fn is_definite(story: &Story<'_>, draft: &Draft) -> bool {
    let tree = &story.tree;
    is_noun(story, draft)
        && tree
            .children(draft.tokens.start)
            .any(|child| tree.has(child, "det") && matches!(story.lemma(child), "the" | "this" | "that" | "these" | "those"))
}

fn near(story: &Story<'_>, a: &Draft, b: &Draft) -> bool {
    let last = a.also.last().unwrap_or(&a.tokens).start;
    let sentence = |token| story.document.sentence_of(token);
    sentence(b.tokens.start).saturating_sub(sentence(last)) <= 2
}

/// Completes an event by a later mention.
fn absorb(event: &mut Draft, later: Draft) {
    event.candidates.extend(later.candidates);
    event.also.push(later.tokens);
    event.reasons.push("also: same type and parties".to_owned());
    for (mine, other) in [
        (&mut event.parties.actors, later.parties.actors),
        (&mut event.parties.recipients, later.parties.recipients),
    ] {
        for figure in other {
            if !mine.contains(&figure) {
                mine.push(figure);
            }
        }
    }
    event.parties.recipients.retain(|figure| !event.parties.actors.contains(figure));
    event.confidence = event.confidence.max(later.confidence);
    event.mode = event.mode.take().or(later.mode);
    event.killed = event.killed.or(later.killed);
    event.injured = event.injured.or(later.injured);
    if event.place.as_ref().is_none_or(|place| place.toponym.is_none()) {
        event.place = later.place.or(event.place.take());
    }
    if event.time.as_ref().is_none_or(|time| time.when.is_none()) {
        event.time = later.time.or(event.time.take());
    }
}
