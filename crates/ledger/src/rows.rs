//! A coding as rows. Spans become code points here, ids of the coding become keys.

use std::collections::HashMap;

use codebook::{Actor, Claim, Coding, Event, Status};
use rusqlite::{Connection, params};
use text::{CodePoints, Span};

use crate::error::Error;

/// The keys that the next rows get. They only grow, as no row of a coding is ever removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    coding: i64,
    actor: i64,
    claim: i64,
    event: i64,
}

impl Keys {
    /// The first free ones.
    pub(crate) fn free(connection: &Connection) -> rusqlite::Result<Self> {
        let free = |table: &str, key: &str| {
            let sql = format!("SELECT coalesce(max({key}), 0) + 1 FROM {table}");
            connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))
        };
        Ok(Self {
            coding: free("codings", "coding_id")?,
            actor: free("actors", "actor_id")?,
            claim: free("claims", "claim_id")?,
            event: free("events", "event_id")?,
        })
    }
}

/// Where a coding is put.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) story_id: i64,
    pub(crate) revision_id: i64,
    pub(crate) run_id: i64,
    pub(crate) known_on: i64,
    /// Id of the story, for errors.
    pub(crate) id: &'a str,
    /// Day of the story.
    pub(crate) day: Option<&'a str>,
    /// Text of the revision.
    pub(crate) text: &'a str,
}

/// Writes a coding; gives its key.
pub(crate) fn insert(
    connection: &Connection,
    keys: &mut Keys,
    place: Place<'_>,
    coding: &Coding,
) -> Result<i64, Error> {
    let coding_id = keys.coding;
    connection
        .prepare_cached("INSERT INTO codings (coding_id, story_id, revision_id, run_id, known_on) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![coding_id, place.story_id, place.revision_id, place.run_id, place.known_on])?;
    let number = |first: i64, idx: usize| first + i64::try_from(idx).expect("lists are shorter than 2^63");
    let writer = Writer {
        connection,
        place,
        coding_id,
        table: CodePoints::new(place.text),
        actors: coding.actors.iter().enumerate().map(|(n, actor)| (&*actor.id, (number(keys.actor, n), actor))).collect(),
        claims: coding.claims.iter().enumerate().map(|(n, claim)| (&*claim.id, number(keys.claim, n))).collect(),
    };
    for (idx, actor) in coding.actors.iter().enumerate() {
        writer.actor(number(keys.actor, idx), actor)?;
    }
    for (idx, claim) in coding.claims.iter().enumerate() {
        writer.claim(number(keys.claim, idx), claim)?;
    }
    for (idx, event) in coding.events.iter().enumerate() {
        writer.event(number(keys.event, idx), event)?;
    }
    writer.lists(coding)?;
    keys.coding += 1;
    keys.actor = number(keys.actor, coding.actors.len());
    keys.claim = number(keys.claim, coding.claims.len());
    keys.event = number(keys.event, coding.events.len());
    Ok(coding_id)
}

struct Writer<'a> {
    connection: &'a Connection,
    place: Place<'a>,
    coding_id: i64,
    table: CodePoints,
    actors: HashMap<&'a str, (i64, &'a Actor)>,
    claims: HashMap<&'a str, i64>,
}

impl Writer<'_> {
    fn pair(&self, span: Span) -> (i64, i64) {
        let [start, end] = self.table.pair(self.place.text, span);
        (start as i64, end as i64)
    }

    fn pairs(&self, span: Option<Span>) -> (Option<i64>, Option<i64>) {
        span.map(|span| self.pair(span)).unzip()
    }

    fn dangling(&self, field: &'static str, id: &str, holder: &'static str) -> Error {
        Error::Dangling { story: self.place.id.to_owned(), field, id: id.to_owned(), holder }
    }

    fn actor_of(&self, field: &'static str, id: &str) -> Result<(i64, &Actor), Error> {
        self.actors.get(id).copied().ok_or_else(|| self.dangling(field, id, "its coding"))
    }

    fn claim_of(&self, field: &'static str, id: Option<&str>) -> Result<Option<i64>, Error> {
        let claim = |id: &str| self.claims.get(id).copied().ok_or_else(|| self.dangling(field, id, "its coding"));
        id.map(claim).transpose()
    }

    fn spans(&self, sql: &str, key: i64, spans: &[Span]) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(sql)?;
        for (position, &span) in spans.iter().enumerate() {
            let (start, end) = self.pair(span);
            statement.execute(params![key, position as i64, start, end])?;
        }
        Ok(())
    }

    fn actor(&self, key: i64, actor: &Actor) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO actors (actor_id, coding_id, id, name, kind, country, sector, wikidata, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                key,
                self.coding_id,
                actor.id,
                actor.name,
                actor.kind.word(),
                actor.country,
                actor.sector,
                actor.wikidata,
                actor.reason
            ])?;
        self.name(&actor.name)?;
        self.spans("INSERT INTO actor_mentions VALUES (?1, ?2, ?3, ?4)", key, &actor.mentions)?;
        let mut statement = self.connection.prepare_cached("INSERT INTO actor_roles VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for (position, role) in actor.roles.iter().enumerate() {
            let (start, end) = self.pair(role.span);
            let status = role.status.map(codebook::RoleStatus::word);
            statement.execute(params![key, position as i64, role.title, role.of, status, start, end])?;
        }
        Ok(())
    }

    /// Enters a name that nobody bore before.
    fn name(&self, name: &str) -> Result<(), Error> {
        let mut enter = self.connection.prepare_cached("INSERT OR IGNORE INTO names (name) VALUES (?1)")?;
        if enter.execute([name])? > 0 {
            let key = self.connection.last_insert_rowid();
            let mut index = self.connection.prepare_cached("INSERT INTO names_words (rowid, name) VALUES (?1, ?2)")?;
            index.execute(params![key, name])?;
        }
        Ok(())
    }

    fn claim(&self, key: i64, claim: &Claim) -> Result<(), Error> {
        let (source_start, source_end) = self.pairs(claim.source);
        let (cue_start, cue_end) = self.pairs(claim.cue);
        let source_actor =
            claim.source_actor.as_deref().map(|id| self.actor_of("source_actor", id)).transpose()?.map(|(key, _)| key);
        self.connection
            .prepare_cached(
                "INSERT INTO claims VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, NULL)",
            )?
            .execute(params![
                key,
                self.coding_id,
                self.place.story_id,
                claim.id,
                source_start,
                source_end,
                source_actor,
                claim.source_kind.word(),
                cue_start,
                cue_end,
                claim.manner.word(),
                claim.act.word(),
                self.claim_of("disputes", claim.disputes.as_deref())?,
                claim.confidence,
                claim.reason,
                self.place.known_on,
            ])?;
        self.spans("INSERT INTO claim_contents VALUES (?1, ?2, ?3, ?4)", key, &claim.content)
    }

    fn event(&self, key: i64, event: &Event) -> Result<(), Error> {
        self.event_row(key, event)?;
        self.spans("INSERT INTO event_mentions VALUES (?1, ?2, ?3, ?4)", key, &event.also)?;
        let mut statement = self.connection.prepare_cached("INSERT INTO event_contexts VALUES (?1, ?2, ?3)")?;
        for (position, context) in event.contexts.iter().enumerate() {
            statement.execute(params![key, position as i64, context])?;
        }
        self.parties("INSERT INTO event_actors VALUES (?1, ?2, ?3, ?4, ?5)", "actors", key, &event.actors)?;
        self.parties("INSERT INTO event_recipients VALUES (?1, ?2, ?3, ?4, ?5)", "recipients", key, &event.recipients)
    }

    fn event_row(&self, key: i64, event: &Event) -> Result<(), Error> {
        let (trigger_start, trigger_end) = self.pair(event.trigger);
        let (place_start, place_end) = self.pairs(event.place);
        let (time_start, time_end) = self.pairs(event.time);
        let (earliest, latest) = event.when.map(|(first, last)| (first.to_string(), last.to_string())).unzip();
        // What has happened without a stated time is as new as its story; what is planned never is.
        let story_day = || self.place.day.filter(|_| event.status == Status::Happened);
        let day = earliest.as_deref().or_else(story_day);
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
             ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, NULL)",
        )?;
        statement.execute(params![
            key,
            self.coding_id,
            self.place.story_id,
            event.id,
            trigger_start,
            trigger_end,
            event.event_type.word(),
            event.mode,
            event.quad.word(),
            event.score,
            place_start,
            place_end,
            event.place_name,
            event.place_country,
            event.geonames,
            event.lat,
            event.lon,
            event.place_precision,
            time_start,
            time_end,
            earliest,
            latest,
            event.time_precision,
            event.killed,
            event.injured,
            event.status.word(),
            self.claim_of("claim", event.claim.as_deref())?,
            event.confidence,
            event.reason,
            day,
            self.place.known_on,
        ])?;
        Ok(())
    }

    fn parties(&self, sql: &str, field: &'static str, key: i64, ids: &[String]) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(sql)?;
        for (position, id) in ids.iter().enumerate() {
            let (actor_id, actor) = self.actor_of(field, id)?;
            statement.execute(params![key, position as i64, actor_id, actor.country, actor.sector])?;
        }
        Ok(())
    }

    fn lists(&self, coding: &Coding) -> Result<(), Error> {
        let mut statement =
            self.connection.prepare_cached("INSERT INTO timexes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        for (position, timex) in coding.timexes.iter().enumerate() {
            let (start, end) = self.pair(timex.span);
            let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
            let (earliest, latest) = (day(timex.earliest), day(timex.latest));
            statement.execute(params![
                self.coding_id, position as i64, start, end, timex.kind, timex.value, earliest, latest
            ])?;
        }
        let mut statement =
            self.connection.prepare_cached("INSERT INTO toponyms VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
        for (position, toponym) in coding.toponyms.iter().enumerate() {
            let (start, end) = self.pair(toponym.span);
            statement.execute(params![
                self.coding_id,
                position as i64,
                start,
                end,
                toponym.name,
                toponym.geonames,
                toponym.country,
                toponym.lat,
                toponym.lon,
                toponym.class
            ])?;
        }
        let mut statement = self.connection.prepare_cached("INSERT INTO notes VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for (position, note) in coding.notes.iter().enumerate() {
            let (start, end) = self.pair(note.span);
            statement.execute(params![self.coding_id, position as i64, start, end, note.kind, note.text])?;
        }
        Ok(())
    }
}
