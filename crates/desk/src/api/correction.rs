//! Notes and corrections: listed, added, taken back; as JSON for programs and as forms for pages.

use axum::Json;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use codebook::{Act, Codebook, EventType, Status};
use jiff::civil::Date;
use ledger::{Correction, Stance, Target};
use query::About;
use serde::Deserialize;

use crate::account::{Visitor, own_page};
use crate::api::endpoint;
use crate::api::problem::Problem;
use crate::api::rows::rows;
use crate::asked::Asked;
use crate::desk::Desk;
use crate::error::Error;

/// The most bytes of a note or a value.
const WORDS: usize = 8 << 10;

/// What is said about a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Said {
    /// `event:31`, `claim:5`, `actor:12`, `story:7`.
    target: String,
    verb: String,
    field: Option<String>,
    value: Option<String>,
    note: Option<String>,
    // Of a form only: where to go on, and what the guard has looked at.
    next: Option<String>,
    #[serde(rename = "csrf")]
    _csrf: Option<String>,
}

/// Which fields of a row may be said to read otherwise.
pub(crate) fn fields(target: Target) -> &'static [&'static str] {
    match target {
        Target::Event => {
            &["type", "mode", "status", "actors", "recipients", "place_name", "place_country", "earliest", "latest", "killed", "injured"]
        }
        Target::Claim => &["source", "source_kind", "act", "content"],
        Target::Actor => &["name", "country", "sector", "wikidata"],
        Target::Story => &["title", "publisher", "published", "agency"],
    }
}

/// That a value is one that the field can hold.
fn check_value(codebook: &Codebook, field: &str, value: &str) -> Result<(), Error> {
    let one_of = |words: Vec<&str>| {
        let reason = || format!("is `{value}`, which `{field}` cannot be; valid are {}", words.join(", "));
        if words.contains(&value) { Ok(()) } else { Err(Error::Field { field: "value".into(), reason: reason() }) }
    };
    match field {
        "type" => one_of(EventType::ALL.iter().map(|event_type| event_type.word()).collect()),
        "status" => one_of(Status::ALL.iter().map(|status| status.word()).collect()),
        "act" => one_of(Act::ALL.iter().map(|act| act.word()).collect()),
        "source_kind" => one_of(codebook::SourceKind::ALL.iter().map(|kind| kind.word()).collect()),
        "mode" => Ok(query::mode(codebook, value).map(|_| ())?),
        "sector" => one_of(codebook.ontology.sectors.iter().map(|sector| sector.id.as_str()).collect()),
        "country" | "place_country" if codebook.actors.country(value).is_none() => {
            Err(Error::Field { field: "value".into(), reason: "is no code of ISO 3166-1 alpha-3, such as PAK".to_owned() })
        }
        "earliest" | "latest" | "published" if value.parse::<Date>().is_err() => {
            Err(Error::Field { field: "value".into(), reason: "is no day; write it as 2026-11-02".to_owned() })
        }
        "killed" | "injured" if value.parse::<u32>().is_err() => {
            Err(Error::Field { field: "value".into(), reason: "is no whole number from 0".to_owned() })
        }
        _ => Ok(()),
    }
}

/// A row as `event:31`.
pub(crate) fn target(words: &str) -> Result<(Target, i64), Error> {
    let read = || {
        let (kind, key) = words.split_once(':')?;
        Some((Target::from_word(kind)?, key.parse().ok()?))
    };
    read().ok_or_else(|| Error::Field { field: "target".into(), reason: "is no row; write it as event:31, claim:5, actor:12 or story:7".to_owned() })
}

impl Said {
    fn into_correction(self, codebook: &Codebook, by: &str) -> Result<Correction, Error> {
        let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let (field, value, note) = (filled(self.field), filled(self.value), filled(self.note));
        let (target, target_id) = target(&self.target)?;
        let valid = || Stance::ALL.iter().map(|verb| verb.word()).collect::<Vec<_>>().join(", ");
        let verb = Stance::from_word(&self.verb)
            .ok_or_else(|| Error::Field { field: "verb".into(), reason: format!("is `{}`; valid are {}", self.verb, valid()) })?;
        for (name, text) in [("value", &value), ("note", &note)] {
            if text.as_ref().is_some_and(|text| text.len() > WORDS) {
                return Err(Error::Field { field: name.into(), reason: format!("is longer than {WORDS} bytes") });
            }
        }
        let fault = |field: &'static str, reason: String| Error::Field { field: field.into(), reason };
        match (verb, &field) {
            (Stance::Fix, Some(field)) if fields(target).contains(&field.as_str()) => {
                if let Some(value) = &value {
                    check_value(codebook, field, value)?;
                }
            }
            (Stance::Fix, _) => {
                return Err(fault("field", format!("must be one of {}", fields(target).join(", "))));
            }
            (Stance::Note, _) if note.is_none() => return Err(fault("note", "is empty; valid are some words".to_owned())),
            _ if field.is_some() || value.is_some() => return Err(fault("field", "goes with `fix` alone".to_owned())),
            _ => {}
        }
        Ok(Correction { target, target_id, verb, field, value, note, by: by.to_owned() })
    }
}

async fn keep(desk: &Desk, visitor: &Visitor, said: Said) -> Result<i64, Error> {
    let target = said.target.clone();
    let correction = said.into_correction(desk.codebook(), &visitor.name)?;
    let (now, verb) = (desk.now(), correction.verb.word());
    let kept = desk.write(move |ledger| ledger.correct(now, &correction)).await?;
    let key = kept.ok_or_else(|| Error::Field { field: "target".into(), reason: format!("names no row of the ledger: {target}") })?;
    desk.note(&visitor.name, "correction", &format!("{verb} {target}"), None).await?;
    Ok(key)
}

pub(crate) async fn list(State(desk): State<Desk>, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), endpoint::CORRECTIONS)?;
    let filter = asked.filter(desk.codebook())?;
    let target = asked.get("target").map(target).transpose()?;
    let about = About { story: asked.number("story")?, target, with_undone: true };
    let answer = desk.ask(None, move |record| query::corrections(record, &filter, about)).await?;
    Ok(rows(&uri, &asked, &answer)?)
}

pub(crate) async fn add(State(desk): State<Desk>, visitor: Visitor, Json(said): Json<Said>) -> Result<Response, Problem> {
    let key = keep(&desk, &visitor, said).await?;
    Ok((StatusCode::CREATED, Json(serde_json::json!({ "correction": key }))).into_response())
}

async fn undone(desk: &Desk, visitor: &Visitor, key: i64) -> Result<bool, Error> {
    let (now, by) = (desk.now(), visitor.name.clone());
    let undone = desk.write(move |ledger| ledger.undo_correction(now, key, &by)).await?;
    if undone {
        desk.note(&visitor.name, "correction undone", &key.to_string(), None).await?;
    }
    Ok(undone)
}

pub(crate) async fn take_back(
    State(desk): State<Desk>,
    visitor: Visitor,
    Path(key): Path<i64>,
) -> Result<Json<serde_json::Value>, Problem> {
    Ok(Json(serde_json::json!({ "undone": undone(&desk, &visitor, key).await? })))
}

/// `POST /corrections`: the same from a form, which then goes on to a page.
pub(crate) async fn correct(State(desk): State<Desk>, visitor: Visitor, Form(said): Form<Said>) -> Result<Redirect, Error> {
    let next = own_page(said.next.as_deref()).to_owned();
    keep(&desk, &visitor, said).await?;
    Ok(Redirect::to(&next))
}

/// Where a form goes on to.
#[derive(Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

/// `POST /corrections/{id}/undo`: takes one back from a form.
pub(crate) async fn undo(
    State(desk): State<Desk>,
    visitor: Visitor,
    Path(key): Path<i64>,
    Form(Next { next }): Form<Next>,
) -> Result<Redirect, Error> {
    undone(&desk, &visitor, key).await?;
    Ok(Redirect::to(own_page(next.as_deref())))
}
