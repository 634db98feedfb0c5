//! How often something may be tried: logins by name and by address, requests by address.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong logins of one name or address before the next must wait, and how long.
const WRONG: u32 = 5;
const WAIT: Duration = Duration::from_secs(15 * 60);

/// Names and addresses that are remembered at once; beyond them the oldest are forgotten.
const KNOWN: usize = 50_000;

/// Wrong logins, by name and by address.
#[derive(Debug, Default)]
pub(crate) struct Logins {
    wrong: Mutex<BTreeMap<String, (u32, Instant)>>,
}

impl Logins {
    /// How long the next login of these must wait, if it must.
    pub(crate) fn wait(&self, keys: &[String]) -> Option<Duration> {
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let left = |key: &String| {
            let (n, last) = wrong.get(key)?;
            WAIT.checked_sub(last.elapsed()).filter(|left| *n >= WRONG && !left.is_zero())
        };
        keys.iter().filter_map(left).max()
    }

    /// Counts a wrong login.
    pub(crate) fn wrong(&self, keys: &[String]) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() >= KNOWN {
            wrong.retain(|_, (_, last)| last.elapsed() < WAIT);
        }
        if wrong.len() >= KNOWN {
            wrong.clear();
        }
        for key in keys {
            let (n, last) = wrong.entry(key.clone()).or_insert((0, Instant::now()));
            *n = if last.elapsed() < WAIT { *n + 1 } else { 1 };
            *last = Instant::now();
        }
    }

    /// Forgets the wrong logins of a name that came in.
    pub(crate) fn right(&self, name: &str) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

/// Requests of addresses: each has a store that fills up again at a steady rate.
#[derive(Debug)]
pub(crate) struct Rate {
    per_second: f64,
    store: f64,
    left: Mutex<BTreeMap<IpAddr, (f64, Instant)>>,
}

impl Rate {
    /// So many requests a second, and ten times as many at once.
    pub(crate) fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second);
        Self { per_second, store: 10.0 * per_second, left: Mutex::new(BTreeMap::new()) }
    }

    /// Whether one more request of an address may be answered.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        let mut known = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.clear();
        }
        let (left, last) = known.entry(address).or_insert((self.store, Instant::now()));
        *left = (*left + last.elapsed().as_secs_f64() * self.per_second).min(self.store);
        *last = Instant::now();
        let allowed = *left >= 1.0;
        if allowed {
            *left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_login_waits() {
        let logins = Logins::default();
        let keys = ["name ada".to_owned(), "address 192.0.2.1".to_owned()];
        for _ in 0..WRONG {
            assert_eq!(logins.wait(&keys), None);
            logins.wrong(&keys);
        }
        assert!(logins.wait(&keys).is_some());
        logins.right("name ada");
        assert_eq!(logins.wait(&keys[..1]), None);
        assert!(logins.wait(&keys[1..]).is_some(), "the address is not forgiven");
    }

    #[test]
    fn a_store_runs_out() {
        let rate = Rate::new(1);
        let address = "192.0.2.1".parse().expect("it is an address");
        let allowed = (0..20).filter(|_| rate.allows(address)).count();
        assert!((10..=11).contains(&allowed), "{allowed}");
        assert!(rate.allows("192.0.2.2".parse().expect("it is an address")));
    }
}
