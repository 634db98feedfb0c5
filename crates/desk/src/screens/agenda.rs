//! `/agenda`: what is planned, by its window; what is overdue, and what became of the rest.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use jiff::civil::Date;
use jiff::{ToSpan, Unit};
use query::{Answer, Filter, Named};

use crate::account::Visitor;
use crate::asked::{self, Asked, write_last};
use crate::chart::{Bars, Month};
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::sheet::{Links, Sheet, rendered};
use crate::screens::shown;

/// Rows of a page, and bars of the drawing.
const ROWS: u32 = 100;
const BARS: usize = 24;

/// Standings in the order in which they matter, with their headings.
const STANDINGS: [(&str, &str); 7] = [
    ("overdue", "Overdue: the window passed and no report says what became of it"),
    ("running", "Due now"),
    ("ahead", "Ahead"),
    ("postponed", "Postponed"),
    ("unknown", "Undated"),
    ("took place", "Took place"),
    ("cancelled", "Cancelled"),
];

#[derive(Template)]
#[template(path = "agenda.html")]
struct AgendaPage {
    links: Links,
    desk: Desk,
    asked: Asked,
    agenda: Answer,
    bars: Bars,
    month: Month,
    on: Date,
    later: Option<String>,
}

impl AgendaPage {
    fn groups(&self) -> Vec<(&'static str, &'static str, Vec<Named<'_>>)> {
        let of = |word: &'static str| self.agenda.named().filter(|row| row.words("standing") == Some(word)).collect::<Vec<_>>();
        STANDINGS.iter().map(|(word, title)| (*word, *title, of(word))).filter(|(.., rows)| !rows.is_empty()).collect()
    }

    fn what(&self, row: &Named<'_>) -> String {
        shown::what(self.desk.codebook(), &row.text("type"), &row.text("mode"))
    }

    fn given(&self, name: &str) -> &str {
        self.asked.get(name).unwrap_or("")
    }

    fn address(&self, month: Date) -> String {
        format!("/agenda?{}#month", self.asked.with("month", &month.strftime("%Y-%m").to_string()))
    }

    fn before(&self) -> String {
        self.address(self.month.first.saturating_sub(1.month()))
    }

    fn after(&self) -> String {
        self.address(self.month.first.saturating_add(1.month()))
    }

    /// What else of the filter is in the address, for links to other forms.
    fn query(&self) -> String {
        self.asked.address(&["month", "on", "after"])
    }

    /// How far off a window is, in words.
    fn distance(&self, row: &Named<'_>) -> String {
        let days = |from: Date, to: Date| from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()));
        match (row.text("standing").as_str(), row.day("earliest"), row.day("latest")) {
            ("ahead", Some(first), _) => format!("in {}", shown::count(days(self.on, first), "day")),
            ("overdue", _, Some(last)) => format!("{} over", shown::count(days(last, self.on), "day")),
            _ => String::new(),
        }
    }
}

/// The first day of the month that is drawn: the one asked for, else that of the first window that is not over, else this one.
fn month(asked: &Asked, agenda: &Answer, on: Date) -> Result<Date, Error> {
    if let Some(word) = asked.get("month") {
        let fault = || Error::Field { field: "month".into(), reason: "is no month; write it as 2026-11".to_owned() };
        return format!("{word}-01").parse().map_err(|_| fault());
    }
    let next = agenda.named().filter(|row| row.day("latest").is_some_and(|last| last >= on)).filter_map(|row| row.day("earliest")).next();
    let last = agenda.named().filter_map(|row| row.day("latest")).max();
    Ok(next.map(|first| first.max(on)).or(last).unwrap_or(on).first_of_month())
}

pub(crate) async fn page(State(desk): State<Desk>, _: Visitor, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let asked = Asked::read(query.as_deref(), &[asked::EVENTS, &["on", "month", "after"]])?;
    let on = asked.day("on")?.unwrap_or_else(|| desk.today());
    let filter = Filter { limit: Some(ROWS), ..asked.filter(desk.codebook())? };
    let agenda = desk.ask(None, move |record| query::agenda(record, &filter, on)).await?;
    let month = month(&asked, &agenda, on)?;
    let later = agenda.last.as_ref().map(|last| format!("/agenda?{}", asked.with("after", &write_last(last))));
    let links = Links::of(&uri);
    Sheet::default().with("agenda", &agenda).answer(&uri, || {
        let entries = || {
            agenda.named().filter_map(|row| {
                let label = [row.text("actors"), shown::what(desk.codebook(), &row.text("type"), &row.text("mode")), row.text("recipients")];
                let label = label.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" → ");
                let event = row.integer("event")?;
                Some((row.day("earliest")?, row.day("latest")?, label, format!("/events/{event}"), row.text("standing")))
            })
        };
        let bars = Bars::new(entries().take(BARS), on);
        let month = Month::new(month, on, entries());
        rendered(&AgendaPage { links, desk: desk.clone(), asked, agenda: agenda.clone(), bars, month, on, later })
    })
}
