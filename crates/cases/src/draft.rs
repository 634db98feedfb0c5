//! A table for [`model::FakeModel`] as another model fills it, for a person to correct.
//!
//! Only the likeliest labels are written, without their scores, so that a page is readable and says what it is about.

use std::fmt::Write;

use model::{Anchor, Labels, Model, Prediction, Scored, Window, apply_lemma};
use text::Document;

/// Probability from which a word is written into a role.
const LIKELY: f32 = 0.5;

const HEADER: [&str; 11] =
    ["# form", "upos", "xpos", "lemma", "head", "deprel", "entity", "party", "sector", "cue", "trigger"];

/// What a model sees in a document, as a table.
pub fn draft_table(model: &dyn Model, document: &Document) -> String {
    let words: Vec<&str> = (0..document.tokens.len()).map(|token| document.word(token)).collect();
    let mut blocks = Vec::new();
    for sentence in document.sentences.iter().filter(|sentence| !sentence.tokens.is_empty()) {
        let window = Window { words: words[sentence.tokens.clone()].to_vec(), sentences: vec![0..sentence.tokens.len()] };
        let prediction = &model.predict(std::slice::from_ref(&window))[0];
        blocks.push(sentence_table(model.labels(), &window.words, prediction));
    }
    blocks.join("\n")
}

fn sentence_table(labels: &Labels, words: &[&str], prediction: &Prediction) -> String {
    let mut rows: Vec<[String; 11]> = vec![HEADER.map(str::to_owned)];
    rows.extend((0..words.len()).map(|at| row(labels, words[at], prediction, at)));
    let widths: Vec<usize> =
        (0..11).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        let _ = writeln!(out, "{}", cells.collect::<Vec<_>>().join(" ").trim_end());
    }
    for anchor in &prediction.anchors {
        out.push_str(&roles(labels, anchor, prediction));
    }
    out
}

fn row(labels: &Labels, form: &str, prediction: &Prediction, at: usize) -> [String; 11] {
    let word = &prediction.words[at];
    let name = |list: &[String], scored: Scored| list.get(usize::from(scored.label)).cloned().unwrap_or_default();
    let upos = name(&labels.upos, word.upos);
    let is_propn = upos == "PROPN";
    let lemma = apply_lemma(&name(&labels.lemma, word.lemma), form, is_propn);
    let plain = lemma == apply_lemma("=", form, is_propn);
    let anchor = prediction.anchors.iter().find(|anchor| anchor.word as usize == at);
    // A word opens an event or a cue only where roles hang on it.
    let trigger = best(&labels.trigger, &word.trigger).filter(|label| *label == "I" || anchor.is_some_and(|a| a.is_trigger));
    let (narrow, wide) = (name(&labels.cue, word.cue), name(&labels.attribution, word.attribution));
    let cue = if narrow == "O" && wide == "B" { "W".to_owned() } else { narrow };
    [
        form.to_owned(),
        upos,
        name(&labels.xpos, word.xpos),
        if plain { "=".to_owned() } else { lemma },
        word.head.map_or(0, |head| head + 1).to_string(),
        name(&labels.deprel, word.deprel),
        name(&labels.entity, word.entity),
        name(&labels.party, word.party),
        best(&labels.sector, &word.sector).unwrap_or("-").to_owned(),
        cue,
        trigger.unwrap_or("O").to_owned(),
    ]
}

/// The likeliest label, where one is.
fn best<'a>(labels: &'a [String], scores: &[f32]) -> Option<&'a str> {
    let at = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)))?;
    (scores[at] >= LIKELY).then(|| labels[at].as_str())
}

fn roles(labels: &Labels, anchor: &Anchor, prediction: &Prediction) -> String {
    let word = &prediction.words[anchor.word as usize];
    let is_trigger = anchor.is_trigger && best(&labels.trigger, &word.trigger).is_some_and(|label| label != "O" && label != "I");
    let name = |list: &[String], label: u16| list.get(usize::from(label)).is_some_and(|label| label == "B");
    let is_cue = anchor.is_cue && (name(&labels.cue, word.cue.label) || name(&labels.attribution, word.attribution.label));
    if !is_trigger && !is_cue {
        return String::new();
    }
    let mut line = format!("roles {}", anchor.word + 1);
    if is_trigger {
        if let Some(mode) = best(&labels.mode, &anchor.mode).filter(|mode| *mode != "-") {
            let _ = write!(line, " mode={mode}");
        }
        if let Some(status) = best(&labels.status, &anchor.status).filter(|status| *status != "happened") {
            let _ = write!(line, " status={status}");
        }
    }
    for (role, tokens) in labels.role.iter().zip(&anchor.roles) {
        let fits = if matches!(role.as_str(), "source" | "content") { is_cue } else { is_trigger };
        let runs = runs(tokens.iter().filter(|(_, score)| *score >= LIKELY).map(|(word, _)| word + 1));
        if fits && !runs.is_empty() {
            let _ = write!(line, " {role}={runs}");
        }
    }
    line + "\n"
}

/// Numbers with the runs among them drawn together: `1,4-9`.
fn runs(numbers: impl Iterator<Item = u32>) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let shown = runs.into_iter().map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") });
    shown.collect::<Vec<_>>().join(",")
}
