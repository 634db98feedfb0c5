//! Writes the choices that `training/recipient.py` fits its weights on: reads stories as JSON lines (`id`, `text`, `date`, `publisher`) and
//! prints, for every event, its triggers and type and all parties that do not act in it, with their mentions in code points
//! and their features. An argument names a weight file other than the bundled one.

use std::io::{BufRead as _, Write as _};

use serde_json::{Value, json};
use text::{CodePoints, Metadata, Span};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = match std::env::args().nth(1) {
        Some(path) => model::Network::from_bytes(&std::fs::read(path)?)?,
        None => model::Network::bundled()?,
    };
    let codebook = codebook::Codebook::bundled();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let given = |key: &str| Some(word(key)).filter(|value| !value.is_empty());
        let (published, publisher) = (given("date"), given("publisher"));
        let document = text::read(word("text"), Metadata { published, publisher, ..Metadata::default() });
        let analysis = analysis::analyze(&network, &document);
        let points = CodePoints::new(&document.text);
        let pairs = |spans: &[Span]| spans.iter().map(|span| points.pair(&document.text, *span)).collect::<Vec<_>>();
        for event in whimbrel_coder::recipient_choices(codebook, &document, &analysis) {
            let party = |party: &whimbrel_coder::Recipient| json!({ "spans": pairs(&party.spans), "features": party.features });
            let parties: Vec<Value> = event.parties.iter().map(party).collect();
            let (triggers, event_type) = (pairs(&event.triggers), event.event_type.word());
            writeln!(out, "{}", json!({ "id": word("id"), "triggers": triggers, "type": event_type, "parties": parties }))?;
        }
    }
    Ok(())
}
