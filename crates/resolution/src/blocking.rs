//! Who is compared with whom: neighbours under a common key, in one order that does not depend on arrival.
//!
//! Every item stands under its keys, in the order of days; two items are near when fewer than [`WIDTH`] others lie between
//! them under some key and they stand in the same part of time or in the next. So a key that half of all items have costs no
//! more than any other, and the near pairs are a function of the set alone: what an arrival drives apart is told, and so is
//! what a departure joins.

use std::collections::BTreeSet;

use crate::shelf::{Damaged, Shelf, Shelves};

/// What is compared: a place (of a story) or a signature, and the index of a part.
pub(crate) type Node = (u64, u16);

/// Places that neighbours may stand apart.
pub(crate) const WIDTH: usize = 16;

/// The same under keys that many items stand under which other keys tell apart better.
const NARROW: usize = 5;

/// Days in a part of time, as an exponent of two: 64 days.
const PART_BITS: u32 = 6;

/// Five bytes of a key are enough: should two share them, some pairs more are compared.
const KEY_BYTES: usize = 5;
const KEY_MASK: u64 = (1 << (8 * KEY_BYTES)) - 1;

/// A key with the part of time in which an item stands under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stand {
    part: u16,
    key: u64,
    width: usize,
}

impl Stand {
    /// Under a key at all times.
    pub(crate) fn always(key: u64) -> Self {
        Self { part: 0, key: key & KEY_MASK, width: WIDTH }
    }

    /// Under a key at the time of a place.
    pub(crate) fn at(place: u64, key: u64) -> Self {
        // One is added, so that the part before the first exists.
        Self { part: ((place >> 44) >> PART_BITS) as u16 + 1, key: key & KEY_MASK, width: WIDTH }
    }

    /// The same with fewer neighbours; all who stand under the key must say so.
    pub(crate) fn narrow(self) -> Self {
        Self { width: NARROW, ..self }
    }

    /// The parts of time before and after; what stands at all times has none.
    fn before(self) -> Option<u16> {
        self.part.checked_sub(2).map(|part| part + 1)
    }

    fn after(self) -> Option<u16> {
        if self.part == 0 { None } else { self.part.checked_add(1) }
    }
}

/// Bytes of a node that stand in its order.
pub(crate) fn node_bytes(node: Node) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&node.0.to_be_bytes());
    bytes[8..].copy_from_slice(&node.1.to_be_bytes());
    bytes
}

/// The node of bytes.
pub(crate) fn node(bytes: &[u8]) -> Result<Node, Damaged> {
    let (place, idx) = bytes.split_first_chunk::<8>().ok_or(Damaged("a node"))?;
    let idx = <[u8; 2]>::try_from(idx).map_err(|_| Damaged("a node"))?;
    Ok((u64::from_be_bytes(*place), u16::from_be_bytes(idx)))
}

const HEAD: usize = 2 + KEY_BYTES;

fn head(part: u16, key: u64) -> [u8; HEAD] {
    let mut bytes = [0; HEAD];
    bytes[..2].copy_from_slice(&part.to_be_bytes());
    bytes[2..].copy_from_slice(&key.to_be_bytes()[8 - KEY_BYTES..]);
    bytes
}

fn entry(head: [u8; HEAD], node: [u8; 10]) -> [u8; HEAD + 10] {
    let mut bytes = [0; HEAD + 10];
    bytes[..HEAD].copy_from_slice(&head);
    bytes[HEAD..].copy_from_slice(&node);
    bytes
}

/// The nodes below one under a key and those above it, the nearest first; as many of each as the stand is wide.
fn around<S: Shelves>(shelves: &S, shelf: Shelf, stand: Stand, item: Node) -> Result<(Vec<Node>, Vec<Node>), S::Error> {
    let read = |from: &[u8], to: &[u8], last: bool, limit: usize| -> Result<Vec<Node>, S::Error> {
        let found = shelves.keys(shelf, from, to, last, limit)?;
        found.iter().map(|bytes| Ok(node(bytes.get(HEAD..).unwrap_or(&[]))?)).collect()
    };
    let all = |part: u16, last: bool, limit: usize| {
        let head = head(part, stand.key);
        read(&head, &entry(head, [0xff; 10]), last, limit)
    };
    // Most keys are seldom: one look finds all that stands there.
    let found = all(stand.part, false, 2 * stand.width)?;
    let (mut below, mut above): (Vec<Node>, Vec<Node>) = if found.len() < 2 * stand.width {
        let below = found.iter().rev().copied().filter(|&other| other < item);
        (below.collect(), found.iter().copied().filter(|&other| other > item).collect())
    } else {
        let head = head(stand.part, stand.key);
        let own = entry(head, node_bytes(item));
        (read(&head, &own, true, stand.width)?, read(&own, &entry(head, [0xff; 10]), false, stand.width)?)
    };
    if let (true, Some(before)) = (below.len() < stand.width, stand.before()) {
        below.extend(all(before, true, stand.width)?);
    }
    if let (true, Some(after)) = (above.len() < stand.width, stand.after()) {
        above.extend(all(after, false, stand.width)?);
    }
    below.truncate(stand.width);
    above.truncate(stand.width);
    Ok((below, above))
}

fn sorted(mut stands: Vec<Stand>) -> Vec<Stand> {
    stands.sort_unstable();
    stands.dedup();
    stands
}

/// What an arrival or a departure changes.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// The items near to the one that came or went.
    pub(crate) near: BTreeSet<Node>,
    /// Pairs that it stands between, the lesser first: near under some key without it, and not with it.
    pub(crate) between: BTreeSet<(Node, Node)>,
}

/// Puts an item under its keys.
pub(crate) fn insert<S: Shelves>(shelves: &mut S, shelf: Shelf, item: Node, stands: Vec<Stand>) -> Result<Change, S::Error> {
    let mut change = Change::default();
    for stand in sorted(stands) {
        look(shelves, shelf, stand, item, &mut change)?;
        shelves.put(shelf, &entry(head(stand.part, stand.key), node_bytes(item)), Vec::new())?;
    }
    Ok(change)
}

/// Takes an item from under its keys.
pub(crate) fn remove<S: Shelves>(shelves: &mut S, shelf: Shelf, item: Node, stands: Vec<Stand>) -> Result<Change, S::Error> {
    let mut change = Change::default();
    for stand in sorted(stands) {
        look(shelves, shelf, stand, item, &mut change)?;
        shelves.remove(shelf, &entry(head(stand.part, stand.key), node_bytes(item)))?;
    }
    Ok(change)
}

fn look<S: Shelves>(shelves: &S, shelf: Shelf, stand: Stand, item: Node, change: &mut Change) -> Result<(), S::Error> {
    let (below, above) = around(shelves, shelf, stand, item)?;
    // With the item between them b stands i + j + 2 places from a, without it one less.
    for (i, &b) in below.iter().enumerate() {
        if let Some(&a) = (stand.width - 1).checked_sub(i).and_then(|j| above.get(j)) {
            change.between.insert((b, a));
        }
    }
    change.near.extend(below.into_iter().chain(above));
    Ok(())
}

/// Whether two items are near under a key that both stand under.
pub(crate) fn are_near<S: Shelves>(
    shelves: &S,
    shelf: Shelf,
    (a, of_a): (Node, Vec<Stand>),
    (b, of_b): (Node, Vec<Stand>),
) -> Result<bool, S::Error> {
    let keys: BTreeSet<u64> = of_b.iter().map(|stand| stand.key).collect();
    for stand in sorted(of_a).into_iter().filter(|stand| keys.contains(&stand.key)) {
        let (below, above) = around(shelves, shelf, stand, a)?;
        if below.contains(&b) || above.contains(&b) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash;
    use crate::shelf::InMemory;

    fn stands(item: u64) -> Vec<Stand> {
        vec![Stand::always(1), Stand::always(2 + item % 3)]
    }

    /// Pairs kept by arrival and departure.
    fn pairs(order: &[u64], gone: &[u64]) -> BTreeSet<(u64, u64)> {
        let (mut shelves, mut pairs) = (InMemory::default(), BTreeSet::new());
        let near = |shelves: &InMemory, a: Node, b: Node| are_near(shelves, Shelf::Copies, (a, stands(a.0)), (b, stands(b.0))).expect("memory");
        for &item in order {
            let change = insert(&mut shelves, Shelf::Copies, (item, 0), stands(item)).expect("memory");
            pairs.extend(change.near.iter().map(|other| (item.min(other.0), item.max(other.0))));
            for (a, b) in change.between.into_iter().filter(|&(a, b)| !near(&shelves, a, b)) {
                pairs.remove(&(a.0, b.0));
            }
        }
        for &item in gone {
            let change = remove(&mut shelves, Shelf::Copies, (item, 0), stands(item)).expect("memory");
            pairs.retain(|pair| pair.0 != item && pair.1 != item);
            pairs.extend(change.between.into_iter().map(|(a, b)| (a.0, b.0)));
        }
        pairs
    }

    #[test]
    fn near_pairs_do_not_depend_on_arrival() {
        let sorted: Vec<u64> = (0..400).collect();
        let expected = pairs(&sorted, &[]);
        let width = WIDTH as u64;
        assert!(expected.contains(&(0, width)) && !expected.contains(&(0, width + 1)), "under the key that all have");
        assert!(expected.contains(&(0, 3 * width)), "under the key that a third have");
        for seed in 0..5 {
            let mut order = sorted.clone();
            order.sort_by_key(|&item| hash::mixed(item + 1000 * seed));
            assert_eq!(pairs(&order, &[]), expected);
            let mut more = order.clone();
            more.extend([401, 1000, 1001]);
            assert_eq!(pairs(&more, &[1000, 401, 1001]), expected, "what came and went leaves no trace");
        }
    }

    #[test]
    fn parts_of_time_meet_their_neighbours_only() {
        let place = |day: u64| day << 44;
        let mut shelves = InMemory::default();
        for day in [0, 10, 70, 200] {
            insert(&mut shelves, Shelf::Tellings, (place(day), 0), vec![Stand::at(place(day), 7)]).expect("memory");
        }
        let found = insert(&mut shelves, Shelf::Tellings, (place(64), 1), vec![Stand::at(place(64), 7)]).expect("memory");
        assert_eq!(found.near.into_iter().map(|node| node.0 >> 44).collect::<Vec<_>>(), [0, 10, 70]);
    }
}
