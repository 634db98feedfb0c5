//! Rows back to a coding: the same coding, byte for byte, that was handed over.

use std::collections::HashMap;
use std::fmt::Display;

use codebook::{
    Act, Actor, ActorKind, Claim, Coding, Event, EventType, Manner, Note, QuadClass, RoleStatus, RoleTitle, SourceKind,
    Status, TimexRecord, ToponymRecord,
};
use jiff::civil::Date;
use rusqlite::{CachedStatement, OptionalExtension, Row};
use text::{Document, Metadata, Span};

use crate::error::Error;
use crate::ledger::Ledger;

/// A coding as it is kept, with the keys of its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCoding {
    /// Row of `codings`.
    pub coding_id: i64,
    /// Row of `stories`.
    pub story_id: i64,
    /// Row of `revisions`.
    pub revision_id: i64,
    /// What came with the text.
    pub metadata: Metadata,
    /// The wire service that the text credits.
    pub credit: Option<String>,
    /// The day of the story.
    pub day: Option<Date>,
    /// The text that the spans point into.
    pub text: String,
    /// What the story says.
    pub coding: Coding,
    /// Rows of `actors`, in the order of the coding's actors.
    pub actor_ids: Vec<i64>,
    /// Rows of `events`, in the order of the coding's events.
    pub event_ids: Vec<i64>,
    /// Rows of `claims`, in the order of the coding's claims.
    pub claim_ids: Vec<i64>,
}

impl StoredCoding {
    /// The line of JSON that the reading gave.
    pub fn to_json(&self) -> String {
        let document = Document { metadata: self.metadata.clone(), text: self.text.clone(), ..Document::default() };
        codebook::json::write_line(&document, &self.coding)
    }
}

/// A revision that another model or codebook may read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Row of `revisions`.
    pub revision_id: i64,
    /// What came with the text.
    pub metadata: Metadata,
    /// The text.
    pub text: String,
}

impl Ledger {
    /// A coding by its key; `None` when there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read, or holds what no record can hold.
    pub fn coding(&self, coding_id: i64) -> Result<Option<StoredCoding>, Error> {
        let mut stored = {
            let mut statement = self.connection.prepare_cached(
                "SELECT c.coding_id, c.story_id, c.revision_id, r.day, r.credit, r.text, r.id, r.title, r.published,
                        s.publisher, r.agency, s.url, r.language, r.byline, u.model, u.codebook
                 FROM codings c JOIN revisions r USING (revision_id) JOIN stories s ON s.story_id = c.story_id
                      JOIN runs u USING (run_id)
                 WHERE c.coding_id = ?1",
            )?;
            let row = statement.query_row([coding_id], |row| {
                let coding = Coding { model: row.get("model")?, codebook: row.get("codebook")?, ..Coding::default() };
                Ok((
                    StoredCoding {
                        coding_id,
                        story_id: row.get("story_id")?,
                        revision_id: row.get("revision_id")?,
                        metadata: metadata(row)?,
                        credit: row.get("credit")?,
                        day: None,
                        text: row.get("text")?,
                        coding,
                        actor_ids: Vec::new(),
                        event_ids: Vec::new(),
                        claim_ids: Vec::new(),
                    },
                    row.get::<_, Option<String>>("day")?,
                ))
            });
            let Some((mut stored, day)) = row.optional()? else { return Ok(None) };
            stored.day = parse(day, "revisions", stored.revision_id, "day")?;
            stored
        };
        let starts = (!stored.text.is_ascii())
            .then(|| stored.text.char_indices().map(|(at, _)| at).chain([stored.text.len()]).collect());
        Reader { ledger: self, starts, length: stored.text.len() }.read(&mut stored)?;
        Ok(Some(stored))
    }

    /// The keys of the current codings after a key, oldest first; `limit` of them at most. Whoever concludes something over
    /// stories goes on from the last key it has seen.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn current_codings_after(&self, coding_id: i64, limit: usize) -> Result<Vec<i64>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT coding_id FROM current_codings WHERE coding_id > ?1 ORDER BY coding_id LIMIT ?2",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(statement.query_map([coding_id, limit], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// The keys of a coding's first actor, event and claim; 0 where it has none. Those of the others follow in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn first_keys(&self, coding_id: i64) -> Result<[i64; 3], Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT coalesce((SELECT min(actor_id) FROM actors WHERE coding_id = ?1), 0),
                    coalesce((SELECT min(event_id) FROM events WHERE coding_id = ?1), 0),
                    coalesce((SELECT min(claim_id) FROM claims WHERE coding_id = ?1), 0)",
        )?;
        Ok(statement.query_row([coding_id], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?)
    }

    /// The newest revisions after a key whose coding is by another model or codebook; `limit` of them at most.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn pending(&self, model: &str, codebook: &str, after: i64, limit: usize) -> Result<Vec<Pending>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT r.revision_id, r.text, r.id, r.title, r.published, s.publisher, r.agency, s.url, r.language, r.byline
             FROM revisions r JOIN stories s USING (story_id)
             WHERE r.revision_id > ?3 AND r.retired_on IS NULL AND NOT EXISTS
                 (SELECT 1 FROM codings c JOIN runs u USING (run_id) WHERE c.revision_id = r.revision_id
                  AND c.retired_on IS NULL AND u.model = ?1 AND u.codebook = ?2)
             ORDER BY r.revision_id LIMIT ?4",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(rusqlite::params![model, codebook, after, limit], |row| {
            Ok(Pending { revision_id: row.get("revision_id")?, metadata: metadata(row)?, text: row.get("text")? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn metadata(row: &Row<'_>) -> rusqlite::Result<Metadata> {
    Ok(Metadata {
        id: row.get("id")?,
        title: row.get("title")?,
        published: row.get("published")?,
        publisher: row.get("publisher")?,
        agency: row.get("agency")?,
        url: row.get("url")?,
        language: row.get("language")?,
        byline: row.get("byline")?,
    })
}

/// A day, if there is one.
fn parse(day: Option<String>, table: &'static str, row: i64, column: &'static str) -> Result<Option<Date>, Error> {
    day.map(|day| day.parse().map_err(|_| bad(table, row, column, &day))).transpose()
}

fn bad(table: &'static str, row: i64, column: &'static str, value: &impl Display) -> Error {
    Error::Value { table, row, column, value: value.to_string() }
}

struct Reader<'a> {
    ledger: &'a Ledger,
    // Byte offset of every code point and of the text's end; `None` for ASCII, where the two agree.
    starts: Option<Vec<usize>>,
    length: usize,
}

/// A word of a record, from the column of the same name.
macro_rules! word {
    ($type:ident, $row:expr, $table:literal, $key:expr, $column:literal) => {{
        let word: String = $row.get($column)?;
        $type::from_word(&word).ok_or_else(|| bad($table, $key, $column, &word))?
    }};
}

impl Reader<'_> {
    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, Error> {
        Ok(self.ledger.connection.prepare_cached(sql)?)
    }

    fn read(&self, stored: &mut StoredCoding) -> Result<(), Error> {
        let coding_id = stored.coding_id;
        let (actor_ids, actors) = self.actors(coding_id)?;
        let actor_names: HashMap<i64, &str> =
            actor_ids.iter().copied().zip(actors.iter().map(|actor| &*actor.id)).collect();
        let (claim_ids, claims) = self.claims(coding_id, &actor_names)?;
        let claim_names: HashMap<i64, &str> =
            claim_ids.iter().copied().zip(claims.iter().map(|claim| &*claim.id)).collect();
        let (event_ids, events) = self.events(coding_id, &actor_names, &claim_names)?;
        stored.coding.events = events;
        stored.coding.timexes = self.timexes(coding_id)?;
        stored.coding.toponyms = self.toponyms(coding_id)?;
        stored.coding.notes = self.notes(coding_id)?;
        stored.coding.actors = actors;
        stored.coding.claims = claims;
        (stored.actor_ids, stored.event_ids, stored.claim_ids) = (actor_ids, event_ids, claim_ids);
        Ok(())
    }

    fn span(&self, table: &'static str, key: i64, start: i64, end: i64) -> Result<Span, Error> {
        let at = |point: i64| match &self.starts {
            Some(starts) => starts.get(usize::try_from(point).ok()?).copied(),
            None => usize::try_from(point).ok().filter(|&at| at <= self.length),
        };
        match (at(start), at(end)) {
            (Some(from), Some(to)) if from <= to => Ok(Span::new(from, to)),
            _ => Err(bad(table, key, "span", &format_args!("[{start}, {end}]"))),
        }
    }

    fn maybe(&self, table: &'static str, key: i64, start: Option<i64>, end: Option<i64>) -> Result<Option<Span>, Error> {
        start.zip(end).map(|(start, end)| self.span(table, key, start, end)).transpose()
    }

    fn spans(&self, sql: &str, table: &'static str, key: i64) -> Result<Vec<Span>, Error> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query([key])?;
        let mut spans = Vec::new();
        while let Some(row) = rows.next()? {
            spans.push(self.span(table, key, row.get(0)?, row.get(1)?)?);
        }
        Ok(spans)
    }

    fn actors(&self, coding_id: i64) -> Result<(Vec<i64>, Vec<Actor>), Error> {
        let mut statement = self.statement("SELECT * FROM actors WHERE coding_id = ?1 ORDER BY actor_id")?;
        let mut rows = statement.query([coding_id])?;
        let (mut keys, mut actors) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let key: i64 = row.get("actor_id")?;
            keys.push(key);
            actors.push(Actor {
                id: row.get("id")?,
                name: row.get("name")?,
                kind: word!(ActorKind, row, "actors", key, "kind"),
                country: row.get("country")?,
                sector: row.get("sector")?,
                roles: self.roles(key)?,
                wikidata: row.get("wikidata")?,
                mentions: self.spans(
                    "SELECT start, \"end\" FROM actor_mentions WHERE actor_id = ?1 ORDER BY position",
                    "actor_mentions",
                    key,
                )?,
                reason: row.get("reason")?,
            });
        }
        Ok((keys, actors))
    }

    fn roles(&self, actor_id: i64) -> Result<Vec<RoleTitle>, Error> {
        let mut statement = self.statement("SELECT * FROM actor_roles WHERE actor_id = ?1 ORDER BY position")?;
        let mut rows = statement.query([actor_id])?;
        let mut roles = Vec::new();
        while let Some(row) = rows.next()? {
            let status: Option<String> = row.get("status")?;
            let status = status.map(|status| {
                RoleStatus::from_word(&status).ok_or_else(|| bad("actor_roles", actor_id, "status", &status))
            });
            roles.push(RoleTitle {
                title: row.get("title")?,
                of: row.get("of")?,
                status: status.transpose()?,
                span: self.span("actor_roles", actor_id, row.get("start")?, row.get("end")?)?,
            });
        }
        Ok(roles)
    }

    fn claims(&self, coding_id: i64, actors: &HashMap<i64, &str>) -> Result<(Vec<i64>, Vec<Claim>), Error> {
        let mut statement = self.statement(
            "SELECT c.*, d.id AS disputed FROM claims c LEFT JOIN claims d ON d.claim_id = c.disputes
             WHERE c.coding_id = ?1 ORDER BY c.claim_id",
        )?;
        let mut rows = statement.query([coding_id])?;
        let (mut keys, mut claims) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let key: i64 = row.get("claim_id")?;
            keys.push(key);
            claims.push(Claim {
                id: row.get("id")?,
                source: self.maybe("claims", key, row.get("source_start")?, row.get("source_end")?)?,
                source_actor: name(actors, row.get("source_actor")?, "claims", key, "source_actor")?,
                source_kind: word!(SourceKind, row, "claims", key, "source_kind"),
                cue: self.maybe("claims", key, row.get("cue_start")?, row.get("cue_end")?)?,
                content: self.spans(
                    "SELECT start, \"end\" FROM claim_contents WHERE claim_id = ?1 ORDER BY position",
                    "claim_contents",
                    key,
                )?,
                manner: word!(Manner, row, "claims", key, "manner"),
                act: word!(Act, row, "claims", key, "act"),
                disputes: row.get("disputed")?,
                confidence: row.get("confidence")?,
                reason: row.get("reason")?,
            });
        }
        Ok((keys, claims))
    }

    fn events(
        &self,
        coding_id: i64,
        actors: &HashMap<i64, &str>,
        claims: &HashMap<i64, &str>,
    ) -> Result<(Vec<i64>, Vec<Event>), Error> {
        let mut statement = self.statement("SELECT * FROM events WHERE coding_id = ?1 ORDER BY event_id")?;
        let mut rows = statement.query([coding_id])?;
        let (mut keys, mut events) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let key: i64 = row.get("event_id")?;
            keys.push(key);
            events.push(self.event(row, key, actors, claims)?);
        }
        Ok((keys, events))
    }

    fn event(
        &self,
        row: &Row<'_>,
        key: i64,
        actors: &HashMap<i64, &str>,
        claims: &HashMap<i64, &str>,
    ) -> Result<Event, Error> {
        let day = |column: &'static str| parse(row.get(column)?, "events", key, column);
        let parties = |sql| self.parties(sql, key, actors);
        Ok(Event {
            id: row.get("id")?,
            trigger: self.span("events", key, row.get("trigger_start")?, row.get("trigger_end")?)?,
            also: self.spans(
                "SELECT start, \"end\" FROM event_mentions WHERE event_id = ?1 ORDER BY position",
                "event_mentions",
                key,
            )?,
            event_type: word!(EventType, row, "events", key, "type"),
            mode: row.get("mode")?,
            contexts: self.contexts(key)?,
            quad: word!(QuadClass, row, "events", key, "quad"),
            score: row.get("score")?,
            actors: parties("SELECT actor_id FROM event_actors WHERE event_id = ?1 ORDER BY position")?,
            recipients: parties("SELECT actor_id FROM event_recipients WHERE event_id = ?1 ORDER BY position")?,
            place: self.maybe("events", key, row.get("place_start")?, row.get("place_end")?)?,
            place_name: row.get("place_name")?,
            place_country: row.get("place_country")?,
            geonames: row.get("geonames")?,
            lat: row.get("lat")?,
            lon: row.get("lon")?,
            place_precision: row.get("place_precision")?,
            time: self.maybe("events", key, row.get("time_start")?, row.get("time_end")?)?,
            when: day("earliest")?.zip(day("latest")?),
            time_precision: row.get("time_precision")?,
            killed: row.get("killed")?,
            injured: row.get("injured")?,
            status: word!(Status, row, "events", key, "status"),
            claim: name(claims, row.get("claim")?, "events", key, "claim")?,
            confidence: row.get("confidence")?,
            reason: row.get("reason")?,
        })
    }

    fn contexts(&self, event_id: i64) -> Result<Vec<String>, Error> {
        let mut statement =
            self.statement("SELECT context FROM event_contexts WHERE event_id = ?1 ORDER BY position")?;
        Ok(statement.query_map([event_id], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    fn parties(&self, sql: &str, event_id: i64, actors: &HashMap<i64, &str>) -> Result<Vec<String>, Error> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query([event_id])?;
        let mut parties = Vec::new();
        while let Some(row) = rows.next()? {
            parties.extend(name(actors, Some(row.get(0)?), "events", event_id, "parties")?);
        }
        Ok(parties)
    }

    fn timexes(&self, coding_id: i64) -> Result<Vec<TimexRecord>, Error> {
        let mut statement = self.statement("SELECT * FROM timexes WHERE coding_id = ?1 ORDER BY position")?;
        let mut rows = statement.query([coding_id])?;
        let mut timexes = Vec::new();
        while let Some(row) = rows.next()? {
            timexes.push(TimexRecord {
                span: self.span("timexes", coding_id, row.get("start")?, row.get("end")?)?,
                kind: row.get("type")?,
                value: row.get("value")?,
                earliest: parse(row.get("earliest")?, "timexes", coding_id, "earliest")?,
                latest: parse(row.get("latest")?, "timexes", coding_id, "latest")?,
            });
        }
        Ok(timexes)
    }

    fn toponyms(&self, coding_id: i64) -> Result<Vec<ToponymRecord>, Error> {
        let mut statement = self.statement("SELECT * FROM toponyms WHERE coding_id = ?1 ORDER BY position")?;
        let mut rows = statement.query([coding_id])?;
        let mut toponyms = Vec::new();
        while let Some(row) = rows.next()? {
            toponyms.push(ToponymRecord {
                span: self.span("toponyms", coding_id, row.get("start")?, row.get("end")?)?,
                name: row.get("name")?,
                geonames: row.get("geonames")?,
                country: row.get("country")?,
                lat: row.get("lat")?,
                lon: row.get("lon")?,
                class: row.get("class")?,
            });
        }
        Ok(toponyms)
    }

    fn notes(&self, coding_id: i64) -> Result<Vec<Note>, Error> {
        let mut statement = self.statement("SELECT * FROM notes WHERE coding_id = ?1 ORDER BY position")?;
        let mut rows = statement.query([coding_id])?;
        let mut notes = Vec::new();
        while let Some(row) = rows.next()? {
            let span = self.span("notes", coding_id, row.get("start")?, row.get("end")?)?;
            notes.push(Note { span, kind: row.get("kind")?, text: row.get("text")? });
        }
        Ok(notes)
    }
}

/// The id in the coding of a row that another row names.
fn name(
    names: &HashMap<i64, &str>,
    key: Option<i64>,
    table: &'static str,
    row: i64,
    column: &'static str,
) -> Result<Option<String>, Error> {
    key.map(|key| names.get(&key).map(|&id| id.to_owned()).ok_or_else(|| bad(table, row, column, &key))).transpose()
}
