//! A STIX 2.1 bundle: parties as identities, places as locations, each report of an event as a report that refers to them.
//!
//! Type, mode, status and who does what to whom stand in a property extension, which readers without it may pass over. What a
//! source denies has an opinion of that source, what it claims a note. Events are objects and no relationships, which some
//! platforms merge within a month.

use std::io::Write;

use codebook::{Codebook, Status};
use ledger::rusqlite::params_from_iter;
use serde_json::{Value, json};

use super::party::{Party, id_of};
use super::telling::{Side, Telling};
use super::{Exported, Job, timestamp};
use crate::error::Error;

/// When the extension and its author came to be; they have no other moment.
const MADE: &str = "2026-01-01T00:00:00.000Z";

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    let mut list = List { out, lead: "\n" };
    let bundle = format!("bundle--{}", id_of("bundle", &["events"]));
    write!(list.out, "{{\"type\":\"bundle\",\"id\":\"{bundle}\",\"objects\":[")?;
    list.push(&author())?;
    list.push(&extension())?;
    job.source.each_party(|party| list.push(&identity(job.codebook, party)))?;
    locations(job, &mut list)?;
    job.source.each(|telling| {
        let report = report(job.codebook, telling);
        let id = report["id"].clone();
        list.push(&report)?;
        if let Some(said) = said(telling, &id) {
            list.push(&said)?;
        }
        exported.wrote();
        Ok(())
    })?;
    Ok(writeln!(list.out, "\n]}}")?)
}

/// A list of objects that is being written.
struct List<'w> {
    out: &'w mut dyn Write,
    lead: &'static str,
}

impl List<'_> {
    fn push(&mut self, object: &Value) -> Result<(), Error> {
        write!(self.out, "{}{}", self.lead, super::json(object))?;
        self.lead = ",\n";
        Ok(())
    }
}

fn moment(moment: ledger::Moment) -> String {
    timestamp(moment).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn author_id() -> String {
    format!("identity--{}", id_of("author", &["whimbrel"]))
}

fn extension_id() -> String {
    format!("extension-definition--{}", id_of("extension", &["event"]))
}

fn author() -> Value {
    json!({"type": "identity", "spec_version": "2.1", "id": author_id(), "created": MADE, "modified": MADE,
           "name": "Whimbrel", "identity_class": "system"})
}

fn extension() -> Value {
    json!({"type": "extension-definition", "spec_version": "2.1", "id": extension_id(), "created_by_ref": author_id(),
           "created": MADE, "modified": MADE, "name": "Coded event",
           "description": "Who did what to whom, when and where, by the PLOVER ontology, with the status of the event.",
           "schema": "docs/reference/exports.md", "version": "1.0.0", "extension_types": ["property-extension"]})
}

/// An object without the members that nothing is known of.
fn known(object: Value) -> Value {
    match object {
        Value::Object(members) => Value::Object(
            members.into_iter().filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())).collect(),
        ),
        other => other,
    }
}

fn identity_id(id: uuid::Uuid) -> String {
    format!("identity--{id}")
}

fn identity(codebook: &Codebook, party: &Party) -> Value {
    let identity = &party.identity;
    let class = match identity.kind.as_str() {
        "person" => "individual",
        "organization" | "country" => "organization",
        "group" => "group",
        _ => "unknown",
    };
    let country = identity.country.as_deref().and_then(|code| codebook.actors.country(code));
    let reference = party.wikidata.as_ref().map(|id| json!({"source_name": "wikidata", "external_id": id}));
    known(json!({
        "type": "identity", "spec_version": "2.1", "id": identity_id(identity.id()), "created_by_ref": author_id(),
        "created": moment(party.known.0), "modified": moment(party.known.1),
        "name": text::one_line(&identity.name), "identity_class": class,
        "description": country.map(|country| country.name.as_str()),
        "labels": identity.code().into_iter().collect::<Vec<_>>(),
        "external_references": reference.into_iter().collect::<Vec<_>>(),
    }))
}

fn location_id(name: Option<&str>, country: Option<&str>, geonames: Option<i64>) -> String {
    let geonames = geonames.map(|id| id.to_string()).unwrap_or_default();
    format!("location--{}", id_of("place", &[name.unwrap_or(""), country.unwrap_or(""), &geonames]))
}

/// Every place of the events once.
fn locations(job: &Job<'_>, list: &mut List<'_>) -> Result<(), Error> {
    let (ids, values) = job.source.event_ids();
    let sql = format!(
        "SELECT place_name, place_country, geonames, min(lat), min(lon), min(known_on), max(known_on) FROM events
         WHERE event_id IN ({ids}) AND (place_country IS NOT NULL OR (lat IS NOT NULL AND lon IS NOT NULL))
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    );
    let mut statement = job.source.record.connection().prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        let (name, code, geonames): (Option<String>, Option<String>, Option<i64>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (lat, lon): (Option<f64>, Option<f64>) = (row.get(3)?, row.get(4)?);
        let country = code.as_deref().and_then(|code| job.codebook.actors.country(code));
        let reference = geonames.map(|id| json!({"source_name": "geonames", "external_id": id.to_string()}));
        list.push(&known(json!({
            "type": "location", "spec_version": "2.1", "id": location_id(name.as_deref(), code.as_deref(), geonames),
            "created_by_ref": author_id(), "created": moment(ledger::Moment(row.get(5)?)), "modified": moment(ledger::Moment(row.get(6)?)),
            "name": name.as_deref().map(text::one_line), "country": country.map(|country| country.alpha2.as_str()).or(code.as_deref()),
            "latitude": lat.filter(|_| lon.is_some()), "longitude": lon.filter(|_| lat.is_some()),
            "external_references": reference.into_iter().collect::<Vec<_>>(),
        })))?;
    }
    Ok(())
}

fn report(codebook: &Codebook, telling: &Telling<'_>) -> Value {
    let (event, stored) = (telling.event, &telling.told.stored);
    let meta = &stored.metadata;
    let ids = |sides: Vec<Side<'_>>| sides.iter().map(|side| identity_id(side.identity().id())).collect::<Vec<_>>();
    let (actors, recipients) = (ids(telling.actors()), ids(telling.recipients()));
    let has_place = event.place_country.is_some() || (event.lat.is_some() && event.lon.is_some());
    let place = has_place.then(|| {
        location_id(event.place_name.as_deref(), event.place_country.as_deref(), event.geonames.map(i64::from))
    });
    let mut refers: Vec<&String> = Vec::new();
    for id in actors.iter().chain(&recipients).chain(&place) {
        if !refers.contains(&id) {
            refers.push(id);
        }
    }
    let author = author_id();
    if refers.is_empty() {
        // A report must refer to something.
        refers.push(&author);
    }
    let known_on = moment(telling.told.known_on);
    // When nothing tells when the story ran, what is known is when it was taken in.
    let published = stored.day.map_or_else(|| known_on.clone(), |day| format!("{day}T00:00:00.000Z"));
    let source = meta.publisher.clone().unwrap_or_else(|| "story".to_owned());
    let reference = known(json!({"source_name": source, "external_id": meta.id, "url": super::link(meta), "description": meta.title}));
    let mode = event.mode.as_ref().map(|mode| format!("mode:{mode}"));
    let labels: Vec<String> =
        [Some(format!("type:{}", event.event_type)), mode, Some(format!("status:{}", event.status))].into_iter().flatten().collect();
    let coded = known(json!({
        "extension_type": "property-extension",
        "event_type": event.event_type.word(), "mode": event.mode, "status": event.status.word(), "contexts": event.contexts,
        "quad": event.quad.word(), "score": event.score, "actor_refs": actors, "recipient_refs": recipients, "location_ref": place,
        "earliest": event.when.map(|when| when.0.to_string()), "latest": event.when.map(|when| when.1.to_string()),
        "killed": event.killed, "injured": event.injured, "standing": telling.life.as_ref().map(|(_, standing)| standing),
        "happening": telling.happening.map(|happening| happening.key),
        "reports": telling.happening.map(|happening| happening.n_reports),
        "origins": telling.happening.map(|happening| happening.n_origins),
    }));
    known(json!({
        "type": "report", "spec_version": "2.1", "id": format!("report--{}", id_of("event", &[&telling.key()])),
        "created_by_ref": author, "created": known_on, "modified": known_on, "name": telling.headline(codebook),
        "description": telling.quote(), "published": published, "object_refs": refers, "labels": labels,
        "confidence": percent(event.confidence), "lang": meta.language, "external_references": [reference],
        "extensions": {extension_id(): coded},
    }))
}

/// A probability on the scale of STIX.
fn percent(confidence: f64) -> u8 {
    (confidence * 100.0).round().clamp(0.0, 100.0) as u8
}

/// What the source of an event says of it: an opinion when it denies, else a note.
fn said(telling: &Telling<'_>, report: &Value) -> Option<Value> {
    let claim = telling.claim()?;
    let key = telling.key();
    let words: Vec<String> = claim.content.iter().map(|span| text::one_line(span.of(&telling.told.stored.text))).collect();
    let words = words.join(" … ");
    let authors: Vec<String> = telling.words(claim.source).map(text::one_line).into_iter().collect();
    let known_on = moment(telling.told.known_on);
    let object = if telling.event.status == Status::Denied {
        json!({"type": "opinion", "id": format!("opinion--{}", id_of("opinion", &[&key])), "opinion": "strongly-disagree",
               "explanation": words})
    } else {
        let content = if words.is_empty() { telling.quote() } else { words };
        json!({"type": "note", "id": format!("note--{}", id_of("note", &[&key])),
               "abstract": format!("{} by a source that is {}", claim.act, claim.source_kind), "content": content})
    };
    let Value::Object(mut members) = known(object) else { return None };
    let rest = json!({"spec_version": "2.1", "created_by_ref": author_id(), "created": known_on, "modified": known_on,
                      "authors": authors, "object_refs": [report], "confidence": percent(claim.confidence)});
    if let Value::Object(rest) = known(rest) {
        members.extend(rest);
    }
    Some(Value::Object(members))
}
