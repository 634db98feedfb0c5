//! Keeps and settles N stories made by a program and tells how fast: `throughput N FILE`. Facts are cut in a second thread.
//! Every figure comes with the processor's time, since a machine has other things to do.

// The ledger's examples know it under its full name.
extern crate ledger as whimbrel_ledger;

#[path = "../../ledger/examples/generate/story.rs"]
#[allow(dead_code, reason = "shared with the ledger's examples")]
mod story;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use ledger::{Batch, Ledger, Mark, Moment, Program};
use whimbrel_resolution::{Settler, Thresholds, at_hand, facts_of_entry};

/// Stories in one transaction.
const BATCH: u64 = 500;

/// A figure of this process in /proc, in the unit that the system has for it.
fn own(file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/self/{file}")).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
}

/// Processor time of this process in seconds, of all its threads.
fn processor_time() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: Vec<f64> = text.rsplit(')').next().unwrap_or("").split(' ').filter_map(|cell| cell.parse().ok()).collect();
    ticks.get(10).copied().unwrap_or(0.0) / 100.0 + ticks.get(11).copied().unwrap_or(0.0) / 100.0
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: throughput N FILE";
    let n: u64 = args.next().ok_or(usage)?.parse()?;
    let path = PathBuf::from(args.next().ok_or(usage)?);
    let program = Program { model: story::MODEL, codebook: story::CODEBOOK, program: "throughput" };
    let mut ledger = Ledger::create(&path)?;
    let run = ledger.begin_run(program, Moment(0))?;
    let mut settler = Settler::new(Thresholds::bundled());
    let (give, take) = sync_channel(2);
    let cutting = std::thread::spawn(move || {
        for first in (0..n).step_by(BATCH as usize) {
            let last = (first + BATCH).min(n);
            let entries: Vec<_> = (first..last).map(|number| story::entry(number, "generated")).collect();
            let facts = entries.iter().map(facts_of_entry).collect();
            if give.send((last, entries, facts)).is_err() {
                return;
            }
        }
    });
    let mut out = std::io::stdout().lock();
    let step = (n / 10).max(BATCH).next_multiple_of(BATCH);
    let (mut appending, mut settling, mut began, mut processor) = (0.0, 0.0, Instant::now(), processor_time());
    while let Ok((last, entries, facts)) = take.recv() {
        let start = Instant::now();
        let marks = vec![Mark { input: "generated".into(), position: last.to_string() }];
        let receipt = ledger.append(run, Moment(1_700_000_000_000 + last as i64), &Batch { entries, marks, ..Batch::default() })?;
        appending += start.elapsed().as_secs_f64();
        let start = Instant::now();
        let facts = at_hand(&ledger, &receipt, facts)?;
        settler.settle(&mut ledger, facts, |_| ())?;
        settling += start.elapsed().as_secs_f64();
        if last == n || last % step == 0 {
            let (since, spent) = (began.elapsed().as_secs_f64(), processor_time() - processor);
            let bytes = std::fs::metadata(&path)?.len();
            writeln!(
                out,
                "{last} stories: {:.0} stories/s; {:.2} ms of processor time a story; appending {:.0} %, settling {:.0} % of the time; {:.0} bytes a story; {} MB of memory, {} MB of it its own",
                step as f64 / since,
                spent * 1000.0 / step as f64,
                100.0 * appending / since,
                100.0 * settling / since,
                bytes as f64 / last as f64,
                own("status", "VmHWM:").unwrap_or(0) / 1024,
                own("status", "RssAnon:").unwrap_or(0) / 1024,
            )?;
            (appending, settling, began, processor) = (0.0, 0.0, Instant::now(), processor_time());
        }
    }
    cutting.join().map_err(|_| "the thread that cuts facts broke off")?;
    ledger.end_run(run, Moment(1_700_000_000_001 + n as i64))?;
    Ok(ledger.tidy()?)
}
