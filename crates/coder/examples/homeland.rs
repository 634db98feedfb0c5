//! Writes the choices that `training/homeland.py` fits its weights on: reads stories as JSON lines (`id`, `text`, `date`, `publisher`) and
//! prints, for every party whose own words give no country, its mentions in code points and all answers with their features.

use std::io::{BufRead as _, Write as _};

use serde_json::{Value, json};
use text::{CodePoints, Metadata};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (network, codebook) = (model::Network::bundled()?, codebook::Codebook::bundled());
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let given = |key: &str| Some(word(key)).filter(|value| !value.is_empty());
        let (published, publisher) = (given("date"), given("publisher"));
        let document = text::read(word("text"), Metadata { published, publisher, ..Metadata::default() });
        let analysis = analysis::analyze(&network, &document);
        let points = CodePoints::new(&document.text);
        for (spans, answers) in whimbrel_coder::homeland_choices(codebook, &document, &analysis) {
            let spans: Vec<[usize; 2]> = spans.iter().map(|span| points.pair(&document.text, *span)).collect();
            let answers: Vec<Value> =
                answers.iter().map(|answer| json!({ "country": answer.country, "features": answer.features })).collect();
            writeln!(out, "{}", json!({ "id": word("id"), "spans": spans, "answers": answers }))?;
        }
    }
    Ok(())
}
