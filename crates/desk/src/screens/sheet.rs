//! What a screen shows, as rows: the page, its JSON and its CSV are made of the same.

use std::borrow::Cow;

use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use query::{Answer, Cell, Column};

use crate::error::Error;
use crate::screens::html;

/// The form in which a screen is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Page,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// The form of an address, and the address of the page without it.
pub(crate) fn form(path: &str) -> (Form, &str) {
    match (path.strip_suffix(".json"), path.strip_suffix(".csv")) {
        (Some(path), _) => (Form::Json, path),
        (_, Some(path)) => (Form::Csv, path),
        _ => (Form::Page, path),
    }
}

/// The key in an address such as `/events/31.json`.
///
/// # Errors
/// When it is no number; there is no page then.
pub(crate) fn key(uri: &Uri) -> Result<i64, Error> {
    let (_, path) = form(uri.path());
    let key = path.rsplit('/').next().and_then(|key| key.parse().ok());
    key.ok_or_else(|| Error::NoPage(uri.path().to_owned()))
}

/// Where the same is found in other forms.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    /// The page.
    pub(crate) page: String,
    /// For programs.
    pub(crate) json: String,
    /// For spreadsheets.
    pub(crate) csv: String,
}

impl Links {
    /// Those of an address; `/` has its other forms under `/desk`.
    pub(crate) fn of(uri: &Uri) -> Self {
        let (_, path) = form(uri.path());
        let path = if path == "/" { "/desk" } else { path };
        let query = uri.query().filter(|query| !query.is_empty()).map_or_else(String::new, |query| format!("?{query}"));
        let page = if path == "/desk" { "/" } else { path };
        Self { page: format!("{page}{query}"), json: format!("{path}.json{query}"), csv: format!("{path}.csv{query}") }
    }
}

/// Named parts of a screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    parts: Vec<(&'static str, Answer)>,
}

impl Sheet {
    /// The same with one more part.
    pub(crate) fn with(mut self, name: &'static str, answer: &Answer) -> Self {
        self.parts.push((name, answer.clone()));
        self
    }

    /// An object with a list of rows for each part.
    fn json(&self) -> String {
        let part = |(name, answer): &(&str, Answer)| format!("\"{name}\":[{}]", answer.json_rows().collect::<Vec<_>>().join(",\n"));
        format!("{{{}}}\n", self.parts.iter().map(part).collect::<Vec<_>>().join(",\n"))
    }

    /// One table: that of the only part, or all columns of all parts behind the part's name.
    fn csv(&self) -> String {
        if let [(_, only)] = &self.parts[..] {
            return only.csv();
        }
        let mut names: Vec<Cow<'static, str>> = Vec::new();
        for column in self.parts.iter().flat_map(|(_, answer)| &answer.columns) {
            if !names.contains(&column.name) {
                names.push(column.name.clone());
            }
        }
        let column = |name: Cow<'static, str>| Column { name, kind: query::Kind::Plain, shown: true };
        let head = Cow::Borrowed("part");
        let mut all = Answer { columns: std::iter::once(head).chain(names.iter().cloned()).map(column).collect(), ..Answer::default() };
        for (name, answer) in &self.parts {
            for row in answer.named() {
                let cells = names.iter().map(|column| row.cell(column).clone());
                all.rows.push(std::iter::once(Cell::Text((*name).to_owned())).chain(cells).collect());
            }
        }
        all.csv()
    }

    /// The answer in the form that was asked for.
    ///
    /// # Errors
    /// When the page cannot be written.
    pub(crate) fn answer(&self, uri: &Uri, page: impl FnOnce() -> Result<String, Error>) -> Result<Response, Error> {
        Ok(match form(uri.path()).0 {
            Form::Page => axum::response::Html(page()?).into_response(),
            Form::Json => ([(header::CONTENT_TYPE, "application/json")], self.json()).into_response(),
            Form::Csv => ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], self.csv()).into_response(),
        })
    }
}

/// Renders a template; the other way to write it is [`html`].
pub(crate) fn rendered(page: &impl askama::Template) -> Result<String, Error> {
    html(page).map(|page| page.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(name: &'static str, value: &str) -> Answer {
        let columns = vec![Column { name: name.into(), kind: query::Kind::Plain, shown: true }];
        Answer { columns, rows: vec![vec![Cell::Text(value.to_owned())]], ..Answer::default() }
    }

    #[test]
    fn parts_share_one_table_and_open_no_formula() {
        let sheet = Sheet::default().with("a", &answer("x", "=1+1")).with("b", &answer("y", "2"));
        assert_eq!(sheet.csv(), "part,x,y\r\na,'=1+1,\r\nb,,2\r\n");
        assert_eq!(sheet.json(), "{\"a\":[{\"x\":\"=1+1\"}],\n\"b\":[{\"y\":\"2\"}]}\n");
    }

    #[test]
    fn addresses_have_their_other_forms() {
        let links = Links::of(&"/events/31.json?a=1".parse().expect("an address"));
        assert_eq!((links.page.as_str(), links.csv.as_str()), ("/events/31?a=1", "/events/31.csv?a=1"));
        let links = Links::of(&"/".parse().expect("an address"));
        assert_eq!((links.page.as_str(), links.json.as_str()), ("/", "/desk.json"));
        assert_eq!(key(&"/events/31.csv".parse().expect("an address")).expect("a key"), 31);
        assert!(key(&"/events/x".parse().expect("an address")).is_err());
    }
}
