//! How far a long run is, on standard error.
//!
//! On a terminal one line is rewritten; elsewhere a line comes every ten seconds, and nothing at all for short runs.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use intake::{Meter, Stage};

use crate::output;

/// Seconds before anything is shown.
const QUIET: Duration = Duration::from_secs(2);

/// Letters of an input's name that are shown.
const NAME_MAX: usize = 30;

/// Counts of a run.
pub(crate) struct Progress {
    meter: Arc<Meter>,
    begun: Instant,
    shown: Option<Instant>,
    animated: bool,
    n_stories: u64,
    n_words: u64,
    failed: BTreeMap<Stage, u64>,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn new(meter: Arc<Meter>) -> Self {
        // A page on the same terminal would be torn by a line that rewrites itself.
        let animated = std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        Self { meter, begun: Instant::now(), shown: None, animated, n_stories: 0, n_words: 0, failed: BTreeMap::new() }
    }

    /// Counts a story of so many words.
    pub(crate) fn story(&mut self, n_words: usize) {
        self.n_stories += 1;
        self.n_words += n_words as u64;
        self.show();
    }

    /// Counts a failure.
    pub(crate) fn failed(&mut self, stage: Stage) {
        *self.failed.entry(stage).or_default() += 1;
    }

    /// Number of failures so far.
    pub(crate) fn n_failed(&self) -> u64 {
        self.failed.values().sum()
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
        let item = end_of(&output::one_line(&self.meter.item()));
        let item = if item.is_empty() { item } else { format!(", in {item}") };
        format!("{}{left}{item}", self.counts(seconds))
    }

    /// Stories, speed, and failures by how far they came.
    fn counts(&self, seconds: f64) -> String {
        let stages: Vec<String> = self.failed.iter().map(|(stage, n)| format!("{n} {}", stage.word())).collect();
        let stages = if stages.is_empty() { String::new() } else { format!(" ({})", stages.join(", ")) };
        format!(
            "{} stories, {:.0} stories/s, {:.0} words/s, {} failed{stages}",
            self.n_stories,
            self.n_stories as f64 / seconds,
            self.n_words as f64 / seconds,
            self.n_failed()
        )
    }

    /// Ends the run: clears the line, and sums up a run that was long enough to be shown, or that had failures.
    pub(crate) fn end(&self) {
        output::end_progress_line();
        if self.shown.is_some() || self.n_failed() > 0 {
            output::message(&self.counts(self.begun.elapsed().as_secs_f64().max(1e-3)));
        }
    }
}

/// The last letters of a name: a line that rewrites itself must not wrap.
fn end_of(name: &str) -> String {
    let n_cut = name.chars().count().saturating_sub(NAME_MAX);
    if n_cut == 0 { name.to_owned() } else { format!("…{}", name.chars().skip(n_cut).collect::<String>()) }
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
