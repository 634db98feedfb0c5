//! Who asks: by a session, by a token, or, where there are no accounts, whoever sits at this machine.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ledger::{Account, Ledger, Moment, Role};

use crate::account::secret::{hash_secret, sign};
use crate::desk::Desk;
use crate::error::Error;

/// The cookie of a session; with TLS browsers hold it to this host and to TLS.
pub(crate) fn cookie_name(desk: &Desk) -> &'static str {
    if desk.is_https() { "__Host-whimbrel" } else { "whimbrel" }
}

/// How a visitor came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// There are no accounts, and only this machine is answered.
    Open,
    /// By a cookie with this secret.
    Session(String),
    /// By a token with these scopes.
    Token(String),
}

/// Someone who may ask.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// The account's name; `desk` where there are none.
    pub(crate) name: String,
    /// The account; `None` where there are none.
    pub(crate) account_id: Option<i64>,
    /// What the account may do.
    pub(crate) role: Role,
    /// How the visitor came in.
    pub(crate) way: Way,
    /// What a form or a script must give back, so that no other site can send it.
    pub(crate) csrf: String,
}

impl Visitor {
    fn of(account: &Account, way: Way, csrf: String) -> Self {
        Self { name: account.name.clone(), account_id: Some(account.account_id), role: account.role, way, csrf }
    }

    /// Whether there are accounts, so that one can log out.
    pub(crate) fn has_account(&self) -> bool {
        self.account_id.is_some()
    }

    /// Whether the visitor may add stories, notes and corrections.
    pub(crate) fn may_edit(&self) -> bool {
        self.role >= Role::Editor
    }

    /// Whether the visitor may open and close accounts.
    pub(crate) fn may_rule(&self) -> bool {
        self.role >= Role::Admin
    }
}

/// Who sends a request, if it can be told.
pub(crate) fn identify(desk: &Desk, headers: &HeaderMap) -> Result<Option<Visitor>, Error> {
    let now = desk.now();
    if let Some(secret) = token(headers) {
        let found = desk.people(|ledger| ledger.token(&hash_secret(&secret)))?;
        let Some((account, token)) = found else { return Err(Error::NotIn("the token is unknown, or was revoked")) };
        note_use(desk, now, &token);
        return Ok(Some(Visitor::of(&account, Way::Token(token.scopes), String::new())));
    }
    if let Some(secret) = cookie(headers, cookie_name(desk)) {
        let found = desk.people(|ledger| ledger.session(now, &hash_secret(secret)))?;
        if let Some(account) = found {
            return Ok(Some(Visitor::of(&account, Way::Session(secret.to_owned()), sign(secret, b"csrf"))));
        }
    }
    if desk.is_open()? {
        let csrf = sign(desk.secret(), b"csrf");
        return Ok(Some(Visitor { name: "desk".to_owned(), account_id: None, role: Role::Admin, way: Way::Open, csrf }));
    }
    Ok(None)
}

/// How fresh the note of a token's last use is kept.
const USE_KEPT: i64 = 5 * 60_000;

/// Notes in the background when a token was used, unless that was noted just now.
fn note_use(desk: &Desk, now: Moment, token: &ledger::Token) {
    if token.used_on.is_none_or(|used| now.0 - used.0 > USE_KEPT) {
        let (desk, token_id) = (desk.clone(), token.token_id);
        // Should it fail, only the note is lost.
        tokio::spawn(async move { desk.write(move |ledger: &mut Ledger| ledger.touch_token(now, token_id)).await });
    }
}

/// The token that a program sends: as a bearer, or as the password of basic authentication, which readers of calendars and feeds
/// know.
fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(secret.trim().to_owned());
    }
    let pair = scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(secret.trim()).ok()).flatten()?;
    let (_, password) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
    Some(password.to_owned())
}

/// Whether a token comes as a bearer.
pub(crate) fn is_bearer(headers: &HeaderMap) -> bool {
    let scheme = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.split(' ').next());
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
}

impl FromRequestParts<Desk> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Desk) -> Result<Self, Error> {
        // The guard in front of all routes has put it there.
        parts.extensions.get::<Self>().cloned().ok_or(Error::NotIn("log in first"))
    }
}
