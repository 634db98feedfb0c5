//! The metadata of a page: JSON-LD first, then <meta>, <link>, <time> and <title>.
//!
//! Which property and which element is which field is `data/intake/page.toml`. What a page does not say stays missing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use dom_query::Document;
use serde::Deserialize;
use serde_json::Value;
use text::Metadata;
use url::Url;

use crate::story::slot;

const PLACES: &str = include_str!("../../../data/intake/page.toml");

/// Longest values; what is longer is no value.
const VALUE_CHARS: usize = 2000;

/// Objects of JSON-LD that are looked at.
const OBJECTS_MAX: usize = 500;

/// What a page says of its story.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The fields; `id` is empty.
    pub(crate) metadata: Metadata,
    /// The text of the article, where JSON-LD carries it.
    pub(crate) body: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    beside: Vec<String>,
    types: Vec<String>,
    field: BTreeMap<String, FieldPlaces>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldPlaces {
    json_ld: Vec<String>,
    meta: Vec<String>,
}

fn places() -> &'static Places {
    static TABLE: OnceLock<Places> = OnceLock::new();
    TABLE.get_or_init(|| toml::from_str(PLACES).expect("data/intake/page.toml is tested"))
}

/// Takes out what stands beside the words of an article.
pub(crate) fn take_out_beside(document: &Document) {
    document.select(&places().beside.join(", ")).remove();
}

/// The metadata of a page that came from this address.
pub(crate) fn of_page(document: &Document, address: Option<&str>) -> Found {
    let story = json_ld(document);
    let meta = meta(document);
    let mut metadata = Metadata::default();
    for (field, places) in &places().field {
        let from_object = || places.json_ld.iter().find_map(|name| value_of(story.as_ref()?.get(name)?));
        let from_meta = || places.meta.iter().find_map(|name| meta.iter().find(|(it, _)| it == name).map(|(_, value)| value.clone()));
        // A canonical link is what the publisher wants to be cited.
        let value = match field.as_str() {
            "url" => link(document, "canonical").or_else(from_meta).or_else(from_object),
            "language" => document.select_single("html").attr("lang").map(|lang| lang.to_string()).or_else(from_object).or_else(from_meta),
            _ => from_object().or_else(from_meta),
        };
        let value = value.and_then(|value| cleaned(field, &value, address));
        if let Some(slot) = slot(&mut metadata, field) {
            *slot = value;
        }
    }
    if metadata.title.is_none() {
        let mut title = ["h1", "title"].iter().map(|name| document.select_single(name).text().to_string());
        metadata.title = title.find_map(|title| cleaned("title", &title, None));
    }
    if metadata.published.is_none() {
        metadata.published = time(document);
    }
    if metadata.url.is_none() {
        metadata.url = address.map(str::to_owned);
    }
    let body = story.as_ref().and_then(|story| story.get("articleBody")?.as_str()).map(crate::html::text_of);
    Found { metadata, body }
}

/// The object of a page's JSON-LD that is a story.
fn json_ld(document: &Document) -> Option<Value> {
    for script in document.select("script[type='application/ld+json']").iter() {
        let text = script.text();
        let Ok(value) = serde_json::from_str::<Value>(text.trim()) else { continue };
        let mut open = vec![value];
        let mut n_objects = 0;
        while let Some(value) = open.pop() {
            n_objects += 1;
            match value {
                _ if n_objects > OBJECTS_MAX => break,
                Value::Array(values) => open.extend(values.into_iter().rev()),
                Value::Object(object) if is_story(object.get("@type")) => return Some(Value::Object(object)),
                Value::Object(mut object) => open.extend(["mainEntity", "@graph"].iter().filter_map(|name| object.remove(*name))),
                _ => {}
            }
        }
    }
    None
}

fn is_story(kind: Option<&Value>) -> bool {
    let is_one = |kind: &Value| {
        let kind = kind.as_str().unwrap_or("");
        places().types.iter().any(|it| it == kind.rsplit('/').next().unwrap_or(kind))
    };
    match kind {
        Some(Value::Array(kinds)) => kinds.iter().any(is_one),
        Some(kind) => is_one(kind),
        None => false,
    }
}

/// A value as words: a string, the name of a person or body, or several of them.
fn value_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Object(object) => ["name", "@id", "url"].iter().find_map(|name| value_of(object.get(*name)?)),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().filter_map(value_of).take(20).collect();
            (!values.is_empty()).then(|| values.join(", "))
        }
        _ => None,
    }
}

/// Names and values of a page's <meta> elements, names in lower case.
fn meta(document: &Document) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for element in document.select("meta[content]").iter().take(OBJECTS_MAX) {
        let Some(value) = element.attr("content").filter(|value| !value.trim().is_empty()) else { continue };
        for name in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = element.attr(name) {
                out.push((name.trim().to_lowercase(), value.to_string()));
            }
        }
    }
    out
}

fn link(document: &Document, rel: &str) -> Option<String> {
    document.select_single(&format!("link[rel='{rel}']")).attr("href").map(|href| href.to_string()).filter(|href| !href.trim().is_empty())
}

/// The day in the first <time> of the page, or in an element that is marked as such.
fn time(document: &Document) -> Option<String> {
    let marked = document.select("[itemprop='datePublished'], time[pubdate], article time[datetime], time[datetime]");
    marked.iter().take(20).find_map(|element| {
        let value = element.attr("datetime").or_else(|| element.attr("content"))?;
        is_day(value.trim()).then(|| value.trim().to_owned())
    })
}

/// Whether a value begins with a day such as 2026-11-02.
fn is_day(value: &str) -> bool {
    value.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
}

/// A value in one line and in the form of its field; `None` where it has not.
fn cleaned(field: &str, value: &str, address: Option<&str>) -> Option<String> {
    // Some publishers write entities twice; in an address `&` is itself.
    let value = if field == "url" { value.to_owned() } else { crate::html::text_of(value) };
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if value.is_empty() || value.chars().count() > VALUE_CHARS {
        return None;
    }
    match field {
        "url" => {
            let base = address.and_then(|address| Url::parse(address).ok());
            let url = Url::options().base_url(base.as_ref()).parse(&value).ok()?;
            matches!(url.scheme(), "http" | "https").then(|| url.to_string())
        }
        // An address of an author's page is no name.
        "byline" | "publisher" if value.contains("://") || value.starts_with('@') => None,
        "language" => {
            let tag = value.replace('_', "-");
            tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then_some(tag)
        }
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_only_fields_of_stories() {
        let mut metadata = Metadata::default();
        for field in places().field.keys() {
            assert!(slot(&mut metadata, field).is_some(), "`{field}` is no field of a story");
        }
    }

    #[test]
    fn metadata_comes_from_every_place() {
        let page = r#"<html lang="en-GB"><head><title>T | Paper</title><link rel="canonical" href="/2026/talks">
            <meta property="og:site_name" content="The Paper"><meta name="author" content="https://p.example/jane">
            <script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebPage","name":"no"},
            {"@type":["NewsArticle"],"headline":"Talks &amp; tea","author":[{"@type":"Person","name":"Jane Doe"},{"name":"Li Wei"}]}]}</script>
            </head><body><h1>No</h1><time datetime="soon">soon</time><time datetime="2026-11-02T08:10:00Z">2 Nov</time></body></html>"#;
        let found = of_page(&Document::from(page), Some("https://p.example/a?x=1")).metadata;
        let fields = [&found.title, &found.byline, &found.publisher, &found.url, &found.language, &found.published];
        let fields = fields.map(|field| field.as_deref().unwrap_or("-"));
        assert_eq!(
            fields,
            ["Talks & tea", "Jane Doe, Li Wei", "The Paper", "https://p.example/2026/talks", "en-GB", "2026-11-02T08:10:00Z"]
        );
        let found = of_page(&Document::from("<p>Nothing said.</p>"), None).metadata;
        assert_eq!(found, Metadata::default(), "what a page does not say stays missing");
    }
}
