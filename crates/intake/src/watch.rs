//! Watching feeds: each is asked again when its time comes, and only what is new is given.
//!
//! The caller keeps the loop: it calls [`Watch::poll`] until nothing is due, stores what came, and sleeps until
//! [`Watch::next_due`]. Time comes from a [`Clock`] that is passed in. What is known of the feeds ([`FeedState`]) can be
//! stored and given back, so that a watch goes on where it was.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, after};
use crate::failure::Failure;
use crate::feed::{self, link};
use crate::fetch::{FetchError, Fetcher, Validators};
use crate::limits::Network;
use crate::opml::FeedAddress;
use crate::source::About;
use crate::story::Story;

/// Longest wait after failures.
const WAIT_MAX: Duration = Duration::from_secs(24 * 3600);

/// How often a feed is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchOptions {
    /// The time between two askings of one feed, before jitter.
    pub interval: Duration,
    /// The share of the interval by which it is shortened or lengthened, in percent.
    pub jitter_percent: u32,
    /// What the network is allowed to do.
    pub network: Network,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self { interval: Duration::from_secs(15 * 60), jitter_percent: 10, network: Network::default() }
    }
}

/// What is known of a feed between two askings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedState {
    /// Its address.
    pub url: String,
    /// What the list calls it.
    pub title: Option<String>,
    /// By what to ask only for changes.
    pub validators: Validators,
    /// When it is asked next, in seconds since 1970; 0 is at once.
    pub due: i64,
    /// Failures in a row.
    pub n_failures: u32,
    /// How often it was asked.
    pub n_polls: u64,
    /// Whether the host said that it is gone; it is not asked again.
    pub is_gone: bool,
    /// Hashes of the entries of the last answer.
    pub seen: BTreeSet<u64>,
}

/// What one asking gave.
#[derive(Debug)]
pub struct Round {
    /// The feed.
    pub url: String,
    /// New entries as stories or failures, the oldest first; a feed that could not be had is one failure.
    pub records: Vec<Result<Story, Failure>>,
    /// Whether the host said that nothing changed.
    pub is_unchanged: bool,
    /// When it is asked next; `None` when it is gone.
    pub next_due: Option<Timestamp>,
}

/// Feeds that are being watched.
pub struct Watch {
    feeds: Vec<FeedState>,
    options: WatchOptions,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
}

impl Watch {
    /// Watches feeds of a list, all due at once.
    pub fn new(feeds: &[FeedAddress], options: WatchOptions, clock: Arc<dyn Clock>) -> Self {
        let states = feeds.iter().map(|feed| FeedState { url: feed.url.clone(), title: feed.title.clone(), ..FeedState::default() });
        Self::resume(states.collect(), options, clock)
    }

    /// Goes on with what [`Watch::feeds`] gave before.
    pub fn resume(feeds: Vec<FeedState>, options: WatchOptions, clock: Arc<dyn Clock>) -> Self {
        let fetcher = Fetcher::new(options.network.clone(), Arc::clone(&clock));
        Self { feeds, options, fetcher, clock }
    }

    /// What is known of the feeds.
    pub fn feeds(&self) -> &[FeedState] {
        &self.feeds
    }

    /// When the next feed is due; `None` when all are gone.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.next_feed().map(|at| moment(self.feeds[at].due))
    }

    /// Asks the feed that has been due for longest; `None` when none is due.
    pub fn poll(&mut self) -> Option<Round> {
        let at = self.next_feed()?;
        if moment(self.feeds[at].due) > self.clock.now() {
            return None;
        }
        let asked = self.fetcher.get(&self.feeds[at].url, &self.feeds[at].validators);
        let state = &mut self.feeds[at];
        state.n_polls += 1;
        let (records, is_unchanged, wait) = match asked {
            Ok(answer) => {
                let about = About { media: answer.media, charset: answer.charset, url: Some(answer.url), ..About::default() };
                let records = new_entries(state, &answer.bytes, &about, &mut self.fetcher);
                match records {
                    Ok(records) => {
                        state.validators = answer.validators;
                        state.n_failures = 0;
                        (records, false, None)
                    }
                    Err(failure) => {
                        state.n_failures += 1;
                        (vec![Err(failure)], false, None)
                    }
                }
            }
            Err(FetchError::NotModified) => {
                state.n_failures = 0;
                (Vec::new(), true, None)
            }
            Err(error) => {
                state.n_failures += 1;
                state.is_gone = matches!(error, FetchError::Status { status: 410, .. });
                let wait = if let FetchError::Status { retry_after, .. } = &error { *retry_after } else { None };
                (vec![Err(error.failure(&state.url))], false, wait)
            }
        };
        let pause = pause(state, &self.options).max(wait.unwrap_or(Duration::ZERO).min(WAIT_MAX));
        let due = after(self.clock.now(), pause);
        // A whole second later, so that a moment in between is not due too early.
        state.due = due.as_second().saturating_add(1);
        let next_due = (!state.is_gone).then(|| moment(state.due));
        Some(Round { url: state.url.clone(), records, is_unchanged, next_due })
    }

    fn next_feed(&self) -> Option<usize> {
        let asked = self.feeds.iter().enumerate().filter(|(_, feed)| !feed.is_gone);
        asked.min_by_key(|(at, feed)| (feed.due, *at)).map(|(at, _)| at)
    }
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// Entries that the last answer did not have, the oldest first.
fn new_entries(
    state: &mut FeedState,
    bytes: &[u8],
    about: &About,
    fetcher: &mut Fetcher,
) -> Result<Vec<Result<Story, Failure>>, Failure> {
    let (channel, entries) = feed::read(&state.url, bytes, about)?;
    let mut seen = BTreeSet::new();
    let mut records = Vec::new();
    for (entry, record) in entries.iter().zip(1u64..).collect::<Vec<_>>().into_iter().rev() {
        let updated = entry.updated.or(entry.published).map_or(0, |date| date.timestamp());
        let title = entry.title.as_ref().map_or("", |title| title.content.as_str());
        let hash = hash(&[&entry.id, link(entry).unwrap_or(""), title, &updated.to_string()]);
        let is_new = seen.insert(hash) && !state.seen.contains(&hash);
        if is_new {
            let fetcher = fetcher.network().follow_links.then_some(&mut *fetcher);
            records.push(feed::story(&state.url, record, &channel, entry, fetcher));
        }
    }
    state.seen = seen;
    Ok(records)
}

/// The time to the next asking: the interval, doubled with each failure in a row, with a jitter that keeps feeds apart and is
/// the same on every run.
fn pause(state: &FeedState, options: &WatchOptions) -> Duration {
    let doubled = options.interval.saturating_mul(1 << state.n_failures.min(16));
    let base = if state.n_failures == 0 { options.interval } else { doubled.min(WAIT_MAX.max(options.interval)) };
    let width = u64::from(options.jitter_percent.min(100)) * 2 + 1;
    let percent = 100 + hash(&[&state.url, &state.n_polls.to_string()]) % width - width / 2;
    base.saturating_mul(u32::try_from(percent).unwrap_or(100)) / 100
}

/// FNV-1a over parts: stored with the state, so it must be the same in every version of the program.
fn hash(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}
