//! The form of answers: JSON with where the next page begins, lines of JSON, or CSV.

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use query::{Answer, Kind};

use crate::asked::{Asked, write_last};
use crate::error::Error;

/// Writes an answer in the form that was asked for.
///
/// # Errors
/// When there is no such form.
pub(crate) fn rows(uri: &Uri, asked: &Asked, answer: &Answer) -> Result<Response, Error> {
    let next = answer.last.as_ref().map(|last| format!("{}?{}", uri.path(), asked.with("after", &write_last(last))));
    let (kind, body) = match asked.get("format").unwrap_or("json") {
        "json" => ("application/json", json(answer, next.as_deref())),
        "jsonl" => ("application/jsonl", answer.json_rows().map(|row| row + "\n").collect()),
        "csv" => ("text/csv; charset=utf-8", answer.csv()),
        other => {
            let reason = format!("is `{other}`; valid are json, jsonl, csv");
            return Err(Error::Field { field: "format".into(), reason });
        }
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok()) {
        headers.insert(header::LINK, next);
    }
    Ok((headers, body).into_response())
}

fn json(answer: &Answer, next: Option<&str>) -> String {
    let kind = |kind| match kind {
        Kind::Plain => "plain",
        Kind::Day => "day",
        Kind::Quote => "quote",
    };
    let columns: Vec<serde_json::Value> =
        answer.columns.iter().map(|column| serde_json::json!({ "name": column.name, "kind": kind(column.kind) })).collect();
    let rows: Vec<String> = answer.json_rows().collect();
    format!(
        "{{\"columns\":{},\n\"rows\":[{}],\n\"cut\":{},\n\"next\":{}}}\n",
        serde_json::Value::from(columns),
        rows.join(",\n"),
        answer.cut,
        serde_json::Value::from(next),
    )
}
