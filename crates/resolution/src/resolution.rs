//! The state that stories are fed into and conclusions are drawn from.
//!
//! Conclusions are a function of the set of stories and decisions: the order of arrival does not matter, and feeding stories
//! one by one gives what feeding them together gives. Only what hangs together with a change is concluded anew.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::actor::Signature;
use crate::blocking::Blocking;
use crate::cluster::Linkage;
use crate::conclusions::{Affair, Bearer, Conclusions, Decision, Entity, Layer, Link, Member, Origin, Relation, Statement};
use crate::facts::{Report, Story};
use crate::graph::Graph;
use crate::thresholds::Thresholds;
use crate::{ReportId, dispute, event, hash, life, origin};

/// A part of a story: its key and the part's index.
type Part = (u64, usize);

/// Stories with all that was concluded from them.
#[derive(Clone, Debug)]
pub struct Resolution {
    thresholds: Thresholds,
    decisions: Vec<Decision>,
    stories: BTreeMap<u64, Story>,
    copies: Blocking<u64>,
    origins: Graph<u64>,
    topics: Blocking<u64>,
    likenesses: BTreeMap<u64, BTreeMap<u64, f32>>,
    measures: BTreeMap<u64, f32>,
    signatures: BTreeMap<u64, (Signature, BTreeSet<Part>)>,
    spellings: Blocking<u64>,
    actors: Graph<u64>,
    tellings: Blocking<Part>,
    events: Graph<Part>,
    propositions: Blocking<Part>,
    unsettled: BTreeSet<u64>,
}

impl Resolution {
    /// An empty state.
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            decisions: Vec::new(),
            stories: BTreeMap::new(),
            copies: Blocking::default(),
            origins: Graph::default(),
            topics: Blocking::default(),
            likenesses: BTreeMap::new(),
            measures: BTreeMap::new(),
            signatures: BTreeMap::new(),
            spellings: Blocking::default(),
            actors: Graph::default(),
            tellings: Blocking::default(),
            events: Graph::default(),
            propositions: Blocking::default(),
            unsettled: BTreeSet::new(),
        }
    }

    /// Feeds stories in and draws the conclusions. A story whose id is known takes the place of the earlier one, which costs
    /// a rebuild.
    pub fn add(&mut self, stories: impl IntoIterator<Item = Story>) {
        let mut changed = false;
        for story in stories {
            let key = story.key();
            changed |= self.stories.values().next().is_some() && self.stories.contains_key(&key);
            if changed {
                self.stories.insert(key, story);
            } else {
                self.take_in(key, story);
            }
        }
        if changed { self.rebuild() } else { self.settle() }
    }

    /// Takes stories out, by id; the rest is concluded anew.
    pub fn retire(&mut self, ids: &BTreeSet<String>) {
        self.stories.retain(|_, story| !ids.contains(&story.id));
        self.rebuild();
    }

    /// Holds a decision by hand; it stays through every rebuild.
    pub fn decide(&mut self, decision: Decision) {
        self.decisions.push(decision);
        self.rebuild();
    }

    /// Concludes everything anew from the stories and decisions.
    pub fn rebuild(&mut self) {
        let fresh = Self { decisions: std::mem::take(&mut self.decisions), ..Self::new(self.thresholds.clone()) };
        let stories = std::mem::take(&mut std::mem::replace(self, fresh).stories);
        for (key, story) in stories {
            self.take_in(key, story);
        }
        self.settle();
    }

    fn take_in(&mut self, key: u64, story: Story) {
        for (a, b) in self.copies.insert(key, origin::keys(&story)) {
            self.origins.link(a, b, 0.0);
        }
        let terms = story.gist.top().iter().map(|&term| u64::from(term)).collect();
        for (a, b) in self.topics.insert(key, terms) {
            self.note_likeness(a, b, 0.0);
        }
        for (idx, party) in story.parties.iter().enumerate() {
            if let Some(signature) = Signature::of(party) {
                self.take_in_name(signature, (key, idx), &story.id, &party.id);
            }
        }
        for (idx, report) in story.reports.iter().enumerate() {
            for (a, b) in self.tellings.insert((key, idx), event::keys(&story, report)) {
                self.events.link(a, b, 0.0);
            }
            self.events.add((key, idx));
        }
        for (idx, saying) in story.claims.iter().enumerate() {
            self.propositions.insert((key, idx), dispute::keys(saying));
        }
        self.origins.add(key);
        self.stories.insert(key, story);
        for other in self.copies.near(key) {
            let score = origin::score(&self.stories[&key], &self.stories[&other], &self.thresholds.origin).0;
            self.origins.link(key, other, score);
        }
        for other in self.topics.near(key) {
            let likeness = self.stories[&key].gist.likeness(&self.stories[&other].gist);
            self.note_likeness(key, other, likeness);
        }
        self.unsettled.insert(key);
    }

    fn note_likeness(&mut self, a: u64, b: u64, likeness: f32) {
        for (from, to) in [(a, b), (b, a)] {
            self.likenesses.entry(from).or_default().insert(to, likeness);
            self.unsettled.insert(from);
        }
    }

    fn take_in_name(&mut self, signature: Signature, part: Part, story: &str, party: &str) {
        let split = self.decisions.iter().any(|decision| decision.layer == Layer::Actor && !decision.is_same && decision.names(story, party));
        // A party that a person told apart bears its name alone.
        let key = if split { hash::of_parts(&[story, party]) } else { signature.key() };
        if let Some(known) = self.signatures.get_mut(&key) {
            known.1.insert(part);
            return;
        }
        for (a, b) in self.spellings.insert(key, signature.keys()) {
            self.actors.link(a, b, 0.0);
        }
        self.actors.add(key);
        for other in self.spellings.near(key) {
            let score = signature.score(&self.signatures[&other].0, &self.thresholds.actor).0;
            self.actors.link(key, other, if score >= self.thresholds.actor.least { score } else { 0.0 });
        }
        self.signatures.insert(key, (signature, BTreeSet::from([part])));
    }

    fn settle(&mut self) {
        let mut stale: BTreeSet<u64> = BTreeSet::new();
        for key in std::mem::take(&mut self.unsettled) {
            let measure = self.measure(key);
            let is_new = !self.measures.contains_key(&key);
            if self.measures.insert(key, measure) != Some(measure) || is_new {
                stale.insert(key);
            }
        }
        for &story in &stale {
            for idx in 0..self.stories[&story].reports.len() {
                let part = (story, idx);
                for other in self.tellings.near(part) {
                    let score = self.report_likeness(part, other).0;
                    self.events.link(part, other, score);
                }
            }
        }
        self.force(Layer::Origin, |own, a, b| if let (Some(a), Some(b)) = (a, b) { own.origins.link(a.0, b.0, 2.0) });
        self.force(Layer::Event, |own, a, b| if let (Some(a), Some(b)) = (a, b) { own.events.link(a, b, 2.0) });
        self.force(Layer::Actor, |own, a, b| {
            if let (Some(a), Some(b)) = (a.and_then(|a| own.signature_of(a)), b.and_then(|b| own.signature_of(b))) {
                own.actors.link(a, b, 2.0);
            }
        });
        let apart = self.apart();
        let is_apart = |layer: Layer, a: Part, b: Part| apart.contains(&(layer, a.min(b), a.max(b)));
        let (mut origins, mut actors, mut events) =
            (std::mem::take(&mut self.origins), std::mem::take(&mut self.actors), std::mem::take(&mut self.events));
        origins.settle(Linkage::Nearest, self.thresholds.origin.credited, |a, b| is_apart(Layer::Origin, (a, 0), (b, 0)));
        let forced = |a: f32| a > 1.0;
        actors.settle(Linkage::Nearest, self.thresholds.actor.least, |a, b| {
            let told = self.signatures[&a].1.iter().any(|&x| self.signatures[&b].1.iter().any(|&y| is_apart(Layer::Actor, x, y)));
            told || self.signatures[&a].0.contradicts(&self.signatures[&b].0) && !self.is_forced(a, b)
        });
        events.settle(Linkage::Average, self.thresholds.event.least, |a, b| {
            let (x, y) = (self.report(a), self.report(b));
            is_apart(Layer::Event, a, b) || event::contradict(x, y, &self.thresholds.event) && !events_forced(&self.events, a, b, forced)
        });
        (self.origins, self.actors, self.events) = (origins, actors, events);
    }

    fn is_forced(&self, a: u64, b: u64) -> bool {
        self.decisions.iter().filter(|decision| decision.layer == Layer::Actor && decision.is_same).any(|decision| {
            let of = |member: &Member| self.part(Layer::Actor, member).and_then(|part| self.signature_of(part));
            matches!((of(&decision.a), of(&decision.b)), (Some(x), Some(y)) if (x, y) == (a, b) || (y, x) == (a, b))
        })
    }

    fn force(&mut self, layer: Layer, link: impl Fn(&mut Self, Option<Part>, Option<Part>)) {
        let same: Vec<(Option<Part>, Option<Part>)> = self
            .decisions
            .iter()
            .filter(|decision| decision.layer == layer && decision.is_same)
            .map(|decision| (self.part(layer, &decision.a), self.part(layer, &decision.b)))
            .collect();
        for (a, b) in same {
            link(self, a, b);
        }
    }

    fn apart(&self) -> BTreeSet<(Layer, Part, Part)> {
        let told = self.decisions.iter().filter(|decision| !decision.is_same);
        told.filter_map(|decision| {
            let (a, b) = (self.part(decision.layer, &decision.a)?, self.part(decision.layer, &decision.b)?);
            Some((decision.layer, a.min(b), a.max(b)))
        })
        .collect()
    }

    fn part(&self, layer: Layer, member: &Member) -> Option<Part> {
        let (&key, story) = self.stories.iter().find(|(_, story)| story.id == member.story)?;
        let idx = match layer {
            Layer::Origin => Some(0),
            Layer::Actor => story.parties.iter().position(|party| party.id == member.id),
            Layer::Event => story.reports.iter().position(|report| report.id == member.id),
        };
        Some((key, idx?))
    }

    fn signature_of(&self, part: Part) -> Option<u64> {
        self.signatures.iter().find(|(_, (_, parts))| parts.contains(&part)).map(|(&key, _)| key)
    }

    fn report(&self, part: Part) -> (&Story, &Report) {
        let story = &self.stories[&part.0];
        (story, &story.reports[part.1])
    }

    /// How alike the stories nearest to a story are to it: the measure of likeness in its surroundings.
    fn measure(&self, story: u64) -> f32 {
        let mut near: Vec<f32> = self.likenesses.get(&story).into_iter().flatten().map(|near| *near.1).collect();
        near.sort_by(|a, b| b.total_cmp(a));
        let n = self.thresholds.event.neighbours;
        let mean = near.iter().take(n).sum::<f32>() / n as f32;
        // In steps, so that a story far away does not stir up what is settled.
        ((mean * 32.0).round() / 32.0).max(self.thresholds.event.floor)
    }

    fn report_likeness(&self, a: Part, b: Part) -> (f32, String) {
        let (x, y) = (self.report(a), self.report(b));
        let affinity = if a.0 == b.0 {
            1.0
        } else {
            x.0.gist.likeness(&y.0.gist) / (self.measures[&a.0] * self.measures[&b.0]).sqrt()
        };
        event::score(x, y, affinity.min(1.0), &self.thresholds.event)
    }

    /// All that is concluded; `today` is the day as of which planned events count as overdue.
    pub fn conclusions(&self, today: Option<Date>) -> Conclusions {
        Conclusions { origins: self.told_origins(), entities: self.told_entities(), affairs: self.told_events(today), relations: self.told_relations() }
    }

    fn told_origins(&self) -> Vec<Origin> {
        let told = self.origins.groups().values().map(|group| {
            let lead = &self.stories[&group[0]];
            let link = |&key: &u64| {
                let story = &self.stories[&key];
                let best = self.origins.linked(key).filter(|other| group.contains(&other.0)).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
                let (score, reason) = best.map_or((1.0, "alone".to_owned()), |(other, score)| {
                    let why = origin::score(story, &self.stories[&other], &self.thresholds.origin).1;
                    (score.min(1.0), format!("as {}: {}", self.stories[&other].id, if score > 1.0 { "by hand" } else { &why }))
                });
                Link { member: Member { story: story.id.clone(), id: String::new() }, score, reason }
            };
            let credit = group.iter().find_map(|key| self.stories[key].agency.clone());
            Origin { id: lead.id.clone(), credit: credit.or_else(|| lead.publisher.clone()), stories: group.iter().map(link).collect() }
        });
        told.collect()
    }

    fn told_entities(&self) -> Vec<Entity> {
        let told = self.actors.groups().iter().map(|(&lead, group)| {
            let most = group.iter().max_by_key(|key| (self.signatures[*key].1.len(), std::cmp::Reverse(**key))).copied().unwrap_or(lead);
            let mut bearers: Vec<Bearer> = Vec::new();
            let mut statements = Vec::new();
            for &key in group {
                let (signature, parts) = &self.signatures[&key];
                let best = self.actors.linked(key).filter(|other| group.contains(&other.0)).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
                let (score, reason) = best.map_or((1.0, "same name".to_owned()), |(other, score)| {
                    let why = signature.score(&self.signatures[&other].0, &self.thresholds.actor).1;
                    (score.min(1.0), if score > 1.0 { "by hand".to_owned() } else { format!("as {}: {why}", self.signatures[&other].0.name) })
                });
                for &(story, idx) in parts {
                    let (story, party) = (&self.stories[&story], &self.stories[&story].parties[idx]);
                    let member = Member { story: story.id.clone(), id: party.id.clone() };
                    statements.extend(party.offices.iter().map(|(title, of)| Statement { title: title.clone(), of: of.clone(), on: story.published, member: member.clone() }));
                    bearers.push(Bearer { name: party.name.clone(), link: Link { member, score, reason: reason.clone() } });
                }
            }
            bearers.sort_by(|a, b| a.link.member.cmp(&b.link.member));
            statements.sort_by(|a, b| (a.on, &a.member, &a.title).cmp(&(b.on, &b.member, &b.title)));
            let chosen = &self.signatures[&most].0;
            let firm = group.iter().map(|key| &self.signatures[key].0).find(|signature| signature.is_firm);
            let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
            bearers.iter().for_each(|bearer| *uses.entry(&bearer.name).or_default() += 1);
            let name = uses.iter().max_by_key(|(name, n)| (**n, std::cmp::Reverse(**name))).map_or("", |used| used.0).to_owned();
            Entity { id: format!("{lead:016x}"), name, kind: chosen.kind, country: firm.unwrap_or(chosen).country.clone(), bearers, statements }
        });
        told.collect()
    }

    fn told_events(&self, today: Option<Date>) -> Vec<Affair> {
        let told = self.events.groups().values().map(|group| {
            let lead = self.report(group[0]);
            let links = group.iter().map(|&part| {
                let (story, report) = self.report(part);
                let best = self.events.linked(part).filter(|other| group.contains(&other.0)).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
                let (score, reason) = best.map_or((1.0, "alone".to_owned()), |(other, score)| {
                    let (other_story, other_report) = self.report(other);
                    let why = if score > 1.0 { "by hand".to_owned() } else { self.report_likeness(part, other).1 };
                    (score.min(1.0), format!("as {} {}: {why}", other_story.id, other_report.id))
                });
                Link { member: Member { story: story.id.clone(), id: report.id.clone() }, score, reason }
            });
            let reports: Vec<_> = group.iter().map(|&part| self.report(part)).collect();
            let id = ReportId { story: lead.0.id.clone(), id: lead.1.id.clone() };
            Affair { id, reports: links.collect(), life: life::life(&reports, today).unwrap_or_default() }
        });
        told.collect()
    }

    fn told_relations(&self) -> Vec<Relation> {
        let origin_of: BTreeMap<u64, u64> = self.origins.groups().iter().flat_map(|(&lead, group)| group.iter().map(move |&key| (key, lead))).collect();
        let mut relations = Vec::new();
        for (&key, story) in &self.stories {
            for (idx, saying) in story.claims.iter().enumerate() {
                for other in self.propositions.near((key, idx)).into_iter().filter(|&other| other < (key, idx)) {
                    let earlier = (&self.stories[&other.0], &self.stories[&other.0].claims[other.1]);
                    // Copies repeat claims and neither confirm nor update them.
                    if origin_of[&key] == origin_of[&other.0] {
                        continue;
                    }
                    if let Some((stance, score, reason)) = dispute::stance((story, saying), earlier, &self.thresholds.claim) {
                        let member = |story: &Story, id: &str| Member { story: story.id.clone(), id: id.to_owned() };
                        let (from, to) = (member(story, &saying.id), member(earlier.0, &earlier.1.id));
                        relations.push(Relation { from, to, stance, score, reason });
                    }
                }
            }
        }
        relations
    }
}

fn events_forced(events: &Graph<Part>, a: Part, b: Part, forced: impl Fn(f32) -> bool) -> bool {
    events.linked(a).any(|(other, score)| other == b && forced(score))
}
