//! Watching feeds: each is asked again when its time comes, and only what is new is given.
//!
//! The caller keeps the loop: it calls [`Watch::poll`] until nothing is due, stores what came, and sleeps until
//! [`Watch::next_due`]. Time comes from a [`Clock`] that is passed in. What is known of the feeds ([`FeedState`]) can be
//! stored and given back, so that a watch goes on where it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, after};
use crate::failure::{Failure, Stage};
use crate::feed::{self, link};
use crate::fetch::{Answer, FetchError, Fetcher, Validators};
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

/// How often an entry is tried whose page could not be fetched.
const TRIES: u8 = 3;

/// What is known of a feed between two askings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedState {
    /// Its address, as it was named.
    pub url: String,
    /// What the list calls it.
    pub title: Option<String>,
    /// Where it has moved for good, as its host says.
    pub moved_to: Option<String>,
    /// By what to ask only for changes.
    pub validators: Validators,
    /// When it is asked next, in seconds since 1970; 0 is at once.
    pub due: i64,
    /// When it last answered, changed or not, in seconds since 1970.
    pub last_success: Option<i64>,
    /// What went wrong at the last asking; `None` when nothing did.
    pub last_error: Option<String>,
    /// Failures in a row.
    pub n_failures: u32,
    /// How often it was asked.
    pub n_polls: u64,
    /// Entries of the last answer.
    pub n_entries: u32,
    /// Stories that it has given in all.
    pub n_stories: u64,
    /// Whether the host said that it is gone; it is not asked again.
    pub is_gone: bool,
    /// Hashes of the entries of the last answer.
    pub seen: BTreeSet<u64>,
    /// Hashes of entries whose page could not be fetched, and how often it was tried.
    pub tried: BTreeMap<u64, u8>,
}

/// How a feed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It was never asked.
    New,
    /// It answered.
    Sound,
    /// It answered, and its answer is a feed without an entry.
    Empty,
    /// It gave no feed at the last asking.
    Failing,
    /// Its host said that it is gone.
    Gone,
}

impl Health {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Health::New => "new",
            Health::Sound => "sound",
            Health::Empty => "empty",
            Health::Failing => "failing",
            Health::Gone => "gone",
        }
    }
}

impl FeedState {
    /// A feed that was never asked.
    pub fn new(feed: FeedAddress) -> Self {
        Self { url: feed.url, title: feed.title, ..Self::default() }
    }

    /// How it is.
    pub fn health(&self) -> Health {
        match self {
            Self { is_gone: true, .. } => Health::Gone,
            Self { n_polls: 0, .. } => Health::New,
            Self { n_failures: 1.., .. } => Health::Failing,
            Self { n_entries: 0, .. } => Health::Empty,
            _ => Health::Sound,
        }
    }
}

/// What one asking gave.
#[derive(Debug)]
pub struct Round {
    /// What is known of the feed after it.
    pub feed: FeedState,
    /// New entries as stories or failures, the oldest first; a feed that could not be had is one failure with record 0.
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
        Self::resume(feeds.iter().cloned().map(FeedState::new).collect(), options, clock)
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

    /// Makes every feed due at once that no failure holds back; gives how many are due.
    pub fn hasten(&mut self) -> usize {
        let now = self.clock.now();
        self.feeds.iter_mut().filter(|feed| feed.n_failures == 0).for_each(|feed| feed.due = 0);
        self.feeds.iter().filter(|feed| !feed.is_gone && moment(feed.due) <= now).count()
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
        let state = &mut self.feeds[at];
        state.n_polls += 1;
        let asked = self.fetcher.get(state.moved_to.as_ref().unwrap_or(&state.url), &state.validators);
        let is_unchanged = matches!(asked, Err(FetchError::NotModified));
        let (mut wait, mut records) = (Duration::ZERO, Vec::new());
        let failure = match asked {
            Ok(answer) => new_entries(state, answer, &mut self.fetcher).map(|entries| records = entries).err(),
            Err(FetchError::NotModified) => None,
            Err(error) => {
                state.is_gone = matches!(error, FetchError::Status { status: 410, .. });
                if let FetchError::Status { retry_after: Some(time), .. } = &error {
                    wait = (*time).min(WAIT_MAX);
                }
                Some(error.failure(&state.url))
            }
        };
        state.last_error = failure.as_ref().map(|failure| failure.reason.clone());
        let now = self.clock.now();
        match failure {
            Some(failure) => {
                state.n_failures += 1;
                // The old address may work again where the new one does not.
                state.moved_to = None;
                records.push(Err(failure));
            }
            None => {
                state.n_failures = 0;
                state.last_success = Some(now.as_second());
            }
        }
        state.n_stories += records.iter().filter(|record| record.is_ok()).count() as u64;
        let due = after(now, pause(state, &self.options).max(wait));
        // A whole second later, so that a moment in between is not due too early.
        state.due = due.as_second().saturating_add(1);
        let next_due = (!state.is_gone).then(|| moment(state.due));
        Some(Round { feed: state.clone(), records, is_unchanged, next_due })
    }

    fn next_feed(&self) -> Option<usize> {
        let asked = self.feeds.iter().enumerate().filter(|(_, feed)| !feed.is_gone);
        asked.min_by_key(|(at, feed)| (feed.due, *at)).map(|(at, _)| at)
    }
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// Entries that the last answer did not have, the oldest first; what the answer says of the feed goes into its state.
fn new_entries(state: &mut FeedState, answer: Answer, fetcher: &mut Fetcher) -> Result<Vec<Result<Story, Failure>>, Failure> {
    let Answer { url, moved_to, media, charset, validators, bytes } = answer;
    let about = About { media, charset, url: Some(url), ..About::default() };
    let (channel, entries) = feed::read(&state.url, &bytes, &about)?;
    let (mut seen, mut tried) = (BTreeSet::new(), BTreeMap::new());
    let mut records = Vec::new();
    for (entry, record) in entries.iter().zip(1u64..).collect::<Vec<_>>().into_iter().rev() {
        let updated = entry.updated.or(entry.published).map_or(0, |date| date.timestamp());
        let title = entry.title.as_ref().map_or("", |title| title.content.as_str());
        let hash = hash(&[&entry.id, link(entry).unwrap_or(""), title, &updated.to_string()]);
        if !seen.insert(hash) || state.seen.contains(&hash) {
            continue;
        }
        let follow = fetcher.network().follow_links.then_some(&mut *fetcher);
        let story = feed::story(&state.url, record, &channel, entry, follow);
        // A host that is down now may be up at the next asking; it is not tried for ever.
        let n_tries = state.tried.get(&hash).map_or(1, |n_tries| n_tries + 1);
        if story.as_ref().is_err_and(|failure| failure.stage == Stage::Fetch) && n_tries < TRIES {
            seen.remove(&hash);
            tried.insert(hash, n_tries);
        }
        records.push(story);
    }
    // Without validators the whole feed comes again, and with it the entries that are to be tried again.
    state.validators = if tried.is_empty() { validators } else { Validators::default() };
    state.n_entries = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    state.moved_to = moved_to.or(state.moved_to.take());
    (state.seen, state.tried) = (seen, tried);
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
