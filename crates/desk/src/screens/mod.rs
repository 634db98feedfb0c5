//! Pages for people. Each screen is a file here and a template in `templates/`; every page has an address of its own.

mod newest;

use axum::Router;
use axum::http::Uri;
use axum::response::Html;
use axum::routing::get;

use crate::desk::Desk;
use crate::error::Error;

pub(crate) fn routes() -> Router<Desk> {
    Router::new().route("/", get(newest::page))
}

/// What stands where no page is.
pub(crate) async fn not_found(uri: Uri) -> Error {
    Error::NoPage(uri.path().to_owned())
}

/// A template as an answer.
pub(crate) fn html(page: &impl askama::Template) -> Result<Html<String>, Error> {
    Ok(Html(page.render()?))
}
