//! Events as rows of text, and cells that are safe in a spreadsheet.
//!
//! The columns are those of `whimbrel read --format csv`; an export adds what only the record knows.

use codebook::{Actor, Coding, Event};
use text::{Metadata, Span, one_line};

/// Columns of an event, in order; `docs/reference/exports.md` describes them.
pub const EVENT_COLUMNS: [&str; 38] = [
    "story_id", "title", "published", "publisher", "agency", "url", "event_id", "trigger", "type", "mode", "quad", "score",
    "contexts", "status", "actors", "actor_codes", "recipients", "recipient_codes", "place", "place_name", "place_country",
    "geonames", "lat", "lon", "place_precision", "time", "when_earliest", "when_latest", "time_precision", "killed", "injured",
    "claim_id", "source", "source_kind", "cue", "confidence", "model", "codebook",
];

/// Words on one line that no spreadsheet takes for a formula. Numbers are no formula: a score of -9 stays a number.
pub(super) fn plain_cell(text: &str) -> String {
    let text = one_line(text);
    let opens_formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) && text.parse::<f64>().is_err();
    if opens_formula { format!("'{text}") } else { text }
}

/// The same as a cell of CSV, quoted where needed (RFC 4180).
pub fn csv_cell(text: &str) -> String {
    let guarded = plain_cell(text);
    if guarded.contains([',', '"']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

/// A line of CSV.
pub fn csv_line<'c>(cells: impl IntoIterator<Item = &'c str>) -> String {
    cells.into_iter().map(csv_cell).collect::<Vec<_>>().join(",") + "\r\n"
}

/// The actors that a list of ids names.
fn parties<'c>(coding: &'c Coding, ids: &'c [String]) -> impl Iterator<Item = &'c Actor> {
    ids.iter().filter_map(|id| coding.actors.iter().find(|actor| actor.id == *id))
}

/// Their names on one line.
pub fn party_names(coding: &Coding, ids: &[String]) -> String {
    parties(coding, ids).map(|actor| one_line(&actor.name)).collect::<Vec<_>>().join("; ")
}

fn codes(coding: &Coding, ids: &[String]) -> String {
    let code = |actor: &Actor| {
        format!("{}.{}", actor.country.as_deref().unwrap_or(""), actor.sector.as_deref().unwrap_or(""))
    };
    parties(coding, ids).map(code).collect::<Vec<_>>().join("; ")
}

/// The cells of an event, one for each of [`EVENT_COLUMNS`]; missing is empty.
pub fn event_cells(meta: &Metadata, text: &str, coding: &Coding, event: &Event) -> [String; 38] {
    let words = |span: Option<Span>| span.map(|span| one_line(span.of(text))).unwrap_or_default();
    let claim = event.claim.as_ref().and_then(|id| coding.claims.iter().find(|claim| claim.id == *id));
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let count = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        meta.id.clone(),
        optional(&meta.title),
        optional(&meta.published),
        optional(&meta.publisher),
        optional(&meta.agency),
        optional(&meta.url),
        event.id.clone(),
        words(Some(event.trigger)),
        event.event_type.to_string(),
        optional(&event.mode),
        event.quad.to_string(),
        event.score.to_string(),
        event.contexts.join("; "),
        event.status.to_string(),
        party_names(coding, &event.actors),
        codes(coding, &event.actors),
        party_names(coding, &event.recipients),
        codes(coding, &event.recipients),
        words(event.place),
        optional(&event.place_name),
        optional(&event.place_country),
        count(event.geonames),
        number(event.lat),
        number(event.lon),
        optional(&event.place_precision),
        words(event.time),
        event.when.map(|when| when.0.to_string()).unwrap_or_default(),
        event.when.map(|when| when.1.to_string()).unwrap_or_default(),
        optional(&event.time_precision),
        count(event.killed),
        count(event.injured),
        optional(&event.claim),
        claim.map(|claim| words(claim.source)).unwrap_or_default(),
        claim.map(|claim| claim.source_kind.to_string()).unwrap_or_default(),
        claim.map(|claim| words(claim.cue)).unwrap_or_default(),
        event.confidence.to_string(),
        coding.model.clone(),
        coding.codebook.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas() {
        assert_eq!(csv_cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(csv_cell("-3.5"), "-3.5");
        assert_eq!(csv_cell("\t@here"), "'@here");
        assert_eq!(csv_cell("-3.5+cmd"), "'-3.5+cmd");
        assert_eq!(csv_cell("\r\n=1+1"), "'=1+1");
        assert_eq!(csv_cell("a, b"), "\"a, b\"");
    }
}
