//! `/events/ID`: one event, slot by slot with the words it rests on; who reports it, where they differ, what became of it.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use codebook::{Event, EventType};
use ledger::{StoredCoding, Target};
use query::{About, Answer, Cell, Column, Filter, Kind, Named};
use text::Span;

use crate::account::Visitor;
use crate::asked::Asked;
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::reader::parties;
use crate::screens::sheet::{Links, Sheet, key, rendered};
use crate::screens::shown::{self, count};

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    visitor: Visitor,
    links: Links,
    desk: Desk,
    asked: Asked,
    id: i64,
    stored: StoredCoding,
    idx: usize,
    slots: Answer,
    reports: Answer,
    differences: Answer,
    steps: Answer,
    bearing: Answer,
    corrections: Answer,
}

impl EventPage {
    fn event(&self) -> &Event {
        &self.stored.coding.events[self.idx]
    }

    fn what(&self) -> String {
        shown::what(self.desk.codebook(), self.event().event_type.word(), self.event().mode.as_deref().unwrap_or(""))
    }

    /// The event as one sentence of names.
    fn title(&self) -> String {
        let names = |ids: &[String]| parties(&self.stored, ids).iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join(", ");
        let (actors, recipients) = (names(&self.event().actors), names(&self.event().recipients));
        let mut parts = vec![if actors.is_empty() { "No one named".to_owned() } else { actors }, self.what()];
        if !recipients.is_empty() {
            parts.push(recipients);
        }
        parts.join(" → ")
    }

    /// The event in the words of the codebook: its definition.
    fn definition(&self) -> String {
        let info = self.desk.codebook().ontology.event(self.event().event_type);
        let of_mode = self.event().mode.as_deref().and_then(|mode| self.desk.codebook().ontology.mode(self.event().event_type, mode));
        of_mode.map_or_else(|| info.definition.clone(), |mode| mode.definition.clone())
    }

    /// Codes side by side: scheme, code, how it comes about.
    fn codes(&self) -> Vec<(&'static str, String, String)> {
        let event = self.event();
        let own = event.mode.as_ref().map_or_else(|| event.event_type.to_string(), |mode| format!("{}/{mode}", event.event_type));
        let strict = match (event.status, event.event_type) {
            (codebook::Status::Planned, EventType::Consult) => ("AGREE".to_owned(), "a meeting to come is an agreement to meet (PLOVER manual)"),
            (codebook::Status::Happened, _) => (own.clone(), "as coded"),
            _ => ("—".to_owned(), "PLOVER has no code for what did not happen; the status says it"),
        };
        vec![
            ("Whimbrel", own, event.reason.clone()),
            ("PLOVER, strict", strict.0, strict.1.to_owned()),
            ("class", event.quad.to_string(), format!("score {}", event.score)),
        ]
    }

    fn n_origins(&self) -> usize {
        self.reports.named().filter_map(|row| row.integer("origin")).collect::<std::collections::BTreeSet<_>>().len()
    }

    fn reported(&self) -> String {
        let n = i64::try_from(self.reports.rows.len()).unwrap_or(i64::MAX);
        let origins = i64::try_from(self.n_origins()).unwrap_or(i64::MAX);
        format!("{}, {}", count(n, "report"), count(origins, "independent origin"))
    }

    /// Whether a report's cell is one of several values of a field that reports differ in.
    fn differs(&self, field: &str) -> bool {
        self.differences.named().any(|row| row.words("field") == Some(field))
    }

    fn said_of(&self, kind: &str, row: &i64) -> Vec<(i64, String, String, String)> {
        said_of(&self.corrections, kind, *row)
    }

    fn own_page(&self) -> &str {
        &self.links.page
    }

    fn as_of(&self) -> &str {
        self.asked.get("as_of").unwrap_or("")
    }
}

/// What people said about a row: key, verb, note, who.
pub(crate) fn said_of(corrections: &Answer, kind: &str, row: i64) -> Vec<(i64, String, String, String)> {
    let of = |said: &Named<'_>| said.text("target") == kind && said.integer("row") == Some(row);
    let told = |said: Named<'_>| {
        let mut words = said.text("verb");
        if said.text("field") != "" {
            words = format!("{words}: {} → {}", said.text("field"), said.text("value"));
        }
        (said.integer("correction").unwrap_or(0), words, said.text("note"), said.text("by"))
    };
    corrections.named().filter(of).map(told).collect()
}

/// Slots with their values, the words that they rest on, and how they come from them: stated, inherited or derived.
fn slots(stored: &StoredCoding, idx: usize) -> Answer {
    let plain = |name: &'static str| Column { name: name.into(), kind: Kind::Plain, shown: true };
    let columns = ["slot", "value", "quote", "how"].map(plain).to_vec();
    let mut answer = Answer { columns, ..Answer::default() };
    let event = &stored.coding.events[idx];
    let words = |span: Option<Span>| span.map_or(Cell::Missing, |span| Cell::Text(span.of(&stored.text).to_owned()));
    let mut add = |slot: &str, value: String, quote: Cell, how: &str| {
        answer.rows.push(vec![Cell::Text(slot.to_owned()), Cell::Text(value), quote, Cell::Text(how.to_owned())]);
    };
    add("act", event.mode.clone().map_or_else(|| event.event_type.to_string(), |mode| format!("{}/{mode}", event.event_type)), words(Some(event.trigger)), "stated");
    add("status", event.status.to_string(), words(Some(event.trigger)), "derived from the words around the act");
    for (slot, ids) in [("actor", &event.actors), ("recipient", &event.recipients)] {
        for (key, name, code) in parties(stored, ids) {
            let place = stored.actor_ids.iter().position(|other| *other == key);
            let mention = place.and_then(|at| {
                // The mention that stands nearest to the act.
                let mentions = &stored.coding.actors[at].mentions;
                mentions.iter().min_by_key(|span| span.start().abs_diff(event.trigger.start())).copied()
            });
            let reason = place.map_or("", |at| stored.coding.actors[at].reason.as_str());
            let how = if reason.contains("derived") { "stated; code derived" } else { "stated" };
            add(slot, if code.is_empty() { name.to_owned() } else { format!("{name} ({code})") }, words(mention), how);
        }
    }
    if let Some((first, last)) = event.when {
        let how = match (event.time, event.time_precision.as_deref()) {
            (None, _) => "derived: the day of the story".to_owned(),
            (Some(_), Some("day")) => "stated".to_owned(),
            (Some(_), precision) => format!("window assumed from {}", precision.map_or_else(|| "the words".to_owned(), |word| format!("words of a {word}"))),
        };
        add("time", shown::window(Some(first), Some(last)), words(event.time), &how);
    }
    if let Some(name) = &event.place_name {
        let precision = event.place_precision.as_deref().unwrap_or("");
        let how = if precision.contains("inherited") { "inherited from another clause" } else if event.place.is_some() { "stated" } else { "derived" };
        let value = event.place_country.as_ref().map_or_else(|| name.clone(), |country| format!("{name}, {country}"));
        let precision = precision.replace(" (inherited)", "");
        add("place", if precision.is_empty() { value } else { format!("{value} ({precision})") }, words(event.place), how);
    }
    for (slot, n) in [("killed", event.killed), ("injured", event.injured)] {
        if let Some(n) = n {
            add(slot, n.to_string(), Cell::Missing, "derived from the clause");
        }
    }
    if let Some(claim) = event.claim.as_deref().and_then(|id| stored.coding.claims.iter().find(|claim| claim.id == id)) {
        let value = format!("{} source, {}", claim.source_kind, claim.act);
        add("according to", value, words(claim.source), if claim.source.is_some() { "stated" } else { "no one named" });
    }
    answer
}

pub(crate) async fn page(
    State(desk): State<Desk>,
    visitor: Visitor,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let asked = Asked::read(query.as_deref(), &[&["as_of"]])?;
    let id = key(&uri)?;
    let answers = desk.ask(asked.as_of()?, move |record| {
        let stored = query::reading(record, query::story_of(record, id)?)?;
        let about = About { story: None, target: Some((Target::Event, id)), with_undone: false };
        let reports = query::reports(record, id)?;
        Ok((
            reports,
            query::steps(record, id)?,
            query::bearing(record, id)?,
            query::corrections(record, &Filter::default(), about)?,
            stored,
        ))
    });
    let (reports, steps, bearing, corrections, stored) = answers.await?;
    // A newer reading may have taken the place of the one that the key is of.
    let idx = stored.event_ids.iter().position(|key| *key == id).ok_or(query::Error::NoEvent(id))?;
    let (links, slots, differences) = (Links::of(&uri), slots(&stored, idx), query::differences(&reports));
    let sheet = Sheet::default()
        .with("slots", &slots)
        .with("reports", &reports)
        .with("differences", &differences)
        .with("steps", &steps)
        .with("claims", &bearing)
        .with("corrections", &corrections);
    let page = EventPage { visitor, links, desk, asked, id, stored, idx, slots, reports, differences, steps, bearing, corrections };
    sheet.answer(&uri, || rendered(&page))
}
