//! GDELT 2.0's two tables, tab-separated and without headers: events over their reports, and the stories that mention them.
//!
//! An event is written at the first of its reports that is let through. Where resolution has not said which reports tell one
//! event, each report is an event of its own.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};

use codebook::Event;
use jiff::civil::Date;
use text::Span;

use super::crosswalk::Crosswalk;
use super::fold::{Folded, each_folded};
use super::telling::{Side, Telling};
use super::{Exported, Job, Open, tab_line, timestamp};
use crate::error::Error;

/// Dyads of one event that its number has room for.
const DYADS: i64 = 1_000;

pub(super) fn write(job: &Job<'_>, open: &mut Open<'_>, exported: &mut Exported) -> Result<(), Error> {
    let mut events = BufWriter::new(open("events.export.tsv")?);
    let mut mentions = BufWriter::new(open("events.mentions.tsv")?);
    // Only what several reports tell needs to be remembered.
    let mut written: BTreeSet<i64> = BTreeSet::new();
    each_folded(job, exported, |telling, folded| {
        let number = telling.happening.map_or(telling.event_id, |happening| happening.key);
        let is_shared = telling.happening.is_some_and(|happening| happening.n_reports > 1);
        let is_first = !is_shared || written.insert(number);
        for (number, (actor, recipient)) in (number * DYADS..).zip(telling.dyads()) {
            if is_first {
                events.write_all(tab_line(event_row(telling, folded, number, actor, recipient).iter().map(String::as_str)).as_bytes())?;
            }
            let sides = [actor, recipient].map(|side| side.and_then(|side| side.actor.mentions.first().copied()));
            mentions.write_all(tab_line(mention_row(telling, folded, number, sides).iter().map(String::as_str)).as_bytes())?;
        }
        Ok(())
    })?;
    events.flush()?;
    Ok(mentions.flush()?)
}

fn digits(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

fn event_row(telling: &Telling<'_>, folded: &Folded<'_>, number: i64, actor: Option<Side<'_>>, recipient: Option<Side<'_>>) -> Vec<String> {
    let (cameo, day) = (folded.cameo, folded.first);
    let fraction = f64::from(day.year()) + (f64::from(day.month()) * 30.0 + f64::from(day.day())) / 365.0;
    let counts = telling.happening.map_or([1, 1, 1], |happening| [happening.n_reports, happening.n_origins, happening.n_stories]);
    let mut cells = vec![
        number.to_string(),
        digits(day),
        day.strftime("%Y%m").to_string(),
        day.year().to_string(),
        format!("{fraction:.4}"),
    ];
    cells.extend(party(actor));
    cells.extend(party(recipient));
    cells.extend([
        u8::from(is_in_lead(telling)).to_string(),
        cameo.code.clone(),
        cameo.base().to_owned(),
        cameo.root().to_owned(),
        cameo.quad.to_string(),
        cameo.goldstein.to_string(),
    ]);
    cells.extend(counts.map(|count| count.to_string()));
    cells.push(String::new());
    cells.extend(nowhere());
    cells.extend(nowhere());
    cells.extend(place(telling.event));
    cells.push(timestamp(telling.told.known_on).strftime("%Y%m%d%H%M%S").to_string());
    cells.push(telling.told.stored.metadata.url.clone().unwrap_or_default());
    cells
}

/// Code, name, country, known group, ethnic, two religions, three types.
fn party(side: Option<Side<'_>>) -> [String; 10] {
    let mut cells = <[String; 10]>::default();
    let Some(side) = side else { return cells };
    let crosswalk = Crosswalk::embedded();
    let role = crosswalk.role(side.actor.sector.as_deref());
    let country = side.actor.country.as_deref().unwrap_or("");
    cells[0] = format!("{country}{role}");
    cells[1] = side.name().to_uppercase();
    cells[2] = country.to_owned();
    cells[7] = role.to_owned();
    cells
}

/// The eight cells of a place that is not known.
fn nowhere() -> [String; 8] {
    let mut cells = <[String; 8]>::default();
    cells[0] = "0".to_owned();
    cells
}

/// Type (1 country, 2 US state, 3 US city, 4 city, 5 state), full name, country and divisions, latitude, longitude, feature.
fn place(event: &Event) -> [String; 8] {
    let Some(name) = &event.place_name else { return nowhere() };
    let country = event.place_country.as_deref();
    let fips = Crosswalk::embedded().fips(country);
    let kind = match (event.place_precision.as_deref(), country) {
        (Some("country"), _) => 1,
        (Some("province"), Some("USA")) => 2,
        (Some("province"), _) => 5,
        (Some("city" | "district"), Some("USA")) => 3,
        (Some("city" | "district"), _) => 4,
        _ => 0,
    };
    // A place as a whole country has the country for its first division too.
    let division = if kind == 1 { fips } else { "" };
    let degrees = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let cells = [kind.to_string(), name.clone(), fips.to_owned(), division.to_owned(), String::new(), degrees(event.lat), degrees(event.lon)];
    let [kind, name, fips, division, second, lat, lon] = cells;
    [kind, name, fips, division, second, lat, lon, String::new()]
}

/// Whether the words stand in the first sentence of the story's body.
fn is_in_lead(telling: &Telling<'_>) -> bool {
    telling.sentence_number() == Some(1)
}

fn mention_row(telling: &Telling<'_>, folded: &Folded<'_>, number: i64, sides: [Option<Span>; 2]) -> Vec<String> {
    let stored = &telling.told.stored;
    let meta = &stored.metadata;
    let at = |span: Option<Span>| span.map_or(-1, |span| i64::try_from(telling.told.pair(span)[0]).unwrap_or(-1)).to_string();
    let known_on = timestamp(telling.told.known_on).strftime("%Y%m%d%H%M%S").to_string();
    let end = Span::new(stored.text.len(), stored.text.len());
    vec![
        number.to_string(),
        digits(folded.first) + "000000",
        known_on,
        // A page of the web, or a citation by its name alone.
        if meta.url.is_some() { "1" } else { "2" }.to_owned(),
        meta.publisher.clone().unwrap_or_default(),
        meta.url.clone().unwrap_or_else(|| meta.id.clone()),
        telling.sentence_number().map(|number| number.to_string()).unwrap_or_default(),
        at(sides[0]),
        at(sides[1]),
        at(Some(telling.event.trigger)),
        "1".to_owned(),
        format!("{:.0}", telling.event.confidence * 100.0),
        telling.told.pair(end)[0].to_string(),
        String::new(),
        String::new(),
        String::new(),
    ]
}
