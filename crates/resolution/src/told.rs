//! What is told of groups: members with reasons and scores, and what they say together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use crate::blocking::Node;
use crate::conclusions::{Affair, Bearer, Conclusions, Entity, Gone, Link, Member, Origin, Relation, Statement, Summary};
use crate::facts::{Report, Story};
use crate::graph::ByHand;
use crate::resolution::{Resolution, indexed, report, saying};
use crate::shelf::{Damaged, Shelf, Shelves};
use crate::{ReportId, dispute, event, life, origin};

/// Groups that are to be told, by layer.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) origins: Vec<Vec<Node>>,
    pub(crate) actors: Vec<Vec<Node>>,
    pub(crate) events: Vec<Vec<Node>>,
    pub(crate) claims: Vec<Vec<Node>>,
}

type Counts = BTreeMap<String, u32>;

fn part(story: &Story, id: &str) -> Member {
    Member { story: story.id.clone(), id: id.to_owned() }
}

/// The pair of a node with the surest score within its group; of equals the least.
fn best(links: Vec<(Node, f32)>, group: &[Node]) -> Option<(Node, f32)> {
    links
        .into_iter()
        .filter(|link| group.binary_search(&link.0).is_ok())
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

impl<S: Shelves> Resolution<S> {
    /// Tells what was touched, and what depends on it.
    pub(crate) fn tell(&mut self, touched: Touched, gone: Gone, today: Option<Date>) -> Result<Conclusions, S::Error> {
        let mut found = Conclusions { gone, ..Conclusions::default() };
        let moved: BTreeSet<u64> = touched.origins.iter().flatten().map(|node| node.0).collect();
        for group in &touched.origins {
            found.origins.push(self.told_origin(group)?);
        }
        // How many origins tell an event depends on the origins of all of its stories.
        let mut events: BTreeSet<Vec<Node>> = touched.events.into_iter().collect();
        for &place in &moved {
            for (idx, _) in indexed(&self.story(place)?.reports) {
                events.insert(self.events.group(&self.shelves, (place, idx))?);
            }
        }
        for group in events {
            found.affairs.push(self.told_event(&group, today)?);
        }
        let mut signatures: BTreeSet<Vec<Node>> = touched.actors.into_iter().collect();
        for key in self.register.stirred.clone() {
            if self.register.get(&self.shelves, key)?.is_some() {
                signatures.insert(self.actors.group(&self.shelves, (key, 0))?);
            }
        }
        for group in signatures {
            found.entities.push(self.told_entity(&group, false)?);
        }
        let mut claims: BTreeSet<Node> = touched.claims.into_iter().flatten().collect();
        for &place in &moved {
            claims.extend(indexed(&self.story(place)?.claims).map(|(idx, _)| (place, idx)));
        }
        self.tell_claims(&claims, &mut found)?;
        Ok(found)
    }

    /// Tells everything.
    pub(crate) fn tell_all(&mut self, today: Option<Date>) -> Result<Conclusions, S::Error> {
        let mut found = Conclusions::default();
        let mut claims = BTreeSet::new();
        for place in self.places()? {
            if self.origins.lead(&self.shelves, (place, 0))? == (place, 0) {
                let group = self.origins.group(&self.shelves, (place, 0))?;
                found.origins.push(self.told_origin(&group)?);
            }
            let story = self.story(place)?;
            for (idx, _) in indexed(&story.reports) {
                if self.events.lead(&self.shelves, (place, idx))? == (place, idx) {
                    let group = self.events.group(&self.shelves, (place, idx))?;
                    found.affairs.push(self.told_event(&group, today)?);
                }
            }
            claims.extend(indexed(&story.claims).map(|(idx, _)| (place, idx)));
        }
        for bytes in self.shelves.keys(Shelf::Signatures, &[], &[0xff; 9], false, usize::MAX)? {
            let key = u64::from_be_bytes(bytes.try_into().map_err(|_| Damaged("a signature"))?);
            if self.actors.lead(&self.shelves, (key, 0))? == (key, 0) {
                let group = self.actors.group(&self.shelves, (key, 0))?;
                found.entities.push(self.told_entity(&group, true)?);
            }
        }
        self.tell_claims(&claims, &mut found)?;
        found.gone = Gone::default();
        Ok(found)
    }

    fn told_origin(&mut self, group: &[Node]) -> Result<Origin, S::Error> {
        let lead = self.story(group[0].0)?;
        let (mut stories, mut credit) = (Vec::new(), None);
        for &node in group {
            let story = self.story(node.0)?;
            credit = credit.or_else(|| story.agency.clone());
            let links = self.origins.links(&self.shelves, node, &self.hands.origins)?;
            let (score, reason) = match best(links, group) {
                None => (1.0, "alone".to_owned()),
                Some((other, score)) => {
                    let other = self.story(other.0)?;
                    let why = if score == ByHand::SCORE {
                        "by hand".to_owned()
                    } else {
                        origin::score(&story, &other, &self.thresholds.origin).told()
                    };
                    (score.min(1.0), format!("as {}: {why}", other.id))
                }
            };
            stories.push(Link { member: part(&story, ""), number: story.numbers.story, score, reason });
        }
        let credit = credit.or_else(|| lead.publisher.clone());
        Ok(Origin { id: lead.id.clone(), number: lead.numbers.story, credit, stories })
    }

    fn told_event(&mut self, group: &[Node], today: Option<Date>) -> Result<Affair, S::Error> {
        let mut told: Vec<(Arc<Story>, Node)> = Vec::with_capacity(group.len());
        for &node in group {
            told.push((self.story(node.0)?, node));
        }
        let mut links = Vec::with_capacity(group.len());
        for (story, node) in &told {
            let own = report(story, *node)?;
            let near = self.events.links(&self.shelves, *node, &self.hands.events)?;
            let (score, reason) = match best(near, group) {
                None => (1.0, "alone".to_owned()),
                Some((other, score)) => {
                    let other_story = self.story(other.0)?;
                    let other = report(&other_story, other)?;
                    let why = if score == ByHand::SCORE {
                        "by hand".to_owned()
                    } else {
                        event::score((story, own), (&other_story, other), &self.thresholds).told()
                    };
                    (score.min(1.0), format!("as {} {}: {why}", other_story.id, other.id))
                }
            };
            let number = story.numbers.report + i64::from(node.1);
            links.push(Link { member: part(story, &own.id), number, score, reason });
        }
        let mut reports: Vec<(&Story, &Report)> = Vec::with_capacity(group.len());
        let mut origins = BTreeSet::new();
        for (story, node) in &told {
            reports.push((&**story, report(story, *node)?));
            origins.insert(self.origins.lead(&self.shelves, (node.0, 0))?);
        }
        let id = ReportId { story: reports[0].0.id.clone(), id: reports[0].1.id.clone() };
        let summary = summary(&reports, links.iter().map(|link| link.number).min().unwrap_or(0), origins.len());
        Ok(Affair { id, summary, reports: links, life: life::life(&reports, today).unwrap_or_default() })
    }

    /// `all`: with all of its bearers, not only those that are told something new.
    fn told_entity(&mut self, group: &[Node], all: bool) -> Result<Entity, S::Error> {
        let mut signed = Vec::with_capacity(group.len());
        for node in group {
            signed.push((node.0, self.register.signed(&self.shelves, node.0)?.clone()));
        }
        let number = signed.iter().map(|(_, signed)| signed.first).min().unwrap_or(0);
        let (mut names, mut sectors, mut ids) = (Counts::new(), Counts::new(), Counts::new());
        let add = |all: &mut Counts, own: &Counts| own.iter().for_each(|(word, n)| *all.entry(word.clone()).or_default() += n);
        let mut to_tell: Vec<(Node, f32, String)> = Vec::new();
        for (key, own) in &signed {
            add(&mut names, &own.names);
            add(&mut sectors, &own.sectors);
            add(&mut ids, &own.wikidata);
            // What was there before is no likeness to what came later, so that a newcomer moves no reason.
            let links = self.actors.links(&self.shelves, (*key, 0), &self.hands.actors)?;
            let earlier = links.into_iter().filter_map(|(other, score)| {
                let other = signed.iter().find(|(key, _)| *key == other.0)?;
                (other.1.first < own.first).then_some((score, &other.1))
            });
            let best = earlier.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.first.cmp(&a.1.first)));
            let (score, reason) = best.map_or((1.0, "same name".to_owned()), |(score, other)| {
                let why = own.signature.score(&other.signature, &self.thresholds.actor).1;
                let reason = if score == ByHand::SCORE { "by hand".to_owned() } else { format!("as {}: {why}", other.signature.name) };
                (score.min(1.0), reason)
            });
            let is_new = self.register.tell(&self.shelves, *key, (number, reason.clone(), score))?;
            let nodes: Vec<Node> = if is_new || all {
                self.register.bearers(&self.shelves, *key, usize::MAX)?.into_iter().map(|bearer| bearer.1).collect()
            } else {
                self.register.fresh.get(key).into_iter().flatten().copied().collect()
            };
            to_tell.extend(nodes.into_iter().map(|node| (node, score, reason.clone())));
        }
        let (mut bearers, mut statements) = (Vec::new(), Vec::new());
        for (node, score, reason) in to_tell {
            let story = self.story(node.0)?;
            let party = story.parties.get(usize::from(node.1)).ok_or(Damaged("a party"))?;
            let (member, number) = (part(&story, &party.id), story.numbers.party + i64::from(node.1));
            statements.extend(party.offices.iter().map(|office| Statement {
                title: office.title.clone(),
                of: office.of.clone(),
                status: office.status,
                on: story.published,
                member: member.clone(),
                number,
                story_number: story.numbers.story,
            }));
            bearers.push(Bearer { name: party.name.clone(), link: Link { member, number, score, reason } });
        }
        bearers.sort_by(|a, b| a.link.member.cmp(&b.link.member));
        statements.sort_by(|a, b| (a.on, &a.member).cmp(&(b.on, &b.member)));
        let most = signed.iter().max_by_key(|(key, signed)| (signed.n, std::cmp::Reverse(*key))).map(|(_, signed)| &signed.signature);
        let chosen = most.ok_or(Damaged("an actor without a signature"))?;
        let firm = signed.iter().map(|(_, signed)| &signed.signature).find(|signature| signature.is_firm);
        // The most frequent; of equals the first in the alphabet.
        let top = |counts: &Counts| counts.iter().rev().max_by_key(|count| *count.1).map(|count| count.0.clone());
        Ok(Entity {
            id: format!("{:016x}", group[0].0),
            number,
            name: top(&names).unwrap_or_default(),
            kind: chosen.kind,
            country: firm.unwrap_or(chosen).country.clone(),
            sector: top(&sectors),
            wikidata: top(&ids),
            n_bearers: signed.iter().map(|(_, signed)| signed.n).sum(),
            names: names.into_iter().collect(),
            bearers,
            statements,
        })
    }

    fn tell_claims(&mut self, claims: &BTreeSet<Node>, found: &mut Conclusions) -> Result<(), S::Error> {
        let mut pairs = BTreeSet::new();
        let mut groups = BTreeSet::new();
        for &node in claims {
            let links = self.claims.links(&self.shelves, node, &ByHand::default())?;
            let story = self.story(node.0)?;
            found.gone.claims.push(story.numbers.claim + i64::from(node.1));
            pairs.extend(links.into_iter().map(|(other, _)| (node.max(other), node.min(other))));
            groups.insert(self.claims.group(&self.shelves, node)?);
        }
        for (later, earlier) in pairs {
            // Copies repeat claims and neither confirm nor update them.
            if self.origins.lead(&self.shelves, (later.0, 0))? == self.origins.lead(&self.shelves, (earlier.0, 0))? {
                continue;
            }
            let (x, y) = (self.story(later.0)?, self.story(earlier.0)?);
            let (one, other) = (saying(&x, later)?, saying(&y, earlier)?);
            if let Some((stance, score, reason)) = dispute::stance((&x, one), (&y, other), &self.thresholds.claim) {
                let numbers = (x.numbers.claim + i64::from(later.1), y.numbers.claim + i64::from(earlier.1));
                let (from, to) = (part(&x, &one.id), part(&y, &other.id));
                found.relations.push(Relation { from, to, numbers, stance, score, reason });
            }
        }
        for group in groups.into_iter().filter(|group| group.len() > 1) {
            let mut numbers = Vec::with_capacity(group.len());
            for node in group {
                numbers.push(self.story(node.0)?.numbers.claim + i64::from(node.1));
            }
            numbers.sort_unstable();
            found.propositions.push(numbers);
        }
        Ok(())
    }
}

/// The least and the greatest of the numbers that reports state.
fn range(numbers: impl Iterator<Item = u32>) -> Option<(u32, u32)> {
    numbers.fold(None, |range, n| Some(range.map_or((n, n), |(least, most): (u32, u32)| (least.min(n), most.max(n)))))
}

fn summary(reports: &[(&Story, &Report)], number: i64, n_origins: usize) -> Option<Summary> {
    let all = || reports.iter().map(|report| report.1);
    let first = all().next()?;
    let told = all().find(|report| report.status == Some(codebook::Status::Happened)).unwrap_or(first);
    let when = all().filter_map(|report| report.when).reduce(|(a, b), (c, d)| {
        // Days that contradict each other leave the first.
        if a.max(c) <= b.min(d) { (a.max(c), b.min(d)) } else { (a, b) }
    });
    let details = || all().map(|report| &report.detail);
    let place = details().find(|detail| detail.geonames.is_some()).or_else(|| details().find(|detail| detail.place_name.is_some()));
    let stories: BTreeSet<&str> = reports.iter().map(|report| report.0.id.as_str()).collect();
    Some(Summary {
        number,
        event_type: first.event_type?,
        mode: all().find_map(|report| report.mode.clone()),
        status: told.status?,
        when,
        place: place.cloned().unwrap_or_default(),
        killed: range(details().filter_map(|detail| detail.killed)),
        injured: range(details().filter_map(|detail| detail.injured)),
        n_stories: stories.len() as u32,
        n_origins: n_origins as u32,
    })
}
