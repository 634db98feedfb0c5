//! Who may do what: accounts with roles, sessions, tokens.

use axum::Router;

use crate::desk::Desk;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
}
