//! Files inside the program: stylesheets, scripts, maps. Their addresses hold their hash, so browsers keep them for ever.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{Embed, EmbeddedFile};

use crate::desk::Desk;
use crate::error::Error;

#[derive(Embed)]
#[folder = "assets"]
struct Assets;

/// How many bytes of a file's hash its address holds.
const HASH_BYTES: usize = 8;

pub(crate) fn routes() -> Router<Desk> {
    Router::new().route("/assets/{hash}/{*name}", get(asset))
}

fn hash(file: &EmbeddedFile) -> String {
    file.metadata.sha256_hash()[..HASH_BYTES].iter().fold(String::new(), |mut hash, byte| {
        write!(hash, "{byte:02x}").expect("strings grow");
        hash
    })
}

/// The address of a file of `assets/`, for templates.
pub(crate) fn address(name: &str) -> String {
    // A name that is no file is found by the test of the templates' addresses.
    let hash = Assets::get(name).map_or_else(|| "none".to_owned(), |file| hash(&file));
    format!("/assets/{hash}/{name}")
}

async fn asset(Path((given, name)): Path<(String, String)>) -> Result<Response, Error> {
    let file = Assets::get(&name).ok_or_else(|| Error::NoPage(name.clone()))?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json" | "topojson") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    };
    // Under an old hash stands what a page of an older program asked for; it is not to be kept.
    let keep = if given == hash(&file) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
    ];
    Ok((headers, file.data.into_owned()).into_response())
}
