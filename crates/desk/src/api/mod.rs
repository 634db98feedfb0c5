//! Answers for programs, under `/api/v1`.
//!
//! `endpoint` lists everything that can be asked; the routes and the description at `/api/v1/openapi.json` are made of that one list.
//! Rooms: `question` (the record), `export` (the formats of the field), `story` (reading and adding), `correction`, `rows` (the form of
//! answers), `problem` (errors), `description` (OpenAPI).

mod correction;
mod description;
mod endpoint;
mod export;
mod problem;
mod question;
mod rows;
mod story;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use crate::account::Visitor;
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::html;

pub(crate) use correction::fields;
pub(crate) use endpoint::ALERTS;
pub(crate) use problem::Problem;

pub(crate) fn routes() -> Router<Desk> {
    let endpoints = endpoint::ALL.iter().fold(Router::new(), |router, endpoint| router.route(endpoint.path, (endpoint.route)()));
    endpoints
        .route("/corrections", post(correction::correct))
        .route("/corrections/{id}/undo", post(correction::undo))
        .route("/api/v1", get(page))
        .route("/api/v1/openapi.json", get(described))
        .route("/api/{*rest}", get(nothing).post(nothing).put(nothing).delete(nothing))
}

async fn nothing(uri: Uri) -> Problem {
    Problem(Error::NoPage(uri.path().to_owned()))
}

async fn described() -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json), (header::CACHE_CONTROL, HeaderValue::from_static("max-age=300"))], description::json()).into_response()
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    visitor: Visitor,
    origin: String,
}

/// The page on which every question can be tried.
async fn page(State(desk): State<Desk>, visitor: Visitor, headers: axum::http::HeaderMap) -> Result<Html<String>, Error> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost:4177");
    let origin = desk.public().map_or_else(|| format!("http://{host}"), str::to_owned);
    html(&ApiPage { visitor, origin })
}
