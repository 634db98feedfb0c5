//! `/admin`: who has an account, and what was done at the desk.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{Html, Redirect};
use ledger::{Account, Deed, Role};
use serde::Deserialize;

use crate::account::password::hash_password;
use crate::account::secret::new_secret;
use crate::account::visitor::Visitor;
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::html;

/// Deeds on a page.
const DEEDS: u32 = 100;

/// A new account with the password that is shown once.
struct Opened {
    name: String,
    password: String,
}

#[derive(Template)]
#[template(path = "admin.html")]
struct AdminPage {
    visitor: Visitor,
    accounts: Vec<Account>,
    deeds: Vec<Deed>,
    before: Option<i64>,
    opened: Option<Opened>,
}

impl AdminPage {
    fn of(desk: &Desk, visitor: Visitor, before: Option<i64>, opened: Option<Opened>) -> Result<Self, Error> {
        let accounts = desk.people(|ledger| ledger.accounts())?;
        let deeds = desk.people(|ledger| ledger.deeds(before, DEEDS))?;
        let before = deeds.last().filter(|_| deeds.len() == DEEDS as usize).map(|deed| deed.audit_id);
        Ok(Self { visitor, accounts, deeds, before, opened })
    }
}

#[derive(Deserialize)]
pub(crate) struct Before {
    before: Option<i64>,
}

pub(crate) async fn page(
    State(desk): State<Desk>,
    visitor: Visitor,
    Query(Before { before }): Query<Before>,
) -> Result<Html<String>, Error> {
    html(&AdminPage::of(&desk, visitor, before, None)?)
}

#[derive(Deserialize)]
pub(crate) struct OpenForm {
    name: String,
    role: String,
}

pub(crate) async fn open(State(desk): State<Desk>, visitor: Visitor, Form(form): Form<OpenForm>) -> Result<Html<String>, Error> {
    if !visitor.has_account() {
        // The first account locks everybody else out; whoever opens it must be sure of its password.
        return Err(Error::Forbidden("the first account is opened by `whimbrel account add`".to_owned()));
    }
    let name = account_name(&form.name)?;
    let role = role(&form.role)?;
    let (password, now) = (new_secret()?, desk.now());
    let permit = desk.password_permit().await?;
    let (shown, called) = (password.clone(), name.clone());
    let hash = desk.blocking(move || hash_password(&password)).await??;
    drop(permit);
    desk.write(move |ledger| ledger.open_account(now, &called, role, &hash)).await?;
    desk.note(&visitor.name, "account opened", &format!("{name} ({})", role.word()), None).await?;
    html(&AdminPage::of(&desk, visitor, None, Some(Opened { name, password: shown }))?)
}

pub(crate) async fn close(State(desk): State<Desk>, visitor: Visitor, Path(id): Path<i64>) -> Result<Redirect, Error> {
    let accounts = desk.people(|ledger| ledger.accounts())?;
    let account = accounts.iter().find(|account| account.account_id == id);
    let Some(account) = account else { return Err(Error::NoPage(format!("/admin/accounts/{id}"))) };
    let others = accounts.iter().filter(|other| other.role == Role::Admin && other.account_id != id).count();
    if account.role == Role::Admin && others == 0 {
        return Err(Error::Forbidden("it is the last account that may open others".to_owned()));
    }
    let now = desk.now();
    desk.write(move |ledger| ledger.close_account(now, id)).await?;
    desk.note(&visitor.name, "account closed", &account.name, None).await?;
    Ok(Redirect::to("/admin"))
}

/// A name by which one can log in.
///
/// # Errors
/// When it is empty, too long, or has characters that do not show.
pub fn account_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let fits = !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_alphanumeric() || " .-_@".contains(c));
    let reason = || "must be 1 to 64 bytes of letters, digits, blanks and . - _ @".to_owned();
    if fits { Ok(name.to_owned()) } else { Err(Error::Field { field: "name".into(), reason: reason() }) }
}

fn role(word: &str) -> Result<Role, Error> {
    let valid = || Role::ALL.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
    Role::from_word(word).ok_or_else(|| Error::Field { field: "role".into(), reason: format!("is no role; valid are {}", valid()) })
}
