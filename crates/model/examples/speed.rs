//! How fast the network reads on one core: pieces a second, and where the time goes.
//!
//!     cargo run --release -p whimbrel-model --example speed [weights]
//!
//! Without a file it reads with random weights of the full size. Words are made of the random vocabulary's syllables, so
//! that about four of five are one piece, as in news.

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
        let all = best_time(|| network.predict(&windows));
        let encoder = best_time(|| windows.iter().map(|window| network.vectors(window).len()).sum::<usize>());
        let n_pieces: usize = windows.iter().map(|window| network.vectors(window).len()).sum();
        println!(
            "{instructions:?}: {n_pieces} pieces in {} windows; {:.0} pieces/s, encoder alone {:.0} pieces/s",
            windows.len(),
            n_pieces as f64 / all.as_secs_f64(),
            n_pieces as f64 / encoder.as_secs_f64()
        );
        for (step, time) in time_steps(&network, &windows) {
            println!("  {step:<12} {:6.2} µs a piece", time.as_secs_f64() * 1e6 / n_pieces as f64);
        }
    }
    Ok(())
}

/// The shortest of some runs: what the machine can do when nothing else wants it.
fn best_time<T>(run: impl Fn() -> T) -> Duration {
    let time = || {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed()
    };
    (0..ROUNDS).map(|_| time()).min().unwrap_or_default()
}

/// The time of each step over all windows, in the order in which they first come.
fn time_steps(network: &Network, windows: &[Window<'_>]) -> Vec<(&'static str, Duration)> {
    let mut best: Vec<(&'static str, Duration)> = Vec::new();
    for round in 0..ROUNDS {
        let mut times: Vec<(&'static str, Duration)> = Vec::new();
        for window in windows {
            let mut last = Instant::now();
            network.predict_in_steps(window, &mut |step| {
                let now = Instant::now();
                match times.iter_mut().find(|(name, _)| *name == step) {
                    Some((_, time)) => *time += now - last,
                    None => times.push((step, now - last)),
                }
                last = now;
            });
        }
        if round == 0 {
            best = times;
        } else {
            best.iter_mut().zip(times).for_each(|(best, time)| best.1 = best.1.min(time.1));
        }
    }
    best
}
