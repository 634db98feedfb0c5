//! What holds over stories: derived rows, written as they are concluded and replaced when they are concluded anew.
//!
//! The ledger concludes nothing; it keeps what it is given, each with reason and score, and throws it away for a rebuild.

use std::collections::BTreeSet;

use codebook::words;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Error;
use crate::ledger::Ledger;

words! {
    /// A step in the life of a planned event.
    Step {
        /// Announced, scheduled, expected.
        Planned = "planned", /// Said again with the same window.
        Confirmed = "confirmed", /// Reported as done.
        TookPlace = "took place", /// Given a later window.
        Postponed = "postponed", /// Called off.
        Cancelled = "cancelled", /// The window has passed and nothing was heard.
        Overdue = "overdue",
    }
}

words! {
    /// How one claim stands to another.
    Relation {
        /// Says that it is not so.
        Denies = "denies", /// Says otherwise.
        Disputes = "disputes", /// Says the same.
        Confirms = "confirms", /// Says it with newer facts.
        Updates = "updates", /// Takes back its own.
        Retracts = "retracts",
    }
}

/// A story goes back to another: a row of `origins`.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The story.
    pub story_id: i64,
    /// The first story of its group; itself when it is independent.
    pub origin: i64,
    /// Why.
    pub reason: String,
    /// How sure, 0 to 1.
    pub score: f64,
}

/// One person or body over many stories: a row of `entities` with its names and roles.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// The least key of its members.
    pub entity_id: i64,
    /// Canonical name.
    pub name: String,
    /// What it is.
    pub kind: codebook::ActorKind,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// Sector code.
    pub sector: Option<String>,
    /// Wikidata id.
    pub wikidata: Option<String>,
    /// Stories that name it.
    pub n_stories: u32,
    /// Its names, each with the number of stories that use it.
    pub names: Vec<(String, u32)>,
}

/// An office that a story gives an entity: a row of `entity_roles`.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityRole {
    /// The story's actor.
    pub actor_id: i64,
    /// The entity that it is.
    pub entity_id: i64,
    /// "acting foreign minister".
    pub title: String,
    /// Country that the office belongs to.
    pub of: Option<String>,
    /// `None` when simply held.
    pub status: Option<codebook::RoleStatus>,
    /// Day of the story.
    pub day: Option<Date>,
    /// The story that states it.
    pub story_id: i64,
}

/// A story's actor is an entity: a row of `entity_members`.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityMember {
    /// The actor.
    pub actor_id: i64,
    /// The entity.
    pub entity_id: i64,
    /// Why.
    pub reason: String,
    /// How sure, 0 to 1.
    pub score: f64,
}

/// One event over its reports: a row of `happenings`.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// The least key of its reports.
    pub happening_id: i64,
    /// PLOVER type.
    pub event_type: codebook::EventType,
    /// PLOVER mode.
    pub mode: Option<String>,
    /// Whether it happened, by its reports.
    pub status: codebook::Status,
    /// First and last day that all reports allow.
    pub when: Option<(Date, Date)>,
    /// Name of the most precise place.
    pub place_name: Option<String>,
    /// Its country.
    pub place_country: Option<String>,
    /// Its GeoNames id.
    pub geonames: Option<u32>,
    /// Least and greatest number of people killed that a report states.
    pub killed: Option<(u32, u32)>,
    /// Least and greatest number of people injured that a report states.
    pub injured: Option<(u32, u32)>,
    /// How many reports tell it.
    pub n_reports: u32,
    /// How many stories tell it.
    pub n_stories: u32,
    /// How many independent stories tell it.
    pub n_origins: u32,
}

/// A report tells a happening: a row of `happening_reports`.
#[derive(Clone, Debug, PartialEq)]
pub struct HappeningReport {
    /// The report: row of `events`.
    pub event_id: i64,
    /// The happening.
    pub happening_id: i64,
    /// Why.
    pub reason: String,
    /// How sure, 0 to 1.
    pub score: f64,
}

/// What became of a planned event: a row of `lives` with its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// The least key of its reports.
    pub life_id: i64,
    /// Its last step.
    pub status: Step,
    /// Its window as last heard.
    pub window: Option<(Date, Date)>,
    /// The steps, oldest first.
    pub steps: Vec<LifeStep>,
}

/// A step of a life.
#[derive(Clone, Debug, PartialEq)]
pub struct LifeStep {
    /// Which.
    pub step: Step,
    /// The report that states it; `None` for overdue.
    pub event_id: Option<i64>,
    /// When it was said.
    pub day: Option<Date>,
    /// The window that it states.
    pub window: Option<(Date, Date)>,
    /// Why.
    pub reason: String,
    /// How sure, 0 to 1.
    pub score: f64,
}

/// A claim stands to another: a row of `claim_relations`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRelation {
    /// The later claim.
    pub claim_id: i64,
    /// How it stands.
    pub relation: Relation,
    /// The claim that it stands to.
    pub other_id: i64,
    /// Why.
    pub reason: String,
    /// How sure, 0 to 1.
    pub score: f64,
}

/// Two claims or more speak of one thing: a row of `propositions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposition {
    /// The claim.
    pub claim_id: i64,
    /// The least key among the claims that speak of it.
    pub proposition: i64,
}

/// What was concluded. Rows with the key of a stored row take its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conclusions {
    /// Which stories go back to which.
    pub origins: Vec<Origin>,
    /// Persons and bodies.
    pub entities: Vec<Entity>,
    /// Which actors are they.
    pub members: Vec<EntityMember>,
    /// Offices of these members, those of one actor in order; they take the place of all that its row had.
    pub roles: Vec<EntityRole>,
    /// Events over their reports.
    pub happenings: Vec<Happening>,
    /// Which reports tell them. Lives with a step by one of these reports are written anew: they go.
    pub reports: Vec<HappeningReport>,
    /// What became of planned events.
    pub lives: Vec<Life>,
    /// Which claims stand against each other.
    pub relations: Vec<ClaimRelation>,
    /// Which claims speak of one thing.
    pub propositions: Vec<Proposition>,
    /// Stories of which nothing is concluded any more.
    pub stories_gone: Vec<i64>,
    /// Actors of which nothing is concluded any more.
    pub actors_gone: Vec<i64>,
    /// Reports of which nothing is concluded any more.
    pub events_gone: Vec<i64>,
    /// Claims whose relations and propositions go, before those given here are written.
    pub claims_gone: Vec<i64>,
}

impl Ledger {
    /// Writes conclusions beside those that are there, in one transaction. Entities and happenings that have lost their last
    /// member go.
    ///
    /// # Errors
    /// When they cannot be written, or name rows that are not stored.
    pub fn conclude(&mut self, conclusions: &Conclusions) -> Result<(), Error> {
        self.transact(|ledger| ledger.write_conclusions(conclusions))
    }

    /// Writes conclusions in place of all that are there, in one transaction: a rebuild.
    ///
    /// # Errors
    /// As [`Ledger::conclude`].
    pub fn conclude_anew(&mut self, conclusions: &Conclusions) -> Result<(), Error> {
        self.transact(|ledger| {
            ledger.forget_conclusions()?;
            ledger.write_conclusions(conclusions)
        })
    }

    /// Takes away all that was concluded, and what resolution remembers. Decisions stay.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn forget_conclusions(&self) -> Result<(), Error> {
        // Members first, so that no row has to look for the rows that lean on it.
        Ok(self.connection.execute_batch(
            "DELETE FROM claim_relations; DELETE FROM propositions; DELETE FROM life_steps; DELETE FROM lives;
             DELETE FROM happening_reports; DELETE FROM happenings; DELETE FROM entity_roles; DELETE FROM entity_members;
             DELETE FROM entity_names; DELETE FROM entities; DELETE FROM origins;
             DELETE FROM resolution_facts; DELETE FROM resolution_shelves;",
        )?)
    }

    /// Writes conclusions within a transaction of the caller's, [`Ledger::transact`].
    ///
    /// # Errors
    /// As [`Ledger::conclude`].
    pub fn write_conclusions(&self, conclusions: &Conclusions) -> Result<(), Error> {
        write(&self.connection, conclusions)
    }
}

fn day(day: Option<Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn days(window: Option<(Date, Date)>) -> (Option<String>, Option<String>) {
    window.map(|(first, last)| (first.to_string(), last.to_string())).unzip()
}

/// Members of groups: their table, its key, the groups' table, its key.
const ENTITIES: Groups = Groups { members: "entity_members", member: "actor_id", groups: "entities", group: "entity_id" };
const HAPPENINGS: Groups =
    Groups { members: "happening_reports", member: "event_id", groups: "happenings", group: "happening_id" };

fn write(connection: &Connection, conclusions: &Conclusions) -> Result<(), Error> {
    for story_id in &conclusions.stories_gone {
        connection.prepare_cached("DELETE FROM origins WHERE story_id = ?1")?.execute([story_id])?;
    }
    for Origin { story_id, origin, reason, score } in &conclusions.origins {
        connection
            .prepare_cached("INSERT OR REPLACE INTO origins VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![story_id, origin, reason, score])?;
    }
    write_entities(connection, conclusions)?;
    write_happenings(connection, conclusions)?;
    for claim_id in &conclusions.claims_gone {
        connection.prepare_cached("DELETE FROM claim_relations WHERE claim_id = ?1")?.execute([claim_id])?;
        connection.prepare_cached("DELETE FROM claim_relations WHERE other_id = ?1")?.execute([claim_id])?;
        connection.prepare_cached("DELETE FROM propositions WHERE claim_id = ?1")?.execute([claim_id])?;
    }
    for ClaimRelation { claim_id, relation, other_id, reason, score } in &conclusions.relations {
        connection
            .prepare_cached("INSERT OR REPLACE INTO claim_relations VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![claim_id, relation.word(), other_id, reason, score])?;
    }
    for Proposition { claim_id, proposition } in &conclusions.propositions {
        connection
            .prepare_cached("INSERT OR REPLACE INTO propositions VALUES (?1, ?2)")?
            .execute([claim_id, proposition])?;
    }
    Ok(())
}

fn write_entities(connection: &Connection, conclusions: &Conclusions) -> Result<(), Error> {
    let mut left = ENTITIES.part(connection, &conclusions.actors_gone)?;
    let mut no_roles = connection.prepare_cached("DELETE FROM entity_roles WHERE actor_id = ?1")?;
    for actor_id in conclusions.actors_gone.iter().chain(conclusions.members.iter().map(|member| &member.actor_id)) {
        no_roles.execute([actor_id])?;
    }
    for entity in &conclusions.entities {
        write_entity(connection, entity)?;
    }
    let members = conclusions.members.iter().map(|m| (m.actor_id, m.entity_id, &*m.reason, m.score));
    left.extend(ENTITIES.join(connection, members)?);
    ENTITIES.clear(connection, left)?;
    let mut position = 0;
    let mut last = None;
    for role in &conclusions.roles {
        position = if last == Some(role.actor_id) { position + 1 } else { 0 };
        last = Some(role.actor_id);
        let status = role.status.map(codebook::RoleStatus::word);
        connection.prepare_cached("INSERT INTO entity_roles VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
            role.actor_id,
            position,
            role.entity_id,
            role.title,
            role.of,
            status,
            day(role.day),
            role.story_id
        ])?;
    }
    Ok(())
}

fn write_happenings(connection: &Connection, conclusions: &Conclusions) -> Result<(), Error> {
    let mut ended = connection
        .prepare_cached("DELETE FROM lives WHERE life_id IN (SELECT life_id FROM life_steps WHERE event_id = ?1)")?;
    for event_id in conclusions.events_gone.iter().chain(conclusions.reports.iter().map(|report| &report.event_id)) {
        ended.execute([event_id])?;
    }
    let mut left = HAPPENINGS.part(connection, &conclusions.events_gone)?;
    for happening in &conclusions.happenings {
        write_happening(connection, happening)?;
    }
    let reports = conclusions.reports.iter().map(|r| (r.event_id, r.happening_id, &*r.reason, r.score));
    left.extend(HAPPENINGS.join(connection, reports)?);
    HAPPENINGS.clear(connection, left)?;
    for life in &conclusions.lives {
        write_life(connection, life)?;
    }
    Ok(())
}

fn write_entity(connection: &Connection, entity: &Entity) -> Result<(), Error> {
    let key = entity.entity_id;
    // An upsert and no REPLACE, which would take the members along.
    connection
        .prepare_cached(
            "INSERT INTO entities VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (entity_id) DO UPDATE SET
             name = excluded.name, kind = excluded.kind, country = excluded.country, sector = excluded.sector,
             wikidata = excluded.wikidata, n_stories = excluded.n_stories",
        )?
        .execute(params![
            key,
            entity.name,
            entity.kind.word(),
            entity.country,
            entity.sector,
            entity.wikidata,
            entity.n_stories
        ])?;
    connection.prepare_cached("DELETE FROM entity_names WHERE entity_id = ?1")?.execute([key])?;
    for (name, n_stories) in &entity.names {
        connection
            .prepare_cached("INSERT INTO entity_names VALUES (?1, ?2, ?3)")?
            .execute(params![key, name, n_stories])?;
    }
    Ok(())
}

fn write_happening(connection: &Connection, happening: &Happening) -> Result<(), Error> {
    let (earliest, latest) = days(happening.when);
    let (killed_min, killed_max) = happening.killed.unzip();
    let (injured_min, injured_max) = happening.injured.unzip();
    connection
        .prepare_cached(
            "INSERT INTO happenings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (happening_id) DO UPDATE SET type = excluded.type, mode = excluded.mode,
             status = excluded.status, earliest = excluded.earliest, latest = excluded.latest,
             place_name = excluded.place_name, place_country = excluded.place_country, geonames = excluded.geonames,
             killed_min = excluded.killed_min, killed_max = excluded.killed_max, injured_min = excluded.injured_min,
             injured_max = excluded.injured_max, n_reports = excluded.n_reports, n_stories = excluded.n_stories,
             n_origins = excluded.n_origins",
        )?
        .execute(params![
            happening.happening_id,
            happening.event_type.word(),
            happening.mode,
            happening.status.word(),
            earliest,
            latest,
            happening.place_name,
            happening.place_country,
            happening.geonames,
            killed_min,
            killed_max,
            injured_min,
            injured_max,
            happening.n_reports,
            happening.n_stories,
            happening.n_origins
        ])?;
    Ok(())
}

/// A table of members and the table of what they belong to.
struct Groups {
    members: &'static str,
    member: &'static str,
    groups: &'static str,
    group: &'static str,
}

impl Groups {
    /// Takes members out; gives the groups that they were in.
    fn part(&self, connection: &Connection, gone: &[i64]) -> Result<BTreeSet<i64>, Error> {
        let Self { members, member, group, .. } = self;
        let mut remove =
            connection.prepare_cached(&format!("DELETE FROM {members} WHERE {member} = ?1 RETURNING {group}"))?;
        let mut left = BTreeSet::new();
        for key in gone {
            left.extend(remove.query_row([key], |row| row.get::<_, i64>(0)).optional()?);
        }
        Ok(left)
    }

    /// Writes who belongs to what; gives the groups that were left for others.
    fn join<'a>(
        &self,
        connection: &Connection,
        all: impl Iterator<Item = (i64, i64, &'a str, f64)>,
    ) -> Result<BTreeSet<i64>, Error> {
        let Self { members, member, group, .. } = self;
        let mut left = BTreeSet::new();
        let mut before = connection.prepare_cached(&format!("SELECT {group} FROM {members} WHERE {member} = ?1"))?;
        let mut insert =
            connection.prepare_cached(&format!("INSERT OR REPLACE INTO {members} VALUES (?1, ?2, ?3, ?4)"))?;
        for (key, to, reason, score) in all {
            let from: Option<i64> = before.query_row([key], |row| row.get(0)).optional()?;
            left.extend(from.filter(|&from| from != to));
            insert.execute(params![key, to, reason, score])?;
        }
        Ok(left)
    }

    /// Takes away those of these groups that have no member any more.
    fn clear(&self, connection: &Connection, left: BTreeSet<i64>) -> Result<(), Error> {
        let Self { members, groups, group, .. } = self;
        let mut remove = connection.prepare_cached(&format!(
            "DELETE FROM {groups} WHERE {group} = ?1 AND NOT EXISTS (SELECT 1 FROM {members} WHERE {group} = ?1)"
        ))?;
        for key in left {
            remove.execute([key])?;
        }
        Ok(())
    }
}

fn write_life(connection: &Connection, life: &Life) -> Result<(), Error> {
    let (earliest, latest) = days(life.window);
    connection
        .prepare_cached(
            "INSERT INTO lives VALUES (?1, ?2, ?3, ?4) ON CONFLICT (life_id) DO UPDATE SET
             status = excluded.status, earliest = excluded.earliest, latest = excluded.latest",
        )?
        .execute(params![life.life_id, life.status.word(), earliest, latest])?;
    connection.prepare_cached("DELETE FROM life_steps WHERE life_id = ?1")?.execute([life.life_id])?;
    for (position, step) in life.steps.iter().enumerate() {
        let (earliest, latest) = days(step.window);
        connection
            .prepare_cached("INSERT INTO life_steps VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
            .execute(params![
                life.life_id,
                position as i64,
                step.step.word(),
                step.event_id,
                day(step.day),
                earliest,
                latest,
                step.reason,
                step.score
            ])?;
    }
    Ok(())
}
