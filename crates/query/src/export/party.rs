//! Who is in the events that are exported: each party once, and each pair of parties once, for formats that want them apart.
//!
//! A party is what its name, kind, country and sector say, over all stories where that was concluded, else in the story. The
//! database gathers them, so that memory does not grow with the record.

use codebook::{EventType, Status};
use ledger::Moment;
use ledger::rusqlite::types::Value;
use ledger::rusqlite::{Row, params, params_from_iter};
use uuid::Uuid;

use super::telling::{Side, Source};
use super::{Exported, Job};
use crate::error::Error;
use crate::filter::Filter;

/// The name space of all ids that exports make: an id depends on nothing but what it names.
const NAMES: Uuid = Uuid::from_u128(0x8d1f_6c2a_53b7_5e0e_9a41_77d0_2c9b_e6f4);

/// An id for whatever these words name; the same in every export.
pub(super) fn id_of(kind: &str, words: &[&str]) -> Uuid {
    Uuid::new_v5(&NAMES, format!("{kind}\u{1f}{}", words.join("\u{1f}")).as_bytes())
}

/// What makes a party one and the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) country: Option<String>,
    pub(super) sector: Option<String>,
}

impl Identity {
    pub(super) fn id(&self) -> Uuid {
        let [country, sector] = [&self.country, &self.sector].map(|code| code.as_deref().unwrap_or(""));
        id_of("party", &[&self.name, &self.kind, country, sector])
    }

    /// Country and sector as a code; missing when both are.
    pub(super) fn code(&self) -> Option<String> {
        match (&self.country, &self.sector) {
            (Some(country), Some(sector)) => Some(format!("{country}.{sector}")),
            (country, sector) => country.clone().or_else(|| sector.clone()),
        }
    }

    fn read(row: &Row<'_>, first: usize) -> ledger::rusqlite::Result<Self> {
        Ok(Self { name: row.get(first)?, kind: row.get(first + 1)?, country: row.get(first + 2)?, sector: row.get(first + 3)? })
    }
}

impl Side<'_> {
    /// Who it is.
    pub(super) fn identity(&self) -> Identity {
        match self.person {
            Some(person) => Identity {
                name: person.name.clone(),
                kind: person.kind.clone(),
                country: person.country.clone(),
                sector: person.sector.clone(),
            },
            None => Identity {
                name: self.actor.name.clone(),
                kind: self.actor.kind.word().to_owned(),
                country: self.actor.country.clone(),
                sector: self.actor.sector.clone(),
            },
        }
    }
}

/// A party with what is told of it.
#[derive(Clone, Debug)]
pub(super) struct Party {
    pub(super) identity: Identity,
    pub(super) wikidata: Option<String>,
    pub(super) n_events: i64,
    /// When it was known first and last.
    pub(super) known: (Moment, Moment),
}

/// What one party does to another.
#[derive(Clone, Debug)]
pub(super) struct Dyad {
    pub(super) actor: Identity,
    pub(super) recipient: Identity,
    pub(super) n_events: i64,
    pub(super) n_happenings: i64,
    pub(super) n_stories: i64,
    pub(super) n_origins: i64,
    pub(super) mean_score: f64,
    /// Events of each quad class, in the order of the classes.
    pub(super) n_by_quad: [i64; 4],
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

/// An office that a party is said to hold, with the first and last day on which a story says so.
#[derive(Clone, Debug)]
pub(super) struct Office {
    pub(super) title: String,
    pub(super) of: Option<String>,
    pub(super) status: Option<String>,
    pub(super) days: (Option<String>, Option<String>),
}

/// Columns of the identity of an actor `a`, who is the entity `n` where that was concluded.
fn identity_sql(a: &str, n: &str) -> String {
    let column = |name: &str| format!("iif({n}.entity_id IS NULL, {a}.{name}, {n}.{name})");
    ["name", "kind", "country", "sector"].map(column).join(", ")
}

/// Joins an actor with its entity.
fn actor_sql(x: &str, a: &str, n: &str) -> String {
    format!(
        "JOIN actors {a} ON {a}.actor_id = {x}.actor_id LEFT JOIN entity_members {n}m ON {n}m.actor_id = {a}.actor_id
         LEFT JOIN entities {n} ON {n}.entity_id = {n}m.entity_id"
    )
}

/// The filter of a format that has no status: those that happened, and what else is included.
pub(super) fn happened(job: &Job<'_>) -> Filter {
    let is_asked = |status: &Status| job.source.filter.statuses.is_empty() || job.source.filter.statuses.contains(status);
    let mut statuses = vec![Status::Happened];
    statuses.extend(job.include.iter().filter(|status| **status != Status::Happened));
    statuses.retain(is_asked);
    Filter { statuses, ..job.source.filter.clone() }
}

/// Counts what the filter of [`happened`] leaves out, by status.
pub(super) fn count_left_out(job: &Job<'_>, exported: &mut Exported) -> Result<(), Error> {
    let kept = happened(job).statuses;
    let (ids, values) = job.source.event_ids();
    let sql = format!("SELECT status, count(*) FROM events WHERE event_id IN ({ids}) GROUP BY status");
    let mut statement = job.source.record.connection().prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        let status = Status::from_word(&row.get::<_, String>(0)?);
        if let Some(status) = status.filter(|status| !kept.contains(status)) {
            *exported.left_out.entry(status.word()).or_default() += row.get::<_, i64>(1)?.unsigned_abs();
        }
    }
    Ok(())
}

impl Source<'_> {
    /// Hands on every party of the events, in the order of names.
    pub(super) fn each_party(&self, mut take: impl FnMut(&Party) -> Result<(), Error>) -> Result<(), Error> {
        let (ids, values) = self.event_ids();
        let side = |table: &str| {
            format!(
                "SELECT {identity}, coalesce(a.wikidata, n.wikidata) AS wikidata, e.event_id, e.known_on
                 FROM events e JOIN {table} x ON x.event_id = e.event_id {actor} WHERE e.event_id IN ({ids})",
                identity = identity_sql("a", "n"),
                actor = actor_sql("x", "a", "n"),
            )
        };
        let sql = format!(
            "WITH sides(name, kind, country, sector, wikidata, event_id, known_on) AS ({} UNION ALL {})
             SELECT name, kind, country, sector, min(wikidata), count(DISTINCT event_id), min(known_on), max(known_on)
             FROM sides GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
            side("event_actors"),
            side("event_recipients"),
        );
        let values: Vec<Value> = values.iter().chain(&values).cloned().collect();
        let mut statement = self.record.connection().prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            take(&Party {
                identity: Identity::read(row, 0)?,
                wikidata: row.get(4)?,
                n_events: row.get(5)?,
                known: (Moment(row.get(6)?), Moment(row.get(7)?)),
            })?;
        }
        Ok(())
    }

    /// Hands on every pair of an actor and a recipient, in the order of names.
    pub(super) fn each_dyad(&self, mut take: impl FnMut(&Dyad) -> Result<(), Error>) -> Result<(), Error> {
        let (ids, values) = self.event_ids();
        let quads = codebook::QuadClass::ALL.iter().map(|quad| format!("count(*) FILTER (WHERE e.quad = '{quad}')"));
        let sql = format!(
            "SELECT {actor}, {recipient}, count(*), count(DISTINCT coalesce(h.happening_id, e.event_id)), count(DISTINCT e.story_id),
                    count(DISTINCT coalesce(o.origin, e.story_id)), round(avg(e.score), 3), {quads}, min(e.day), max(e.day)
             FROM events e JOIN event_actors x ON x.event_id = e.event_id {of_actor}
             JOIN event_recipients y ON y.event_id = e.event_id {of_recipient}
             LEFT JOIN happening_reports h ON h.event_id = e.event_id LEFT JOIN origins o ON o.story_id = e.story_id
             WHERE e.event_id IN ({ids}) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8",
            actor = identity_sql("a", "n"),
            recipient = identity_sql("b", "p"),
            quads = quads.collect::<Vec<_>>().join(", "),
            of_actor = actor_sql("x", "a", "n"),
            of_recipient = actor_sql("y", "b", "p"),
        );
        let mut statement = self.record.connection().prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            take(&Dyad {
                actor: Identity::read(row, 0)?,
                recipient: Identity::read(row, 4)?,
                n_events: row.get(8)?,
                n_happenings: row.get(9)?,
                n_stories: row.get(10)?,
                n_origins: row.get(11)?,
                mean_score: row.get(12)?,
                n_by_quad: [row.get(13)?, row.get(14)?, row.get(15)?, row.get(16)?],
                first: row.get(17)?,
                last: row.get(18)?,
            })?;
        }
        Ok(())
    }

    /// The offices of a party, as stories state them; one that is written with other capitals is the same.
    pub(super) fn offices(&self, identity: &Identity) -> Result<Vec<Office>, Error> {
        let sql = "SELECT m.title, m.\"of\", m.status, min(r.day), max(r.day)
             FROM (SELECT x.actor_id FROM entities n JOIN entity_members x ON x.entity_id = n.entity_id
                   WHERE n.name = ?1 COLLATE NOCASE AND n.name = ?1 AND n.kind = ?2 AND n.country IS ?3 AND n.sector IS ?4
                   UNION ALL
                   SELECT b.actor_id FROM actors b LEFT JOIN entity_members x ON x.actor_id = b.actor_id
                   WHERE x.actor_id IS NULL AND b.name = ?1 COLLATE NOCASE AND b.name = ?1 AND b.kind = ?2 AND b.country IS ?3
                     AND b.sector IS ?4) f
             JOIN actor_roles m ON m.actor_id = f.actor_id JOIN actors a ON a.actor_id = f.actor_id
             JOIN current_codings c ON c.coding_id = a.coding_id JOIN revisions r ON r.revision_id = c.revision_id
             GROUP BY 1, 2, 3 ORDER BY 4, 1, 2, 3";
        let mut statement = self.record.connection().prepare_cached(sql)?;
        let Identity { name, kind, country, sector } = identity;
        let rows = statement.query_map(params![name, kind, country, sector], |row| {
            let days = (row.get(3)?, row.get(4)?);
            Ok(Office { title: row.get(0)?, of: row.get(1)?, status: row.get(2)?, days })
        })?;
        let mut offices: Vec<Office> = Vec::new();
        for office in rows {
            let office = office?;
            let key = |office: &Office| (office.title.to_lowercase(), office.of.clone(), office.status.clone());
            match offices.iter_mut().find(|other| key(other) == key(&office)) {
                Some(other) => {
                    let firsts = [other.days.0.take(), office.days.0];
                    other.days = (firsts.into_iter().flatten().min(), other.days.1.take().max(office.days.1));
                }
                None => offices.push(office),
            }
        }
        Ok(offices)
    }
}

/// The plain words of a type and mode: `assault, drone attack`.
pub(super) fn kind_words(codebook: &codebook::Codebook, event_type: EventType, mode: Option<&str>) -> String {
    let info = codebook.ontology.event(event_type);
    match mode.and_then(|mode| info.modes.iter().find(|other| other.id == mode)) {
        Some(mode) => format!("{}, {}", info.label, mode.label),
        None => info.label.clone(),
    }
}
