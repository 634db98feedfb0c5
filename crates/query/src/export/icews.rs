//! ICEWS' table: tab-separated, with its header, one row for each pair of actor and recipient.

use std::io::Write;

use super::crosswalk::Crosswalk;
use super::fold::{Folded, write_pairs};
use super::telling::{Side, Telling};
use super::{Exported, Job};
use crate::error::Error;

const COLUMNS: [&str; 20] = [
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity", "Target Name",
    "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City", "District", "Province", "Country", "Latitude",
    "Longitude",
];

/// What stands for an empty cell.
const MISSING: &str = "NA";

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    write_pairs(job, out, exported, (COLUMNS, MISSING), |telling, folded, idx, sides| row(job, telling, folded, idx, sides))
}

fn row(job: &Job<'_>, telling: &Telling<'_>, folded: &Folded<'_>, idx: usize, sides: [Option<Side<'_>>; 2]) -> Vec<String> {
    let event = telling.event;
    let country = |code: Option<&str>| {
        let country = code.and_then(|code| job.codebook.actors.country(code));
        country.map(|country| country.name.clone()).unwrap_or_default()
    };
    let side = |side: Option<Side<'_>>| {
        let Some(side) = side else { return Default::default() };
        let sector = Crosswalk::embedded().sector_name(side.actor.sector.as_deref()).unwrap_or("");
        [side.name().to_owned(), sector.to_owned(), country(side.actor.country.as_deref())]
    };
    let place_at = |precision: &str| {
        let is_there = event.place_precision.as_deref() == Some(precision);
        event.place_name.clone().filter(|_| is_there).unwrap_or_default()
    };
    let degrees = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let [actor, recipient]: [[String; 3]; 2] = sides.map(side);
    let info = job.codebook.ontology.event(folded.event_type);
    let mode = folded.mode.and_then(|mode| info.modes.iter().find(|other| other.id == mode));
    let what = mode.map_or_else(|| info.label.clone(), |mode| format!("{}, {}", info.label, mode.label));
    let mut cells = vec![format!("{}-{idx}", telling.key()), folded.first.to_string()];
    cells.extend(actor);
    cells.extend([what, folded.cameo.code.clone(), folded.cameo.goldstein.to_string()]);
    cells.extend(recipient);
    cells.extend([
        telling.told.stored.story_id.to_string(),
        telling.sentence_number().map(|number| number.to_string()).unwrap_or_default(),
        telling.told.stored.metadata.publisher.clone().unwrap_or_default(),
        place_at("city"),
        place_at("district"),
        place_at("province"),
        country(event.place_country.as_deref()),
        degrees(event.lat),
        degrees(event.lon),
    ]);
    cells
}
