//! The one source of all exports: events as stories tell them, one after another, with what was concluded over stories.
//!
//! It reads the record row by row in the order in which it was kept and holds one story at a time, however large the ledger
//! is. The story's coding comes whole, so that a format may take from it what it has room for.

use std::cell::OnceCell;

use codebook::{Actor, Claim, Event, Status};
use jiff::civil::Date;
use ledger::rusqlite::params_from_iter;
use ledger::rusqlite::types::Value;
use ledger::{Moment, Stance, StoredCoding};
use text::{CodePoints, Document, Span};

use crate::answer::{AROUND, cut_quote};
use crate::correction::{FIXES, NOTES, REVIEW};
use crate::error::Error;
use crate::event::TOLD;
use crate::filter::{Conditions, Filter};
use crate::record::Record;

/// What is exported: the events of a record that a filter lets through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'r> {
    pub(crate) record: &'r Record,
    pub(crate) filter: &'r Filter,
}

/// A story with its coding and what was concluded about it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) stored: StoredCoding,
    pub(crate) known_on: Moment,
    /// What stays the same for the story in every ledger: the hash of its first revision.
    pub(crate) key: String,
    /// The story that this one goes back to; itself when independent.
    pub(crate) origin: i64,
    /// Who each actor is over all stories, in the order of the coding's actors.
    persons: Vec<Option<Person>>,
    points: CodePoints,
    /// The text cut into sentences, for those who ask.
    document: OnceCell<Document>,
}

/// One person or body over many stories.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) entity: i64,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) country: Option<String>,
    pub(crate) sector: Option<String>,
    pub(crate) wikidata: Option<String>,
}

/// One event over its reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Happening {
    pub(crate) key: i64,
    pub(crate) n_reports: i64,
    pub(crate) n_stories: i64,
    pub(crate) n_origins: i64,
}

/// One story's telling of an event.
#[derive(Debug)]
pub(crate) struct Telling<'t> {
    pub(crate) told: &'t Told,
    pub(crate) event: &'t Event,
    pub(crate) event_id: i64,
    /// The day that timelines count it under.
    pub(crate) day: Option<Date>,
    pub(crate) happening: Option<Happening>,
    /// What became of a planned event: the key of its life, and its last step.
    pub(crate) life: Option<(i64, String)>,
    /// What people say of it.
    pub(crate) review: Review,
}

/// What people say of an event; nothing where nobody said anything, or took it back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Review {
    /// What was said last: accept, fix or reject.
    pub(crate) verb: Option<String>,
    /// What fields should read: `mode = firearms; …`.
    pub(crate) fixes: Option<String>,
    /// In words.
    pub(crate) notes: Option<String>,
}

impl Review {
    /// Whether it is said to be wrong as a whole.
    pub(crate) fn is_rejected(&self) -> bool {
        self.verb.as_deref() == Some(Stance::Reject.word())
    }
}

/// A party of an event: as the story names it, and who that is over all stories.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side<'t> {
    pub(crate) actor: &'t Actor,
    pub(crate) actor_id: i64,
    pub(crate) person: Option<&'t Person>,
}

impl<'t> Side<'t> {
    /// The name over all stories, else that of this one.
    pub(crate) fn name(&self) -> &'t str {
        self.person.map_or(&self.actor.name, |person| &person.name)
    }

    /// The Wikidata id, where there is one.
    pub(crate) fn wikidata(&self) -> Option<&'t str> {
        self.actor.wikidata.as_deref().or_else(|| self.person.and_then(|person| person.wikidata.as_deref()))
    }

    /// Country and sector as a code: `PAK.GOV`.
    pub(crate) fn code(&self) -> String {
        format!("{}.{}", self.actor.country.as_deref().unwrap_or(""), self.actor.sector.as_deref().unwrap_or(""))
    }
}

impl Told {
    /// The actors that a list of ids names.
    fn sides<'t>(&'t self, ids: &'t [String]) -> Vec<Side<'t>> {
        let actors = &self.stored.coding.actors;
        let side = |id: &String| {
            let idx = actors.iter().position(|actor| actor.id == *id)?;
            Some(Side { actor: &actors[idx], actor_id: self.stored.actor_ids[idx], person: self.persons[idx].as_ref() })
        };
        ids.iter().filter_map(side).collect()
    }

    /// Every actor of the story, in the order of the text.
    pub(crate) fn all_sides(&self) -> impl Iterator<Item = Side<'_>> {
        let sides = self.stored.coding.actors.iter().zip(&self.stored.actor_ids).zip(&self.persons);
        sides.map(|((actor, &actor_id), person)| Side { actor, actor_id, person: person.as_ref() })
    }

    /// The key of the claim that a coding calls so.
    pub(crate) fn claim_id(&self, id: &str) -> Option<i64> {
        self.stored.coding.claims.iter().position(|claim| claim.id == id).map(|idx| self.stored.claim_ids[idx])
    }

    /// A span in code points.
    pub(crate) fn pair(&self, span: Span) -> [usize; 2] {
        self.points.pair(&self.stored.text, span)
    }
}

impl<'t> Telling<'t> {
    /// Who did it.
    pub(crate) fn actors(&self) -> Vec<Side<'t>> {
        self.told.sides(&self.event.actors)
    }

    /// To whom.
    pub(crate) fn recipients(&self) -> Vec<Side<'t>> {
        self.told.sides(&self.event.recipients)
    }

    /// Every pair of an actor and a recipient; where one side is empty, the other stands alone. No pair is made of two actors.
    pub(crate) fn dyads(&self) -> Vec<(Option<Side<'t>>, Option<Side<'t>>)> {
        let side = |sides: Vec<Side<'t>>| {
            if sides.is_empty() { vec![None] } else { sides.into_iter().map(Some).collect() }
        };
        let recipients = side(self.recipients());
        side(self.actors()).into_iter().flat_map(|actor| recipients.iter().map(move |recipient| (actor, *recipient))).collect()
    }

    /// The claim that tells it.
    pub(crate) fn claim(&self) -> Option<&'t Claim> {
        let id = self.event.claim.as_ref()?;
        self.told.stored.coding.claims.iter().find(|claim| claim.id == *id)
    }

    /// Words of the story.
    pub(crate) fn words(&self, span: Option<Span>) -> Option<&'t str> {
        span.map(|span| span.of(&self.told.stored.text))
    }

    /// The words around the event's, cut between words.
    pub(crate) fn quote(&self) -> String {
        let text = &self.told.stored.text;
        let around = usize::try_from(AROUND).expect("the margin is small");
        let (before, after) = (&text[..self.event.trigger.start()], &text[self.event.trigger.end()..]);
        let start = before.char_indices().rev().nth(around - 1).map_or(0, |(at, _)| at);
        let end = after.char_indices().nth(around).map_or(text.len(), |(at, _)| self.event.trigger.end() + at);
        cut_quote(&text[start..end], start > 0, end < text.len())
    }

    /// The sentence of the story that holds the event's words, from 1.
    pub(crate) fn sentence_number(&self) -> Option<usize> {
        let document = self.told.document.get_or_init(|| {
            let stored = &self.told.stored;
            text::read(stored.text.clone(), stored.metadata.clone())
        });
        let start = self.event.trigger.start();
        let idx = document.sentences.partition_point(|sentence| sentence.span.end() <= start);
        (idx < document.sentences.len()).then_some(idx + 1)
    }

    /// A key that is the same in every ledger that holds the story: the story's hash and the place of the words.
    pub(crate) fn key(&self) -> String {
        format!("{}-{}", self.told.key, self.told.pair(self.event.trigger)[0])
    }

    /// One line for people: `Turkey → PKK: drone attack (planned)`.
    pub(crate) fn headline(&self, codebook: &codebook::Codebook) -> String {
        let names = |sides: Vec<Side<'_>>| sides.iter().map(Side::name).collect::<Vec<_>>().join(", ");
        let (actors, recipients) = (names(self.actors()), names(self.recipients()));
        let parties = match (actors.is_empty(), recipients.is_empty()) {
            (false, false) => format!("{actors} → {recipients}: "),
            (false, true) => format!("{actors}: "),
            (true, false) => format!("→ {recipients}: "),
            (true, true) => String::new(),
        };
        let info = codebook.ontology.event(self.event.event_type);
        let mode = self.event.mode.as_ref().and_then(|mode| info.modes.iter().find(|other| other.id == *mode));
        let what = match mode {
            Some(mode) => format!("{}, {}", info.label, mode.label),
            None => info.label.clone(),
        };
        let status = if self.event.status == Status::Happened { String::new() } else { format!(" ({})", self.event.status) };
        text::one_line(&format!("{parties}{what}{status}"))
    }
}

/// Events that a filter lets through, in the order in which they were kept.
fn events_sql(filter: &Filter) -> (String, Vec<Value>) {
    let mut conditions = Conditions::default();
    conditions.days("e.day", filter);
    conditions.event(filter);
    conditions.publisher(filter);
    let (condition, values) = conditions.into_where();
    (format!("FROM {TOLD} {condition}"), values)
}

impl Source<'_> {
    /// Hands on every event, a story at a time.
    pub(crate) fn each(&self, mut take: impl FnMut(&Telling<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let (from, values) = events_sql(self.filter);
        // The joins hang on an event by keys; they are named after the condition is met.
        let sql = format!(
            "SELECT f.event_id, f.coding_id, f.day, h.happening_id, p.n_reports, p.n_stories, p.n_origins, l.life_id, l.status,
                    f.verb, f.fixes, f.notes
             FROM (SELECT e.event_id, e.coding_id, e.day, {REVIEW} AS verb, {FIXES} AS fixes, {NOTES} AS notes {from}) f
             LEFT JOIN happening_reports h ON h.event_id = f.event_id
             LEFT JOIN happenings p ON p.happening_id = h.happening_id
             LEFT JOIN lives l ON l.life_id = (SELECT t.life_id FROM life_steps t WHERE t.event_id = f.event_id LIMIT 1)
             ORDER BY f.event_id"
        );
        let mut statement = self.record.connection().prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut told: Option<Told> = None;
        while let Some(row) = rows.next()? {
            let (event_id, coding_id): (i64, i64) = (row.get(0)?, row.get(1)?);
            if told.as_ref().is_none_or(|told| told.stored.coding_id != coding_id) {
                told = Some(self.told(coding_id)?);
            }
            let told = told.as_ref().expect("it was read just now");
            let Some(idx) = told.stored.event_ids.iter().position(|&id| id == event_id) else { continue };
            let happening = match row.get::<_, Option<i64>>(3)? {
                Some(key) => Some(Happening { key, n_reports: row.get(4)?, n_stories: row.get(5)?, n_origins: row.get(6)? }),
                None => None,
            };
            let life = row.get::<_, Option<i64>>(7)?.zip(row.get::<_, Option<String>>(8)?);
            let day = row.get::<_, Option<String>>(2)?.and_then(|day| day.parse().ok());
            let review = Review { verb: row.get(9)?, fixes: row.get(10)?, notes: row.get(11)? };
            take(&Telling { told, event: &told.stored.coding.events[idx], event_id, day, happening, life, review })?;
        }
        Ok(())
    }

    /// Hands on every coding that has such an event; with an empty filter also those without any.
    pub(crate) fn each_coding(&self, mut take: impl FnMut(&Told) -> Result<(), Error>) -> Result<(), Error> {
        let (ids, values) = self.coding_ids();
        let mut statement = self.record.connection().prepare(&format!("{ids} ORDER BY 1"))?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            take(&self.told(row.get(0)?)?)?;
        }
        Ok(())
    }

    /// The codings that have such an event, as a list of their keys; with an empty filter also those without any.
    pub(crate) fn coding_ids(&self) -> (String, Vec<Value>) {
        if *self.filter == Filter::default() {
            return ("SELECT coding_id FROM current_codings".to_owned(), Vec::new());
        }
        let (from, values) = events_sql(self.filter);
        (format!("SELECT DISTINCT e.coding_id {from}"), values)
    }

    /// The condition that an event is let through, as a list of their keys.
    pub(crate) fn event_ids(&self) -> (String, Vec<Value>) {
        let (from, values) = events_sql(self.filter);
        (format!("SELECT e.event_id {from}"), values)
    }

    fn told(&self, coding_id: i64) -> Result<Told, Error> {
        let connection = self.record.connection();
        let stored = self.record.ledger().coding(coding_id).map_err(Error::Ledger)?.ok_or(Error::NoCoding(coding_id))?;
        let mut persons = connection.prepare_cached(
            "SELECT n.entity_id, n.name, n.kind, n.country, n.sector, n.wikidata
             FROM actors a LEFT JOIN entity_members m ON m.actor_id = a.actor_id LEFT JOIN entities n ON n.entity_id = m.entity_id
             WHERE a.coding_id = ?1 ORDER BY a.actor_id",
        )?;
        let persons = persons.query_map([coding_id], |row| {
            let Some(entity) = row.get(0)? else { return Ok(None) };
            let (name, kind) = (row.get(1)?, row.get(2)?);
            Ok(Some(Person { entity, name, kind, country: row.get(3)?, sector: row.get(4)?, wikidata: row.get(5)? }))
        })?;
        let persons = persons.collect::<Result<_, _>>()?;
        let mut story = connection.prepare_cached(
            "SELECT c.known_on, coalesce(o.origin, c.story_id),
                    (SELECT lower(hex(r.hash)) FROM revisions r WHERE r.story_id = c.story_id ORDER BY r.revision_id LIMIT 1)
             FROM codings c LEFT JOIN origins o ON o.story_id = c.story_id WHERE c.coding_id = ?1",
        )?;
        let (known_on, origin, key) = story.query_row([coding_id], |row| Ok((Moment(row.get(0)?), row.get(1)?, row.get(2)?)))?;
        let points = CodePoints::new(&stored.text);
        Ok(Told { stored, known_on, key, origin, persons, points, document: OnceCell::new() })
    }
}
