//! `whimbrel resolve`: which stories of a ledger are copies, which actors are one, which reports tell one event, what became
//! of what was planned, and which claims stand against each other.
//!
//! All of it is concluded from the current codings and the decisions made by hand, and takes the place of what was concluded
//! before; the same ledger gives the same conclusions.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::civil::Date;
use ledger::{Conclusions, Ledger, StoredCoding};
use resolution::{Affair, Link, Member, Resolution, Story, Thresholds};

use crate::args::ResolveArgs;
use crate::{Outcome, output};

/// Codings fetched at once.
const CHUNK: usize = 1000;

/// A coding's rows by the words that resolution has for them.
struct Rows {
    story_id: i64,
    day: Option<Date>,
    actors: BTreeMap<String, (i64, codebook::Actor)>,
    events: BTreeMap<String, (i64, codebook::Event)>,
    claims: BTreeMap<String, i64>,
}

impl Rows {
    fn of(stored: StoredCoding) -> Self {
        let StoredCoding { story_id, day, coding, actor_ids, event_ids, claim_ids, .. } = stored;
        Self {
            story_id,
            day,
            actors: coding.actors.into_iter().zip(actor_ids).map(|(actor, key)| (actor.id.clone(), (key, actor))).collect(),
            events: coding.events.into_iter().zip(event_ids).map(|(event, key)| (event.id.clone(), (key, event))).collect(),
            claims: coding.claims.into_iter().zip(claim_ids).map(|(claim, key)| (claim.id, key)).collect(),
        }
    }
}

/// Everything that was read from the ledger, by story.
struct Known(BTreeMap<String, Rows>);

impl Known {
    fn story(&self, id: &str) -> Option<&Rows> {
        self.0.get(id)
    }

    fn actor(&self, member: &Member) -> Option<&(i64, codebook::Actor)> {
        self.story(&member.story)?.actors.get(&member.id)
    }

    fn event(&self, member: &Member) -> Option<&(i64, codebook::Event)> {
        self.story(&member.story)?.events.get(&member.id)
    }

    fn claim(&self, member: &Member) -> Option<i64> {
        self.story(&member.story)?.claims.get(&member.id).copied()
    }
}

/// Runs the verb.
pub(crate) fn run(args: &ResolveArgs) -> anyhow::Result<Outcome> {
    let mut ledger = Ledger::open(&args.ledger)?;
    let today = args.on.unwrap_or_else(|| jiff::Zoned::now().date());
    let mut resolution = Resolution::new(Thresholds::bundled());
    let mut known = Known(BTreeMap::new());
    let mut after = 0;
    loop {
        let keys = ledger.current_codings_after(after, CHUNK)?;
        let Some(&last) = keys.last() else { break };
        after = last;
        let mut stories = Vec::with_capacity(keys.len());
        for key in keys {
            let stored = ledger.coding(key)?.with_context(|| format!("coding {key} went while it was read"))?;
            let metadata = text::Metadata { id: stored.story_id.to_string(), ..stored.metadata.clone() };
            stories.push(Story::of(&metadata, &stored.text, &stored.coding));
            known.0.insert(metadata.id, Rows::of(stored));
        }
        resolution.add(stories);
    }
    for (_, decision) in ledger.decisions()? {
        match by_hand(&known, &decision) {
            Some(decision) => resolution.decide(decision),
            None => output::message(&format!("the decision on {} and {} names no current rows", decision.left, decision.right)),
        }
    }
    let found = resolution.conclusions(Some(today));
    let n_stories = known.0.len();
    let n_origins = found.origins.len();
    let conclusions = rows(&known, &found);
    ledger.conclude_anew(&conclusions)?;
    ledger.tidy()?;
    output::message(&format!(
        "{}: {n_stories} stories of {n_origins} origins, {} actors, {} events told by {} reports, {} planned ones, {} claims against or with another",
        args.ledger.display(),
        conclusions.entities.len(),
        conclusions.happenings.len(),
        conclusions.reports.len(),
        conclusions.lives.len(),
        conclusions.relations.len(),
    ));
    Ok(Outcome::Fine)
}

/// A decision in the words of resolution: `story:7`, `actor:12`, `event:31` are rows.
fn by_hand(known: &Known, decision: &ledger::Decision) -> Option<resolution::Decision> {
    let member = |name: &str| -> Option<Member> {
        let (kind, key) = name.split_once(':')?;
        let key: i64 = key.parse().ok()?;
        known.0.iter().find_map(|(story, rows)| {
            let id = match kind {
                "story" => (rows.story_id == key).then(String::new)?,
                "actor" => rows.actors.iter().find(|(_, (row, _))| *row == key)?.0.clone(),
                "event" => rows.events.iter().find(|(_, (row, _))| *row == key)?.0.clone(),
                _ => return None,
            };
            Some(Member { story: story.clone(), id })
        })
    };
    let layer = match decision.layer {
        ledger::Layer::Origin => resolution::Layer::Origin,
        ledger::Layer::Entity => resolution::Layer::Actor,
        ledger::Layer::Happening | ledger::Layer::Life => resolution::Layer::Event,
        ledger::Layer::Claim => return None,
    };
    let is_same = decision.verb == ledger::Verb::Merge;
    Some(resolution::Decision { layer, a: member(&decision.left)?, b: member(&decision.right)?, is_same })
}

/// What was concluded, as rows.
fn rows(known: &Known, found: &resolution::Conclusions) -> Conclusions {
    let mut out = Conclusions::default();
    let mut origin_of: BTreeMap<i64, i64> = BTreeMap::new();
    for origin in &found.origins {
        let Some(first) = known.story(&origin.id) else { continue };
        for link in &origin.stories {
            let Some(story) = known.story(&link.member.story) else { continue };
            origin_of.insert(story.story_id, first.story_id);
            out.origins.push(ledger::Origin {
                story_id: story.story_id,
                origin: first.story_id,
                reason: link.reason.clone(),
                score: f64::from(link.score),
            });
        }
    }
    found.entities.iter().for_each(|entity| add_entity(known, entity, &mut out));
    found.affairs.iter().for_each(|affair| add_affair(known, affair, &origin_of, &mut out));
    for relation in &found.relations {
        let (Some(claim_id), Some(other_id)) = (known.claim(&relation.from), known.claim(&relation.to)) else { continue };
        let Some(stance) = ledger::Relation::from_word(relation.stance.word()) else { continue };
        out.relations.push(ledger::ClaimRelation {
            claim_id,
            relation: stance,
            other_id,
            reason: relation.reason.clone(),
            score: f64::from(relation.score),
        });
    }
    out
}

fn add_entity(known: &Known, entity: &resolution::Entity, out: &mut Conclusions) {
    let bearers: Vec<(&resolution::Bearer, &(i64, codebook::Actor))> =
        entity.bearers.iter().filter_map(|bearer| Some((bearer, known.actor(&bearer.link.member)?))).collect();
    let Some(entity_id) = bearers.iter().map(|(_, (key, _))| *key).min() else { return };
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    let mut sectors: BTreeMap<&str, u32> = BTreeMap::new();
    for (bearer, (_, actor)) in &bearers {
        *names.entry(&bearer.name).or_default() += 1;
        if let Some(sector) = &actor.sector {
            *sectors.entry(sector).or_default() += 1;
        }
    }
    // The sector that most stories give; of equals the first in the alphabet.
    let sector = sectors.iter().rev().max_by_key(|(_, n)| **n).map(|(sector, _)| (*sector).to_owned());
    let roles = entity.statements.iter().filter_map(|statement| {
        let (actor_id, actor) = known.actor(&statement.member)?;
        let role = actor.roles.iter().find(|role| role.title.eq_ignore_ascii_case(&statement.title));
        Some(ledger::EntityRole {
            actor_id: *actor_id,
            entity_id,
            title: statement.title.clone(),
            of: statement.of.clone(),
            status: role.and_then(|role| role.status),
            day: statement.on,
            story_id: known.story(&statement.member.story)?.story_id,
        })
    });
    let mut roles: Vec<ledger::EntityRole> = roles.collect();
    roles.sort_by_key(|role| role.actor_id);
    out.roles.extend(roles);
    out.entities.push(ledger::Entity {
        entity_id,
        name: entity.name.clone(),
        kind: entity.kind,
        country: entity.country.clone(),
        sector,
        wikidata: bearers.iter().find_map(|(_, (_, actor))| actor.wikidata.clone()),
        n_stories: bearers.len() as u32,
        names: names.into_iter().map(|(name, n)| (name.to_owned(), n)).collect(),
    });
    for (bearer, (actor_id, _)) in bearers {
        out.members.push(ledger::EntityMember {
            actor_id: *actor_id,
            entity_id,
            reason: bearer.link.reason.clone(),
            score: f64::from(bearer.link.score),
        });
    }
}

/// The least and the greatest of the numbers that reports state.
fn range(numbers: impl Iterator<Item = u32>) -> Option<(u32, u32)> {
    numbers.fold(None, |range, n| Some(range.map_or((n, n), |(least, most): (u32, u32)| (least.min(n), most.max(n)))))
}

fn add_affair(known: &Known, affair: &Affair, origin_of: &BTreeMap<i64, i64>, out: &mut Conclusions) {
    let reports: Vec<(&Link, &(i64, codebook::Event))> =
        affair.reports.iter().filter_map(|link| Some((link, known.event(&link.member)?))).collect();
    let Some(happening_id) = reports.iter().map(|(_, (key, _))| *key).min() else { return };
    let events = || reports.iter().map(|(_, (_, event))| event);
    let Some(first) = events().next() else { return };
    let told = events().find(|event| event.status == codebook::Status::Happened).unwrap_or(first);
    let when = events().filter_map(|event| event.when).reduce(|(a, b), (c, d)| {
        // Days that contradict each other leave the first.
        if a.max(c) <= b.min(d) { (a.max(c), b.min(d)) } else { (a, b) }
    });
    let place = events().find(|event| event.geonames.is_some()).or_else(|| events().find(|event| event.place_name.is_some()));
    let stories: std::collections::BTreeSet<i64> =
        reports.iter().filter_map(|(link, _)| Some(known.story(&link.member.story)?.story_id)).collect();
    let origins: std::collections::BTreeSet<i64> =
        stories.iter().map(|story| origin_of.get(story).copied().unwrap_or(*story)).collect();
    out.happenings.push(ledger::Happening {
        happening_id,
        event_type: first.event_type,
        mode: events().find_map(|event| event.mode.clone()),
        status: told.status,
        when,
        place_name: place.and_then(|event| event.place_name.clone()),
        place_country: place.and_then(|event| event.place_country.clone()),
        geonames: place.and_then(|event| event.geonames),
        killed: range(events().filter_map(|event| event.killed)),
        injured: range(events().filter_map(|event| event.injured)),
        n_reports: reports.len() as u32,
        n_stories: stories.len() as u32,
        n_origins: origins.len() as u32,
    });
    for (link, (event_id, _)) in &reports {
        out.reports.push(ledger::HappeningReport {
            event_id: *event_id,
            happening_id,
            reason: link.reason.clone(),
            score: f64::from(link.score),
        });
    }
    add_life(known, affair, &reports, out);
}

fn add_life(known: &Known, affair: &Affair, reports: &[(&Link, &(i64, codebook::Event))], out: &mut Conclusions) {
    let steps: Vec<ledger::LifeStep> = affair
        .life
        .iter()
        .filter_map(|step| {
            let report = step.report.as_ref();
            let event = report.and_then(|member| known.event(member));
            let score = reports.iter().find(|(link, _)| Some(&link.member) == report).map_or(1.0, |(link, _)| link.score);
            Some(ledger::LifeStep {
                step: ledger::Step::from_word(step.stage.word())?,
                event_id: event.map(|(key, _)| *key),
                day: step.on.or_else(|| known.story(&report?.story)?.day),
                window: event.and_then(|(_, event)| event.when),
                reason: step.reason.clone(),
                score: f64::from(score),
            })
        })
        .collect();
    let Some(last) = steps.last() else { return };
    let life_id = steps.iter().filter_map(|step| step.event_id).min();
    out.lives.extend(life_id.map(|life_id| ledger::Life {
        life_id,
        status: last.step,
        window: steps.iter().rev().find_map(|step| step.window),
        steps: steps.clone(),
    }));
}
