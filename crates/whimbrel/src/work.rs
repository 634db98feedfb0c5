//! Many stories at once, in the order in which they came.
//!
//! Workers take items from a bounded queue and their results are handed on in order, so that the output is the same
//! whatever the number of workers, and memory stays bounded: no more than a few items a worker are under way.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Items under way for each worker.
const AHEAD: usize = 8;

/// Number of workers when nobody says.
pub(crate) fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs `work` on every item with `jobs` workers and hands the results to `done` in the order of the items. Stops early
/// when `done` fails.
pub(crate) fn in_order<T, R, E>(
    items: impl Iterator<Item = T>,
    jobs: usize,
    work: impl Fn(T) -> R + Sync,
    mut done: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    T: Send,
    R: Send,
{
    if jobs <= 1 {
        return items.map(work).try_for_each(done);
    }
    let (give, take) = sync_channel::<(usize, T)>(jobs * AHEAD);
    let take = Mutex::new(take);
    let (take, work) = (&take, &work);
    std::thread::scope(|scope| {
        let (finish, finished) = sync_channel::<(usize, R)>(jobs * AHEAD);
        for _ in 0..jobs {
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
        let mut items = items.enumerate();
        let (mut waiting, mut next_out, mut n_given, mut give) = (BTreeMap::new(), 0, 0, Some(give));
        loop {
            // Gives while the queue has room, counting what is under way, so that neither side ever blocks the other.
            while let Some(queue) = &give
                && n_given - next_out < jobs * AHEAD
            {
                match items.next() {
                    Some(item) => {
                        n_given += 1;
                        if queue.send(item).is_err() {
                            give = None;
                        }
                    }
                    None => give = None,
                }
            }
            if give.is_none() && next_out == n_given {
                return Ok(());
            }
            let Ok((at, result)) = finished.recv() else { return Ok(()) };
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&next_out) {
                next_out += 1;
                done(result)?;
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
            let done = |n| {
                out.push(n);
                Ok::<(), ()>(())
            };
            assert_eq!(in_order(0..500u64, jobs, work, done), Ok(()));
            assert_eq!(out, (0..500).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_failure_of_the_output_ends_the_run() {
        let done = |n: u32| if n < 40 { Ok(()) } else { Err(n) };
        assert_eq!(in_order(0..1_000_000u32, 3, |n| n, done), Err(40));
    }
}
