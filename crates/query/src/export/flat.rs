//! Events as CSV: the columns of a reading, then what only the record knows.

use std::io::Write;

use super::row::{EVENT_COLUMNS, csv_line, event_cells};
use super::telling::Telling;
use super::{Exported, Job};
use crate::error::Error;

/// What the record adds to the columns of a reading.
const RECORD_COLUMNS: [&str; 15] = [
    "day", "quote", "event", "story", "origin", "actor_entities", "recipient_entities", "happening", "n_reports", "n_stories", "n_origins",
    "standing", "review", "fixes", "notes",
];

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    out.write_all(csv_line(EVENT_COLUMNS.into_iter().chain(RECORD_COLUMNS)).as_bytes())?;
    job.source.each(|telling| {
        let stored = &telling.told.stored;
        let cells = event_cells(&stored.metadata, &stored.text, &stored.coding, telling.event);
        let added = record_cells(telling);
        out.write_all(csv_line(cells.iter().chain(&added).map(String::as_str)).as_bytes())?;
        exported.wrote();
        Ok(())
    })
}

fn record_cells(telling: &Telling<'_>) -> [String; 15] {
    let entities = |sides: Vec<super::telling::Side<'_>>| {
        let entity = |side: &super::telling::Side<'_>| side.person.map(|person| person.entity.to_string()).unwrap_or_default();
        sides.iter().map(entity).collect::<Vec<_>>().join("; ")
    };
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let happening = telling.happening;
    [
        telling.day.map(|day| day.to_string()).unwrap_or_default(),
        telling.quote(),
        telling.event_id.to_string(),
        telling.told.stored.story_id.to_string(),
        telling.told.origin.to_string(),
        entities(telling.actors()),
        entities(telling.recipients()),
        number(happening.map(|happening| happening.key)),
        number(happening.map(|happening| happening.n_reports)),
        number(happening.map(|happening| happening.n_stories)),
        number(happening.map(|happening| happening.n_origins)),
        telling.life.as_ref().map(|(_, status)| status.clone()).unwrap_or_default(),
        telling.review.verb.clone().unwrap_or_default(),
        telling.review.fixes.clone().unwrap_or_default(),
        telling.review.notes.clone().unwrap_or_default(),
    ]
}
