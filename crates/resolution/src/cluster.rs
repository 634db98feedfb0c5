//! Groups from scored pairs: the two likest groups are joined first, as long as nothing in them contradicts.
//!
//! The result is a function of the nodes and edges alone. Equal scores are settled by the order of the nodes.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// How a pair of groups is scored from its pairs of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linkage {
    /// By the best pair.
    Nearest,
    /// By the mean over all pairs; a pair without an edge counts nothing.
    Average,
}

#[derive(Debug, PartialEq)]
struct Join<K> {
    score: f32,
    low: K,
    high: K,
    sizes: (usize, usize),
}

impl<K: Ord> Eq for Join<K> where K: PartialEq {}

impl<K: Ord> PartialOrd for Join<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord> Ord for Join<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = self.score.total_cmp(&other.score);
        by_score.then_with(|| (&other.low, &other.high, other.sizes).cmp(&(&self.low, &self.high, self.sizes)))
    }
}

/// Groups of `nodes`, each under its least node and sorted. `edges` hold every pair once, the lesser node first.
/// `contradict` says which nodes may never share a group.
///
/// # Errors
/// Those of `contradict`.
pub(crate) fn groups<K: Ord + Copy, E>(
    nodes: &[K],
    edges: &BTreeMap<(K, K), f32>,
    linkage: Linkage,
    least: f32,
    width: usize,
    mut contradict: impl FnMut(K, K) -> Result<bool, E>,
) -> Result<BTreeMap<K, Vec<K>>, E> {
    let mut groups: BTreeMap<K, Vec<K>> = nodes.iter().map(|&node| (node, vec![node])).collect();
    // Of each pair of groups the sum of the scores and the best one.
    let mut scores: BTreeMap<K, BTreeMap<K, (f32, f32)>> = BTreeMap::new();
    for (&(a, b), &score) in edges {
        scores.entry(a).or_default().insert(b, (score, score));
        scores.entry(b).or_default().insert(a, (score, score));
    }
    let rated = |(sum, best): (f32, f32), a: usize, b: usize| match linkage {
        Linkage::Nearest => best,
        // Without one pair that would join by itself nothing is joined, however many weak ones there are.
        Linkage::Average if best < least => 0.0,
        // A node has no more than so many neighbours, so large groups are not held against each other's size.
        Linkage::Average => sum / (a * b).min(a.max(b) * width) as f32,
    };
    let mut queue: BinaryHeap<Join<K>> =
        edges.iter().map(|(&(low, high), &score)| Join { score, low, high, sizes: (1, 1) }).collect();
    let mut barred = BTreeSet::new();
    while let Some(Join { score, low, high, sizes }) = queue.pop() {
        if score < least {
            break;
        }
        let size = |of: &K| groups.get(of).map_or(0, Vec::len);
        if (size(&low), size(&high)) != sizes || barred.contains(&(low, high, sizes)) {
            continue;
        }
        if any_pair(&groups[&low], &groups[&high], &mut contradict)? {
            barred.insert((low, high, sizes));
            continue;
        }
        let absorbed = groups.remove(&high).expect("its size was just read");
        let group = groups.get_mut(&low).expect("its size was just read");
        group.extend(absorbed);
        group.sort_unstable();
        let size_now = group.len();
        let theirs = scores.remove(&high).unwrap_or_default();
        let mut own = scores.remove(&low).unwrap_or_default();
        own.remove(&high);
        for (other, score) in theirs.into_iter().filter(|entry| entry.0 != low) {
            let joint = own.entry(other).or_insert((0.0, 0.0));
            *joint = (joint.0 + score.0, joint.1.max(score.1));
        }
        for (&other, &both) in &own {
            let row = scores.entry(other).or_default();
            row.remove(&high);
            row.insert(low, both);
            let (a, b) = if low < other { (low, other) } else { (other, low) };
            let (x, y) = if low < other { (size_now, groups[&other].len()) } else { (groups[&other].len(), size_now) };
            queue.push(Join { score: rated(both, x, y), low: a, high: b, sizes: (x, y) });
        }
        scores.insert(low, own);
    }
    Ok(groups)
}

fn any_pair<K: Copy, E>(one: &[K], other: &[K], holds: &mut impl FnMut(K, K) -> Result<bool, E>) -> Result<bool, E> {
    for &a in one {
        for &b in other {
            if holds(a, b)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(linkage: Linkage, least: f32, apart: &[(u8, u8)]) -> Vec<Vec<u8>> {
        let edges = BTreeMap::from([((1, 2), 0.9), ((2, 3), 0.8), ((3, 4), 0.7)]);
        let contradict = |a: u8, b: u8| Ok::<_, std::convert::Infallible>(apart.contains(&(a.min(b), a.max(b))));
        groups(&[1, 2, 3, 4, 5], &edges, linkage, least, 32, contradict).expect("it never fails").into_values().collect()
    }

    #[test]
    fn chains_join_by_the_nearest_and_break_by_the_mean() {
        assert_eq!(run(Linkage::Nearest, 0.5, &[]), [vec![1, 2, 3, 4], vec![5]]);
        assert_eq!(run(Linkage::Average, 0.5, &[]), [vec![1, 2], vec![3, 4], vec![5]]);
    }

    #[test]
    fn what_contradicts_stays_apart_whatever_lies_between() {
        assert_eq!(run(Linkage::Nearest, 0.5, &[(1, 3)]), [vec![1, 2], vec![3, 4], vec![5]]);
        assert_eq!(run(Linkage::Nearest, 0.5, &[(1, 4)]), [vec![1, 2, 3], vec![4], vec![5]]);
    }
}
