//! Stories that are handed in: read and given back, or read and kept.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ledger::{Batch, Entry, Failure, Kept, Outcome, Program};
use serde::Deserialize;
use text::Metadata;

use crate::account::Visitor;
use crate::api::problem::Problem;
use crate::desk::Desk;
use crate::error::Error;

/// The most bytes of the texts of one request, which are read while someone waits, and of the other fields of a story.
const TEXT: usize = 1 << 20;
const FIELD: usize = 8 << 10;

/// The most stories of one request.
const STORIES: usize = 500;

/// What an input is called that came over the network.
const INPUT: &str = "api";

/// A story that is handed in. Fields that it does not have are left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    text: String,
    id: Option<String>,
    title: Option<String>,
    published: Option<String>,
    publisher: Option<String>,
    agency: Option<String>,
    url: Option<String>,
    language: Option<String>,
    byline: Option<String>,
}

impl Story {
    fn into_parts(self) -> Result<(String, Metadata), Error> {
        if self.text.len() > TEXT {
            return Err(Error::TooLong(TEXT));
        }
        if self.text.trim().is_empty() {
            return Err(Error::Field { field: "text".into(), reason: "is empty; valid is the text of a story".to_owned() });
        }
        let fields: [(&'static str, &Option<String>); 8] = [
            ("id", &self.id),
            ("title", &self.title),
            ("published", &self.published),
            ("publisher", &self.publisher),
            ("agency", &self.agency),
            ("url", &self.url),
            ("language", &self.language),
            ("byline", &self.byline),
        ];
        for (field, value) in fields {
            if value.as_ref().is_some_and(|value| value.len() > FIELD) {
                return Err(Error::Field { field: field.into(), reason: format!("is longer than {FIELD} bytes") });
            }
        }
        if let Some(url) = &self.url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return Err(Error::Field { field: "url".into(), reason: "is no http(s) address".to_owned() });
        }
        let Self { text, id, title, published, publisher, agency, url, language, byline } = self;
        let metadata = Metadata { id: id.unwrap_or_default(), title, published, publisher, agency, url, language, byline };
        Ok((text, metadata))
    }
}

/// One story or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Stories {
    Several(Vec<Story>),
    One(Box<Story>),
}

pub(crate) async fn read(State(desk): State<Desk>, Json(story): Json<Story>) -> Result<Response, Problem> {
    let (text, metadata) = story.into_parts()?;
    let permit = desk.reading_permit().await?;
    let reader = desk.reader().clone();
    let line = desk
        .blocking(move || {
            let _permit = permit;
            let (document, coding) = reader.read(text, metadata);
            text::safe_json(codebook::json::write_line(&document, &coding))
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], line).into_response())
}

pub(crate) async fn add(
    State(desk): State<Desk>,
    visitor: Visitor,
    Json(stories): Json<Stories>,
) -> Result<Json<serde_json::Value>, Problem> {
    let stories = match stories {
        Stories::Several(stories) => stories,
        Stories::One(story) => vec![*story],
    };
    if stories.is_empty() || stories.len() > STORIES {
        let reason = format!("are {}; valid are 1 to {STORIES} at once", stories.len());
        return Err(Error::Field { field: "stories".into(), reason }.into());
    }
    let parts = stories.into_iter().map(Story::into_parts).collect::<Result<Vec<_>, _>>()?;
    let n_stories = parts.len();
    if parts.iter().map(|(text, _)| text.len()).sum::<usize>() > TEXT {
        return Err(Error::TooLong(TEXT).into());
    }
    let permit = desk.reading_permit().await?;
    let reader = desk.reader().clone();
    let batch = desk
        .blocking(move || {
            let _permit = permit;
            let mut batch = Batch::default();
            for (idx, (text, metadata)) in parts.into_iter().enumerate() {
                let (record, id) = (idx as u64 + 1, Some(metadata.id.clone()));
                // One story on which reading breaks off takes no other with it.
                match catch_unwind(AssertUnwindSafe(|| reader.read(text, metadata))) {
                    Ok((document, coding)) => batch.entries.push(Entry::new(document, coding, INPUT.to_owned(), record)),
                    Err(_) => batch.failures.push(Failure {
                        input: INPUT.to_owned(),
                        record,
                        id,
                        stage: "read".to_owned(),
                        reason: "reading the story broke off; this is a fault of the program".to_owned(),
                    }),
                }
            }
            batch
        })
        .await?;
    let failed: Vec<u64> = batch.failures.iter().map(|failure| failure.record).collect();
    let records: Vec<u64> = batch.entries.iter().map(|entry| entry.record).collect();
    let kept = keep(&desk, batch).await?;
    desk.note(&visitor.name, "stories added", &n_stories.to_string(), None).await?;
    desk.settle_soon();
    let kept: Vec<serde_json::Value> = records.iter().zip(&kept).map(|(record, kept)| shown(*record, kept)).collect();
    Ok(Json(serde_json::json!({ "kept": kept, "failed": failed })))
}

async fn keep(desk: &Desk, batch: Batch) -> Result<Vec<Kept>, Error> {
    let (reader, now) = (desk.reader().clone(), desk.now());
    desk.write(move |ledger| {
        let program = Program {
            model: reader.model_name(),
            codebook: reader.codebook().version(),
            program: concat!("whimbrel ", env!("CARGO_PKG_VERSION")),
        };
        let run = ledger.begin_run(program, now)?;
        let receipt = ledger.append(run, now, &batch)?;
        ledger.end_run(run, now)?;
        Ok(receipt.kept)
    })
    .await
}

fn shown(record: u64, kept: &Kept) -> serde_json::Value {
    let outcome = match kept.outcome {
        Outcome::Added => "added",
        Outcome::Revised => "revised",
        Outcome::Known => "known",
    };
    serde_json::json!({ "record": record, "outcome": outcome, "story": kept.story_id, "revision": kept.revision_id })
}
