//! Near pairs and their scores: set when two come near, taken away when others part them.

use crate::actor::Signature;
use crate::blocking::{self, Node, Stand};
use crate::graph::Graph;
use crate::resolution::{Resolution, report, saying};
use crate::shelf::{Shelf, Shelves};
use crate::{dispute, event, origin};

/// Share of the threshold below which a pair of reports is not kept.
const FAINT: f32 = 0.75;

/// What is compared with its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Story,
    Signature,
    Report,
    Claim,
}

impl Kind {
    fn shelf(self) -> Shelf {
        match self {
            Self::Story => Shelf::Copies,
            Self::Signature => Shelf::Spellings,
            Self::Report => Shelf::Tellings,
            Self::Claim => Shelf::Contents,
        }
    }
}

/// Under which keys a signature stands.
pub(crate) fn spelling_stands(signature: &Signature) -> Vec<Stand> {
    signature.keys().into_iter().map(Stand::always).collect()
}

impl<S: Shelves> Resolution<S> {
    pub(crate) fn graph(&mut self, kind: Kind) -> (&S, &mut Graph) {
        let graph = match kind {
            Kind::Story => &mut self.origins,
            Kind::Signature => &mut self.actors,
            Kind::Report => &mut self.events,
            Kind::Claim => &mut self.claims,
        };
        (&self.shelves, graph)
    }

    /// Under which keys a node stands.
    pub(crate) fn stands(&mut self, kind: Kind, node: Node) -> Result<Vec<Stand>, S::Error> {
        if kind == Kind::Signature {
            return Ok(spelling_stands(&self.register.signed(&self.shelves, node.0)?.signature));
        }
        let story = self.story(node.0)?;
        Ok(match kind {
            Kind::Story | Kind::Signature => origin::keys(&story).into_iter().map(Stand::always).collect(),
            Kind::Report => {
                let report = report(&story, node)?;
                let stands = event::keys(&story, report).into_iter().map(|key| Stand::at(node.0, key));
                if report.event_type.is_some() { stands.map(Stand::narrow).collect() } else { stands.collect() }
            }
            Kind::Claim => {
                dispute::keys(saying(&story, node)?).into_iter().map(|key| Stand::at(node.0, key).narrow()).collect()
            }
        })
    }

    /// How surely two near nodes are the same, 0 when they are not taken to be.
    fn rate(&mut self, kind: Kind, a: Node, b: Node) -> Result<f32, S::Error> {
        if kind == Kind::Signature {
            let one = self.register.signed(&self.shelves, a.0)?.signature.clone();
            let score = one.score(&self.register.signed(&self.shelves, b.0)?.signature, &self.thresholds.actor).0;
            return Ok(if score >= self.thresholds.actor.least { score } else { 0.0 });
        }
        let (x, y) = (self.story(a.0)?, self.story(b.0)?);
        Ok(match kind {
            Kind::Story | Kind::Signature => origin::score(&x, &y, &self.thresholds.origin).score,
            Kind::Report => {
                let score = event::score((&x, report(&x, a)?), (&y, report(&y, b)?), &self.thresholds).score;
                // What is far from the threshold would only be carried along.
                if score >= self.thresholds.event.least * FAINT { score } else { 0.0 }
            }
            Kind::Claim => {
                let (later, earlier) = if a > b { ((&x, a), (&y, b)) } else { ((&y, b), (&x, a)) };
                let (later, earlier) = ((&**later.0, saying(later.0, later.1)?), (&**earlier.0, saying(earlier.0, earlier.1)?));
                dispute::stance(later, earlier, &self.thresholds.claim).map_or(0.0, |stance| stance.1)
            }
        })
    }

    fn link(&mut self, kind: Kind, a: Node, b: Node) -> Result<(), S::Error> {
        let score = self.rate(kind, a, b)?;
        let (shelves, graph) = self.graph(kind);
        graph.link(shelves, a, b, score)
    }

    fn are_near(&mut self, kind: Kind, a: Node, b: Node) -> Result<bool, S::Error> {
        let (of_a, of_b) = (self.stands(kind, a)?, self.stands(kind, b)?);
        blocking::are_near(&self.shelves, kind.shelf(), (a, of_a), (b, of_b))
    }

    /// Puts a node under its keys and scores it with those near to it.
    pub(crate) fn arrive(&mut self, kind: Kind, node: Node) -> Result<(), S::Error> {
        let stands = self.stands(kind, node)?;
        let change = blocking::insert(&mut self.shelves, kind.shelf(), node, stands)?;
        for (a, b) in change.between {
            let (shelves, graph) = self.graph(kind);
            if graph.score(shelves, a, b)? > 0.0 && !self.are_near(kind, a, b)? {
                let (shelves, graph) = self.graph(kind);
                graph.link(shelves, a, b, 0.0)?;
            }
        }
        for other in change.near {
            self.link(kind, node, other)?;
        }
        Ok(())
    }

    /// Takes a node from under its keys, which are given as its facts may be gone, and scores those that it stood between.
    pub(crate) fn depart(&mut self, kind: Kind, node: Node, stands: Vec<Stand>) -> Result<(), S::Error> {
        let change = blocking::remove(&mut self.shelves, kind.shelf(), node, stands)?;
        let (shelves, graph) = self.graph(kind);
        graph.remove(shelves, node)?;
        for (a, b) in change.between {
            if self.are_near(kind, a, b)? {
                self.link(kind, a, b)?;
            }
        }
        Ok(())
    }
}
