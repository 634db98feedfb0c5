//! Scored pairs with their groups, kept up to date: only what hangs together with a change is grouped anew.

use std::collections::{BTreeMap, BTreeSet};

use crate::blocking::Blocking;
use crate::cluster::{self, Linkage};

/// Nodes, edges and the groups that follow from them.
#[derive(Clone, Debug)]
pub(crate) struct Graph<K> {
    edges: BTreeMap<K, BTreeMap<K, f32>>,
    group_of: BTreeMap<K, K>,
    groups: BTreeMap<K, Vec<K>>,
    dirty: BTreeSet<K>,
}

impl<K: Ord + Copy> Default for Graph<K> {
    fn default() -> Self {
        Self { edges: BTreeMap::new(), group_of: BTreeMap::new(), groups: BTreeMap::new(), dirty: BTreeSet::new() }
    }
}

impl<K: Ord + Copy> Graph<K> {
    /// Puts a node in.
    pub(crate) fn add(&mut self, node: K) {
        self.edges.entry(node).or_default();
        self.dirty.insert(node);
    }

    /// Scores a pair; zero takes the edge away.
    pub(crate) fn link(&mut self, a: K, b: K, score: f32) {
        let known = self.edges.get(&a).and_then(|row| row.get(&b)).copied().unwrap_or(0.0);
        if known == score {
            return;
        }
        for (from, to) in [(a, b), (b, a)] {
            let row = self.edges.entry(from).or_default();
            if score > 0.0 {
                row.insert(to, score);
            } else {
                row.remove(&to);
            }
            self.dirty.insert(from);
        }
    }

    /// The neighbours of a node with their scores.
    pub(crate) fn linked(&self, node: K) -> impl Iterator<Item = (K, f32)> + '_ {
        self.edges.get(&node).into_iter().flatten().map(|(&other, &score)| (other, score))
    }

    /// The groups, each under its least node.
    pub(crate) fn groups(&self) -> &BTreeMap<K, Vec<K>> {
        &self.groups
    }

    /// Groups anew what hangs together with a change.
    pub(crate) fn settle(&mut self, linkage: Linkage, least: f32, contradict: impl Fn(K, K) -> bool) {
        let mut open = std::mem::take(&mut self.dirty);
        while let Some(start) = open.pop_first() {
            let (mut part, mut ahead) = (BTreeSet::from([start]), vec![start]);
            while let Some(at) = ahead.pop() {
                for (&other, &score) in self.edges.get(&at).into_iter().flatten() {
                    // A pair below the threshold joins nothing by itself, but it counts in a mean.
                    if score > 0.0 && part.insert(other) {
                        ahead.push(other);
                    }
                }
            }
            for node in &part {
                open.remove(node);
                if let Some(lead) = self.group_of.remove(node) {
                    self.groups.remove(&lead);
                }
            }
            let nodes: Vec<K> = part.into_iter().collect();
            let mut pairs = BTreeMap::new();
            for &a in &nodes {
                pairs.extend(self.edges[&a].range(a..).map(|(&b, &score)| ((a, b), score)));
            }
            for (lead, members) in cluster::groups(&nodes, &pairs, linkage, least, Blocking::<K>::WIDTH, &contradict) {
                self.group_of.extend(members.iter().map(|&member| (member, lead)));
                self.groups.insert(lead, members);
            }
        }
    }
}
