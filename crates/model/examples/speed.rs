//! How fast the network reads on one core: pieces a second, and where the time goes.
//!
//!     cargo run --release -p whimbrel-model --example speed [weights]
//!
//! Without a file it reads with random weights of the full size. Words are made of the random vocabulary's syllables, so
//! that about four of five are one piece, as in news.

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::time::{Duration, Instant};

use whimbrel_model::{Instructions, Model, Network, RandomWeights, Window};

const ROUNDS: usize = 15;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = match std::env::args().nth(1) {
        Some(path) => std::fs::read(path)?,
        None => RandomWeights::full(1).file(),
    };
    let start = Instant::now();
    let network = Network::from_bytes(&file)?;
    println!("load {:?}, {} MB", start.elapsed(), file.len() >> 20);
    let words = RandomWeights::words(7, 4000);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let sentences: Vec<_> = (0..words.len() / 25).map(|i| i * 25..i * 25 + 25).collect();
    let whole = Window { words, sentences };
    let ranges = network.pack(&whole.words, &whole.sentences);
    let windows: Vec<Window<'_>> = ranges.into_iter().map(|range| whole.part(range)).collect();
    for instructions in Instructions::available().into_iter().rev().take(2) {
        let network = network.clone().with_instructions(instructions)?;
        let time = |run: &dyn Fn(&Window<'_>)| windows.iter().map(|window| best_time(|| run(window))).sum();
        let all: Duration = time(&|window| drop(network.predict(std::slice::from_ref(window))));
        let encoder: Duration = time(&|window| drop(network.vectors(window)));
        let n_pieces: usize = windows.iter().map(|window| network.vectors(window).len()).sum();
        println!(
            "{instructions:?}: {n_pieces} pieces in {} windows; {:.0} pieces/s, encoder alone {:.0} pieces/s",
            windows.len(),
            n_pieces as f64 / all.as_secs_f64(),
            n_pieces as f64 / encoder.as_secs_f64()
        );
        let steps = time_steps(&network, &windows);
        let together: Duration = steps.iter().map(|(_, time)| *time).sum();
        println!("  steps together {:.0} pieces/s", n_pieces as f64 / together.as_secs_f64());
        for (step, time) in steps {
            println!("  {step:<12} {:6.2} µs a piece", time.as_secs_f64() * 1e6 / n_pieces as f64);
        }
    }
    Ok(())
}

/// The shortest of some runs over one window: what the machine can do when nothing else wants it.
fn best_time(run: impl Fn()) -> Duration {
    let time = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..ROUNDS).map(|_| time()).min().unwrap_or_default()
}

/// The shortest time of each step, added up over all windows, in the order in which they first come.
fn time_steps(network: &Network, windows: &[Window<'_>]) -> Vec<(&'static str, Duration)> {
    let mut total: Vec<(&'static str, Duration)> = Vec::new();
    for window in windows {
        let mut best: Vec<(&'static str, Duration)> = Vec::new();
        for round in 0..ROUNDS {
            let (mut at, mut last) = (0, Instant::now());
            network.predict_in_steps(window, &mut |step| {
                let now = Instant::now();
                if round == 0 {
                    best.push((step, now - last));
                }
                best[at].1 = best[at].1.min(now - last);
                (at, last) = (at + 1, now);
            });
        }
        for (step, time) in best {
            match total.iter_mut().find(|(name, _)| *name == step) {
                Some((_, sum)) => *sum += time,
                None => total.push((step, time)),
            }
        }
    }
    total
}
