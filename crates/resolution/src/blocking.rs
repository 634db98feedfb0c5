//! Who is compared with whom: neighbours under a common key, in one order that does not depend on arrival.
//!
//! Every item stands under its keys, sorted; two items are near when at most [`Blocking::WIDTH`] places lie between them
//! under some key. So a key that half of all items have costs no more than any other, and the near pairs are a function of
//! the set alone: what an arrival drives apart or a departure joins is told.

use std::collections::{BTreeMap, BTreeSet};

/// Items under their keys.
#[derive(Clone, Debug)]
pub(crate) struct Blocking<K> {
    entries: BTreeSet<(u64, K)>,
    keys: BTreeMap<K, Box<[u64]>>,
}

impl<K: Ord + Copy> Default for Blocking<K> {
    fn default() -> Self {
        Self { entries: BTreeSet::new(), keys: BTreeMap::new() }
    }
}

impl<K: Ord + Copy> Blocking<K> {
    /// Places that neighbours may stand apart.
    pub(crate) const WIDTH: usize = 64;

    /// Puts an item under its keys. Gives the pairs that are no longer near because it came between them.
    pub(crate) fn insert(&mut self, item: K, mut keys: Vec<u64>) -> Vec<(K, K)> {
        keys.sort_unstable();
        keys.dedup();
        let mut parted = Vec::new();
        for &key in &keys {
            let (below, above) = self.around(key, item, Self::WIDTH);
            // Before the arrival b stood i + j + 1 places from a.
            for (i, &b) in below.iter().enumerate() {
                if let Some(&a) = (Self::WIDTH - 1).checked_sub(i).and_then(|j| above.get(j)) {
                    parted.push((b, a));
                }
            }
            self.entries.insert((key, item));
        }
        self.keys.insert(item, keys.into());
        parted.retain(|&(a, b)| !self.are_near(a, b));
        parted
    }

    /// The items near to one, sorted.
    pub(crate) fn near(&self, item: K) -> BTreeSet<K> {
        let keys = self.keys.get(&item).into_iter().flatten();
        keys.flat_map(|&key| {
            let (below, above) = self.around(key, item, Self::WIDTH);
            below.into_iter().chain(above)
        })
        .collect()
    }

    // The pairs that an arrival drives apart are told by `insert`, so that a caller who keeps scores can drop theirs.
    /// Whether two items are near under some key.
    pub(crate) fn are_near(&self, a: K, b: K) -> bool {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        let (Some(one), Some(other)) = (self.keys.get(&low), self.keys.get(&high)) else { return false };
        one.iter().filter(|key| other.binary_search(key).is_ok()).any(|&key| {
            self.entries.range((key, low)..).skip(1).take(Self::WIDTH).any(|&(at, item)| at == key && item == high)
        })
    }

    fn around(&self, key: u64, item: K, width: usize) -> (Vec<K>, Vec<K>) {
        let of_key = |entry: &&(u64, K)| entry.0 == key;
        let below = self.entries.range(..(key, item)).rev().take_while(of_key).take(width).map(|entry| entry.1);
        let above = self.entries.range((key, item)..).take_while(of_key).map(|entry| entry.1);
        (below.collect(), above.filter(|&other| other != item).take(width).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash;

    /// Pairs kept by arrival, told-apart pairs taken away.
    fn pairs(order: &[u64]) -> BTreeSet<(u64, u64)> {
        let (mut blocking, mut pairs) = (Blocking::default(), BTreeSet::new());
        for &item in order {
            for (a, b) in blocking.insert(item, vec![1, 2 + item % 3]) {
                pairs.remove(&(a.min(b), a.max(b)));
            }
            pairs.extend(blocking.near(item).into_iter().map(|other| (item.min(other), item.max(other))));
        }
        pairs
    }

    #[test]
    fn near_pairs_do_not_depend_on_arrival() {
        let sorted: Vec<u64> = (0..400).collect();
        let expected = pairs(&sorted);
        assert!(expected.contains(&(0, 64)) && !expected.contains(&(0, 65)), "64 places under the key that all have");
        assert!(expected.contains(&(0, 192)), "64 places under the key that a third have");
        for seed in 0..5 {
            let mut order = sorted.clone();
            order.sort_by_key(|&item| hash::mixed(item + 1000 * seed));
            assert_eq!(pairs(&order), expected);
        }
    }
}
