//! Pages for people. Each screen is a file here and a template in `templates/`; every page has an address of its own, and under the
//! same address with `.json` or `.csv` exactly what it shows.

mod actor;
mod agenda;
mod board;
mod event;
mod explore;
mod mark;
mod reader;
mod runs;
mod sheet;
mod shown;
mod triage;

use axum::Router;
use axum::http::Uri;
use axum::response::Html;
use axum::routing::get;

pub(crate) use shown::{class, cut, sign, window};

use crate::desk::Desk;
use crate::error::Error;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/", get(triage::page))
        .route("/desk.json", get(triage::page))
        .route("/desk.csv", get(triage::page))
        .route("/stories/{id}", get(reader::page))
        .route("/events/{id}", get(event::page))
        .route("/actors/{id}", get(actor::page))
        .route("/agenda", get(agenda::page))
        .route("/agenda.json", get(agenda::page))
        .route("/agenda.csv", get(agenda::page))
        .route("/claims", get(board::page))
        .route("/claims.json", get(board::page))
        .route("/claims.csv", get(board::page))
        .route("/explore", get(explore::page))
        .route("/explore.json", get(explore::page))
        .route("/explore.csv", get(explore::page))
        .route("/runs", get(runs::page))
        .route("/runs.json", get(runs::page))
        .route("/runs.csv", get(runs::page))
}

/// What stands where no page is.
pub(crate) async fn not_found(uri: Uri) -> Error {
    Error::NoPage(uri.path().to_owned())
}

/// A template as an answer.
pub(crate) fn html(page: &impl askama::Template) -> Result<Html<String>, Error> {
    Ok(Html(page.render()?))
}
