//! What is coded: which candidates are events, of which type and mode.
//!
//! The network scores candidates; the lexicon knows words. A candidate that both see is an event at a lower score than one
//! that only the network sees. Every decision leaves its reason.

use std::ops::Range;

use analysis::Candidate;
use codebook::{EventType, Status, Subject};

use crate::argument::{self, Parties};
use crate::party::Figures;
use crate::setting::{self, Place, Time};
use crate::status;
use crate::story::Story;

/// Score from which a candidate is an event by the network alone.
const ALONE: f32 = 0.5;
/// Score from which a candidate is an event when the lexicon lists its word under the same type.
const WITH_LEXICON: f32 = 0.33;
/// How far the lexicon's type may lie behind the network's best and still be taken.
const TYPE_MARGIN: f32 = 0.12;
/// Score from which the network's mode is taken.
const MODE_SURE: f32 = 0.4;

/// An event before it has an id: one mention, or several merged.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// The candidates it was drafted from.
    pub(crate) candidates: Vec<usize>,
    pub(crate) tokens: Range<usize>,
    pub(crate) also: Vec<Range<usize>>,
    pub(crate) event_type: EventType,
    pub(crate) mode: Option<String>,
    pub(crate) confidence: f32,
    pub(crate) status: Status,
    pub(crate) parties: Parties,
    pub(crate) place: Option<Place>,
    pub(crate) time: Option<Time>,
    pub(crate) killed: Option<u32>,
    pub(crate) injured: Option<u32>,
    pub(crate) reasons: Vec<String>,
}

impl Draft {
    /// The tokens of all mentions, the trigger first.
    pub(crate) fn mentions(&self) -> impl Iterator<Item = &Range<usize>> {
        std::iter::once(&self.tokens).chain(&self.also)
    }
}

/// What the lexicon knows of a candidate's words.
#[derive(Clone, Debug, Default)]
struct Known {
    rule: String,
    event_type: Option<EventType>,
    mode: Option<String>,
    subject: Subject,
    status: Option<Status>,
}

/// Drafts an event for every candidate that is one, in text order.
pub(crate) fn draft_events(story: &Story<'_>, figures: &Figures) -> Vec<Draft> {
    (0..story.analysis.candidates.len()).filter_map(|candidate| draft(story, figures, candidate)).collect()
}

fn draft(story: &Story<'_>, figures: &Figures, idx: usize) -> Option<Draft> {
    let candidate = &story.analysis.candidates[idx];
    let head = story.tree.head_of(&candidate.tokens).unwrap_or(candidate.tokens.start);
    let (event_type, type_score, known) = choose_type(story, candidate)?;
    let total: f32 = candidate.labels.iter().map(|(_, score)| score).sum();
    let listed = known.event_type == Some(event_type);
    if total < if listed { WITH_LEXICON } else { ALONE } {
        return None;
    }
    let mut reasons = vec![format!("type: network {event_type} {type_score:.2}")];
    if listed {
        reasons.push(format!("lexicon {}", known.rule));
    }
    let (mode, why) = choose_mode(candidate, event_type, &known);
    reasons.extend(why);
    let (status, why) = status::decide(story, candidate, head, known.status);
    reasons.push(why);
    let parties = argument::find_parties(story, figures, candidate, head, known.subject, &mut reasons);
    let place = setting::find_place(story, candidate, head);
    reasons.extend(place.as_ref().map(|place| place.reason.clone()));
    let time = setting::find_time(story, candidate, head);
    reasons.extend(time.as_ref().map(|time| time.reason.clone()));
    let (killed, injured) = if event_type == EventType::Assault {
        crate::casualty::counts(story, &candidate.tokens, head)
    } else {
        (None, None)
    };
    Some(Draft {
        candidates: vec![idx],
        tokens: candidate.tokens.clone(),
        also: Vec::new(),
        event_type,
        mode,
        confidence: total.min(1.0),
        status,
        parties,
        place,
        time,
        killed,
        injured,
        reasons,
    })
}

/// The best type, where the lexicon decides between types that the network holds nearly equal.
fn choose_type(story: &Story<'_>, candidate: &Candidate) -> Option<(EventType, f32, Known)> {
    let lemmas = story.lemmas_from(candidate.tokens.start, 5);
    let found = story.codebook.trigger(&lemmas, story.pos(candidate.tokens.start));
    let types: Vec<(EventType, f32)> = candidate
        .labels
        .iter()
        .filter_map(|(label, score)| Some((EventType::from_word(label)?, *score)))
        .collect();
    let &(best, best_score) = types.first()?;
    let rules = found.map(|found| found.rules).unwrap_or_default();
    let listed = |event_type: EventType| rules.iter().find(|rule| rule.event_type == event_type);
    let near = types.iter().take_while(|(_, score)| best_score - score <= TYPE_MARGIN);
    let (event_type, score) =
        near.copied().find(|&(event_type, _)| listed(event_type).is_some()).unwrap_or((best, best_score));
    let known = listed(event_type).map_or_else(Known::default, |rule| Known {
        rule: rule.name.clone(),
        event_type: Some(rule.event_type),
        mode: rule.mode.clone(),
        subject: rule.subject,
        status: rule.status,
    });
    Some((event_type, score, known))
}

fn choose_mode(candidate: &Candidate, event_type: EventType, known: &Known) -> (Option<String>, Option<String>) {
    let of_type = candidate.modes.iter().filter_map(|(label, score)| {
        let (of, mode) = label.split_once('/')?;
        (of == event_type.word()).then_some((mode, *score))
    });
    let none = candidate.modes.iter().find(|(label, _)| label == "-").map_or(0.0, |(_, score)| *score);
    match of_type.max_by(|a, b| a.1.total_cmp(&b.1)) {
        Some((mode, score)) if score >= MODE_SURE || score > none => {
            (Some(mode.to_owned()), Some(format!("mode: network {mode} {score:.2}")))
        }
        _ => match &known.mode {
            Some(mode) => (Some(mode.clone()), Some(format!("mode: lexicon {}", known.rule))),
            None => (None, None),
        },
    }
}
