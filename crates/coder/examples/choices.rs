//! Writes the choices that weights are fitted on, from stories as JSON lines (`id`, `text`, `date`, `publisher`) on standard input:
//!
//! `choices homeland`: for `training/homeland.py`, every party whose own words give no country, its mentions and all answers;
//! `choices recipient`: for `training/recipient.py`, every event, its triggers and type, and all parties that do not act in it.
//!
//! A second argument names a weight file other than the bundled one. Places are in code points.

use std::io::{BufRead as _, Write as _};

use analysis::Analysis;
use codebook::Codebook;
use serde_json::{Value, json};
use text::{CodePoints, Document, Metadata, Span};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let choices = match args.next().as_deref() {
        Some("homeland") => homeland,
        Some("recipient") => recipients,
        _ => return Err("choices homeland|recipient [WEIGHTS]".into()),
    };
    let network = match args.next() {
        Some(path) => model::Network::from_bytes(&std::fs::read(path)?)?,
        None => model::Network::bundled()?,
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let given = |key: &str| Some(word(key)).filter(|value| !value.is_empty());
        let (published, publisher) = (given("date"), given("publisher"));
        let document = text::read(word("text"), Metadata { published, publisher, ..Metadata::default() });
        for mut choice in choices(&document, &analysis::analyze(&network, &document)) {
            choice["id"] = json!(word("id"));
            writeln!(out, "{choice}")?;
        }
    }
    Ok(())
}

fn homeland(document: &Document, analysis: &Analysis) -> Vec<Value> {
    let points = CodePoints::new(&document.text);
    let choice = |(spans, answers): (Vec<Span>, Vec<whimbrel_coder::Answer>)| {
        let answers = answers.iter().map(|answer| json!({ "country": answer.country, "features": answer.features }));
        json!({ "spans": pairs(document, &points, &spans), "answers": answers.collect::<Vec<_>>() })
    };
    whimbrel_coder::homeland_choices(Codebook::bundled(), document, analysis).into_iter().map(choice).collect()
}

fn recipients(document: &Document, analysis: &Analysis) -> Vec<Value> {
    let points = CodePoints::new(&document.text);
    let choice = |event: whimbrel_coder::RecipientChoice| {
        let party = |party: &whimbrel_coder::Recipient| {
            json!({ "spans": pairs(document, &points, &party.spans), "features": party.features })
        };
        let parties: Vec<Value> = event.parties.iter().map(party).collect();
        let triggers = pairs(document, &points, &event.triggers);
        json!({ "triggers": triggers, "type": event.event_type.word(), "parties": parties })
    };
    whimbrel_coder::recipient_choices(Codebook::bundled(), document, analysis).into_iter().map(choice).collect()
}

fn pairs(document: &Document, points: &CodePoints, spans: &[Span]) -> Vec<[usize; 2]> {
    spans.iter().map(|span| points.pair(&document.text, *span)).collect()
}
