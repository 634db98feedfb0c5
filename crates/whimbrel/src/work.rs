//! Many stories at once, in the order in which they came.
//!
//! Workers take items from a bounded queue and their results are handed on in order, so that the output is the same
//! whatever the number of workers, and memory stays bounded: no more than a few items a worker are under way.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Items under way for each worker.
const AHEAD: usize = 8;

/// How long the output waits for the next result before it is told that there is none.
const PATIENCE: Duration = Duration::from_millis(250);

/// What the output is told.
pub(crate) enum Step<R> {
    /// The next result, in the order of the items.
    Result(R),
    /// Nothing came for a while: time to flush and to show how far the run is.
    Idle,
}

/// Number of workers when nobody says.
pub(crate) fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs `work` on every item with `jobs` workers and hands the results to `done` in the order of the items. Items are
/// fetched by a thread of their own, so that a slow input holds up no result. Stops early when `done` fails.
pub(crate) fn in_order<T, R, E>(
    mut items: impl Iterator<Item = T> + Send,
    jobs: usize,
    work: impl Fn(T) -> R + Sync,
    mut done: impl FnMut(Step<R>) -> Result<(), E>,
) -> Result<(), E>
where
    T: Send,
    R: Send,
{
    let (give, take) = channel::<(usize, T)>();
    let take = Mutex::new(take);
    let (take, work) = (&take, &work);
    // An item needs a ticket, and its ticket comes back when its result is out; so no more are ever held than there are
    // tickets, however unequal the work.
    let (ticket, tickets) = channel::<()>();
    for _ in 0..jobs.max(1) * AHEAD {
        let _ = ticket.send(());
    }
    std::thread::scope(|scope| {
        // Owned here, so that it is gone when this closure returns early: the fetching thread ends with it.
        let ticket = ticket;
        scope.spawn(move || {
            let mut at = 0;
            while tickets.recv().is_ok()
                && let Some(item) = items.next()
                && give.send((at, item)).is_ok()
            {
                at += 1;
            }
        });
        let (finish, finished) = channel::<(usize, R)>();
        for _ in 0..jobs.max(1) {
            let finish = finish.clone();
            scope.spawn(move || {
                while let Some((at, item)) = next(take) {
                    if finish.send((at, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(finish);
        let (mut waiting, mut next_out) = (BTreeMap::new(), 0);
        loop {
            match finished.recv_timeout(PATIENCE) {
                Ok((at, result)) => _ = waiting.insert(at, result),
                Err(RecvTimeoutError::Timeout) => done(Step::Idle)?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            while let Some(result) = waiting.remove(&next_out) {
                next_out += 1;
                done(Step::Result(result))?;
                let _ = ticket.send(());
            }
        }
    })
}

fn next<T>(take: &Mutex<Receiver<T>>) -> Option<T> {
    take.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_jobs() {
        for jobs in [1, 2, 7] {
            let mut out = Vec::new();
            let work = |n: u64| {
                // Unequal work, so that later items overtake.
                (0..(n * 7919) % 5000).fold(n, |sum, x| std::hint::black_box(sum ^ x ^ x))
            };
            let done = |step| {
                if let Step::Result(n) = step {
                    out.push(n);
                }
                Ok::<(), ()>(())
            };
            assert_eq!(in_order(0..500u64, jobs, work, done), Ok(()));
            assert_eq!(out, (0..500).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_failure_of_the_output_ends_the_run() {
        let done = |step| match step {
            Step::Result(n) if n >= 40 => Err(n),
            _ => Ok(()),
        };
        assert_eq!(in_order(0..1_000_000u32, 3, |n| n, done), Err(40));
    }
}
