//! Makes a ledger of N generated stories and tells how fast it grows and how large it is:
//! `cargo run --release -p whimbrel-ledger --example generate -- 100000 big.whimbrel`.
#![allow(clippy::print_stdout, reason = "an example tells what it measures")]

mod story;

use std::path::PathBuf;
use std::time::Instant;

use whimbrel_ledger::{Batch, Ledger, Mark, Moment, Program};

/// Stories in one transaction.
const BATCH: u64 = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: generate N FILE";
    let n: u64 = args.next().ok_or(usage)?.parse()?;
    let path = PathBuf::from(args.next().ok_or(usage)?);
    let program = Program { model: story::MODEL, codebook: story::CODEBOOK, program: "generate" };
    let mut ledger = Ledger::create(&path)?;
    let run = ledger.begin_run(program, Moment(0))?;
    let step = (n / 10).max(BATCH).next_multiple_of(BATCH);
    let (mut appending, mut since, mut shown) = (0.0, 0.0, 0);
    for first in (0..n).step_by(BATCH as usize) {
        let last = (first + BATCH).min(n);
        let entries = (first..last).map(|number| story::entry(number, "generated")).collect();
        let marks = vec![Mark { input: "generated".into(), position: last.to_string() }];
        let batch = Batch { entries, marks, ..Batch::default() };
        let start = Instant::now();
        ledger.append(run, Moment(1_700_000_000_000 + last as i64), &batch)?;
        let seconds = start.elapsed().as_secs_f64();
        (appending, since) = (appending + seconds, since + seconds);
        if last == n || last % step == 0 {
            let bytes = std::fs::metadata(&path)?.len();
            println!(
                "{last} stories: {:.0} stories/s, {:.0} over all, {:.0} bytes a story",
                (last - shown) as f64 / since,
                last as f64 / appending,
                bytes as f64 / last as f64
            );
            (since, shown) = (0.0, last);
        }
    }
    ledger.end_run(run, Moment(1_700_000_000_001 + n as i64))?;
    let start = Instant::now();
    ledger.tidy()?;
    println!("figures for the planner and the log into the file: {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
