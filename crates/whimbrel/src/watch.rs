//! `whimbrel watch`: feeds are asked when their time comes, and what is new is kept, until someone stops it.
//!
//! One thread asks, this one reads and keeps. What is known of a feed is kept in the same transaction as its stories, so
//! that whatever ends the program, a feed is asked again exactly from where its stories are kept.

use std::collections::BTreeMap;
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use intake::{Clock, FeedAddress, FeedState, Round, SystemClock, Watch, WatchOptions};
use jiff::Timestamp;
use ledger::{Ledger, Mark};
use whimbrel::Reader;

use crate::args::WatchArgs;
use crate::keep::{self, Keeper, OPEN};
use crate::progress::clock;
use crate::read::Failures;
use crate::work::{self, Step};
use crate::{Outcome, output};

/// Answers that may wait to be read while the next feed is asked.
const AHEAD: usize = 2;

/// What the keeping thread is told.
enum Told {
    /// A feed was asked.
    Round(Box<Round>),
    /// No feed is due before then; `None` when none will be asked again.
    Idle(Option<Timestamp>),
    /// Someone wants it to end.
    Stop,
}

/// Runs the verb.
pub(crate) fn run(args: &WatchArgs) -> anyhow::Result<Outcome> {
    let reader = args.reading.reader()?;
    let mut failures = Failures::open(args.failed_out.as_deref())?;
    let keeper = Keeper::begin(&args.ledger, &reader)?;
    let feeds = states(&args.feeds, &keeper.ledger)?;
    let options = WatchOptions { interval: args.every, network: args.network.network(), ..WatchOptions::default() };
    let watch = Watch::resume(feeds, options, Arc::new(SystemClock));
    let (tell, told) = channel();
    let stopped = stop_on_signals(tell.clone())?;
    let next = ask(watch, args.once, tell);
    let mut desk = Desk { args, reader: &reader, keeper, failures: &mut failures, stopped: &stopped, n_failed: 0 };
    desk.listen(&told, &next)?;
    let n_failed = desk.n_failed;
    let summary = desk.keeper.end()?;
    failures.end()?;
    output::message(&format!("{}: {summary}", args.ledger.display()));
    Ok(if n_failed > 0 { Outcome::SomeFailed } else { Outcome::Fine })
}

/// What is known of the feeds that were named; of all that the ledger knows, where none was.
fn states(named: &[String], ledger: &Ledger) -> anyhow::Result<Vec<FeedState>> {
    // Marks of files are no JSON.
    let marks = ledger.marks()?.into_iter();
    let states = marks.filter_map(|mark| serde_json::from_str(&mark.position).ok());
    let mut known: BTreeMap<String, FeedState> = states.map(|state: FeedState| (state.url.clone(), state)).collect();
    if named.is_empty() {
        anyhow::ensure!(!known.is_empty(), "the ledger knows no feed; name a feed's address or an OPML file");
        return Ok(known.into_values().collect());
    }
    let mut states = Vec::new();
    for feed in named.iter().map(|name| addresses(name)).collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten() {
        if states.iter().all(|state: &FeedState| state.url != feed.url) {
            let state = known.remove(&feed.url).unwrap_or_else(|| FeedState::new(feed.clone()));
            states.push(FeedState { title: feed.title.or(state.title), ..state });
        }
    }
    Ok(states)
}

/// The feeds of an OPML file, or the one at an address.
fn addresses(name: &str) -> anyhow::Result<Vec<FeedAddress>> {
    if name.starts_with("http://") || name.starts_with("https://") {
        return Ok(vec![FeedAddress { url: name.to_owned(), title: None }]);
    }
    let list = std::fs::read(Path::new(name))
        .with_context(|| format!("{name}: no such list; valid is an http(s) address of a feed or an OPML file"))?;
    Ok(intake::feeds(name, &list)?)
}

/// Ends the watch at Ctrl-C and SIGTERM: at the first once what is in hand is kept, at the second at once.
fn stop_on_signals(tell: Sender<Told>) -> anyhow::Result<Arc<AtomicBool>> {
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    ctrlc::set_handler(move || {
        if stop.swap(true, Ordering::Relaxed) {
            process::exit(130);
        }
        let _ = tell.send(Told::Stop);
    })?;
    Ok(stopped)
}

/// Asks feeds in a thread of its own, one for each ticket that comes; that thread ends with the program, whatever it waits
/// for.
fn ask(mut watch: Watch, once: bool, tell: Sender<Told>) -> Sender<()> {
    let (next, tickets) = channel::<()>();
    for _ in 0..AHEAD {
        let _ = next.send(());
    }
    thread::spawn(move || {
        let mut left = if once { watch.hasten() } else { usize::MAX };
        while tickets.recv().is_ok() {
            let round = if left == 0 { None } else { watch.poll() };
            left = left.saturating_sub(usize::from(once));
            let is_idle = round.is_none();
            let next_due = watch.next_due().filter(|_| !once);
            let told = tell.send(round.map_or(Told::Idle(next_due), |round| Told::Round(Box::new(round))));
            if told.is_err() || is_idle && next_due.is_none() {
                break;
            }
            if let Some(due) = next_due.filter(|_| is_idle) {
                SystemClock.sleep(Duration::try_from(due.duration_since(Timestamp::now())).unwrap_or_default());
            }
        }
    });
    next
}

/// Reads and keeps what the feeds give.
struct Desk<'a> {
    args: &'a WatchArgs,
    reader: &'a Reader,
    keeper: Keeper,
    failures: &'a mut Failures,
    stopped: &'a AtomicBool,
    n_failed: u64,
}

impl Desk<'_> {
    /// Keeps what comes until there is an end.
    fn listen(&mut self, told: &Receiver<Told>, next: &Sender<()>) -> anyhow::Result<()> {
        while !self.stopped.load(Ordering::Relaxed) {
            match told.recv_timeout(OPEN) {
                Ok(Told::Round(round)) => self.take(*round)?,
                Ok(Told::Idle(due)) => {
                    self.keeper.keep()?;
                    if due.is_none() {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.keeper.keep_if_due()?;
                    continue;
                }
                Ok(Told::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.keeper.keep_if_due()?;
            let _ = next.send(());
        }
        Ok(())
    }

    /// Reads what a feed gave, and tells of it in one line.
    fn take(&mut self, round: Round) -> anyhow::Result<()> {
        let Round { feed, mut records, is_unchanged, next_due } = round;
        let failure = if feed.n_failures > 0 { records.pop().and_then(Result::err) } else { None };
        if let Some(failure) = &failure {
            self.n_failed += 1;
            self.keeper.failed(failure);
            self.failures.write(failure)?;
        }
        let (mut n_new, mut n_failed) = (0u64, 0u64);
        let n_records = records.len();
        let (reader, stopped, jobs) = (self.reader, self.stopped, self.args.reading.jobs());
        let items = records.into_iter().take_while(|_| !stopped.load(Ordering::Relaxed));
        work::in_order(items, jobs, |item| item.and_then(|story| keep::read_one(reader, story)), |step| -> anyhow::Result<()> {
            match step {
                Step::Result(Ok((entry, _))) => {
                    n_new += 1;
                    self.keeper.batch.entries.push(entry);
                }
                Step::Result(Err(failure)) => {
                    n_failed += 1;
                    self.keeper.failed(&failure);
                    self.failures.tell(&failure)?;
                }
                Step::Idle => {}
            }
            Ok(())
        })?;
        self.n_failed += n_failed;
        // A feed whose stories were not all read is asked for them again.
        if n_new + n_failed == n_records as u64 {
            let position = serde_json::to_string(&feed)?;
            self.keeper.batch.marks.push(Mark { input: feed.url.clone(), position });
        }
        let what = match failure {
            Some(failure) if feed.n_failures == 1 => failure.reason,
            Some(failure) => format!("{}, {} times in a row", failure.reason, feed.n_failures),
            None if is_unchanged => "unchanged".to_owned(),
            None if feed.n_entries == 0 => "a feed without entries".to_owned(),
            None if n_failed > 0 => format!("{n_new} new, {n_failed} failed"),
            None => format!("{n_new} new"),
        };
        output::message(&format!("{}: {what}{}; {}", feed.url, moved(&feed), next_asking(next_due)));
        Ok(())
    }
}

fn moved(feed: &FeedState) -> String {
    feed.moved_to.as_ref().map(|to| format!(", moved to {to}")).unwrap_or_default()
}

fn next_asking(due: Option<Timestamp>) -> String {
    match due {
        None => "gone, not asked again".to_owned(),
        Some(due) => format!("next in {}", clock(due.duration_since(Timestamp::now()).as_secs_f64().max(0.0))),
    }
}
