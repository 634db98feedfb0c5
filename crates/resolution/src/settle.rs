//! A ledger brought up to date: new codings are resolved against what is stored, and what has changed is written.
//!
//! This is the one room that knows the ledger.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use ledger::{Entry, Ledger, Outcome, Receipt, Remembered, StoredCoding};

use crate::by_hand::Decided;
use crate::conclusions::{Affair, Conclusions, Layer};
use crate::facts::{Numbers, Story};
use crate::keeping;
use crate::resolution::Resolution;
use crate::shelf::{Damaged, Shelf, Shelves};
use crate::thresholds::Thresholds;

/// Codings that are settled in one transaction.
const BATCH: usize = 500;

/// A settling that failed; the ledger is as it was before its batch.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The ledger could not be read or written.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// What was remembered is not what was put there.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

/// What a settling did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Codings that were settled.
    pub n_codings: usize,
    /// Decisions that name no rows of current codings, by their keys.
    pub adrift: Vec<i64>,
}

/// The shelves in a ledger. Facts and places lie in a table of their own.
struct InLedger<'a> {
    ledger: &'a Ledger,
    // The coding that facts are put away for.
    coding_of: BTreeMap<i64, i64>,
}

impl Shelves for InLedger<'_> {
    type Error = SettleError;

    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, SettleError> {
        Ok(match shelf {
            Shelf::Facts => self.ledger.facts(number(key)?)?,
            Shelf::Places => self.ledger.remembered(number(key)?)?.map(|(place, _)| place.to_be_bytes().to_vec()),
            _ => self.ledger.shelved(shelf as u8, key)?,
        })
    }

    fn put(&mut self, shelf: Shelf, key: &[u8], value: Vec<u8>) -> Result<(), SettleError> {
        match shelf {
            // The place comes with the facts.
            Shelf::Places => {}
            Shelf::Facts => {
                // Id and numbers stand before all else.
                let (_, numbers): (String, Numbers) = keeping::value(&value).ok_or(Damaged("the facts of a story"))?;
                let story_id = numbers.story;
                let coding_id = *self.coding_of.get(&story_id).ok_or(Damaged("the coding of a story"))?;
                self.ledger.put_facts(&Remembered { place: number(key)?, story_id, coding_id, facts: value })?;
            }
            _ => self.ledger.shelve(shelf as u8, key, &value)?,
        }
        Ok(())
    }

    fn remove(&mut self, shelf: Shelf, key: &[u8]) -> Result<(), SettleError> {
        match shelf {
            Shelf::Places => {}
            Shelf::Facts => {
                // A story that is taken out for a decision comes in again with the coding that it had.
                if let Some((story_id, coding_id)) = self.ledger.take_facts(number(key)?)? {
                    self.coding_of.entry(story_id).or_insert(coding_id);
                }
            }
            _ => self.ledger.unshelve(shelf as u8, key)?,
        }
        Ok(())
    }

    fn keys(&self, shelf: Shelf, from: &[u8], to: &[u8], last: bool, limit: usize) -> Result<Vec<Vec<u8>>, SettleError> {
        Ok(self.ledger.shelf_keys(shelf as u8, from, to, last, limit)?)
    }
}

fn number(key: &[u8]) -> Result<i64, Damaged> {
    Ok(i64::from_be_bytes(key.try_into().map_err(|_| Damaged("a number"))?))
}

/// The facts of a story's coding; credits of an agency and the day of the story as the ledger has them.
fn facts(
    metadata: &text::Metadata,
    credit: Option<&String>,
    day: Option<Date>,
    (text, coding): (&str, &codebook::Coding),
) -> Story {
    let agency = metadata.agency.clone().or_else(|| credit.cloned());
    let story = Story { agency, ..Story::of(metadata, text, coding) };
    Story { published: day.or(story.published), ..story }
}

/// The facts of a stored coding.
pub fn facts_of_stored(stored: &StoredCoding) -> Story {
    let story = facts(&stored.metadata, stored.credit.as_ref(), stored.day, (&stored.text, &stored.coding));
    let first = |keys: &[i64]| keys.first().copied().unwrap_or(0);
    let numbers = Numbers {
        story: stored.story_id,
        party: first(&stored.actor_ids),
        report: first(&stored.event_ids),
        claim: first(&stored.claim_ids),
    };
    Story { id: stored.story_id.to_string(), ..story }.kept_under(numbers)
}

/// The facts of an entry before it is kept. They cost as much as keeping it, and may be cut elsewhere meanwhile.
pub fn facts_of_entry(entry: &Entry) -> Story {
    facts(&entry.metadata, entry.credit.as_ref(), entry.day, (&entry.text, &entry.coding))
}

/// The facts of a batch's entries, one for each, under the keys of the codings that the batch was given.
///
/// # Errors
/// When the ledger cannot be read.
pub fn at_hand(ledger: &Ledger, receipt: &Receipt, stories: Vec<Story>) -> Result<BTreeMap<i64, Story>, SettleError> {
    let new = receipt.kept.iter().zip(stories).filter(|(kept, _)| kept.outcome != Outcome::Known);
    let mut at_hand = BTreeMap::new();
    for ((kept, story), &coding_id) in new.zip(&receipt.coding_ids) {
        let [party, report, claim] = ledger.first_keys(coding_id)?;
        let numbers = Numbers { story: kept.story_id, party, report, claim };
        at_hand.insert(coding_id, Story { id: kept.story_id.to_string(), ..story }.kept_under(numbers));
    }
    Ok(at_hand)
}

/// Brings ledgers up to date; keeps the facts of the stories it met last at hand.
#[derive(Debug)]
pub struct Settler {
    thresholds: Thresholds,
    facts: HashMap<u64, Arc<Story>>,
    // The ledger and the coding up to which it was settled when the facts were read.
    settled: Option<(PathBuf, i64)>,
}

impl Settler {
    /// One that has met no story yet.
    pub fn new(thresholds: Thresholds) -> Self {
        Self { thresholds, facts: HashMap::new(), settled: None }
    }

    /// Resolves the codings that came since the last settling against what is stored, and what they touch. `at_hand` are facts
    /// of codings that were just kept, by their keys; those are not read again. `told` hears how many were settled so far.
    ///
    /// # Errors
    /// When the ledger cannot be read or written; batches before that are kept.
    pub fn settle(
        &mut self,
        ledger: &mut Ledger,
        mut at_hand: BTreeMap<i64, Story>,
        mut told: impl FnMut(usize),
    ) -> Result<Settled, SettleError> {
        let mut settled = Settled::default();
        loop {
            let path = ledger.path().to_path_buf();
            let done = ledger.transact(|ledger| self.settle_batch(ledger, &path, &mut at_hand, &mut settled));
            if done.is_err() {
                // What was at hand may never have been written.
                self.settled = None;
            }
            let n = done?;
            settled.n_codings += n;
            if n > 0 {
                told(settled.n_codings);
            }
            if n < BATCH {
                return Ok(settled);
            }
        }
    }

    /// Concludes everything anew from the codings and decisions.
    ///
    /// # Errors
    /// As [`Settler::settle`].
    pub fn rebuild(&mut self, ledger: &mut Ledger, told: impl FnMut(usize)) -> Result<Settled, SettleError> {
        ledger.transact(|ledger| Ok::<_, SettleError>(ledger.forget_conclusions()?))?;
        self.settled = None;
        self.settle(ledger, BTreeMap::new(), told)
    }

    fn settle_batch(
        &mut self,
        ledger: &Ledger,
        path: &Path,
        at_hand: &mut BTreeMap<i64, Story>,
        settled: &mut Settled,
    ) -> Result<usize, SettleError> {
        let seen = match ledger.shelved(Shelf::State as u8, b"seen")? {
            Some(bytes) => number(&bytes)?,
            None => 0,
        };
        // Another program may have settled in between.
        if self.settled.as_ref().is_none_or(|(at, upto)| at != path || *upto != seen) {
            self.facts.clear();
        }
        let keys = ledger.current_codings_after(seen, BATCH)?;
        let (mut fresh, mut gone, mut coding_of) = (Vec::with_capacity(keys.len()), Vec::new(), BTreeMap::new());
        for &key in &keys {
            let story = match at_hand.remove(&key) {
                Some(story) => story,
                None => facts_of_stored(&ledger.coding(key)?.ok_or(Damaged("a coding that is listed"))?),
            };
            if ledger.remembered(story.numbers.story)?.is_some() {
                gone.push(story.numbers.story);
            }
            coding_of.insert(story.numbers.story, key);
            fresh.push(story);
        }
        settled.adrift.clear();
        let decided = decisions(ledger, &coding_of, &mut settled.adrift)?;
        let mut resolution = Resolution::on(InLedger { ledger, coding_of }, self.thresholds.clone());
        resolution.facts = std::mem::take(&mut self.facts);
        let found = resolution.settle(&gone, fresh, decided, None)?;
        self.facts = resolution.facts;
        ledger.write_conclusions(&rows(&found))?;
        let last = keys.last().copied().unwrap_or(seen);
        ledger.shelve(Shelf::State as u8, b"seen", &last.to_be_bytes())?;
        self.settled = Some((path.to_path_buf(), last));
        Ok(keys.len())
    }
}

/// Decisions in the words of resolution: `story:7`, `actor:12`, `event:31`, `claim:5` are rows. A decision waits while a story
/// that it names is not settled yet.
fn decisions(ledger: &Ledger, arriving: &BTreeMap<i64, i64>, adrift: &mut Vec<i64>) -> Result<Vec<Decided>, SettleError> {
    let mut decided = Vec::new();
    for (key, decision) in ledger.decisions()? {
        let layer = match decision.layer {
            ledger::Layer::Origin => Layer::Origin,
            ledger::Layer::Entity => Layer::Actor,
            ledger::Layer::Happening | ledger::Layer::Life => Layer::Event,
            ledger::Layer::Claim => Layer::Claim,
        };
        let mut parts = Vec::with_capacity(2);
        for named in [&decision.left, &decision.right] {
            let Some(row) = ledger.row_named(named)? else { continue };
            let is_here = match arriving.get(&row.story_id) {
                Some(&coding_id) => row.coding_id == coding_id,
                None => ledger.remembered(row.story_id)?.is_some_and(|(_, coding_id)| row.coding_id == coding_id),
            };
            if is_here {
                parts.push((row.story_id, row.part));
            }
        }
        match parts[..] {
            [a, b] => decided.push(Decided { layer, a, b, is_same: decision.verb == ledger::Verb::Merge }),
            _ => adrift.push(key),
        }
    }
    Ok(decided)
}

/// What was concluded, as rows.
fn rows(found: &Conclusions) -> ledger::Conclusions {
    let mut out = ledger::Conclusions::default();
    for origin in &found.origins {
        out.origins.extend(origin.stories.iter().map(|link| ledger::Origin {
            story_id: link.number,
            origin: origin.number,
            reason: link.reason.clone(),
            score: f64::from(link.score),
        }));
    }
    for entity in &found.entities {
        add_entity(entity, &mut out);
    }
    // The offices of one actor stand together.
    out.roles.sort_by_key(|role| role.actor_id);
    for affair in &found.affairs {
        add_affair(affair, &mut out);
    }
    out.relations.extend(found.relations.iter().filter_map(|relation| {
        Some(ledger::ClaimRelation {
            claim_id: relation.numbers.0,
            relation: ledger::Relation::from_word(relation.stance.word())?,
            other_id: relation.numbers.1,
            reason: relation.reason.clone(),
            score: f64::from(relation.score),
        })
    }));
    for claims in &found.propositions {
        let row = |&claim_id: &i64| ledger::Proposition { claim_id, proposition: claims[0] };
        out.propositions.extend(claims.iter().map(row));
    }
    out.stories_gone.clone_from(&found.gone.stories);
    out.actors_gone.clone_from(&found.gone.parties);
    out.events_gone.clone_from(&found.gone.reports);
    out.claims_gone.clone_from(&found.gone.claims);
    out
}

fn add_entity(entity: &crate::Entity, out: &mut ledger::Conclusions) {
    out.entities.push(ledger::Entity {
        entity_id: entity.number,
        name: entity.name.clone(),
        kind: entity.kind,
        country: entity.country.clone(),
        sector: entity.sector.clone(),
        wikidata: entity.wikidata.clone(),
        n_stories: entity.n_bearers,
        names: entity.names.clone(),
    });
    out.members.extend(entity.bearers.iter().map(|bearer| ledger::EntityMember {
        actor_id: bearer.link.number,
        entity_id: entity.number,
        reason: bearer.link.reason.clone(),
        score: f64::from(bearer.link.score),
    }));
    out.roles.extend(entity.statements.iter().map(|statement| ledger::EntityRole {
        actor_id: statement.number,
        entity_id: entity.number,
        title: statement.title.clone(),
        of: statement.of.clone(),
        status: statement.status,
        day: statement.on,
        story_id: statement.story_number,
    }));
}

fn add_affair(affair: &Affair, out: &mut ledger::Conclusions) {
    let Some(summary) = &affair.summary else { return };
    out.happenings.push(ledger::Happening {
        happening_id: summary.number,
        event_type: summary.event_type,
        mode: summary.mode.clone(),
        status: summary.status,
        when: summary.when,
        place_name: summary.place.place_name.clone(),
        place_country: summary.place.place_country.clone(),
        geonames: summary.place.geonames,
        killed: summary.killed,
        injured: summary.injured,
        n_reports: affair.reports.len() as u32,
        n_stories: summary.n_stories,
        n_origins: summary.n_origins,
    });
    let scores: BTreeMap<i64, f32> = affair.reports.iter().map(|link| (link.number, link.score)).collect();
    out.reports.extend(affair.reports.iter().map(|link| ledger::HappeningReport {
        event_id: link.number,
        happening_id: summary.number,
        reason: link.reason.clone(),
        score: f64::from(link.score),
    }));
    let steps: Vec<ledger::LifeStep> = affair
        .life
        .iter()
        .filter_map(|step| {
            Some(ledger::LifeStep {
                step: ledger::Step::from_word(step.stage.word())?,
                event_id: step.number,
                day: step.on,
                window: step.window,
                reason: step.reason.clone(),
                score: f64::from(step.number.and_then(|number| scores.get(&number)).copied().unwrap_or(1.0)),
            })
        })
        .collect();
    let (Some(last), Some(life_id)) = (steps.last(), steps.iter().filter_map(|step| step.event_id).min()) else { return };
    out.lives.push(ledger::Life {
        life_id,
        status: last.step,
        window: steps.iter().rev().find_map(|step| step.window),
        steps,
    });
}
