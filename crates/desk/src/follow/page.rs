//! `/follow`: the searches that one follows, with a preview before one follows another; the same for programs.

use std::collections::BTreeMap;

use askama::Template;
use axum::Json;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use intake::Network;
use ledger::{Alert, NewSearch, Question, Search};
use query::{Answer, Cell};
use serde::Deserialize;
use serde_json::json;

use crate::account::{Visitor, hash_secret, new_secret};
use crate::api::Problem;
use crate::asked::{self, Asked, Shape};
use crate::desk::Desk;
use crate::error::Error;
use crate::follow::feed::rfc3339;
use crate::follow::find::{PREVIEW, filter, names, preview};
use crate::follow::mail::mailbox;
use crate::follow::send::finds;
use crate::screens::html;

/// Alerts of a search that a program gets.
const ALERTS: u32 = 200;

/// What a search is about besides its filter.
const ABOUT: &[&str] = &["question"];

/// A search with what became of it.
struct Followed {
    search: Search,
    alerts: Vec<Alert>,
    fault: Option<String>,
}

/// A search that could be followed.
struct Preview {
    n: i64,
    finds: Vec<String>,
    filter: String,
}

/// What is shown once.
struct Made {
    feed: String,
    webhook_key: Option<String>,
}

#[derive(Template)]
#[template(path = "follow.html")]
struct FollowPage {
    visitor: Visitor,
    question: Question,
    asked: Asked,
    preview: Option<Preview>,
    made: Option<Made>,
    followed: Vec<Followed>,
    has_mail: bool,
}

impl FollowPage {
    fn fields(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let kind = |shape| if shape == Shape::Day { "date" } else { "text" };
        let parameters = names(self.question).iter().filter_map(|name| asked::of_name(name));
        parameters.map(|parameter| (parameter.name, kind(parameter.shape), parameter.meaning)).collect()
    }

    fn days(&self) -> i64 {
        PREVIEW
    }
}

/// The searches of a visitor; whoever rules also sees those of the time before there were accounts.
fn own(desk: &Desk, visitor: &Visitor) -> Result<Vec<Search>, Error> {
    let mine = |search: &Search| search.account_id == visitor.account_id || search.account_id.is_none() && visitor.may_rule();
    Ok(desk.people(|ledger| ledger.searches())?.into_iter().filter(mine).collect())
}

fn own_one(desk: &Desk, visitor: &Visitor, id: i64) -> Result<Search, Error> {
    own(desk, visitor)?.into_iter().find(|search| search.search_id == id).ok_or_else(|| Error::NoPage(format!("/follow/{id}")))
}

fn question(word: Option<&str>) -> Result<Question, Error> {
    let word = word.unwrap_or("events");
    let fault = || Error::Field { field: "question".into(), reason: format!("is `{word}`; valid are events, claims") };
    Question::from_word(word).ok_or_else(fault)
}

async fn shown(desk: &Desk, visitor: Visitor, asked: Asked, made: Option<Made>) -> Result<Html<String>, Error> {
    let question = question(asked.get("question"))?;
    let words = asked.address(ABOUT);
    let preview = if words.is_empty() || made.is_some() {
        None
    } else {
        let (n, answer) = preview(desk, question, filter(desk.codebook(), question, &words)?).await?;
        Some(Preview { n, finds: sentences(&answer), filter: words })
    };
    let followed = own(desk, &visitor)?
        .into_iter()
        .map(|search| {
            let id = search.search_id;
            Ok(Followed {
                alerts: desk.people(|ledger| ledger.alerts(id, None, 3))?,
                fault: desk.people(|ledger| ledger.fault_of(id))?,
                search,
            })
        })
        .collect::<Result<_, Error>>()?;
    html(&FollowPage { visitor, question, asked, preview, made, followed, has_mail: desk.mail().is_some() })
}

/// Finds, each in a few words.
fn sentences(answer: &Answer) -> Vec<String> {
    let parts = ["day", "story_day", "type", "act", "status", "actors", "source", "recipients", "place", "content", "publisher"];
    let words = |row: usize| {
        let told = parts.iter().filter_map(|column| match answer.cell(row, column)? {
            Cell::Text(text) => Some(text.clone()),
            Cell::Day(day) => Some(day.to_string()),
            _ => None,
        });
        told.collect::<Vec<_>>().join(" · ")
    };
    (0..answer.rows.len()).map(words).collect()
}

pub(crate) async fn page(State(desk): State<Desk>, visitor: Visitor, RawQuery(query): RawQuery) -> Result<Html<String>, Error> {
    let asked = Asked::read(query.as_deref(), &[ABOUT, asked::EVENTS, asked::CLAIMS])?;
    shown(&desk, visitor, asked, None).await
}

/// A search that is to be followed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    name: String,
    question: Option<String>,
    filter: String,
    mail: Option<String>,
    webhook: Option<String>,
    #[serde(rename = "csrf")]
    _csrf: Option<String>,
}

/// Follows a search; gives its key, the address of its feed and the key of its webhook, which are not kept.
async fn keep(desk: &Desk, visitor: &Visitor, wanted: Wanted) -> Result<(i64, Made), Error> {
    let fault = |field: &'static str, reason: &str| Error::Field { field: field.into(), reason: reason.to_owned() };
    let name = wanted.name.trim().to_owned();
    if name.is_empty() || name.len() > 200 {
        return Err(fault("name", "is missing or too long; valid are 1 to 200 bytes"));
    }
    let question = question(wanted.question.as_deref())?;
    filter(desk.codebook(), question, &wanted.filter)?;
    let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (mail, webhook) = (filled(wanted.mail), filled(wanted.webhook));
    if let Some(address) = &mail {
        mailbox(address)?;
        if desk.mail().is_none() {
            return Err(fault("mail", "is not sent by this desk; it was started without a mail server"));
        }
    }
    if let Some(address) = &webhook {
        let network = Network { allow_private: desk.allows_private(), ..Network::default() };
        intake::check_address(&network, address).map_err(|error| fault("webhook", &error.to_string()))?;
    }
    let secret = new_secret()?;
    let webhook_key = webhook.as_ref().map(|_| new_secret()).transpose()?;
    let (now, account_id, filter, key) = (desk.now(), visitor.account_id, wanted.filter, webhook_key.clone());
    let (hash, called) = (hash_secret(&secret), name.clone());
    let id = desk
        .write(move |ledger| {
            let search = NewSearch {
                account_id,
                name: &called,
                question,
                filter: &filter,
                feed: &hash,
                mail: mail.as_deref(),
                webhook: webhook.as_deref(),
                webhook_key: key.as_deref(),
            };
            ledger.follow(now, &search)
        })
        .await?;
    desk.note(&visitor.name, "search followed", &name, None).await?;
    Ok((id, Made { feed: format!("/feeds/{secret}"), webhook_key }))
}

pub(crate) async fn follow(State(desk): State<Desk>, visitor: Visitor, Form(wanted): Form<Wanted>) -> Result<Html<String>, Error> {
    let (_, made) = keep(&desk, &visitor, wanted).await?;
    shown(&desk, visitor, Asked::default(), Some(made)).await
}

async fn unfollow(desk: &Desk, visitor: &Visitor, id: i64) -> Result<(), Error> {
    let search = own_one(desk, visitor, id)?;
    let now = desk.now();
    desk.write(move |ledger| ledger.unfollow(now, id)).await?;
    desk.note(&visitor.name, "search ended", &search.name, None).await
}

pub(crate) async fn end(State(desk): State<Desk>, visitor: Visitor, Path(id): Path<i64>) -> Result<Redirect, Error> {
    unfollow(&desk, &visitor, id).await?;
    Ok(Redirect::to("/follow"))
}

/// Gives a feed another address; the old one is worth nothing.
pub(crate) async fn new_feed(State(desk): State<Desk>, visitor: Visitor, Path(id): Path<i64>) -> Result<Html<String>, Error> {
    let search = own_one(&desk, &visitor, id)?;
    let secret = new_secret()?;
    let hash = hash_secret(&secret);
    desk.write(move |ledger| ledger.set_feed(id, &hash)).await?;
    desk.note(&visitor.name, "feed address changed", &search.name, None).await?;
    shown(&desk, visitor, Asked::default(), Some(Made { feed: format!("/feeds/{secret}"), webhook_key: None })).await
}

/// `GET /api/v1/follow`: the searches that one follows.
pub(crate) async fn list_searches(State(desk): State<Desk>, visitor: Visitor) -> Result<Json<serde_json::Value>, Problem> {
    let shown = |search: Search| {
        json!({
            "search": search.search_id, "name": search.name, "question": search.question.word(), "filter": search.filter,
            "mail": search.mail, "webhook": search.webhook,
        })
    };
    let searches: Vec<serde_json::Value> = own(&desk, &visitor)?.into_iter().map(shown).collect();
    Ok(Json(json!({ "searches": searches })))
}

/// `POST /api/v1/follow`: follows another; the secrets in the answer are told this once.
pub(crate) async fn add_search(State(desk): State<Desk>, visitor: Visitor, Json(wanted): Json<Wanted>) -> Result<Response, Problem> {
    let (id, made) = keep(&desk, &visitor, wanted).await?;
    let body = json!({ "search": id, "feed": made.feed, "webhook_key": made.webhook_key });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// `POST /api/v1/follow/{id}/end`: follows it no more.
pub(crate) async fn end_search(
    State(desk): State<Desk>,
    visitor: Visitor,
    Path(id): Path<i64>,
) -> Result<Json<serde_json::Value>, Problem> {
    unfollow(&desk, &visitor, id).await?;
    Ok(Json(json!({ "ended": true })))
}

/// `GET /api/v1/follow/{id}/alerts`: what was new in it, the newest first, each with what was found; nothing where a newer reading
/// has retired that since.
pub(crate) async fn alerts_of(
    State(desk): State<Desk>,
    visitor: Visitor,
    uri: Uri,
    Path(id): Path<i64>,
    RawQuery(query): RawQuery,
) -> Result<Json<serde_json::Value>, Problem> {
    let asked = Asked::read(query.as_deref(), crate::api::ALERTS)?;
    let search = own_one(&desk, &visitor, id)?;
    let before = asked.number("before")?;
    let alerts = desk.people(|ledger| ledger.alerts(id, before, ALERTS))?;
    let keys: Vec<i64> = alerts.iter().map(|alert| alert.key).collect();
    let found = finds(&desk, &search, keys).await?;
    let rows: BTreeMap<i64, serde_json::Value> = found
        .named()
        .zip(found.json_rows())
        .filter_map(|(row, json)| Some((row.integer("key")?, serde_json::from_str(&json).ok()?)))
        .collect();
    let next = alerts.last().filter(|_| alerts.len() == ALERTS as usize);
    let next = next.map(|last| format!("{}?before={}", uri.path(), last.alert_id));
    let shown = |alert: &Alert| json!({ "alert": alert.alert_id, "found_on": rfc3339(alert.found_on), "found": rows.get(&alert.key) });
    Ok(Json(json!({ "alerts": alerts.iter().map(shown).collect::<Vec<_>>(), "next": next })))
}
