//! PLOVER JSON, one event a line, with the field names of the manual of 2024.

use std::io::Write;

use codebook::Codebook;
use serde::Serialize;

use super::fold::{Folded, fold};
use super::telling::{Side, Telling};
use super::{Exported, Job, json, timestamp};
use crate::error::Error;

#[derive(Serialize)]
struct Line<'t> {
    id: String,
    has_event: bool,
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    enddate: Option<String>,
    actor: Vec<Entity<'t>>,
    recipient: Vec<Entity<'t>>,
    event: [&'t str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    event_loc: Option<Location<'t>>,
    event_text: [&'t str; 1],
    quad_code: usize,
    event_scale: f64,
    mode: Vec<&'t str>,
    context: &'t [String],
    text: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_info: Option<Size>,
    cite_info: Citation<'t>,
    coder: &'t str,
    coded_date: String,
    comment: String,
}

#[derive(Serialize)]
struct Entity<'t> {
    code: &'t str,
    sector: &'t str,
    entity_text: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier_id: Option<&'t str>,
    identifier_text: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<&'t str>,
}

#[derive(Serialize)]
struct Location<'t> {
    extracted_place: Option<&'t str>,
    resolved_place: Option<&'t str>,
    geonameid: Option<u32>,
    lat: Option<f64>,
    lon: Option<f64>,
    country: Option<&'t str>,
    country_code: Option<&'t str>,
    resolution: Option<u8>,
}

/// The words around the event's, and where these stand in the story, in code points.
#[derive(Serialize)]
struct Text {
    start: usize,
    end: usize,
    text_story: String,
}

#[derive(Serialize)]
struct Size {
    dead: Option<u32>,
    injured: Option<u32>,
}

#[derive(Serialize)]
struct Citation<'t> {
    citation: &'t str,
    url: Option<&'t str>,
    title: Option<&'t str>,
    language: Option<&'t str>,
    publication: Option<&'t str>,
    coder: &'t str,
    codebook: &'t str,
}

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    job.source.each(|telling| {
        match fold(job, telling) {
            Ok(_) if telling.event.actors.is_empty() => exported.leave_out("without an actor"),
            Ok(folded) => {
                writeln!(out, "{}", json(&line(job.codebook, telling, &folded)))?;
                exported.wrote();
            }
            Err(reason) => exported.leave_out(reason),
        }
        Ok(())
    })
}

fn line<'t>(codebook: &'t Codebook, telling: &Telling<'t>, folded: &Folded<'t>) -> Line<'t> {
    let (event, stored) = (telling.event, &telling.told.stored);
    let [start, end] = telling.told.pair(event.trigger);
    let has_size = event.killed.is_some() || event.injured.is_some();
    let meta = &stored.metadata;
    Line {
        id: telling.key(),
        has_event: true,
        date: folded.first.to_string(),
        enddate: (folded.last != folded.first).then(|| folded.last.to_string()),
        actor: telling.actors().iter().map(entity).collect(),
        recipient: telling.recipients().iter().map(entity).collect(),
        event: [folded.event_type.word()],
        event_loc: location(codebook, telling),
        event_text: [event.trigger.of(&stored.text)],
        quad_code: folded.quad_number(),
        event_scale: folded.score,
        mode: folded.mode.into_iter().collect(),
        context: &event.contexts,
        text: Text { start, end, text_story: telling.quote() },
        text_info: has_size.then_some(Size { dead: event.killed, injured: event.injured }),
        cite_info: Citation {
            citation: &meta.id,
            url: meta.url.as_deref(),
            title: meta.title.as_deref(),
            language: meta.language.as_deref(),
            publication: meta.publisher.as_deref(),
            coder: &stored.coding.model,
            codebook: &stored.coding.codebook,
        },
        coder: &stored.coding.model,
        coded_date: timestamp(telling.told.known_on).date().to_string(),
        comment: comment(telling, folded),
    }
}

fn entity<'t>(side: &Side<'t>) -> Entity<'t> {
    Entity {
        code: side.actor.country.as_deref().unwrap_or(""),
        sector: side.actor.sector.as_deref().unwrap_or(""),
        entity_text: &side.actor.name,
        identifier_id: side.wikidata(),
        identifier_text: side.name(),
        office: side.actor.roles.first().map(|role| role.title.as_str()),
    }
}

fn location<'t>(codebook: &'t Codebook, telling: &Telling<'t>) -> Option<Location<'t>> {
    let event = telling.event;
    if event.place.is_none() && event.place_name.is_none() && event.place_country.is_none() {
        return None;
    }
    let code = event.place_country.as_deref();
    Some(Location {
        extracted_place: telling.words(event.place),
        resolved_place: event.place_name.as_deref(),
        geonameid: event.geonames,
        lat: event.lat,
        lon: event.lon,
        country: code.and_then(|code| codebook.actors.country(code)).map(|country| country.name.as_str()),
        country_code: code,
        resolution: event.place_precision.as_deref().and_then(|precision| match precision {
            "city" => Some(4),
            "district" => Some(3),
            "province" => Some(2),
            "country" => Some(1),
            _ => None,
        }),
    })
}

/// What PLOVER has no field for: the plan behind an intent, and who says so.
fn comment(telling: &Telling<'_>, folded: &Folded<'_>) -> String {
    let event = telling.event;
    let mut parts = Vec::new();
    if folded.is_intent {
        let mode = event.mode.as_ref().map(|mode| format!("/{mode}")).unwrap_or_default();
        let window = event.when.map(|(first, last)| format!(" between {first} and {last}")).unwrap_or_default();
        parts.push(format!("planned {}{mode}{window}", event.event_type));
    } else if event.status != codebook::Status::Happened {
        parts.push(event.status.to_string());
    }
    if let Some(claim) = telling.claim() {
        let source = telling.words(claim.source).unwrap_or("no one named");
        parts.push(text::one_line(&format!("according to {source} ({}, {})", claim.source_kind, claim.act)));
    }
    parts.join("; ")
}
