//! `/`: the newest events of the record.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use query::{Answer, Cell, Filter};

use crate::desk::Desk;
use crate::error::Error;
use crate::screens::html;

/// Rows on the page.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "newest.html")]
struct Newest {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Newest {
    fn of(answer: &Answer) -> Self {
        let shown: Vec<usize> = (0..answer.columns.len()).filter(|&idx| answer.columns[idx].shown).collect();
        let columns = shown.iter().map(|&idx| answer.columns[idx].name.to_string()).collect();
        let rows = answer.rows.iter().map(|row| shown.iter().map(|&idx| words(&row[idx])).collect()).collect();
        Self { columns, rows }
    }
}

fn words(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Integer(n) => n.to_string(),
        Cell::Real(x) => x.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Missing => String::new(),
    }
}

pub(crate) async fn page(State(desk): State<Desk>) -> Result<Html<String>, Error> {
    let filter = Filter { limit: Some(ROWS), ..Filter::default() };
    let answer = desk.ask(None, move |record| query::events(record, &filter)).await?;
    html(&Newest::of(&answer))
}
