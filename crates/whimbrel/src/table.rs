//! Events as rows: CSV for spreadsheets and statistics, a table for terminals.

use codebook::{Actor, Event};
use unicode_width::UnicodeWidthStr;
use whimbrel::Reading;

use crate::output::one_line;

/// Columns of the CSV, in order; `docs/guides/reading.md` describes them.
const COLUMNS: [&str; 38] = [
    "story_id", "title", "published", "publisher", "agency", "url", "event_id", "trigger", "type", "mode", "quad", "score",
    "contexts", "status", "actors", "actor_codes", "recipients", "recipient_codes", "place", "place_name", "place_country",
    "geonames", "lat", "lon", "place_precision", "time", "when_earliest", "when_latest", "time_precision", "killed", "injured",
    "claim_id", "source", "source_kind", "cue", "confidence", "model", "codebook",
];

/// The header line.
pub(crate) fn csv_head() -> String {
    COLUMNS.join(",") + "\r\n"
}

/// A cell of text: on one line, quoted where needed (RFC 4180), and kept by an apostrophe from being taken for a formula.
/// Numbers are no text: a score of -9 stays a number.
pub(crate) fn cell(text: &str) -> String {
    let text = one_line(text);
    let opens_formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) && text.parse::<f64>().is_err();
    let guarded = if opens_formula { format!("'{text}") } else { text };
    if guarded.contains([',', '"']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

fn parties<'r>(reading: &'r Reading, ids: &[String]) -> Vec<&'r Actor> {
    ids.iter().filter_map(|id| reading.coding.actors.iter().find(|actor| actor.id == *id)).collect()
}

fn names(actors: &[&Actor]) -> String {
    actors.iter().map(|actor| one_line(&actor.name)).collect::<Vec<_>>().join("; ")
}

fn codes(actors: &[&Actor]) -> String {
    let code = |actor: &&Actor| {
        format!("{}.{}", actor.country.as_deref().unwrap_or(""), actor.sector.as_deref().unwrap_or(""))
    };
    actors.iter().map(code).collect::<Vec<_>>().join("; ")
}

/// One row an event.
pub(crate) fn csv_rows(reading: &Reading) -> String {
    reading.coding.events.iter().map(|event| csv_row(reading, event)).collect()
}

fn csv_row(reading: &Reading, event: &Event) -> String {
    let (meta, text) = (&reading.document.metadata, &reading.document.text);
    let words = |span: Option<text::Span>| span.map(|span| one_line(span.of(text))).unwrap_or_default();
    let claim = event.claim.as_ref().and_then(|id| reading.coding.claims.iter().find(|claim| claim.id == *id));
    let (actors, recipients) = (parties(reading, &event.actors), parties(reading, &event.recipients));
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let count = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    let cells: [String; 38] = [
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
        names(&actors),
        codes(&actors),
        names(&recipients),
        codes(&recipients),
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
        reading.coding.model.clone(),
        reading.coding.codebook.clone(),
    ];
    cells.map(|text| cell(&text)).join(",") + "\r\n"
}

/// Widths of the terminal table's columns.
const WIDTHS: [usize; 8] = [16, 20, 9, 26, 26, 14, 23, 24];

fn aligned(cells: [&str; 8]) -> String {
    let mut line = String::new();
    for (text, width) in cells.iter().zip(WIDTHS) {
        let mut out = String::new();
        for c in text.chars() {
            if out.width() + 1 >= width {
                out.push('…');
                break;
            }
            out.push(c);
        }
        let pad = width.saturating_sub(out.width()) + 1;
        line.push_str(&out);
        line.extend(std::iter::repeat_n(' ', pad));
    }
    line.trim_end().to_owned() + "\n"
}

/// The head of the terminal table.
pub(crate) fn table_head() -> String {
    aligned(["story", "type/mode", "status", "actor", "recipient", "where", "when", "according to"])
}

/// One line an event.
pub(crate) fn table_rows(reading: &Reading) -> String {
    let row = |event: &Event| {
        let kind = event.mode.as_ref().map_or_else(|| event.event_type.to_string(), |mode| format!("{}/{mode}", event.event_type));
        let when = match event.when {
            Some((first, last)) if first == last => first.to_string(),
            Some((first, last)) => format!("{first}…{last}"),
            None => String::new(),
        };
        let (actors, recipients) = (parties(reading, &event.actors), parties(reading, &event.recipients));
        let claim = event.claim.as_ref().and_then(|id| reading.coding.claims.iter().find(|claim| claim.id == *id));
        let source = claim.map(|claim| match claim.source {
            Some(span) => one_line(span.of(&reading.document.text)),
            None => "no one named".to_owned(),
        });
        aligned([
            &one_line(&reading.document.metadata.id),
            &kind,
            event.status.word(),
            &names(&actors),
            &names(&recipients),
            event.place_name.as_deref().unwrap_or(""),
            &when,
            source.as_deref().unwrap_or(""),
        ])
    };
    reading.coding.events.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("-3.5"), "-3.5");
        assert_eq!(cell("\t@here"), "'@here");
        assert_eq!(cell("-3.5+cmd"), "'-3.5+cmd");
        assert_eq!(cell("\r\n=1+1"), "'=1+1");
        assert_eq!(cell("a, b"), "\"a, b\"");
    }
}
