//! `/runs`: how the record came about: runs, failures, sources, versions. A script keeps the runs up to date while one looks.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use query::{Answer, Named};

use crate::account::Visitor;
use crate::asked::Asked;
use crate::desk::Desk;
use crate::error::Error;
use crate::screens::sheet::{Links, Sheet, rendered};
use crate::screens::shown::number;

/// Rows of each part, and how many of the newest stories are counted for sources.
const RUNS: u32 = 20;
const FAILURES: u32 = 50;
const INPUTS: u32 = 50;
const STORIES: u32 = 5_000;

#[derive(Template)]
#[template(path = "runs.html")]
struct RunsPage {
    links: Links,
    desk: Desk,
    runs: Answer,
    failures: Answer,
    sources: Answer,
    inputs: Answer,
    more_failures: Option<String>,
}

impl RunsPage {
    fn model(&self) -> &str {
        self.desk.reader().model_name()
    }

    fn codebook(&self) -> &str {
        self.desk.codebook().version()
    }

    fn counted(&self) -> String {
        number(i64::from(STORIES))
    }

    /// How a source or an input does, by what came of it.
    fn health(&self, row: &Named<'_>) -> (&'static str, &'static str) {
        match row.integer("failures") {
            Some(0) | None => ("●", "ok"),
            Some(_) => ("▲", "failing"),
        }
    }

    /// Failures by the stage at which they came.
    fn stages(&self) -> Vec<(String, usize)> {
        let mut stages: Vec<(String, usize)> = Vec::new();
        for row in self.failures.named() {
            let stage = row.text("stage");
            match stages.iter_mut().find(|(other, _)| *other == stage) {
                Some((_, n)) => *n += 1,
                None => stages.push((stage, 1)),
            }
        }
        stages
    }
}

pub(crate) async fn page(State(desk): State<Desk>, _: Visitor, uri: Uri, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let asked = Asked::read(query.as_deref(), &[&["before"]])?;
    let before = asked.number("before")?;
    let answers = desk.ask(None, move |record| {
        Ok((
            query::runs(record, None, Some(RUNS))?,
            query::failures(record, before, Some(FAILURES))?,
            query::sources(record, Some(STORIES))?,
            query::inputs(record, Some(INPUTS))?,
        ))
    });
    let (runs, failures, sources, inputs) = answers.await?;
    let sheet = Sheet::default().with("runs", &runs).with("failures", &failures).with("sources", &sources).with("inputs", &inputs);
    let last = failures.named().last().filter(|_| failures.cut).and_then(|row| row.integer("failure"));
    let more_failures = last.map(|key| format!("/runs?before={key}#failures"));
    sheet.answer(&uri, || {
        rendered(&RunsPage { links: Links::of(&uri), desk, runs, failures, sources, inputs, more_failures })
    })
}

/// An input as a shell takes it, whatever is in it.
pub(crate) fn quoted(input: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:".contains(c);
    if !input.is_empty() && input.chars().all(is_plain) { input.to_owned() } else { format!("'{}'", input.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_run_nothing_in_a_shell() {
        assert_eq!(quoted("news/a.jsonl"), "news/a.jsonl");
        assert_eq!(quoted("a'; rm -r b"), "'a'\\''; rm -r b'");
    }
}
