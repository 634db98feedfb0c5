//! From the network's windows to layers of the whole document.
//!
//! Takes a document and a model and gives grammar for every token, flat names, candidates with their roles, and cues. All
//! indices that leave this room are tokens of the document; labels become words here.

use std::ops::Range;

use model::{Anchor, Heads, Labels, Model, Prediction, Window, apply_lemma};
use text::Document;

use crate::{Candidate, EntityKind, Role, Tables, Word};

/// The network's view of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// Grammar.
    pub(crate) words: Vec<Word>,
    /// Flat entity spans with the network's label.
    pub(crate) entities: Vec<(Range<usize>, String)>,
    /// Spans that the network takes for parties.
    pub(crate) parties: Vec<Range<usize>>,
    /// Sector scores by token, best first; empty where the network sees no party.
    pub(crate) sectors: Vec<Vec<(String, f32)>>,
    /// Event candidates.
    pub(crate) candidates: Vec<Candidate>,
    /// Reporting cues with their roles.
    pub(crate) cues: Vec<Cue>,
}

/// A reporting cue as the network sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cue {
    pub(crate) tokens: Range<usize>,
    /// Probability that it is a cue in the wide sense.
    pub(crate) score: f32,
    /// Probability that it hands over speech or a stated position.
    pub(crate) speech: f32,
    /// Tokens of the source with probabilities.
    pub(crate) source: Vec<(usize, f32)>,
    /// Tokens of the content with probabilities.
    pub(crate) content: Vec<(usize, f32)>,
}

/// Runs the model over the document.
pub(crate) fn read(tables: &Tables, model: &dyn Model, document: &Document) -> Reading {
    let words: Vec<&str> = document.tokens.iter().map(|token| token.span.of(&document.text)).collect();
    let sentences: Vec<Range<usize>> = document.sentences.iter().map(|s| s.tokens.clone()).collect();
    let packed = model.windows(&words, &sentences);
    let windows: Vec<Window<'_>> = packed.iter().map(|ranges| window(&words, ranges)).collect();
    let predictions = model.predict(&windows);
    let mut reading =
        Reading { sectors: vec![Vec::new(); words.len()], words: vec![Word::default(); words.len()], ..Reading::default() };
    let labels = model.labels();
    for (ranges, prediction) in packed.iter().zip(&predictions) {
        let first = ranges.first().map_or(0, |range| range.start);
        add_words(tables, &mut reading, labels, &words, first, prediction);
        add_spans(&mut reading, labels, first, prediction);
        for anchor in &prediction.anchors {
            if anchor.is_trigger {
                add_candidate(&mut reading, labels, first, prediction, anchor);
            }
            if anchor.is_cue {
                add_cue(&mut reading, labels, first, prediction, anchor);
            }
        }
    }
    reading
}

fn window<'a>(words: &[&'a str], ranges: &[Range<usize>]) -> Window<'a> {
    let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else { return Window::default() };
    let sentences = ranges.iter().map(|range| range.start - first.start..range.end - first.start).collect();
    Window { words: words[first.start..last.end].to_vec(), sentences }
}

fn label(list: &[String], idx: u16) -> &str {
    list.get(usize::from(idx)).map_or("", String::as_str)
}

fn add_words(
    tables: &Tables,
    reading: &mut Reading,
    labels: &Labels,
    words: &[&str],
    first: usize,
    prediction: &Prediction,
) {
    for (at, word) in prediction.words.iter().enumerate() {
        let token = first + at;
        let upos = label(&labels.upos, word.upos.label);
        let script = label(&labels.lemma, word.lemma.label);
        reading.words[token] = Word {
            lemma: tables.lemmas.lemma_of(words[token], upos, apply_lemma(script, words[token], upos == "PROPN")),
            upos: upos.to_owned(),
            xpos: label(&labels.xpos, word.xpos.label).to_owned(),
            head: word.head.map(|head| first + head as usize),
            deprel: label(&labels.deprel, word.deprel.label).to_owned(),
        };
        reading.sectors[token] = ranked(&labels.sector, &word.sector, 0.02, 4);
    }
}

/// Labels with their scores, best first, those at or above `floor`, at most `most`.
fn ranked(labels: &[String], scores: &[f32], floor: f32, most: usize) -> Vec<(String, f32)> {
    let mut all: Vec<(usize, f32)> =
        scores.iter().copied().enumerate().filter(|(_, score)| *score >= floor).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all.truncate(most);
    all.into_iter().filter_map(|(idx, score)| Some((labels.get(idx)?.clone(), score))).collect()
}

/// Collects BIO runs of entities and parties.
fn add_spans(reading: &mut Reading, labels: &Labels, first: usize, prediction: &Prediction) {
    let entity = |at: usize| label(&labels.entity, prediction.words[at].entity.label);
    let party = |at: usize| label(&labels.party, prediction.words[at].party.label);
    let n_words = prediction.words.len();
    for (start, end) in runs(n_words, entity) {
        let kind = entity(start).get(2..).unwrap_or("").to_owned();
        reading.entities.push((first + start..first + end, kind));
    }
    for (start, end) in runs(n_words, party) {
        reading.parties.push(first + start..first + end);
    }
}

/// Maximal runs that open with `B…` and go on with `I…`, as pairs of start and end.
fn runs<'a>(n_words: usize, tag: impl Fn(usize) -> &'a str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < n_words {
        if !tag(at).starts_with('B') {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < n_words && tag(at).starts_with('I') {
            at += 1;
        }
        out.push((start, at));
    }
    out
}

fn add_candidate(reading: &mut Reading, labels: &Labels, first: usize, prediction: &Prediction, anchor: &Anchor) {
    let at = anchor.word as usize;
    let scores = &prediction.words[at].trigger;
    let names: Vec<String> =
        labels.trigger.iter().map(|name| name.strip_prefix("B-").unwrap_or("").to_owned()).collect();
    let mut types = ranked(&names, scores, 0.03, 4);
    types.retain(|(name, _)| !name.is_empty());
    if types.is_empty() {
        return;
    }
    let continues = |at: usize| {
        let scores = &prediction.words[at].trigger;
        best(scores).is_some_and(|idx| label(&labels.trigger, idx) == "I")
    };
    let mut end = at + 1;
    while end < prediction.words.len() && continues(end) {
        end += 1;
    }
    let roles = labels.role.iter().zip(&anchor.roles).filter(|(name, _)| !matches!(name.as_str(), "source" | "content"));
    reading.candidates.push(Candidate {
        tokens: first + at..first + end,
        labels: types,
        modes: ranked(&labels.mode, &anchor.mode, 0.03, 5),
        statuses: ranked(&labels.status, &anchor.status, 0.0, 4),
        roles: roles
            .map(|(name, tokens)| Role { name: name.clone(), tokens: shifted(tokens, first) })
            .collect(),
    });
}

fn add_cue(reading: &mut Reading, labels: &Labels, first: usize, prediction: &Prediction, anchor: &Anchor) {
    let at = anchor.word as usize;
    let goes_on = |at: usize| {
        let word = &prediction.words[at];
        label(&labels.cue, word.cue.label) == "I" || label(&labels.attribution, word.attribution.label) == "I"
    };
    let mut end = at + 1;
    while end < prediction.words.len() && goes_on(end) {
        end += 1;
    }
    let role = |name: &str| {
        let idx = labels.role.iter().position(|role| role == name);
        idx.and_then(|idx| anchor.roles.get(idx)).map(|tokens| shifted(tokens, first)).unwrap_or_default()
    };
    reading.cues.push(Cue {
        tokens: first + at..first + end,
        score: prediction.words[at].attribution.score,
        speech: prediction.words[at].cue.score,
        source: role("source"),
        content: role("content"),
    });
}

fn best(scores: &[f32]) -> Option<u16> {
    let idx = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)))?;
    u16::try_from(idx).ok()
}

fn shifted(tokens: &[(u32, f32)], first: usize) -> Vec<(usize, f32)> {
    tokens.iter().map(|&(word, score)| (first + word as usize, score)).collect()
}

/// Contiguous runs of tokens at or above `floor`, each with its mean score; holes of at most `hole` tokens are closed.
pub(crate) fn spans_of(tokens: &[(usize, f32)], floor: f32, hole: usize) -> Vec<(Range<usize>, f32)> {
    let mut out: Vec<(Range<usize>, f32, usize)> = Vec::new();
    for &(token, score) in tokens.iter().filter(|(_, score)| *score >= floor) {
        match out.last_mut() {
            Some((range, sum, n)) if token <= range.end + hole => {
                range.end = token + 1;
                *sum += score;
                *n += 1;
            }
            _ => out.push((token..token + 1, score, 1)),
        }
    }
    out.into_iter().map(|(range, sum, n)| (range, sum / n as f32)).collect()
}

/// The kind that an entity label of the network stands for; `None` for dates and amounts, which are no mentions.
pub(crate) fn entity_kind(label: &str) -> Option<EntityKind> {
    match label {
        "person" => Some(EntityKind::Person),
        "organization" => Some(EntityKind::Organization),
        "group" => Some(EntityKind::Group),
        "place" => Some(EntityKind::Place),
        "facility" => Some(EntityKind::Facility),
        "product" | "misc" => Some(EntityKind::Other),
        _ => None,
    }
}

/// The floor that a cue must reach to make a quotation by itself.
pub(crate) const CUE_SURE: f32 = if Heads::CUE_FLOOR > 0.5 { Heads::CUE_FLOOR } else { 0.5 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_open_with_b_and_go_on_with_i() {
        let tags = ["O", "B-x", "I-x", "B-x", "O", "I-x", "B-y"];
        assert_eq!(runs(tags.len(), |at| tags[at]), [(1, 3), (3, 4), (6, 7)]);
    }

    #[test]
    fn spans_close_small_holes_only() {
        let tokens = [(3, 0.9), (4, 0.8), (6, 0.7), (11, 0.6), (12, 0.2)];
        let spans: Vec<Range<usize>> = spans_of(&tokens, 0.5, 1).into_iter().map(|(range, _)| range).collect();
        assert_eq!(spans, [3..7, 11..12]);
    }
}
