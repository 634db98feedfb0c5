//! Groups mentions that people marked: `mentions DOCUMENTS.jsonl [THRESHOLDS.toml]` takes lines `{"id", "text", "mentions": [{"id", "words"}]}`
//! and prints `mention<TAB>cluster`, for `training/resolution/coreference.py`.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};

use whimbrel_resolution::{Gist, Report, Resolution, Story, Thresholds, stem};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("mentions DOCUMENTS.jsonl")?;
    let thresholds = match std::env::args().nth(2) {
        Some(path) => Thresholds::parse(&std::fs::read_to_string(path)?)?,
        None => Thresholds::bundled(),
    };
    let mut stories = Vec::new();
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let text = line["text"].as_str().ok_or("no text")?;
        let mentions = line["mentions"].as_array().ok_or("no mentions")?;
        let report = |mention: &serde_json::Value| {
            let words = mention["words"].as_str().unwrap_or("");
            let mut stems: Vec<String> = words.split_whitespace().map(stem).collect();
            let head = stems.last().cloned().unwrap_or_default();
            stems.sort();
            stems.dedup();
            Report { id: mention["id"].as_str().unwrap_or("").to_owned(), head, stems, ..Report::default() }
        };
        stories.push(Story {
            id: line["id"].as_str().ok_or("no id")?.to_owned(),
            gist: Gist::of(text),
            reports: mentions.iter().map(report).collect(),
            ..Story::default()
        });
    }
    let mut resolution = Resolution::new(thresholds);
    resolution.add(stories);
    let mut out = std::io::stdout().lock();
    for affair in resolution.conclusions(None).affairs {
        for link in affair.reports {
            writeln!(out, "{}\t{}", link.member.id, affair.id.id)?;
        }
    }
    Ok(())
}
