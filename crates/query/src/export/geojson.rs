//! One GeoJSON feature for each event that has a place on the map (RFC 7946), status and precision among its properties.

use std::io::Write;

use serde::Serialize;

use super::telling::{Side, Telling};
use super::{Exported, Format, Job, json};
use crate::error::Error;

#[derive(Serialize)]
struct Feature<'t> {
    r#type: &'static str,
    id: String,
    geometry: Point,
    properties: Properties<'t>,
}

#[derive(Serialize)]
struct Point {
    r#type: &'static str,
    /// Longitude comes first.
    coordinates: [f64; 2],
}

#[derive(Serialize)]
struct Properties<'t> {
    title: String,
    event_type: &'t str,
    mode: Option<&'t str>,
    status: &'t str,
    contexts: &'t [String],
    quad: &'t str,
    score: f64,
    actors: Vec<&'t str>,
    actor_codes: Vec<String>,
    recipients: Vec<&'t str>,
    recipient_codes: Vec<String>,
    day: Option<String>,
    earliest: Option<String>,
    latest: Option<String>,
    place: Option<&'t str>,
    country: Option<&'t str>,
    place_precision: Option<&'t str>,
    geonames: Option<u32>,
    killed: Option<u32>,
    injured: Option<u32>,
    source: Option<&'t str>,
    source_kind: Option<&'t str>,
    quote: String,
    story: &'t str,
    publisher: Option<&'t str>,
    url: Option<&'t str>,
    confidence: f64,
    event: i64,
    happening: Option<i64>,
    n_origins: Option<i64>,
    standing: Option<String>,
    review: Option<&'t str>,
    fixes: Option<&'t str>,
}

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    write!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
    let mut lead = "\n";
    job.source.each(|telling| {
        let Some((lat, lon)) = telling.event.lat.zip(telling.event.lon) else {
            exported.leave_out("without a place on the map");
            return Ok(());
        };
        let geometry = Point { r#type: "Point", coordinates: [lon, lat] };
        let feature = Feature { r#type: "Feature", id: telling.key(), geometry, properties: properties(job, telling) };
        write!(out, "{lead}{}", json(&feature))?;
        lead = ",\n";
        exported.wrote();
        Ok(())
    })?;
    writeln!(out, "\n],\"notes\":{},\"left_out\":{}}}", json(&Format::Geojson.losses()), json(&exported.left_out))?;
    Ok(())
}

fn properties<'t>(job: &Job<'_>, telling: &'t Telling<'t>) -> Properties<'t> {
    let (event, meta) = (telling.event, &telling.told.stored.metadata);
    let (actors, recipients, claim) = (telling.actors(), telling.recipients(), telling.claim());
    Properties {
        title: telling.headline(job.codebook),
        event_type: event.event_type.word(),
        mode: event.mode.as_deref(),
        status: event.status.word(),
        contexts: &event.contexts,
        quad: event.quad.word(),
        score: event.score,
        actors: actors.iter().map(Side::name).collect(),
        actor_codes: actors.iter().map(Side::code).collect(),
        recipients: recipients.iter().map(Side::name).collect(),
        recipient_codes: recipients.iter().map(Side::code).collect(),
        day: telling.day.map(|day| day.to_string()),
        earliest: event.when.map(|when| when.0.to_string()),
        latest: event.when.map(|when| when.1.to_string()),
        place: event.place_name.as_deref(),
        country: event.place_country.as_deref(),
        place_precision: event.place_precision.as_deref(),
        geonames: event.geonames,
        killed: event.killed,
        injured: event.injured,
        source: claim.and_then(|claim| telling.words(claim.source)),
        source_kind: claim.map(|claim| claim.source_kind.word()),
        quote: telling.quote(),
        story: &meta.id,
        publisher: meta.publisher.as_deref(),
        url: meta.url.as_deref(),
        confidence: event.confidence,
        event: telling.event_id,
        happening: telling.happening.map(|happening| happening.key),
        n_origins: telling.happening.map(|happening| happening.n_origins),
        standing: telling.life.as_ref().map(|(_, status)| status.clone()),
        review: telling.review.verb.as_deref(),
        fixes: telling.review.fixes.as_deref(),
    }
}
