//! `/`: what came in, by independent origin.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use codebook::Act;
use jiff::ToSpan;
use query::{After, Answer, Cell, Filter, Named, Triage};

use crate::account::Visitor;
use crate::asked::{self, Asked, write_last};
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::sheet::{Links, Sheet, rendered};
use crate::screens::shown::{self, count, window_of};

/// Clusters on a page, and events told of each.
const CLUSTERS: u32 = 30;
const GISTS: u32 = 2;

/// What only this screen is asked.
const ASKED: &[&str] = &["words", "act", "range", "after"];

/// Quick ranges: their word, their label, and how many days they go back.
const RANGES: [(&str, &str, i32); 4] = [("day", "24 hours", 1), ("week", "7 days", 7), ("month", "30 days", 30), ("", "all", 0)];

/// What a cluster may hold: name of the parameter, its value, the label.
const HOLDS: [(&str, &str, &str); 4] =
    [("status", "planned", "planned events"), ("act", "accuse", "accusations"), ("act", "deny", "denials"), ("status", "denied", "denied events")];

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    links: Links,
    asked: Asked,
    clusters: Answer,
    gists: BTreeMap<i64, Vec<Gist>>,
    older: Option<String>,
    followed: usize,
    is_empty: bool,
}

/// One event in a line.
struct Gist {
    event: i64,
    status: String,
    what: String,
    actors: String,
    recipients: String,
    place: String,
    window: String,
}

impl DeskPage {
    fn ranges(&self) -> Vec<(String, &'static str, bool)> {
        let now = self.asked.get("range").unwrap_or("");
        RANGES.iter().map(|(word, label, _)| (self.address("range", word), *label, *word == now)).collect()
    }

    fn holds(&self) -> Vec<(String, &'static str, bool)> {
        let entry = |(name, value, label): &(&str, &str, &'static str)| {
            let is_on = self.asked.get(name) == Some(value);
            (self.address(name, if is_on { "" } else { value }), *label, is_on)
        };
        HOLDS.iter().map(entry).collect()
    }

    fn address(&self, name: &str, value: &str) -> String {
        let query = if value.is_empty() { self.asked.address(&[name, "after"]) } else { self.asked.with(name, value) };
        if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
    }

    fn n_followed(&self) -> i64 {
        i64::try_from(self.followed).unwrap_or(i64::MAX)
    }

    fn given(&self, name: &str) -> &str {
        self.asked.get(name).unwrap_or("")
    }

    /// Whether anything narrows the list.
    fn is_narrowed(&self) -> bool {
        !self.asked.address(&["after"]).is_empty()
    }

    fn gists(&self, row: &Named<'_>) -> &[Gist] {
        row.integer("story").and_then(|story| self.gists.get(&story)).map_or(&[], Vec::as_slice)
    }

    /// `7 stories · 1 origin`.
    fn copies(&self, row: &Named<'_>) -> String {
        match row.integer("stories").unwrap_or(1) {
            1 => "1 story".to_owned(),
            n => format!("{n} stories · 1 origin"),
        }
    }

    /// What is inside, as sign, words and class.
    fn chips(&self, row: &Named<'_>) -> Vec<(&'static str, String, &'static str)> {
        let chips = [
            ("planned", "◷", "planned event", "planned"),
            ("conflict", "▼", "deed of conflict", "conflict"),
            ("cooperation", "▲", "cooperation", "cooperation"),
            ("accusations", "⚑", "accusation", "claim"),
            ("denials", "⊘", "denial", "claim"),
            ("disputed", "⇄", "disputed claim", "disputed"),
        ];
        let chip = |(column, sign, one, class): (&str, &'static str, &str, &'static str)| {
            let n = row.integer(column).filter(|n| *n > 0)?;
            let words = match (one, n) {
                ("deed of conflict", 2..) => format!("{n} deeds of conflict"),
                ("cooperation", _) => format!("{n} of cooperation"),
                _ => count(n, one),
            };
            Some((sign, words, class))
        };
        chips.into_iter().filter_map(chip).collect()
    }
}

pub(crate) async fn page(
    State(desk): State<Desk>,
    visitor: Visitor,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let asked = Asked::read(query.as_deref(), &[asked::EVENTS, ASKED])?;
    let mut filter = Filter { limit: Some(CLUSTERS), ..asked.filter(desk.codebook())? };
    filter.since = filter.since.or(since(&desk, asked.get("range"))?);
    let triage = triage(&asked, filter.after.take())?;
    let (clusters, gists, is_empty) = desk
        .ask(None, move |record| {
            let clusters = query::clusters(record, &filter, &triage)?;
            let stories: Vec<i64> = clusters.named().filter_map(|row| row.integer("story")).collect();
            let gists = query::gists(record, &stories, GISTS)?;
            let is_empty = clusters.rows.is_empty() && query::runs(record, None, Some(1))?.rows.is_empty();
            Ok((clusters, gists, is_empty))
        })
        .await?;
    let sheet = Sheet::default().with("clusters", &clusters).with("events", &gists);
    sheet.answer(&uri, || {
        let followed = desk.people(|ledger| ledger.searches())?;
        let followed = followed.iter().filter(|search| search.account_id == visitor.account_id).count();
        let gists = by_story(&desk, &gists);
        let older = older(&clusters).map(|last| format!("/?{}", asked.with("after", &last)));
        rendered(&DeskPage { links: Links::of(&uri), asked, clusters, gists, older, followed, is_empty })
    })
}

/// The first day of a quick range.
fn since(desk: &Desk, range: Option<&str>) -> Result<Option<jiff::civil::Date>, Error> {
    let Some(word) = range else { return Ok(None) };
    let days = RANGES.iter().find(|(other, ..)| *other == word).map(|(.., days)| *days);
    let fault = || Error::Field { field: "range".into(), reason: format!("is `{word}`; valid are day, week, month") };
    Ok(desk.today().checked_sub(days.ok_or_else(fault)?.days()).ok())
}

fn triage(asked: &Asked, after: Option<query::Last>) -> Result<Triage, Error> {
    let act = |word: &str| {
        let valid = || Act::ALL.iter().map(|act| act.word()).collect::<Vec<_>>().join(", ");
        let fault = || Error::Field { field: "act".into(), reason: format!("is `{word}`; valid are {}", valid()) };
        Act::from_word(word).ok_or_else(fault)
    };
    let after = after.map(|last| After {
        day: match last.place {
            Cell::Day(day) => Some(day),
            _ => None,
        },
        revision: last.key,
    });
    Ok(Triage { words: asked.get("words").map(str::to_owned), act: asked.get("act").map(act).transpose()?, after })
}

/// Where the next page begins.
fn older(clusters: &Answer) -> Option<String> {
    let last = clusters.named().last().filter(|_| clusters.cut)?;
    Some(write_last(&query::Last { place: last.cell("day").clone(), key: last.integer("revision")? }))
}

fn by_story(desk: &Desk, gists: &Answer) -> BTreeMap<i64, Vec<Gist>> {
    let mut out: BTreeMap<i64, Vec<Gist>> = BTreeMap::new();
    for row in gists.named() {
        let gist = Gist {
            event: row.integer("event").unwrap_or(0),
            status: row.text("status"),
            what: shown::what(desk.codebook(), &row.text("type"), &row.text("mode")),
            actors: row.text("actors"),
            recipients: row.text("recipients"),
            place: row.text("place"),
            window: window_of(&row),
        };
        out.entry(row.integer("story").unwrap_or(0)).or_default().push(gist);
    }
    out
}
