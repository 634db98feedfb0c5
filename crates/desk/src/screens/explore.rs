//! `/explore`: events by any filter, told as a sentence, with facets, a histogram of days, and five ways to look at them.

use std::fmt::Write;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use codebook::{EventType, Status};
use query::{Answer, EVENTS_MAX, Filter, Named};

use crate::account::Visitor;
use crate::asked::{self, Asked, write_last};
use crate::chart::{Dyads, Histogram, Map};
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::sheet::{Links, Sheet, rendered};
use crate::screens::shown::{self, encode, number};

/// Rows of the table, and rows of a question in SQL.
const ROWS: u32 = 50;
const SQL_ROWS: u32 = 1_000;
/// How many of the newest events facets and drawings count, and pairs that the network draws.
const COUNTED: u32 = 5_000;
const PAIRS: u32 = 40;
/// Values of a facet that are shown.
const VALUES: usize = 8;

/// The ways to look: word, label.
const TABS: [(&str, &str); 5] = [("", "Table"), ("timeline", "Timeline"), ("map", "Map"), ("network", "Network"), ("sql", "SQL")];

/// What only this screen is asked.
const ASKED: &[&str] = &["tab", "sql", "after"];

/// Facets with their headings, and the parameter that each narrows.
const FACETS: [(&str, &str, &str); 4] =
    [("type", "Type", "type"), ("status", "Status", "status"), ("country", "Country", "place"), ("publisher", "Publisher", "publisher")];

#[derive(Template)]
#[template(path = "explore.html")]
struct ExplorePage {
    links: Links,
    desk: Desk,
    asked: Asked,
    tab: &'static str,
    facets: Answer,
    histogram: Histogram,
    look: Look,
    next: Option<String>,
    fault: Option<String>,
}

/// What the tab shows.
enum Look {
    Table(Answer),
    Map(Map, Answer),
    Network(Dyads, Answer),
    Sql(String, Option<Answer>),
}

/// A facet: heading, values with count, address and whether it is what is asked for.
type Facet = (&'static str, Vec<(String, String, String, bool)>, usize);

impl ExplorePage {
    fn tabs(&self) -> Vec<(String, &'static str, bool)> {
        let address = |word: &str| {
            let query = if word.is_empty() { self.asked.address(&["tab", "after", "sql"]) } else { self.asked.with("tab", word) };
            format!("/explore?{query}")
        };
        TABS.iter().map(|(word, label)| (address(word), *label, *word == self.tab)).collect()
    }

    fn given(&self, name: &str) -> &str {
        self.asked.get(name).unwrap_or("")
    }

    fn query(&self) -> String {
        self.asked.address(&["tab", "after", "sql"])
    }

    fn types(&self) -> Vec<(&'static str, String)> {
        let label = |event_type: &EventType| self.desk.codebook().ontology.event(*event_type).label.clone();
        EventType::ALL.iter().map(|event_type| (event_type.word(), label(event_type))).collect()
    }

    fn statuses(&self) -> Vec<&'static str> {
        Status::ALL.iter().map(|status| status.word()).collect()
    }

    /// The filter as a sentence.
    fn sentence(&self) -> String {
        let mut out = match self.facets.named().next().and_then(|row| row.integer("events")) {
            Some(n) if self.facets.cut => format!("More than {} events", number(n)),
            Some(n) => shown::count(n, "event"),
            None => "Events".to_owned(),
        };
        let parts = [
            ("status", ", "),
            ("type", " of type "),
            ("mode", ", mode "),
            ("actor", " by "),
            ("recipient", " to "),
            ("party", " with "),
            ("place", " in "),
            ("since", " since "),
            ("until", " until "),
            ("publisher", ", told by "),
        ];
        for (name, words) in parts {
            if let Some(value) = self.asked.get(name) {
                let _ = write!(out, "{words}{}", value.replace(',', " or "));
            }
        }
        out + "."
    }

    fn counted(&self) -> Option<String> {
        self.facets.cut.then(|| format!("Counts and drawings are of the newest {} of them; the table and the exports have all.", number(i64::from(COUNTED))))
    }

    fn facets(&self) -> Vec<Facet> {
        let facet = |(facet, title, name): &(&'static str, &'static str, &'static str)| {
            let rows: Vec<Named<'_>> = self.facets.named().filter(|row| row.words("facet") == Some(facet)).collect();
            let value = |row: &Named<'_>| {
                let value = row.text("value");
                let is_on = self.asked.get(name) == Some(&value);
                let query = if is_on { self.asked.address(&[name, "after"]) } else { self.asked.with(name, &value) };
                let label = match EventType::from_word(&value).filter(|_| *facet == "type") {
                    Some(event_type) => self.desk.codebook().ontology.event(event_type).label.clone(),
                    None => value,
                };
                (label, number(row.integer("events").unwrap_or(0)), format!("/explore?{query}"), is_on)
            };
            (*title, rows.iter().take(VALUES).map(value).collect(), rows.len().saturating_sub(VALUES))
        };
        FACETS.iter().map(facet).collect()
    }

    fn what(&self, row: &Named<'_>) -> String {
        shown::what(self.desk.codebook(), &row.text("type"), &row.text("mode"))
    }

    /// The same question for programs and terminals.
    fn same(&self) -> Vec<(&'static str, String)> {
        let filter = self.query();
        let options: Vec<String> = asked::EVENTS
            .iter()
            .filter_map(|name| Some(format!("--{name} {}", crate::screens::runs::quoted(self.asked.get(name)?))))
            .collect();
        vec![
            ("terminal", format!("whimbrel events --ledger FILE {}", options.join(" "))),
            ("curl", format!("curl 'http://127.0.0.1:4177/api/v1/events?{filter}'")),
            ("Python", format!("pandas.read_csv(\"http://127.0.0.1:4177/api/v1/events?{}\")", self.asked.with("format", "csv"))),
        ]
    }

    /// Days with their events, newest first, for the timeline.
    fn days<'a>(&self, events: &'a Answer) -> Vec<(String, Vec<Named<'a>>)> {
        let mut days: Vec<(String, Vec<Named<'a>>)> = Vec::new();
        for row in events.named() {
            let day = row.day("day").map_or_else(|| "undated".to_owned(), shown::day);
            match days.last_mut().filter(|(last, _)| *last == day) {
                Some((_, rows)) => rows.push(row),
                None => days.push((day, vec![row])),
            }
        }
        days
    }

    fn pairs_cap(&self) -> String {
        format!("Drawn are the {PAIRS} pairs with the most events, counted over the newest {} events.", number(i64::from(EVENTS_MAX)))
    }
}

pub(crate) async fn page(State(desk): State<Desk>, _: Visitor, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let asked = Asked::read(query.as_deref(), &[asked::EVENTS, ASKED])?;
    let word = asked.get("tab").unwrap_or("");
    let fault = || Error::Field { field: "tab".into(), reason: format!("is `{word}`; valid are timeline, map, network, sql") };
    let tab = TABS.iter().find(|(other, _)| *other == word).map(|(word, _)| *word).ok_or_else(fault)?;
    let filter = Filter { limit: Some(ROWS), ..asked.filter(desk.codebook())? };
    let counted = Filter { limit: Some(COUNTED), after: None, ..filter.clone() };
    let sql = asked.get("sql").map(str::to_owned);
    let asks = sql.clone().filter(|_| tab == "sql");
    let (facets, answer) = desk
        .ask(None, move |record| {
            let facets = query::facets(record, &counted)?;
            let answer = match tab {
                "map" => Ok(Some(query::places(record, &counted)?)),
                "network" => Ok(Some(query::dyads(record, &Filter { limit: Some(PAIRS), ..counted })?)),
                "sql" => asks.as_deref().map(|sql| query::sql(record, sql, Some(SQL_ROWS))).transpose(),
                _ => Ok(Some(query::events(record, &filter)?)),
            };
            Ok((facets, answer))
        })
        .await?;
    let (answer, fault) = match answer {
        Ok(answer) => (answer, None),
        Err(error) => (None, Some(error.to_string())),
    };
    let next = answer.as_ref().and_then(|answer| answer.last.as_ref()).map(|last| format!("/explore?{}", asked.with("after", &write_last(last))));
    let shown = answer.clone().unwrap_or_default();
    let sheet = match tab {
        "sql" => Sheet::default().with("rows", &shown),
        _ => Sheet::default().with(match tab { "map" => "places", "network" => "pairs", _ => "events" }, &shown),
    };
    sheet.answer(&uri, || {
        let histogram = Histogram::new(&facets, |day| format!("/explore?{}", asked.with("since", &day.to_string())));
        let look = match tab {
            "map" => Look::Map(Map::new(&shown, |place| format!("/explore?place={}", encode(place))), shown),
            "network" => Look::Network(Dyads::new(&shown), shown),
            "sql" => Look::Sql(sql.unwrap_or_default(), answer),
            _ => Look::Table(shown),
        };
        rendered(&ExplorePage { links: Links::of(&uri), desk: desk.clone(), asked, tab, facets, histogram, look, next, fault })
    })
}
