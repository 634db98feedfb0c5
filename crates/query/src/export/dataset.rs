//! The record as a data set: a Parquet file a table, and beside them what describes them (`package`).
//!
//! Rows of stories are made one story at a time; what was concluded over stories the database gives as rows of JSON.

use ledger::rusqlite::params_from_iter;
use serde_json::{Value, json};
use text::Span;

use super::shred::{TableWriter, Written};
use super::table::{Table, tables};
use super::telling::{Side, Telling, Told};
use super::{Exported, Job, Open, package};
use crate::error::Error;

// Lists are ordered by the rows below them: an order within the aggregate would turn what it orders from JSON into text.
const ENTITIES: &str = "
    SELECT json_object('entity_id', n.entity_id, 'name', n.name, 'kind', n.kind, 'country', n.country, 'sector', n.sector,
        'wikidata', n.wikidata, 'n_stories', n.n_stories,
        'names', json((SELECT json_group_array(json_object('name', o.name, 'n_stories', o.n_stories))
                       FROM (SELECT * FROM entity_names WHERE entity_id = n.entity_id ORDER BY n_stories DESC, name) o)))
    FROM entities n
    WHERE n.entity_id IN (SELECT m.entity_id FROM entity_members m JOIN actors a USING (actor_id) WHERE a.coding_id IN ({codings}))
    ORDER BY n.entity_id";

const HAPPENINGS: &str = "
    SELECT json_object('happening_id', h.happening_id, 'type', h.type, 'mode', h.mode, 'status', h.status, 'earliest', h.earliest,
        'latest', h.latest, 'place_name', h.place_name, 'place_country', h.place_country, 'geonames', h.geonames,
        'killed_min', h.killed_min, 'killed_max', h.killed_max, 'injured_min', h.injured_min, 'injured_max', h.injured_max,
        'n_reports', h.n_reports, 'n_stories', h.n_stories, 'n_origins', h.n_origins,
        'reports', json((SELECT json_group_array(r.event_id)
                         FROM (SELECT * FROM happening_reports WHERE happening_id = h.happening_id ORDER BY event_id) r)))
    FROM happenings h
    WHERE h.happening_id IN (SELECT r.happening_id FROM happening_reports r WHERE r.event_id IN ({events}))
    ORDER BY h.happening_id";

const LIVES: &str = "
    SELECT json_object('life_id', l.life_id, 'status', l.status, 'earliest', l.earliest, 'latest', l.latest,
        'steps', json((SELECT json_group_array(json_object('step', s.step, 'event_id', s.event_id, 'day', s.day, 'earliest', s.earliest,
                          'latest', s.latest, 'reason', s.reason, 'score', s.score))
                       FROM (SELECT * FROM life_steps WHERE life_id = l.life_id ORDER BY position) s)))
    FROM lives l
    WHERE l.life_id IN (SELECT s.life_id FROM life_steps s WHERE s.event_id IN ({events}))
    ORDER BY l.life_id";

pub(super) fn write(job: &Job<'_>, open: &mut Open<'_>, exported: &mut Exported) -> Result<(), Error> {
    let about = [("whimbrel", env!("CARGO_PKG_VERSION")), ("codebook", job.codebook.version())];
    let mut files = write_events(job, &about, open, exported)?;
    files.extend(write_stories(job, &about, open)?);
    for (name, sql) in [("entities", ENTITIES), ("happenings", HAPPENINGS), ("lives", LIVES)] {
        files.push(write_concluded(job, TableWriter::open(declared(name), &about, open)?, sql)?);
    }
    package::write(job.codebook, &files, open)
}

fn declared(name: &str) -> &'static Table {
    tables().iter().find(|table| table.name == name).expect("the declaration has every table that is written")
}

fn write_events(job: &Job<'_>, about: &[(&str, &str)], open: &mut Open<'_>, exported: &mut Exported) -> Result<Vec<Written>, Error> {
    let mut events = TableWriter::open(declared("events"), about, open)?;
    job.source.each(|telling| {
        events.push(&event_row(telling))?;
        exported.wrote();
        Ok(())
    })?;
    Ok(vec![events.finish()?])
}

fn write_stories(job: &Job<'_>, about: &[(&str, &str)], open: &mut Open<'_>) -> Result<Vec<Written>, Error> {
    let mut claims = TableWriter::open(declared("claims"), about, open)?;
    let mut stories = TableWriter::open(declared("stories"), about, open)?;
    let mut actors = TableWriter::open(declared("actors"), about, open)?;
    job.source.each_coding(|told| {
        stories.push(&story_row(told))?;
        told.all_sides().try_for_each(|side| actors.push(&actor_row(told, side)))?;
        (0..told.stored.coding.claims.len()).try_for_each(|idx| claims.push(&claim_row(told, idx)))
    })?;
    Ok(vec![claims.finish()?, stories.finish()?, actors.finish()?])
}

/// Writes what a statement gives, a row of JSON a row.
fn write_concluded(job: &Job<'_>, mut table: TableWriter, sql: &str) -> Result<Written, Error> {
    let (wanted, (keys, values)) = match sql.contains("{codings}") {
        true => ("{codings}", job.source.coding_ids()),
        false => ("{events}", job.source.event_ids()),
    };
    let mut statement = job.source.record.connection().prepare(&sql.replace(wanted, &keys))?;
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        let row = serde_json::from_str(row.get_ref(0)?.as_str().map_err(ledger::rusqlite::Error::from)?);
        table.push(&row.map_err(|error| Error::Shape { format: "parquet", reason: error.to_string() })?)?;
    }
    table.finish()
}

fn span(told: &Told, span: Span) -> Value {
    let [start, end] = told.pair(span);
    json!({ "start": start, "end": end, "words": span.of(&told.stored.text) })
}

fn maybe(told: &Told, place: Option<Span>) -> Value {
    place.map_or(Value::Null, |place| span(told, place))
}

fn spans(told: &Told, places: &[Span]) -> Value {
    places.iter().map(|&place| span(told, place)).collect()
}

fn day(day: Option<jiff::civil::Date>) -> Value {
    day.map_or(Value::Null, |day| day.to_string().into())
}

fn party(side: &Side<'_>) -> Value {
    let actor = side.actor;
    json!({
        "actor_id": side.actor_id, "name": side.name(), "kind": actor.kind.word(), "country": actor.country, "sector": actor.sector,
        "wikidata": side.wikidata(), "entity_id": side.person.map(|person| person.entity),
    })
}

fn event_row(telling: &Telling<'_>) -> Value {
    let (told, event) = (telling.told, telling.event);
    let claim = event.claim.as_ref().and_then(|id| told.claim_id(id));
    // In two parts: the macro reads only so deep.
    let mut row = json!({
        "event_id": telling.event_id, "story_id": told.stored.story_id, "key": telling.key(), "day": day(telling.day),
        "type": event.event_type.word(), "mode": event.mode, "contexts": event.contexts, "quad": event.quad.word(),
        "score": event.score, "status": event.status.word(),
        "actors": telling.actors().iter().map(party).collect::<Value>(),
        "recipients": telling.recipients().iter().map(party).collect::<Value>(),
        "trigger": span(told, event.trigger), "also": spans(told, &event.also), "place": maybe(told, event.place),
        "place_name": event.place_name, "place_country": event.place_country, "geonames": event.geonames,
        "lat": event.lat, "lon": event.lon, "place_precision": event.place_precision,
    });
    let rest = json!({
        "time": maybe(told, event.time), "earliest": day(event.when.map(|when| when.0)), "latest": day(event.when.map(|when| when.1)),
        "time_precision": event.time_precision, "killed": event.killed, "injured": event.injured, "claim_id": claim,
        "confidence": event.confidence, "reason": event.reason,
        "happening_id": telling.happening.map(|happening| happening.key), "life_id": telling.life.as_ref().map(|(key, _)| key),
        "review": telling.review.verb, "fixes": telling.review.fixes, "notes": telling.review.notes, "known_on": told.known_on.0,
    });
    if let (Value::Object(row), Value::Object(rest)) = (&mut row, rest) {
        row.extend(rest);
    }
    row
}

fn story_row(told: &Told) -> Value {
    let (stored, meta) = (&told.stored, &told.stored.metadata);
    let timexes = stored.coding.timexes.iter().map(|timex| {
        json!({
            "span": span(told, timex.span), "type": timex.kind, "value": timex.value,
            "earliest": day(timex.earliest), "latest": day(timex.latest),
        })
    });
    let toponyms = stored.coding.toponyms.iter().map(|toponym| {
        json!({
            "span": span(told, toponym.span), "name": toponym.name, "geonames": toponym.geonames, "country": toponym.country,
            "lat": toponym.lat, "lon": toponym.lon, "class": toponym.class,
        })
    });
    let notes = stored.coding.notes.iter().map(|note| json!({ "span": span(told, note.span), "kind": note.kind, "text": note.text }));
    json!({
        "story_id": stored.story_id, "id": meta.id, "key": told.key, "title": meta.title, "published": meta.published,
        "day": day(stored.day), "publisher": meta.publisher, "agency": meta.agency, "credit": stored.credit, "byline": meta.byline,
        "url": meta.url, "language": meta.language, "text": stored.text, "origin": told.origin,
        "timexes": timexes.collect::<Value>(), "toponyms": toponyms.collect::<Value>(), "notes": notes.collect::<Value>(),
        "model": stored.coding.model, "codebook": stored.coding.codebook, "known_on": told.known_on.0,
    })
}

fn actor_row(told: &Told, side: Side<'_>) -> Value {
    let actor = side.actor;
    let roles = actor.roles.iter().map(|role| {
        json!({ "title": role.title, "of": role.of, "status": role.status.map(|status| status.word()), "span": span(told, role.span) })
    });
    json!({
        "actor_id": side.actor_id, "story_id": told.stored.story_id, "name": actor.name, "kind": actor.kind.word(),
        "country": actor.country, "sector": actor.sector, "wikidata": actor.wikidata,
        "entity_id": side.person.map(|person| person.entity), "mentions": spans(told, &actor.mentions),
        "roles": roles.collect::<Value>(), "reason": actor.reason,
    })
}

fn claim_row(told: &Told, idx: usize) -> Value {
    let claim = &told.stored.coding.claims[idx];
    let source = claim.source_actor.as_ref().and_then(|id| told.all_sides().find(|side| side.actor.id == *id));
    json!({
        "claim_id": told.stored.claim_ids[idx], "story_id": told.stored.story_id, "source": maybe(told, claim.source),
        "source_actor_id": source.map(|side| side.actor_id), "source_name": source.map(|side| side.actor.name.as_str()),
        "source_kind": claim.source_kind.word(), "cue": maybe(told, claim.cue), "content": spans(told, &claim.content),
        "manner": claim.manner.word(), "act": claim.act.word(), "disputes": claim.disputes.as_ref().and_then(|id| told.claim_id(id)),
        "confidence": claim.confidence, "reason": claim.reason, "known_on": told.known_on.0,
    })
}
