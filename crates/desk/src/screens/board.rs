//! `/claims`: who asserts, who denies, through whom it reaches us. No verdict.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use codebook::Act;
use query::{Answer, Cell, Filter, Issues, Last, Named};

use crate::account::Visitor;
use crate::asked::{self, Asked, write_last};
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::sheet::{Links, Sheet, rendered};
use crate::screens::shown::count;

/// Issues of a page.
const ISSUES: u32 = 25;

/// Which claims open an issue: word, label, what.
const VIEWS: [(&str, &str, Issues); 6] = [
    ("", "disputed", Issues::Disputed),
    ("accusations", "accusations", Issues::Of(Act::Accuse)),
    ("denials", "denials", Issues::Of(Act::Deny)),
    ("admissions", "admissions", Issues::Of(Act::Admit)),
    ("pledges", "pledges", Issues::Of(Act::Promise)),
    ("all", "all", Issues::All),
];

/// The sides, as columns.
const SIDES: [(&str, &str); 3] = [("asserts", "Asserts"), ("denies", "Denies"), ("other", "Other")];

#[derive(Template)]
#[template(path = "claims.html")]
struct ClaimsPage<'a> {
    links: Links,
    asked: Asked,
    issues: Vec<Issue<'a>>,
    more: Option<String>,
}

/// An issue with its claims by side.
struct Issue<'a> {
    key: i64,
    proposition: String,
    rows: Vec<Named<'a>>,
}

impl<'a> Issue<'a> {
    fn sides(&self) -> Vec<(&'static str, Vec<Named<'a>>)> {
        let of = |side: &'static str| self.rows.iter().copied().filter(move |row| row.words("side") == Some(side)).collect::<Vec<_>>();
        SIDES.iter().map(|(side, label)| (*label, of(side))).collect()
    }

    fn is_disputed(&self) -> bool {
        self.rows.iter().any(|row| row.words("side") == Some("denies")) && self.rows.iter().any(|row| row.words("side") == Some("asserts"))
    }

    /// What can be counted of where it comes from, as a sentence.
    fn note(&self) -> String {
        let origins: BTreeSet<i64> = self.rows.iter().filter_map(|row| row.integer("origin")).collect();
        let via: BTreeSet<String> = self.rows.iter().map(|row| row.text("via")).filter(|via| !via.is_empty()).collect();
        let n = i64::try_from(origins.len()).unwrap_or(i64::MAX);
        let sides = if self.is_disputed() { "both sides reach" } else { "it reaches" };
        match (via.len(), via.first()) {
            (1, Some(only)) => format!("Note: {sides} us through {only} alone. Independent origins: {n}."),
            _ => format!("{} in {}.", count(n, "independent origin"), count(i64::try_from(self.rows.len()).unwrap_or(0), "claim")),
        }
    }

    /// The claims in the order of their days, where they fall on more than one.
    fn thread(&self) -> Vec<Named<'a>> {
        let days: BTreeSet<String> = self.rows.iter().map(|row| row.text("story_day")).collect();
        if days.len() > 1 { self.rows.clone() } else { Vec::new() }
    }
}

impl ClaimsPage<'_> {
    fn views(&self) -> Vec<(String, &'static str, bool)> {
        let now = self.given("view");
        let address = |word: &str| {
            let query = if word.is_empty() { self.asked.address(&["view", "after"]) } else { self.asked.with("view", word) };
            if query.is_empty() { "/claims".to_owned() } else { format!("/claims?{query}") }
        };
        VIEWS.iter().map(|(word, label, _)| (address(word), *label, *word == now)).collect()
    }

    fn given(&self, name: &str) -> &str {
        self.asked.get(name).unwrap_or("")
    }
}

fn issues(board: &Answer) -> Vec<Issue<'_>> {
    let (mut order, mut by_key): (Vec<i64>, BTreeMap<i64, Vec<Named<'_>>>) = (Vec::new(), BTreeMap::new());
    for row in board.named() {
        let key = row.integer("issue").unwrap_or(0);
        if !order.contains(&key) {
            order.push(key);
        }
        by_key.entry(key).or_default().push(row);
    }
    let issue = |key: i64| {
        let rows = by_key.remove(&key).unwrap_or_default();
        let proposition = rows.first().map(|row| row.text("proposition")).unwrap_or_default();
        Issue { key, proposition, rows }
    };
    order.into_iter().map(issue).collect()
}

/// Where the next page begins: behind the claim that opened the last issue.
fn last(board: &Answer) -> Option<Last> {
    let row = board.named().last().filter(|_| board.cut)?;
    let opens = row.integer("opens")?;
    let opener = board.named().find(|row| row.integer("claim") == Some(opens))?;
    Some(Last { place: opener.cell("story_day").clone(), key: opens })
}

pub(crate) async fn page(State(desk): State<Desk>, _: Visitor, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let asked = Asked::read(query.as_deref(), &[asked::CLAIMS, &["view", "after"]])?;
    let view = asked.get("view").unwrap_or("");
    let fault = || {
        let valid = VIEWS.iter().map(|(word, ..)| *word).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
        Error::Field { field: "view".into(), reason: format!("is `{view}`; valid are {valid}") }
    };
    let which = VIEWS.iter().find(|(word, ..)| *word == view).map(|(.., which)| *which).ok_or_else(fault)?;
    let mut filter = Filter { limit: Some(ISSUES), ..asked.filter(desk.codebook())? };
    let after = filter.after.take().map(|last| match last.place {
        Cell::Day(day) => (Some(day), last.key),
        _ => (None, last.key),
    });
    let board = desk.ask(None, move |record| query::board(record, &filter, which, after)).await?;
    let more = last(&board).map(|last| format!("/claims?{}", asked.with("after", &write_last(&last))));
    Sheet::default().with("claims", &board).answer(&uri, || {
        rendered(&ClaimsPage { links: Links::of(&uri), asked, issues: issues(&board), more })
    })
}
