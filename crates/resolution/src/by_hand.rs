//! What people decided: pairs that are one and pairs that are not, whatever their likeness says.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::blocking::Node;
use crate::conclusions::Layer;
use crate::facts::Story;
use crate::graph::ByHand;

/// A part of a story: the story's number, and which of its parts of a kind.
pub type PartOf = (i64, u16);

/// A decision by hand on two parts of stories that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Decided {
    /// What it is about.
    pub layer: Layer,
    /// The one.
    pub a: PartOf,
    /// The other.
    pub b: PartOf,
    /// Whether they are the same.
    pub is_same: bool,
}

impl Decided {
    /// Which of its kind a story's part is, by its id in the coding; stories themselves are the only one.
    pub fn index(story: &Story, layer: Layer, id: &str) -> Option<u16> {
        let idx = match layer {
            Layer::Origin => Some(0),
            Layer::Actor => story.parties.iter().position(|party| party.id == id),
            Layer::Event => story.reports.iter().position(|report| report.id == id),
            Layer::Claim => story.claims.iter().position(|claim| claim.id == id),
        };
        idx.and_then(|idx| u16::try_from(idx).ok())
    }
}

/// All decisions that hold, by layer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hands {
    pub(crate) decided: Vec<Decided>,
    pub(crate) origins: ByHand,
    pub(crate) actors: ByHand,
    pub(crate) events: ByHand,
    pub(crate) claims: ByHand,
    split: BTreeSet<PartOf>,
}

impl Hands {
    /// Decisions whose places are not known yet.
    pub(crate) fn new(mut decided: Vec<Decided>) -> Self {
        decided.sort_unstable();
        decided.dedup();
        let split = decided.iter().filter(|one| one.layer == Layer::Actor && !one.is_same);
        Self { split: split.flat_map(|one| [one.a, one.b]).collect(), decided, ..Self::default() }
    }

    /// Whether a person told a party apart from another.
    pub(crate) fn is_split(&self, story: i64, idx: u16) -> bool {
        self.split.contains(&(story, idx))
    }

    /// The stories that decisions of these name which are not among others, each once.
    pub(crate) fn not_in(&self, other: &Self) -> impl Iterator<Item = i64> + use<> {
        let missing = self.decided.iter().filter(|one| other.decided.binary_search(one).is_err());
        missing.flat_map(|one| [one.a.0, one.b.0]).collect::<BTreeSet<i64>>().into_iter()
    }

    /// Notes the nodes that a decision is about.
    pub(crate) fn place(&mut self, decided: Decided, (a, b): (Node, Node)) {
        let hand = match decided.layer {
            Layer::Origin => &mut self.origins,
            Layer::Actor => &mut self.actors,
            Layer::Event => &mut self.events,
            Layer::Claim => &mut self.claims,
        };
        if a == b {
            return;
        }
        if decided.is_same {
            hand.same.entry(a).or_default().insert(b);
            hand.same.entry(b).or_default().insert(a);
        } else {
            hand.apart.insert((a.min(b), a.max(b)));
        }
    }
}
