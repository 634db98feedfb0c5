//! `/feeds/SECRET`: what was new in a search, as Atom. Whoever has the address may read it, and nothing else.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ledger::{Moment, Search};
use query::Answer;

use crate::account::hash_secret;
use crate::desk::Desk;
use crate::error::Error;
use crate::follow::send::{address, cell_text, finds};

/// Entries of a feed.
const ENTRIES: u32 = 100;

struct Entry {
    id: String,
    title: String,
    words: String,
    address: String,
    found: String,
}

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    id: String,
    name: String,
    updated: String,
    entries: Vec<Entry>,
}

/// A moment as feeds have it.
pub(crate) fn rfc3339(moment: Moment) -> String {
    jiff::Timestamp::from_millisecond(moment.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Words that any reader of XML takes, on one line.
fn plain(text: &str) -> String {
    text::one_line(text).chars().map(|c| if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c }).collect()
}

/// A name that stays the same for ever: a UUID (RFC 9562, version 8) of what it is about.
fn urn(about: &str) -> String {
    let hash = hash_secret(about);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let n = u128::from_be_bytes(bytes);
    format!(
        "urn:uuid:{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        n >> 96,
        n >> 80 & 0xffff,
        n >> 64 & 0xffff,
        n >> 48 & 0xffff,
        n & 0xffff_ffff_ffff
    )
}

pub(crate) async fn feed(State(desk): State<Desk>, Path(secret): Path<String>, headers: HeaderMap) -> Result<Response, Error> {
    let secret = secret.strip_suffix(".atom").unwrap_or(&secret);
    let search = desk.people(|ledger| ledger.search_of_feed(&hash_secret(secret)))?;
    // Not told apart from an address that never was one.
    let search = search.ok_or_else(|| Error::NoPage("/feeds/…".to_owned()))?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost:4177");
    let base = desk.public().map_or_else(|| format!("http://{host}"), str::to_owned);
    let page = of(&desk, &search, &base).await?.render()?;
    let kind = HeaderValue::from_static("application/atom+xml; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], page).into_response())
}

async fn of(desk: &Desk, search: &Search, base: &str) -> Result<Feed, Error> {
    let alerts = desk.people(|ledger| ledger.alerts(search.search_id, None, ENTRIES))?;
    let keys: Vec<i64> = alerts.iter().map(|alert| alert.key).collect();
    let answer = finds(desk, search, keys).await?;
    let rows: BTreeMap<String, usize> = (0..answer.rows.len()).map(|row| (cell_text(&answer, row, "key"), row)).collect();
    // What a newer reading has retired has no row any more.
    let entries = alerts.iter().filter_map(|alert| {
        let row = *rows.get(&alert.key.to_string())?;
        let story = cell_text(&answer, row, "story");
        Some(Entry {
            id: urn(&format!("alert {} of search {} since {}", alert.alert_id, search.search_id, search.made_on.0)),
            title: plain(&title(&answer, row)),
            words: plain(&format!("{} ({})", cell_text(&answer, row, "words"), cell_text(&answer, row, "publisher"))),
            address: address(base, search, alert.key, &story),
            found: rfc3339(alert.found_on),
        })
    });
    Ok(Feed {
        id: urn(&format!("search {} since {}", search.search_id, search.made_on.0)),
        name: plain(&search.name),
        updated: rfc3339(alerts.first().map_or(search.made_on, |alert| alert.found_on)),
        entries: entries.collect(),
    })
}

fn title(answer: &Answer, row: usize) -> String {
    let parts = ["day", "what", "who", "whom", "place"].map(|column| cell_text(answer, row, column));
    parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_uuids_and_stay() {
        let name = urn("search 1 since 5");
        assert_eq!(name, urn("search 1 since 5"));
        assert_ne!(name, urn("search 2 since 5"));
        assert_eq!((name.len(), &name[23..24]), (45, "8"), "{name}");
    }
}
