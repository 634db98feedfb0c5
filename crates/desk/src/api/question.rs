//! Questions to the record, one function each.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use ledger::Moment;
use query::{Answer, Filter, Party, Period, Record};
use serde::Deserialize;

use crate::api::endpoint;
use crate::api::problem::Problem;
use crate::api::rows::rows;
use crate::asked::Asked;
use crate::desk::Desk;
use crate::error::Error;

/// The most rows of an answer to SQL.
const SQL_ROWS: u32 = 10_000;

/// Says that the desk answers, and what it reads with.
pub(crate) async fn health(State(desk): State<Desk>) -> Json<serde_json::Value> {
    Json(serde_json::json!({
        "program": concat!("whimbrel ", env!("CARGO_PKG_VERSION")),
        "model": desk.reader().model_name(),
        "codebook": desk.codebook().version(),
    }))
}

/// Reads the address, asks, and writes the rows.
async fn ask(
    desk: &Desk,
    uri: &Uri,
    asked: &Asked,
    question: impl FnOnce(&Record, &Filter) -> Result<Answer, query::Error> + Send + 'static,
) -> Result<Response, Problem> {
    let filter = asked.filter(desk.codebook())?;
    let as_of: Option<Moment> = asked.as_of()?;
    let answer = desk.ask(as_of, move |record| question(record, &filter)).await?;
    Ok(rows(uri, asked, &answer)?)
}

/// The same for a question whose answer comes whole.
async fn ask_whole(
    desk: &Desk,
    uri: &Uri,
    asked: &Asked,
    question: impl FnOnce(&Record, &Filter) -> Result<Answer, query::Error> + Send + 'static,
) -> Result<Response, Problem> {
    ask(desk, uri, asked, |record, filter| question(record, &Filter { limit: None, ..filter.clone() })).await
}

pub(crate) async fn events(State(desk): State<Desk>, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::EVENTS)?;
    ask(&desk, &uri, &asked, query::events).await
}

pub(crate) async fn agenda(State(desk): State<Desk>, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::AGENDA)?;
    let on = asked.day("on")?.unwrap_or_else(|| desk.today());
    ask(&desk, &uri, &asked, move |record, filter| query::agenda(record, filter, on)).await
}

pub(crate) async fn claims(State(desk): State<Desk>, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::CLAIMS)?;
    ask(&desk, &uri, &asked, query::claims).await
}

pub(crate) async fn search(State(desk): State<Desk>, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::SEARCH)?;
    let words = asked.must("words")?.to_owned();
    ask(&desk, &uri, &asked, move |record, filter| query::search(record, filter, &words)).await
}

pub(crate) async fn timeline(State(desk): State<Desk>, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::TIMELINE)?;
    let side = |name| Party::read(desk.codebook(), asked.must(name)?).map_err(Error::from);
    let (left, right) = (side("left")?, side("right")?);
    let period = match asked.get("by").unwrap_or("month") {
        "day" => Period::Day,
        "week" => Period::Week,
        "month" => Period::Month,
        other => return Err(Error::Field { field: "by".into(), reason: format!("is `{other}`; valid are day, week, month") }.into()),
    };
    ask_whole(&desk, &uri, &asked, move |record, filter| query::timeline(record, filter, &left, &right, period)).await
}

pub(crate) async fn actor(
    State(desk): State<Desk>,
    uri: Uri,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::ACTOR)?;
    let party = Party::read(desk.codebook(), &name)?;
    ask_whole(&desk, &uri, &asked, move |record, filter| query::actor(record, filter, &party)).await
}

pub(crate) async fn story(
    State(desk): State<Desk>,
    uri: Uri,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::STORY)?;
    ask_whole(&desk, &uri, &asked, move |record, _| query::story(record, &id)).await
}

pub(crate) async fn stats(State(desk): State<Desk>, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::STATS)?;
    ask_whole(&desk, &uri, &asked, query::stats).await
}

pub(crate) async fn schema(State(desk): State<Desk>, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::SCHEMA)?;
    ask_whole(&desk, &uri, &asked, |record, _| query::schema(record)).await
}

/// One SELECT.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sql {
    sql: String,
    format: Option<String>,
}

pub(crate) async fn sql(State(desk): State<Desk>, uri: Uri, Json(Sql { sql, format }): Json<Sql>) -> Result<Response, Problem> {
    let answer = desk.ask(None, move |record| query::sql(record, &sql, Some(SQL_ROWS))).await?;
    let format = format.map(|format| format!("format={format}"));
    let asked = Asked::read(format.as_deref(), &[&["format"]])?;
    Ok(rows(&uri, &asked, &answer)?)
}
