//! What resolution takes in: the facts of one story, cut from its coding.
//!
//! The words at spans are read once, here; nothing behind this room sees a text.

use codebook::{Act, Actor, ActorKind, Claim, Coding, Event, EventType, RoleStatus, RoleTitle, Status};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use text::{Metadata, Span};

use crate::words::{self, Gist};
use crate::{Sketch, hash, keeping, name};

/// The numbers under which whoever keeps a story keeps it and its parts; parts count on from the first of their kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// The story.
    pub story: i64,
    /// Its first party.
    pub party: i64,
    /// Its first event.
    pub report: i64,
    /// Its first claim.
    pub claim: i64,
}

/// One story: its metadata, sketch and gist, and what its coding states.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// Its id; two stories never share one.
    pub id: String,
    /// Under which numbers it is kept; those of a story that nobody keeps follow from its id.
    pub numbers: Numbers,
    /// Day of publication.
    #[serde(with = "keeping::day")]
    pub published: Option<Date>,
    /// The outlet.
    pub publisher: Option<String>,
    /// The wire service credited.
    pub agency: Option<String>,
    /// Its headline.
    pub title: Option<String>,
    /// Shingles of its text.
    pub sketch: Sketch,
    /// What its text is about.
    pub gist: Gist,
    /// Its parties, in the coding's order.
    pub parties: Vec<Party>,
    /// Its events, in the coding's order.
    pub reports: Vec<Report>,
    /// Its claims, in the coding's order.
    pub claims: Vec<Saying>,
}

/// A party of one story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Its id in the coding.
    pub id: String,
    /// Its name or description.
    pub name: String,
    /// What it is.
    #[serde(with = "keeping::kind")]
    pub kind: ActorKind,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// Whether the country is stated of the party itself and not taken from its surroundings.
    pub is_firm: bool,
    /// Sector code.
    pub sector: Option<String>,
    /// Its offices.
    pub offices: Vec<Office>,
    /// Wikidata id.
    pub wikidata: Option<String>,
    /// Whether it has a name; descriptions are never taken for one another over stories.
    pub is_named: bool,
}

/// An office that a story gives a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// The office, folded.
    pub title: String,
    /// Its country.
    pub of: Option<String>,
    /// `None` when simply held.
    #[serde(with = "keeping::role")]
    pub status: Option<RoleStatus>,
}

/// What a report says beside who, where and when; it joins nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Name of the place, however it was found.
    pub place_name: Option<String>,
    /// Its country.
    pub place_country: Option<String>,
    /// Its GeoNames id.
    pub geonames: Option<u32>,
    /// People killed.
    pub killed: Option<u32>,
    /// People injured.
    pub injured: Option<u32>,
}

/// One story's telling of an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its id in the coding.
    pub id: String,
    /// Stem of the head of its trigger.
    pub head: String,
    /// Stems of all words of its triggers.
    pub stems: Vec<String>,
    /// Its type; `None` for mentions that nobody coded.
    #[serde(with = "keeping::event_type")]
    pub event_type: Option<EventType>,
    /// Its mode.
    pub mode: Option<String>,
    /// Whether it happened.
    #[serde(with = "keeping::status")]
    pub status: Option<Status>,
    /// Who acts, as indices of parties.
    pub actors: Vec<usize>,
    /// To whom, as indices of parties.
    pub recipients: Vec<usize>,
    /// GeoNames id of the place.
    pub geonames: Option<u32>,
    /// Earliest and latest day.
    #[serde(with = "keeping::window")]
    pub when: Option<(Date, Date)>,
    /// Hashes of the stems of its sentence, sorted.
    pub around: Vec<u32>,
    /// Stems of event words in the trigger's sentence that stand beside it: "postponed".
    pub beside: Vec<String>,
    /// Index of the claim that tells it.
    pub claim: Option<usize>,
    /// What else it says.
    pub detail: Detail,
}

/// Content under a source in one story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saying {
    /// Its id in the coding.
    pub id: String,
    /// The source, as index of a party.
    pub source: Option<usize>,
    /// What the source does in speaking.
    #[serde(with = "keeping::act")]
    pub act: Act,
    /// Hashes of the stems of its content, sorted.
    pub content: Vec<u32>,
    /// The same of its least usual stems, the most telling first.
    pub rare: Vec<u32>,
}

impl Story {
    /// The facts of a story from its metadata, text and coding.
    pub fn of(metadata: &Metadata, text: &str, coding: &Coding) -> Self {
        let published = metadata.published.as_deref().and_then(|stamp| stamp.get(..10)?.parse().ok());
        let parties: Vec<Party> = coding.actors.iter().map(|actor| party(text, actor, &coding.actors)).collect();
        let index = |ids: &[String]| {
            let found = ids.iter().filter_map(|id| coding.actors.iter().position(|actor| actor.id == *id));
            found.map(|idx| bearer(text, &coding.actors, idx)).collect::<Vec<usize>>()
        };
        let claim_of = |event: &Event| event.claim.as_ref().and_then(|id| coding.claims.iter().position(|claim| claim.id == *id));
        Self {
            numbers: Numbers::default(),
            id: metadata.id.clone(),
            published,
            publisher: metadata.publisher.clone(),
            agency: metadata.agency.clone(),
            title: metadata.title.clone(),
            sketch: Sketch::of(text),
            gist: Gist::of(text),
            reports: coding.events.iter().map(|event| report(text, event, &index, claim_of(event))).collect(),
            claims: coding.claims.iter().map(|claim| saying(text, claim, &coding.actors)).collect(),
            parties,
        }
    }

    /// The same story, kept under these numbers.
    pub fn kept_under(self, numbers: Numbers) -> Self {
        Self { numbers, ..self }
    }

    /// The story's place in the one order of all stories: by day, then by a hash of its id. Undated ones come first.
    pub(crate) fn place(&self) -> u64 {
        (self.bucket_day() << 44) | (hash::of(self.id.as_bytes()) >> 20)
    }

    /// Days from 1600 to the story's; 0 where it is not known.
    fn bucket_day(&self) -> u64 {
        self.published.map_or(0, |day| (keeping::day::number(day) + 135_140).max(1).unsigned_abs().into())
    }
}

fn words_at<'a>(text: &'a str, span: &Span) -> &'a str {
    text.get(span.start()..span.end()).unwrap_or("")
}

fn party(text: &str, actor: &Actor, all: &[Actor]) -> Party {
    let is_person = actor.kind == ActorKind::Person;
    let office = |role: &RoleTitle| Office { title: name::plain(&role.title), of: role.of.clone(), status: role.status };
    let mut offices: Vec<Office> = actor.roles.iter().map(office).collect();
    // A description set beside the name speaks of the same person: "the foreign minister, Imtiaz Alvi".
    let beside = all.iter().filter(|other| is_person && !other.roles.is_empty() && other.id != actor.id);
    let beside: Vec<&Actor> = beside.filter(|other| stand_together(text, other, actor)).collect();
    offices.extend(beside.iter().flat_map(|other| &other.roles).map(office));
    let office_country = offices.iter().find_map(|office| office.of.clone());
    let is_firm = office_country.is_some() || !actor.reason.contains("derived:") && actor.country.is_some();
    Party {
        id: actor.id.clone(),
        name: actor.name.clone(),
        kind: actor.kind,
        country: office_country.or_else(|| actor.country.clone()),
        is_firm,
        sector: actor.sector.clone(),
        offices,
        wikidata: actor.wikidata.clone(),
        is_named: actor.wikidata.is_some() || actor.kind == ActorKind::Country || is_named(actor),
    }
}

/// The named person that a description beside the name belongs to, else the party itself.
fn bearer(text: &str, all: &[Actor], idx: usize) -> usize {
    let actor = &all[idx];
    if actor.roles.is_empty() || is_named(actor) {
        return idx;
    }
    let named = |other: &Actor| other.kind == ActorKind::Person && is_named(other);
    all.iter().position(|other| named(other) && stand_together(text, actor, other)).unwrap_or(idx)
}

/// Whether a mention of `name` stands right behind one of `description`, with at most a comma between.
fn stand_together(text: &str, description: &Actor, name: &Actor) -> bool {
    description.mentions.iter().any(|a| {
        name.mentions.iter().any(|b| {
            b.start() >= a.end() && b.start() - a.end() <= 3 && text.get(a.end()..b.start()).is_some_and(|gap| gap.chars().all(|c| c == ',' || c == ' '))
        })
    })
}

/// Whether a party is called by a name: a capitalised word that is no usual word, in what no agent noun explains.
fn is_named(actor: &Actor) -> bool {
    if actor.kind == ActorKind::Group || actor.reason.contains("agent:") || !actor.name.starts_with(char::is_uppercase) {
        return false;
    }
    let mut names = actor.name.split_whitespace().filter(|word| word.starts_with(char::is_uppercase));
    let n_words = actor.name.split_whitespace().count();
    !actor.name.contains("'s ") && !actor.name.contains("’s ") && if n_words > 1 { names.count() > 1 } else { names.any(|word| !words::is_common(word)) }
}

fn report(text: &str, event: &Event, index: &dyn Fn(&[String]) -> Vec<usize>, claim: Option<usize>) -> Report {
    let head = words::words(words_at(text, &event.trigger)).map(words::stem).next().unwrap_or_default();
    let mut stems: Vec<String> = std::iter::once(&event.trigger)
        .chain(&event.also)
        .flat_map(|span| words::words(words_at(text, span)).map(words::stem).filter(|stem| words::weight(stem) > 0.0))
        .collect();
    stems.sort();
    stems.dedup();
    let before = text[..event.trigger.start()].rfind(". ").map_or(0, |at| at + 2);
    let after = text[event.trigger.end()..].find(". ").map_or(text.len(), |at| event.trigger.end() + at);
    let beside = words::words(&text[before..after]).map(words::stem).filter(|stem| !words::families(stem).is_empty());
    let happened_at = event.place_precision.as_deref() == Some("city") && !event.reason.contains("inherited");
    let mut around: Vec<u32> = words::words(&text[before..after])
        .map(words::stem)
        .filter(|stem| words::weight(stem) > 2.0)
        .map(|stem| hash::of(stem.as_bytes()) as u32)
        .collect();
    around.sort_unstable();
    around.dedup();
    Report {
        id: event.id.clone(),
        head,
        stems,
        event_type: Some(event.event_type),
        mode: event.mode.clone(),
        status: Some(event.status),
        actors: index(&event.actors),
        recipients: index(&event.recipients),
        geonames: event.geonames.filter(|_| happened_at),
        when: event.when,
        beside: beside.collect(),
        around,
        claim,
        detail: Detail {
            place_name: event.place_name.clone(),
            place_country: event.place_country.clone(),
            geonames: event.geonames,
            killed: event.killed,
            injured: event.injured,
        },
    }
}

fn saying(text: &str, claim: &Claim, actors: &[Actor]) -> Saying {
    let mut stems: Vec<(f32, u32)> = claim
        .content
        .iter()
        .flat_map(|span| words::words(words_at(text, span)).map(words::stem))
        .map(|stem| (words::weight(&stem), hash::of(stem.as_bytes()) as u32))
        .filter(|stem| stem.0 > 2.0)
        .collect();
    stems.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    stems.dedup();
    let rare = stems.iter().take(3).map(|stem| stem.1).collect();
    let mut content: Vec<u32> = stems.iter().map(|stem| stem.1).collect();
    content.sort_unstable();
    let source = claim.source_actor.as_ref().and_then(|id| actors.iter().position(|actor| actor.id == *id));
    Saying { id: claim.id.clone(), source: source.map(|idx| bearer(text, actors, idx)), act: claim.act, content, rare }
}
