//! Searches that are kept, and what is new in them: told once for an event, as a feed, a signed request or a letter.
//!
//! `find` looks for what is new, `send` sends it, `feed` is read by readers of feeds, `page` is where people keep their searches.

mod feed;
mod find;
mod mail;
mod page;
mod send;

use axum::Router;
use axum::routing::{get, post};

use crate::desk::Desk;

pub(crate) use find::look;
pub use mail::Mail;
pub(crate) use page::{add_search, alerts_of, end_search, list_searches};
pub(crate) use send::send_due;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/follow", get(page::page).post(page::follow))
        .route("/follow/{id}/end", post(page::end))
        .route("/follow/{id}/feed", post(page::new_feed))
        .route("/feeds/{secret}", get(feed::feed))
}
