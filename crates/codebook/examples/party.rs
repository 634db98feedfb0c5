//! Reads one phrase a line from standard input, optionally `phrase<TAB>YYYY-MM-DD<TAB>caseless`, and prints its party:
//! `country<TAB>sector<TAB>name<TAB>weak<TAB>reason`.
//!
//! ```text
//! $ echo "acting Afghan foreign minister" | cargo run -p whimbrel-codebook --example party | tr '\t' '|'
//! AFG|GOV||false|title: foreign minister = GOV; adjective: Afghan = AFG
//! ```
//!
//! With `--load N` it loads the codebook N times and prints the milliseconds of each.

use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use whimbrel_codebook::{Codebook, Surroundings};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let args: Vec<String> = std::env::args().collect();
    if args.get(1).is_some_and(|arg| arg == "--load") {
        let n_loads = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(5);
        for _ in 0..n_loads {
            let start = Instant::now();
            let codebook = Codebook::bundled_afresh();
            let millis = start.elapsed().as_secs_f64() * 1e3;
            writeln!(out, "{millis:.1} ms, {} bodies", codebook.actors.bodies.len())?;
        }
        return Ok(());
    }
    let codebook = Codebook::bundled();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut cells = line.split('\t');
        let (phrase, date, case) =
            (cells.next().unwrap_or(""), cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        let spaced = space(phrase);
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let date = date.parse().ok();
        let party = match case {
            "caseless" => codebook.party_among(&words, &Surroundings { date, is_caseless: true, ..Surroundings::default() }),
            _ => codebook.party(&words, date),
        };
        match party {
            Some(party) => writeln!(
                out,
                "{}\t{}\t{}\t{}\t{}",
                party.country.unwrap_or_default(),
                party.sector.unwrap_or_default(),
                party.name.unwrap_or_default(),
                party.weak,
                party.reason
            )?,
            None => writeln!(out, "\t\t\tfalse\t")?,
        }
    }
    Ok(())
}

/// Sets punctuation, hyphens and possessives apart, roughly as a tokenizer would.
fn space(phrase: &str) -> String {
    let mut spaced = format!("{phrase} ");
    for mark in ["'s ", "’s ", ", "] {
        spaced = spaced.replace(mark, &format!(" {mark}"));
    }
    for mark in ["-", "(", ")", ";", ":", "\"", "“", "”"] {
        spaced = spaced.replace(mark, &format!(" {mark} "));
    }
    spaced
}
