//! POLECAT's table: tab-separated, with its header, one row for each pair of actor and recipient.

use std::io::Write;

use super::crosswalk::Crosswalk;
use super::fold::{Folded, write_pairs};
use super::telling::{Side, Telling, Told};
use super::{Exported, Job};
use crate::error::Error;

const COLUMNS: [&str; 40] = [
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name", "Actor Country", "Actor COW",
    "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw", "Wikipedia Actor ID", "Recipient Name", "Recipient Country",
    "Recipient COW", "Primary Recipient Sector", "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID",
    "Placename", "City", "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
];

/// What stands for an empty cell.
const NONE: &str = "None";

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    write_pairs(job, out, exported, (COLUMNS, NONE), row)
}

fn row(telling: &Telling<'_>, folded: &Folded<'_>, idx: usize, [actor, recipient]: [Option<Side<'_>>; 2]) -> Vec<String> {
    let (event, stored) = (telling.event, &telling.told.stored);
    let optional = |value: Option<&str>| value.unwrap_or("").to_owned();
    let place_at = |precision: &str| {
        let is_there = event.place_precision.as_deref() == Some(precision);
        optional(event.place_name.as_deref().filter(|_| is_there))
    };
    let mut cells = vec![
        format!("{}-{idx}", telling.key()),
        folded.first.to_string(),
        folded.event_type.to_string(),
        optional(folded.mode),
        folded.score.to_string(),
        folded.quad_number().to_string(),
        event.contexts.join(";"),
    ];
    cells.extend(side(actor));
    cells.extend(side(recipient));
    cells.extend([
        optional(event.place_name.as_deref()),
        place_at("city"),
        place_at("district"),
        place_at("province"),
        optional(event.place_country.as_deref()),
        event.lat.map(|lat| lat.to_string()).unwrap_or_default(),
        event.lon.map(|lon| lon.to_string()).unwrap_or_default(),
        event.geonames.map(|id| id.to_string()).unwrap_or_default(),
        optional(telling.words(event.place)),
        feature(telling),
        optional(stored.metadata.publisher.as_deref()),
        stored.day.map(|day| day.to_string()).unwrap_or_default(),
        people(telling.told, |kind| kind == codebook::ActorKind::Person),
        people(telling.told, |kind| kind == codebook::ActorKind::Organization),
        places(telling.told),
        optional(stored.metadata.language.as_deref()),
        format!("{}; {}", stored.coding.model, stored.coding.codebook),
    ]);
    cells
}

/// Name, country, number, sectors, office, name as told, id.
fn side(side: Option<Side<'_>>) -> [String; 8] {
    let Some(side) = side else { return Default::default() };
    let optional = |value: Option<&str>| value.unwrap_or("").to_owned();
    let (country, sector) = (side.actor.country.as_deref(), optional(side.actor.sector.as_deref()));
    [
        side.name().to_owned(),
        optional(country),
        optional(Crosswalk::embedded().cow(country)),
        sector.clone(),
        sector,
        optional(side.actor.roles.first().map(|role| role.title.as_str())),
        side.actor.name.clone(),
        optional(side.wikidata()),
    ]
}

/// The GeoNames code of the place, where the story's toponyms have it.
fn feature(telling: &Telling<'_>) -> String {
    let toponyms = &telling.told.stored.coding.toponyms;
    let same = |toponym: &&codebook::ToponymRecord| toponym.geonames.is_some() && toponym.geonames == telling.event.geonames;
    toponyms.iter().find(same).map(|toponym| toponym.class.clone()).unwrap_or_default()
}

fn people(told: &Told, is_meant: impl Fn(codebook::ActorKind) -> bool) -> String {
    let actors = told.stored.coding.actors.iter().filter(|actor| is_meant(actor.kind));
    listed(actors.map(|actor| actor.name.as_str()))
}

fn places(told: &Told) -> String {
    listed(told.stored.coding.toponyms.iter().map(|toponym| toponym.name.as_str()))
}

/// Names once each, in the story's order, with the separator kept for the list.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut once: Vec<String> = Vec::new();
    for name in names {
        let name = name.replace(';', ",");
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once.join(";")
}
