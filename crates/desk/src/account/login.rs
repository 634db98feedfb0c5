//! `/login`, `/logout`: the way in and out.

use std::net::IpAddr;

use askama::Template;
use axum::extract::{ConnectInfo, Form, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use ledger::{Account, Moment};
use serde::Deserialize;

use crate::account::password::is_right;
use crate::account::secret::{hash_secret, new_secret};
use crate::account::visitor::{Visitor, Way, cookie_name};
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::html;

/// How long a session lasts, in seconds.
const SESSION: i64 = 14 * 24 * 3600;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    next: String,
    name: String,
    fault: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

/// Where to go on: a page of ours, never another site.
pub(crate) fn own_page(next: Option<&str>) -> &str {
    next.filter(|next| {
        let mut chars = next.chars();
        chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\')) && !next.contains(|c: char| c.is_control() || c == '\\')
    })
    .unwrap_or("/")
}

pub(crate) async fn page(Query(Next { next }): Query<Next>) -> Result<Html<String>, Error> {
    html(&LoginPage { next: own_page(next.as_deref()).to_owned(), name: String::new(), fault: None })
}

#[derive(Deserialize)]
pub(crate) struct LoginForm {
    name: String,
    password: String,
    next: Option<String>,
}

pub(crate) async fn login(
    State(desk): State<Desk>,
    peer: Option<axum::Extension<ConnectInfo<std::net::SocketAddr>>>,
    Form(form): Form<LoginForm>,
) -> Result<Response, Error> {
    let address: Option<IpAddr> = peer.map(|axum::Extension(ConnectInfo(address))| address.ip());
    let by_name = format!("name {}", form.name.to_lowercase());
    // Behind a proxy of this machine all come from one address, and names alone tell them apart.
    let by_address = address.filter(|address| !address.is_loopback()).map(|address| format!("address {address}"));
    let keys: Vec<String> = std::iter::once(by_name.clone()).chain(by_address).collect();
    if let Some(wait) = desk.logins().wait(&keys) {
        return Err(Error::TooOften(wait));
    }
    // Counted before it is checked, so that many at once are not all checked.
    desk.logins().wrong(&keys);
    let account = right_account(&desk, form.name.clone(), form.password).await?;
    let Some(account) = account else {
        desk.note(&form.name, "login refused", "", address).await?;
        let next = own_page(form.next.as_deref()).to_owned();
        let fault = Some("the name or the password is wrong".to_owned());
        let page = html(&LoginPage { next, name: form.name, fault })?;
        return Ok((axum::http::StatusCode::UNAUTHORIZED, page).into_response());
    };
    desk.logins().right(&by_name);
    let secret = new_secret()?;
    let hash = hash_secret(&secret);
    let now = desk.now();
    let ends_on = Moment(now.0 + SESSION * 1000);
    desk.write(move |ledger| ledger.begin_session(now, account.account_id, &hash, ends_on)).await?;
    desk.note(&account.name, "login", "", address).await?;
    Ok(with_cookie(&desk, &secret, SESSION, own_page(form.next.as_deref())))
}

/// The account of a name whose password it is.
async fn right_account(desk: &Desk, name: String, password: String) -> Result<Option<Account>, Error> {
    let account = desk.people(|ledger| ledger.account(&name))?;
    let _permit = desk.password_permit().await?;
    desk.blocking(move || {
        let hash = account.as_ref().map(|account| account.password.as_str());
        is_right(&password, hash).then_some(account).flatten()
    })
    .await
}

pub(crate) async fn logout(State(desk): State<Desk>, visitor: Visitor) -> Result<Response, Error> {
    if let Way::Session(secret) = &visitor.way {
        let hash = hash_secret(secret);
        desk.write(move |ledger| ledger.end_session(&hash)).await?;
    }
    Ok(with_cookie(&desk, "", 0, "/login"))
}

/// Sets the cookie of a session and goes on.
fn with_cookie(desk: &Desk, secret: &str, seconds: i64, next: &str) -> Response {
    let secure = if desk.is_https() { "; Secure" } else { "" };
    let cookie = format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", cookie_name(desk));
    let value = HeaderValue::from_str(&cookie).expect("secrets are hexadecimal digits");
    (AppendHeaders([(header::SET_COOKIE, value)]), Redirect::to(next)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_in_leads_to_no_other_site() {
        assert_eq!(own_page(Some("/agenda?on=1")), "/agenda?on=1");
        for next in ["https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nset-cookie: x", "javascript:alert(1)", ""] {
            assert_eq!(own_page(Some(next)), "/", "{next}");
        }
    }
}
