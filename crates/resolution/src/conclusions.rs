//! What resolution gives out: groups and links with their reasons and scores, for the ledger to store.

use codebook::{ActorKind, EventType, RoleStatus, Status};
use jiff::civil::Date;

use crate::dispute::Stance;
use crate::facts::Detail;
use crate::life::Step;

/// A part of a story: an actor, an event or a claim by its id in the coding; an empty id is the story itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The story's id.
    pub story: String,
    /// The part's id in the story's coding.
    pub id: String,
}

/// A report: one story's telling of an event.
pub type ReportId = Member;

/// Why a member belongs to its group.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The member.
    pub member: Member,
    /// The number that it is kept under.
    pub number: i64,
    /// How sure it is, 0 to 1.
    pub score: f32,
    /// By which likeness to which other member, or by hand.
    pub reason: String,
}

/// One independent report with all of its copies.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Id of the earliest story.
    pub id: String,
    /// The number that this story is kept under.
    pub number: i64,
    /// The agency credited by any copy, else the earliest story's publisher.
    pub credit: Option<String>,
    /// The stories, the earliest first.
    pub stories: Vec<Link>,
}

/// A party of a story as bearer of a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Bearer {
    /// The name as this story has it.
    pub name: String,
    /// The party and why it is this actor.
    pub link: Link,
}

/// An office that a story gives an actor, dated by the story.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The office, folded.
    pub title: String,
    /// Its country.
    pub of: Option<String>,
    /// `None` when simply held.
    pub status: Option<RoleStatus>,
    /// The day on which it was stated.
    pub on: Option<Date>,
    /// The party that it was stated of.
    pub member: Member,
    /// The number that the party is kept under.
    pub number: i64,
    /// The number that its story is kept under.
    pub story_number: i64,
}

/// One actor over stories.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// A name for the group that does not depend on the order of arrival.
    pub id: String,
    /// The least number of its bearers.
    pub number: i64,
    /// The spelling used most.
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
    /// ISO 3166-1 alpha-3, stated if any story states it.
    pub country: Option<String>,
    /// Sector code that most stories give.
    pub sector: Option<String>,
    /// Wikidata id.
    pub wikidata: Option<String>,
    /// How many parties bear each of its names.
    pub names: Vec<(String, u32)>,
    /// How many parties are this actor.
    pub n_bearers: u32,
    /// The parties of stories that are this actor: all, or those that were not told so before.
    pub bearers: Vec<Bearer>,
    /// The offices of these as dated statements.
    pub statements: Vec<Statement>,
}

/// One event over stories.
#[derive(Clone, Debug, PartialEq)]
pub struct Affair {
    /// The earliest report.
    pub id: ReportId,
    /// What its reports say together; `None` for mentions that nobody coded.
    pub summary: Option<Summary>,
    /// The reports, the earliest first.
    pub reports: Vec<Link>,
    /// The steps of its life, when it was ever planned.
    pub life: Vec<Step>,
}

/// What the reports of an event say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The least number of its reports.
    pub number: i64,
    /// Type of the earliest report.
    pub event_type: EventType,
    /// The first mode that is told.
    pub mode: Option<String>,
    /// Happened when any report says so, else that of the earliest.
    pub status: Status,
    /// First and last day that all reports allow.
    pub when: Option<(Date, Date)>,
    /// The place with an entry in the gazetteer, else any, of the earliest report that has one.
    pub place: Detail,
    /// Least and greatest number of people killed.
    pub killed: Option<(u32, u32)>,
    /// Least and greatest number of people injured.
    pub injured: Option<(u32, u32)>,
    /// Stories that tell it.
    pub n_stories: u32,
    /// Independent stories that tell it.
    pub n_origins: u32,
}

/// How one claim stands to an earlier one of another story.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The later claim.
    pub from: Member,
    /// The earlier claim.
    pub to: Member,
    /// The numbers that both are kept under.
    pub numbers: (i64, i64),
    /// How it stands to it.
    pub stance: Stance,
    /// Share of common words, 0 to 1.
    pub score: f32,
    /// Why.
    pub reason: String,
}

/// The numbers of what is no longer there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gone {
    /// Stories.
    pub stories: Vec<i64>,
    /// Parties.
    pub parties: Vec<i64>,
    /// Reports.
    pub reports: Vec<i64>,
    /// Claims that are gone, or whose relations are told anew.
    pub claims: Vec<i64>,
}

/// What is concluded: all, or what is not as it was told before; in an order that depends on the stories alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conclusions {
    /// Copies by origin.
    pub origins: Vec<Origin>,
    /// Actors over stories.
    pub entities: Vec<Entity>,
    /// Events over stories.
    pub affairs: Vec<Affair>,
    /// Claims against claims.
    pub relations: Vec<Relation>,
    /// Claims that speak of one thing, by their numbers, sorted; two at least.
    pub propositions: Vec<Vec<i64>>,
    /// What is no longer there.
    pub gone: Gone,
}

/// What a decision by hand is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Layer {
    /// Two stories.
    Origin,
    /// Two parties.
    Actor,
    /// Two reports.
    Event,
    /// Two claims.
    Claim,
}

/// A merge or a split by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it is about.
    pub layer: Layer,
    /// The one member.
    pub a: Member,
    /// The other.
    pub b: Member,
    /// Whether they are the same.
    pub is_same: bool,
}
