//! What resolution takes in: the facts of one story, cut from its coding.
//!
//! The words at spans are read once, here; nothing behind this room sees a text.

use codebook::{Act, Actor, ActorKind, Claim, Coding, Event, EventType, Status};
use jiff::civil::Date;
use text::{Metadata, Span};

use crate::words::{self, Gist};
use crate::{Sketch, hash, name};

/// One story: its metadata, sketch and gist, and what its coding states.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// Its id; two stories never share one.
    pub id: String,
    /// Day of publication.
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
#[derive(Clone, Debug, PartialEq)]
pub struct Party {
    /// Its id in the coding.
    pub id: String,
    /// Its name or description.
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// Whether the country is stated of the party itself and not taken from its surroundings.
    pub is_firm: bool,
    /// Sector code.
    pub sector: Option<String>,
    /// Offices: title and country.
    pub offices: Vec<(String, Option<String>)>,
    /// Wikidata id.
    pub wikidata: Option<String>,
    /// Whether it has a name; descriptions are never taken for one another over stories.
    pub is_named: bool,
}

/// One story's telling of an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Its id in the coding.
    pub id: String,
    /// Stem of the head of its trigger.
    pub head: String,
    /// Stems of all words of its triggers.
    pub stems: Vec<String>,
    /// Its type; `None` for mentions that nobody coded.
    pub event_type: Option<EventType>,
    /// Its mode.
    pub mode: Option<String>,
    /// Whether it happened.
    pub status: Option<Status>,
    /// Who acts, as indices of parties.
    pub actors: Vec<usize>,
    /// To whom, as indices of parties.
    pub recipients: Vec<usize>,
    /// GeoNames id of the place.
    pub geonames: Option<u32>,
    /// Earliest and latest day.
    pub when: Option<(Date, Date)>,
    /// Stems of event words in the trigger's sentence that stand beside it: "postponed".
    pub beside: Vec<String>,
    /// Index of the claim that tells it.
    pub claim: Option<usize>,
}

/// Content under a source in one story.
#[derive(Clone, Debug, PartialEq)]
pub struct Saying {
    /// Its id in the coding.
    pub id: String,
    /// The source, as index of a party.
    pub source: Option<usize>,
    /// What the source does in speaking.
    pub act: Act,
    /// Hashes of the stems of its content, sorted.
    pub content: Vec<u64>,
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

    /// The story's place in the one order of all stories: by day, then by a hash of its id.
    pub(crate) fn key(&self) -> u64 {
        let day = self.published.map_or(0, |day| (i64::from(day.year()) * 372 + i64::from(day.month()) * 31 + i64::from(day.day())) as u64);
        (day.min(0xf_ffff) << 44) | (hash::of(self.id.as_bytes()) >> 20)
    }
}

fn words_at<'a>(text: &'a str, span: &Span) -> &'a str {
    text.get(span.start()..span.end()).unwrap_or("")
}

fn party(text: &str, actor: &Actor, all: &[Actor]) -> Party {
    let is_person = actor.kind == ActorKind::Person;
    let mut offices: Vec<_> = actor.roles.iter().map(|role| (name::plain(&role.title), role.of.clone())).collect();
    // A description set beside the name speaks of the same person: "the foreign minister, Imtiaz Alvi".
    let beside = all.iter().filter(|other| is_person && !other.roles.is_empty() && other.id != actor.id);
    let beside: Vec<&Actor> = beside.filter(|other| stand_together(text, other, actor)).collect();
    offices.extend(beside.iter().flat_map(|other| &other.roles).map(|role| (name::plain(&role.title), role.of.clone())));
    let office_country = offices.iter().find_map(|office| office.1.clone());
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
        claim,
    }
}

fn saying(text: &str, claim: &Claim, actors: &[Actor]) -> Saying {
    let mut content: Vec<u64> = claim
        .content
        .iter()
        .flat_map(|span| words::words(words_at(text, span)).map(words::stem).filter(|stem| words::weight(stem) > 2.0))
        .map(|stem| hash::of(stem.as_bytes()))
        .collect();
    content.sort_unstable();
    content.dedup();
    let source = claim.source_actor.as_ref().and_then(|id| actors.iter().position(|actor| actor.id == *id));
    Saying { id: claim.id.clone(), source: source.map(|idx| bearer(text, actors, idx)), act: claim.act, content }
}
