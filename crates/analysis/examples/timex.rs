//! Finds the time expressions of JSONL documents, for scoring.
//!
//! Takes lines with `id`, `dct` (the date of the story) and `text` on the standard input or from a file, and writes
//! lines with `id` and `timexes` (`start`, `end` in code points, `type`, `value`, `earliest`, `latest`, `rule`).
//! With `--timing` it says on the standard error how long the finding took, reading of the text left out; with
//! `--data=FOLDER` it uses the rules of that folder in place of those that it was built with; with `--weights=FILE` the
//! network of that file reads the grammar first.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use text::{CodePoints, Metadata};
use whimbrel_analysis::{TimexGrammar, TimexType, analyze};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let input: Box<dyn BufRead> = match arguments.iter().find(|argument| !argument.starts_with("--")) {
        Some(path) => Box::new(std::io::BufReader::new(std::fs::File::open(path)?)),
        None => Box::new(std::io::stdin().lock()),
    };
    let folder = arguments.iter().find_map(|argument| argument.strip_prefix("--data="));
    let grammar = folder.map(load).transpose()?;
    let grammar = grammar.as_ref().unwrap_or_else(|| TimexGrammar::embedded());
    let weights = arguments.iter().find_map(|argument| argument.strip_prefix("--weights="));
    let network = match weights {
        Some(path) => Some(model::Network::from_bytes(&std::fs::read(path)?)?),
        None => None,
    };
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut spent, mut n_words) = (Duration::ZERO, 0);
    for line in input.lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let content = line["text"].as_str().ok_or("a line has no text")?;
        let published = line["dct"].as_str().map(|date| date.chars().take(10).collect());
        let document = text::read(content.to_owned(), Metadata { published, ..Metadata::default() });
        let words = network.as_ref().map(|network| analyze(network, &document).words).unwrap_or_default();
        let start = Instant::now();
        let timexes = grammar.find(&document, &words);
        spent += start.elapsed();
        n_words += content.split_whitespace().count();
        let points = CodePoints::new(content);
        let rows: Vec<serde_json::Value> = timexes
            .iter()
            .map(|timex| {
                let [start, end] = points.pair(content, timex.span);
                serde_json::json!({
                    "start": start, "end": end, "type": type_name(timex.kind), "value": timex.value,
                    "earliest": timex.earliest.map(|day| day.to_string()),
                    "latest": timex.latest.map(|day| day.to_string()), "rule": timex.rule,
                })
            })
            .collect();
        writeln!(output, "{}", serde_json::json!({ "id": line["id"], "timexes": rows }))?;
    }
    output.flush()?;
    if arguments.iter().any(|argument| argument == "--timing") {
        let nanoseconds = spent.as_nanos() / u128::try_from(n_words.max(1))?;
        writeln!(std::io::stderr(), "{n_words} words, {nanoseconds} ns each")?;
    }
    Ok(())
}

/// The rules of a folder, in the order of the files that travel with the program.
fn load(folder: &str) -> Result<TimexGrammar, Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    for name in TimexGrammar::file_names() {
        files.push((name, std::fs::read_to_string(std::path::Path::new(folder).join(name))?));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Ok(TimexGrammar::load(&files)?)
}

fn type_name(kind: TimexType) -> &'static str {
    match kind {
        TimexType::Date => "DATE",
        TimexType::Time => "TIME",
        TimexType::Duration => "DURATION",
        TimexType::Set => "SET",
    }
}
