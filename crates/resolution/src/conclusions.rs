//! What resolution gives out: groups and links with their reasons and scores, for the ledger to store.

use codebook::ActorKind;
use jiff::civil::Date;

use crate::dispute::Stance;
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
    /// The day on which it was stated.
    pub on: Option<Date>,
    /// The party that it was stated of.
    pub member: Member,
}

/// One actor over stories.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// A name for the group that does not depend on the order of arrival.
    pub id: String,
    /// The spelling used most.
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
    /// ISO 3166-1 alpha-3, stated if any story states it.
    pub country: Option<String>,
    /// The parties of stories that are this actor.
    pub bearers: Vec<Bearer>,
    /// Its offices as dated statements.
    pub statements: Vec<Statement>,
}

/// One event over stories.
#[derive(Clone, Debug, PartialEq)]
pub struct Affair {
    /// The earliest report.
    pub id: ReportId,
    /// The reports, the earliest first.
    pub reports: Vec<Link>,
    /// The steps of its life, when it was ever planned.
    pub life: Vec<Step>,
}

/// How one claim stands to an earlier one of another story.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The later claim.
    pub from: Member,
    /// The earlier claim.
    pub to: Member,
    /// How it stands to it.
    pub stance: Stance,
    /// Share of common words, 0 to 1.
    pub score: f32,
    /// Why.
    pub reason: String,
}

/// Everything concluded, in an order that depends on the stories alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Conclusions {
    /// Copies by origin.
    pub origins: Vec<Origin>,
    /// Actors over stories.
    pub entities: Vec<Entity>,
    /// Events over stories.
    pub affairs: Vec<Affair>,
    /// Claims against claims.
    pub relations: Vec<Relation>,
}

/// What a decision by hand is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Two stories.
    Origin,
    /// Two parties.
    Actor,
    /// Two reports.
    Event,
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

impl Decision {
    /// Whether it is about this part of this story.
    pub(crate) fn names(&self, story: &str, id: &str) -> bool {
        [&self.a, &self.b].iter().any(|member| member.story == story && member.id == id)
    }
}
