//! Events as rows: CSV for spreadsheets and statistics, a table for terminals.

use codebook::Event;
use query::{EVENT_COLUMNS, csv_line, event_cells, party_names};
use unicode_width::UnicodeWidthStr;
use whimbrel::Reading;

use crate::output::one_line;

/// The header line.
pub(crate) fn csv_head() -> String {
    csv_line(EVENT_COLUMNS)
}

/// One row an event.
pub(crate) fn csv_rows(reading: &Reading) -> String {
    let (meta, text) = (&reading.document.metadata, &reading.document.text);
    let row = |event| csv_line(event_cells(meta, text, &reading.coding, event).iter().map(String::as_str));
    reading.coding.events.iter().map(row).collect()
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
        let claim = event.claim.as_ref().and_then(|id| reading.coding.claims.iter().find(|claim| claim.id == *id));
        let source = claim.map(|claim| match claim.source {
            Some(span) => one_line(span.of(&reading.document.text)),
            None => "no one named".to_owned(),
        });
        aligned([
            &one_line(&reading.document.metadata.id),
            &kind,
            event.status.word(),
            &party_names(&reading.coding, &event.actors),
            &party_names(&reading.coding, &event.recipients),
            event.place_name.as_deref().unwrap_or(""),
            &when,
            source.as_deref().unwrap_or(""),
        ])
    };
    reading.coding.events.iter().map(row).collect()
}
