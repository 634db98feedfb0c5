//! `/account`: one's own password and tokens.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, Redirect};
use ledger::Token;
use serde::Deserialize;

use crate::account::guard::SCOPES;
use crate::account::password::{hash_password, is_right};
use crate::account::secret::{hash_secret, new_secret};
use crate::account::visitor::Visitor;
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::html;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    visitor: Visitor,
    tokens: Vec<Token>,
    made: Option<String>,
}

impl AccountPage {
    fn of(desk: &Desk, visitor: Visitor, made: Option<String>) -> Result<Self, Error> {
        let tokens = match visitor.account_id {
            Some(account_id) => desk.people(|ledger| ledger.tokens(account_id))?,
            None => Vec::new(),
        };
        Ok(Self { visitor, tokens, made })
    }

    fn scopes(&self) -> [(&'static str, &'static str); 3] {
        SCOPES
    }
}

pub(crate) async fn page(State(desk): State<Desk>, visitor: Visitor) -> Result<Html<String>, Error> {
    html(&AccountPage::of(&desk, visitor, None)?)
}

/// The account of a visitor, where there are accounts.
fn account_of(visitor: &Visitor) -> Result<i64, Error> {
    visitor.account_id.ok_or_else(|| Error::Forbidden("there are no accounts; `whimbrel account add` opens one".to_owned()))
}

#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    old: String,
    new: String,
}

pub(crate) async fn change_password(
    State(desk): State<Desk>,
    visitor: Visitor,
    Form(form): Form<PasswordForm>,
) -> Result<Redirect, Error> {
    let account_id = account_of(&visitor)?;
    let key = [format!("name {}", visitor.name.to_lowercase())];
    if let Some(wait) = desk.logins().wait(&key) {
        return Err(Error::TooOften(wait));
    }
    let account = desk.people(|ledger| ledger.account(&visitor.name))?.ok_or(Error::NotIn("log in first"))?;
    let permit = desk.password_permit().await?;
    let hash = desk
        .blocking(move || if is_right(&form.old, Some(&account.password)) { hash_password(&form.new).map(Some) } else { Ok(None) })
        .await??;
    drop(permit);
    let Some(hash) = hash else {
        desk.logins().wrong(&key);
        return Err(Error::Field { field: "old".into(), reason: "is not the password".to_owned() });
    };
    desk.write(move |ledger| ledger.set_password(account_id, &hash)).await?;
    desk.note(&visitor.name, "password changed", "", None).await?;
    Ok(Redirect::to("/login"))
}

/// Reads name and scopes; a scope may be there several times, which forms for types cannot say.
pub(crate) async fn make_token(
    State(desk): State<Desk>,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Html<String>, Error> {
    let account_id = account_of(&visitor)?;
    let given = |key: &str| fields.iter().filter(|(name, _)| name == key).map(|(_, value)| value.trim().to_owned()).collect::<Vec<_>>();
    let name = given("name").into_iter().next().filter(|name| !name.is_empty() && name.len() <= 100);
    let name = name.ok_or(Error::Field { field: "name".into(), reason: "is missing or too long; valid are 1 to 100 bytes".to_owned() })?;
    let scopes: Vec<&str> = SCOPES.iter().map(|(scope, _)| *scope).filter(|scope| given("scope").iter().any(|it| it == scope)).collect();
    if scopes.is_empty() {
        let valid = SCOPES.map(|(scope, _)| scope).join(", ");
        return Err(Error::Field { field: "scope".into(), reason: format!("is missing; valid are {valid}") });
    }
    let (secret, now) = (new_secret()?, desk.now());
    let (hash, scopes, called) = (hash_secret(&secret), scopes.join(" "), name.clone());
    desk.write(move |ledger| ledger.add_token(now, account_id, &called, &hash, &scopes)).await?;
    desk.note(&visitor.name, "token made", &name, None).await?;
    html(&AccountPage::of(&desk, visitor, Some(secret))?)
}

pub(crate) async fn revoke_token(State(desk): State<Desk>, visitor: Visitor, Path(id): Path<i64>) -> Result<Redirect, Error> {
    let (account_id, now) = (account_of(&visitor)?, desk.now());
    if desk.write(move |ledger| ledger.revoke_token(now, account_id, id)).await? {
        desk.note(&visitor.name, "token revoked", &id.to_string(), None).await?;
    }
    Ok(Redirect::to("/account"))
}
