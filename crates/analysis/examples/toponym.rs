//! Resolves given or found place names of JSON lines, one document a line, and writes them as JSON lines.
//!
//! Usage: `cargo run --release -p whimbrel-analysis --example toponym -- [--find] [--weights FILE] < gold.jsonl > system.jsonl`
//!
//! Input: `{"id": …, "text": …, "url": …, "toponyms": [{"start": 0, "end": 6}, …]}`, offsets in code points. Without
//! `--find` the given spans are resolved and nothing else is taken from `toponyms`; with it, the names are found by the
//! gazetteer's own matcher. Time spent and words read go to the standard error.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use text::{CodePoints, Metadata, Span};
use whimbrel_analysis::toponym::{Gazetteer, Weights, find_place_names, resolve_names};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_finding = arguments.iter().any(|argument| argument == "--find");
    let weights = match arguments.iter().position(|argument| argument == "--weights") {
        Some(at) => {
            Weights::parse(&std::fs::read_to_string(arguments.get(at + 1).ok_or("--weights needs a file")?)?)?
        }
        None => Weights::embedded().clone(),
    };
    let gazetteer = Gazetteer::embedded();
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut n_words, mut time) = (0, Duration::ZERO);
    for line in std::io::stdin().lock().lines() {
        let story: Value = serde_json::from_str(&line?)?;
        let url = story["url"].as_str().map(str::to_owned);
        let document = text::read(
            story["text"].as_str().unwrap_or("").to_owned(),
            Metadata { url, ..Metadata::default() },
        );
        let points = CodePoints::new(&document.text);
        let start = Instant::now();
        let spans = if is_finding {
            find_place_names(&gazetteer, &document)
        } else {
            given_spans(&story, &document.text)
        };
        let toponyms = resolve_names(&gazetteer, &weights, &document, &spans);
        time += start.elapsed();
        n_words += document.tokens.len();
        let rows: Vec<Value> = toponyms
            .iter()
            .map(|toponym| {
                let [start, end] = points.pair(&document.text, toponym.span);
                json!({"start": start, "end": end, "name": toponym.name, "lat": toponym.latitude, "lon": toponym.longitude,
                       "geonameid": toponym.geonames.map(|id| id.to_string()), "class": toponym.class,
                       "iso3": toponym.country, "admin1": toponym.admin1, "reason": toponym.reason})
            })
            .collect();
        serde_json::to_writer(&mut output, &json!({"id": story["id"], "toponyms": rows}))?;
        output.write_all(b"\n")?;
    }
    output.flush()?;
    let nanoseconds = time.as_nanos() as f64 / f64::from(u32::try_from(n_words.max(1))?);
    writeln!(std::io::stderr(), "{n_words} words, {nanoseconds:.0} ns a word")?;
    Ok(())
}

/// The spans of the input's `toponyms`, from code points to bytes.
fn given_spans(story: &Value, text: &str) -> Vec<Span> {
    let byte_of: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = |value: &Value| value.as_u64().and_then(|at| byte_of.get(usize::try_from(at).ok()?).copied());
    let toponyms = story["toponyms"].as_array().map_or(&[][..], Vec::as_slice);
    let mut spans: Vec<Span> = toponyms
        .iter()
        .filter_map(|toponym| Some((at(&toponym["start"])?, at(&toponym["end"])?)))
        .filter(|(start, end)| start < end)
        .map(|(start, end)| Span::new(start, end))
        .collect();
    spans.sort_unstable();
    spans
}
