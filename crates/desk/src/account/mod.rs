//! Who may do what: accounts with roles, sessions, tokens, and the pages by which people keep theirs.

mod guard;
mod login;
mod own;
mod password;
mod rule;
mod secret;
mod throttle;
mod visitor;

use axum::Router;
use axum::routing::{get, post};

use crate::desk::Desk;

pub(crate) use guard::guard;
pub use guard::SCOPES;
pub(crate) use login::own_page;
pub use password::hash_password;
pub use rule::account_name;
pub(crate) use secret::sign;
pub use secret::{hash_secret, new_secret};
pub(crate) use throttle::{Logins, Rate};
pub(crate) use visitor::Visitor;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/login", get(login::page).post(login::login))
        .route("/logout", post(login::logout))
        .route("/account", get(own::page))
        .route("/account/password", post(own::change_password))
        .route("/account/tokens", post(own::make_token))
        .route("/account/tokens/{id}/revoke", post(own::revoke_token))
        .route("/admin", get(rule::page))
        .route("/admin/accounts", post(rule::open))
        .route("/admin/accounts/{id}/close", post(rule::close))
}
