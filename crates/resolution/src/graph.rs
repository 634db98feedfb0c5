//! Scored pairs with their groups, kept up to date: only what hangs together with a change is read and grouped anew.
//!
//! A group never reaches beyond what pairs at or above the threshold connect, so the part that a change touches is found by
//! walking along such pairs; weaker pairs join nothing, but they count in a mean.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::blocking::{Node, WIDTH, node_bytes};
use crate::cluster::{self, Linkage};
use crate::keeping;
use crate::shelf::{Damaged, Shelf, Shelves};

/// What is known of one node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Row {
    /// The least node of its group; `None` while it is alone.
    lead: Option<Node>,
    /// Its pairs with their scores, sorted by the other node.
    links: Vec<(Node, f32)>,
    /// Of a lead: the nodes of its group, sorted.
    members: Vec<Node>,
}

/// Decisions by hand as the graph needs them.
#[derive(Clone, Debug, Default)]
pub(crate) struct ByHand {
    /// Pairs that are one, both ways.
    pub(crate) same: BTreeMap<Node, BTreeSet<Node>>,
    /// Pairs that are not, the lesser node first.
    pub(crate) apart: BTreeSet<(Node, Node)>,
}

impl ByHand {
    /// The score of a pair that a person joined; more than any likeness.
    pub(crate) const SCORE: f32 = 2.0;

    pub(crate) fn are_apart(&self, a: Node, b: Node) -> bool {
        self.apart.contains(&(a.min(b), a.max(b)))
    }

    pub(crate) fn are_same(&self, a: Node, b: Node) -> bool {
        self.same.get(&a).is_some_and(|others| others.contains(&b))
    }

    fn same_as(&self, node: Node) -> impl Iterator<Item = Node> + '_ {
        self.same.get(&node).into_iter().flatten().copied()
    }
}

/// Nodes, pairs and the groups that follow from them, on one shelf. Rows are read once a settling and written back at its end.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    shelf: Shelf,
    rows: BTreeMap<Node, Row>,
    changed: BTreeSet<Node>,
    dirty: BTreeSet<Node>,
}

impl Graph {
    pub(crate) fn new(shelf: Shelf) -> Self {
        Self { shelf, rows: BTreeMap::new(), changed: BTreeSet::new(), dirty: BTreeSet::new() }
    }

    fn row<S: Shelves>(&mut self, shelves: &S, node: Node) -> Result<&mut Row, S::Error> {
        use std::collections::btree_map::Entry;
        match self.rows.entry(node) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let row = match shelves.get(self.shelf, &node_bytes(node))? {
                    Some(bytes) => keeping::value(&bytes).ok_or(Damaged("a row of pairs"))?,
                    None => Row::default(),
                };
                Ok(entry.insert(row))
            }
        }
    }

    /// Says that a node is there, or that something about it has changed.
    pub(crate) fn touch(&mut self, node: Node) {
        self.dirty.insert(node);
    }

    /// The score of a pair, 0 where there is none.
    pub(crate) fn score<S: Shelves>(&mut self, shelves: &S, a: Node, b: Node) -> Result<f32, S::Error> {
        let links = &self.row(shelves, a)?.links;
        Ok(links.binary_search_by(|link| link.0.cmp(&b)).map_or(0.0, |at| links[at].1))
    }

    /// Scores a pair; zero takes it away.
    pub(crate) fn link<S: Shelves>(&mut self, shelves: &S, a: Node, b: Node, score: f32) -> Result<(), S::Error> {
        if self.score(shelves, a, b)? == score {
            return Ok(());
        }
        for (from, to) in [(a, b), (b, a)] {
            let links = &mut self.row(shelves, from)?.links;
            match (links.binary_search_by(|link| link.0.cmp(&to)), score > 0.0) {
                (Ok(at), true) => links[at].1 = score,
                (Ok(at), false) => drop(links.remove(at)),
                (Err(at), true) => links.insert(at, (to, score)),
                (Err(_), false) => {}
            }
            self.changed.insert(from);
            self.dirty.insert(from);
        }
        Ok(())
    }

    /// Takes a node out with its pairs; what was grouped with it is grouped anew.
    pub(crate) fn remove<S: Shelves>(&mut self, shelves: &S, node: Node) -> Result<(), S::Error> {
        let group = self.group(shelves, node)?;
        self.dirty.extend(group.iter().copied());
        for (other, _) in self.row(shelves, node)?.links.clone() {
            self.link(shelves, node, other, 0.0)?;
        }
        let alone = group.len() < 2;
        for &other in group.iter().filter(|_| !alone) {
            *self.row(shelves, other)? = Row { links: std::mem::take(&mut self.row(shelves, other)?.links), ..Row::default() };
            self.changed.insert(other);
        }
        *self.row(shelves, node)? = Row::default();
        self.changed.insert(node);
        self.dirty.remove(&node);
        Ok(())
    }

    /// The nodes of a node's group, sorted.
    pub(crate) fn group<S: Shelves>(&mut self, shelves: &S, node: Node) -> Result<Vec<Node>, S::Error> {
        match self.row(shelves, node)?.lead {
            None => Ok(vec![node]),
            Some(lead) => Ok(self.row(shelves, lead)?.members.clone()),
        }
    }

    /// The least node of a node's group.
    pub(crate) fn lead<S: Shelves>(&mut self, shelves: &S, node: Node) -> Result<Node, S::Error> {
        Ok(self.row(shelves, node)?.lead.unwrap_or(node))
    }

    /// The pairs of a node with their scores, decisions by hand among them.
    pub(crate) fn links<S: Shelves>(&mut self, shelves: &S, node: Node, by_hand: &ByHand) -> Result<Vec<(Node, f32)>, S::Error> {
        let mut links = self.row(shelves, node)?.links.clone();
        links.retain(|link| !by_hand.are_same(node, link.0));
        links.extend(by_hand.same_as(node).map(|other| (other, ByHand::SCORE)));
        Ok(links)
    }

    /// Groups anew what hangs together with a change. Gives the groups whose nodes or pairs are not what they were.
    pub(crate) fn settle<S: Shelves>(
        &mut self,
        shelves: &S,
        by_hand: &ByHand,
        (linkage, least): (Linkage, f32),
        mut contradict: impl FnMut(Node, Node) -> Result<bool, S::Error>,
    ) -> Result<Vec<Vec<Node>>, S::Error> {
        let dirty = std::mem::take(&mut self.dirty);
        let (mut open, mut out) = (dirty.clone(), Vec::new());
        while let Some(start) = open.pop_first() {
            let (mut part, mut ahead) = (BTreeSet::from([start]), vec![start]);
            while let Some(at) = ahead.pop() {
                for (other, score) in self.links(shelves, at, by_hand)? {
                    if score >= least && part.insert(other) {
                        ahead.push(other);
                    }
                }
            }
            let mut before: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
            for &node in &part {
                open.remove(&node);
                before.insert(node, self.group(shelves, node)?);
            }
            let nodes: Vec<Node> = part.iter().copied().collect();
            let mut pairs = BTreeMap::new();
            for &a in &nodes {
                let links = self.links(shelves, a, by_hand)?;
                pairs.extend(links.into_iter().filter(|(b, _)| *b > a && part.contains(b)).map(|(b, score)| ((a, b), score)));
            }
            let groups = cluster::groups(&nodes, &pairs, linkage, least, WIDTH, &mut contradict)?;
            // All leads first: a node that led may follow now.
            for members in groups.values() {
                let is_as_before = before[&members[0]] == *members;
                if !is_as_before || members.iter().any(|node| dirty.contains(node)) {
                    out.push(members.clone());
                }
                if !is_as_before {
                    self.write_group(shelves, members)?;
                }
            }
        }
        Ok(out)
    }

    fn write_group<S: Shelves>(&mut self, shelves: &S, members: &[Node]) -> Result<(), S::Error> {
        let lead = (members.len() > 1).then(|| members[0]);
        for &node in members {
            let row = self.row(shelves, node)?;
            row.lead = lead;
            row.members = if lead == Some(node) { members.to_vec() } else { Vec::new() };
            self.changed.insert(node);
        }
        Ok(())
    }

    /// Writes what has changed and forgets what was read.
    pub(crate) fn put_away<S: Shelves>(&mut self, shelves: &mut S) -> Result<(), S::Error> {
        for node in std::mem::take(&mut self.changed) {
            match self.rows.get(&node) {
                Some(row) if *row != Row::default() => shelves.put(self.shelf, &node_bytes(node), keeping::bytes(row))?,
                _ => shelves.remove(self.shelf, &node_bytes(node))?,
            }
        }
        self.rows.clear();
        Ok(())
    }
}
