//! Keeps the lines of `whimbrel read --format jsonl` in a new ledger:
//! `cargo run --release -p whimbrel-ledger --example keep -- codings.jsonl desk.whimbrel`.

use std::path::PathBuf;

use whimbrel_ledger::{Batch, Entry, Ledger, Moment, Program};
use text::Document;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: keep CODINGS.jsonl FILE";
    let input = args.next().ok_or(usage)?;
    let path = PathBuf::from(args.next().ok_or(usage)?);
    let mut entries = Vec::new();
    for (idx, line) in std::fs::read_to_string(&input)?.lines().enumerate() {
        let (metadata, text, coding) = codebook::json::read_line(line)?;
        let read = text::read(text, metadata);
        // Dates, credits and datelines are read anew; they are no part of a line.
        let document = Document { sentences: Vec::new(), tokens: Vec::new(), ..read };
        entries.push(Entry::new(document, coding, input.clone(), idx as u64 + 1));
    }
    let Some(first) = entries.first() else { return Err("no lines".into()) };
    let (model, codebook) = (first.coding.model.clone(), first.coding.codebook.clone());
    let mut ledger = Ledger::create(&path)?;
    let run = ledger.begin_run(Program { model: &model, codebook: &codebook, program: "keep" }, Moment(1))?;
    for chunk in entries.chunks(500) {
        ledger.append(run, Moment(2), &Batch { entries: chunk.to_vec(), ..Batch::default() })?;
    }
    ledger.end_run(run, Moment(3))?;
    Ok(ledger.tidy()?)
}
