//! How far a long run is, on standard error.
//!
//! On a terminal one line is rewritten; elsewhere a line comes every ten seconds, and nothing at all for short runs.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use intake::Meter;

use crate::output;

/// Seconds before anything is shown.
const QUIET: Duration = Duration::from_secs(2);

/// Counts of a run.
pub(crate) struct Progress {
    meter: Arc<Meter>,
    begun: Instant,
    shown: Option<Instant>,
    animated: bool,
    n_stories: u64,
    n_words: u64,
    n_failed: u64,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn new(meter: Arc<Meter>) -> Self {
        // A page on the same terminal would be torn by a line that rewrites itself.
        let animated = std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        Self { meter, begun: Instant::now(), shown: None, animated, n_stories: 0, n_words: 0, n_failed: 0 }
    }

    /// Counts a story of so many words.
    pub(crate) fn story(&mut self, n_words: usize) {
        self.n_stories += 1;
        self.n_words += n_words as u64;
        self.show();
    }

    /// Counts a failure.
    pub(crate) fn failed(&mut self) {
        self.n_failed += 1;
    }

    /// Number of failures so far.
    pub(crate) fn n_failed(&self) -> u64 {
        self.n_failed
    }

    /// Shows how far the run is, when it is time to.
    pub(crate) fn show(&mut self) {
        let pause = if self.animated { Duration::from_millis(250) } else { Duration::from_secs(10) };
        let due = self.shown.map_or(self.begun.elapsed() >= QUIET.max(pause), |shown| shown.elapsed() >= pause);
        if due {
            self.shown = Some(Instant::now());
            if self.animated { output::progress_line(&self.line()) } else { output::message(&self.line()) }
        }
    }

    fn line(&self) -> String {
        let seconds = self.begun.elapsed().as_secs_f64().max(1e-3);
        let (read, total) = (self.meter.read_bytes(), self.meter.total_bytes());
        let left = if total > 0 && read > 0 && read <= total {
            let rest = seconds * (total - read) as f64 / read as f64;
            format!(", about {} left", clock(rest))
        } else {
            String::new()
        };
        format!(
            "{} stories, {:.0} stories/s, {:.0} words/s, {} failed{left}",
            self.n_stories,
            self.n_stories as f64 / seconds,
            self.n_words as f64 / seconds,
            self.n_failed
        )
    }

    /// Ends the run: clears the line, and sums up a run that was long enough to be shown, or that had failures.
    pub(crate) fn end(&self) {
        output::end_progress_line();
        if self.shown.is_some() || self.n_failed > 0 {
            let line = self.line();
            output::message(line.split(", about ").next().unwrap_or(&line));
        }
    }
}

/// A time for people.
pub(crate) fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=5999 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}
