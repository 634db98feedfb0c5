//! Which of their fields are ours: `text=body,published=date`, or guessed from usual names.
//!
//! The usual names are `data/intake/fields.toml`. A guess is made once an input, from the names of its first record, and is
//! told in a remark.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::story::FIELDS;

const USUAL: &str = include_str!("../../../data/intake/fields.toml");

/// Our fields, each with the name that it has in an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    pairs: Vec<(&'static str, String)>,
    is_guess: bool,
}

/// What is wrong with a mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mapping `{part}` {reason}; valid is a list such as text=body,published=date with the fields {}", FIELDS.join(", "))]
pub struct MappingError {
    part: String,
    reason: &'static str,
}

impl Mapping {
    /// Reads a mapping such as `text=body,published=date`: our field, `=`, the name in the input.
    ///
    /// # Errors
    /// A part without `=`, a field that no story has, or a field that stands twice.
    pub fn parse(mapping: &str) -> Result<Self, MappingError> {
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        for part in mapping.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let fail = |reason| MappingError { part: part.to_owned(), reason };
            let (field, name) = part.split_once('=').ok_or(fail("has no `=`"))?;
            let field = FIELDS.into_iter().find(|it| *it == field.trim()).ok_or(fail("names no field of a story"))?;
            if name.trim().is_empty() {
                return Err(fail("names no field of the input"));
            }
            if pairs.iter().any(|(it, _)| *it == field) {
                return Err(fail("gives a field twice"));
            }
            pairs.push((field, name.trim().to_owned()));
        }
        Ok(Self { pairs, is_guess: false })
    }

    /// The mapping of an input whose first record has these names.
    pub(crate) fn guess(names: &[&str]) -> Self {
        let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        for (field, usual) in usual() {
            // A field under its own name needs no guess.
            if names.contains(field) || (*field == "published" && names.contains(&"date")) {
                continue;
            }
            let found = usual.iter().find_map(|usual| keys.iter().position(|key| key == usual));
            if let Some(at) = found.filter(|&at| !FIELDS.contains(&names[at]) && pairs.iter().all(|(_, name)| name != names[at])) {
                pairs.push((field, names[at].to_owned()));
            }
        }
        Self { pairs, is_guess: true }
    }

    /// Our field of a name in the input, and whether its value must be of the right type.
    pub(crate) fn field(&self, name: &str) -> Option<(&'static str, bool)> {
        if let Some((field, _)) = self.pairs.iter().find(|(_, it)| it == name) {
            return Some((field, !self.is_guess || *field == "text"));
        }
        // A field that is mapped to another name is not read under its own.
        let taken = |field: &str| self.pairs.iter().any(|(it, _)| *it == field);
        FIELDS.into_iter().find(|field| *field == name && !taken(field)).map(|field| (field, true))
    }

    /// What a guess says to the owner of the input; `None` where nothing was guessed.
    pub(crate) fn remark(&self) -> Option<String> {
        if !self.is_guess || self.pairs.is_empty() {
            return None;
        }
        let read: Vec<String> = self.pairs.iter().map(|(field, name)| format!("{field} from `{name}`")).collect();
        let map: Vec<String> = self.pairs.iter().map(|(field, name)| format!("{field}={name}")).collect();
        Some(format!("reading {}; if that is wrong, say which with --map {}", read.join(", "), map.join(",")))
    }
}

/// A name without regard to case and to the marks between its words.
fn key(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}');
    name.chars().map(|c| if matches!(c, '_' | '-') { ' ' } else { c }).collect::<String>().to_lowercase()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual {
    names: Vec<String>,
    // Where the names were seen; for readers of the file.
    #[serde(rename = "from")]
    _from: String,
}

/// Usual names of each field, the field with the text first, so that it takes its name before others do.
fn usual() -> &'static [(&'static str, Vec<String>)] {
    static TABLE: OnceLock<Vec<(&'static str, Vec<String>)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: BTreeMap<String, Usual> = toml::from_str(USUAL).expect("data/intake/fields.toml is tested");
        let order = ["text", "title", "published", "id", "url", "publisher", "agency", "language", "byline"];
        order.into_iter().filter_map(|field| Some((field, table.remove(field)?.names))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_only_fields_of_stories() {
        let table: BTreeMap<String, Usual> = toml::from_str(USUAL).expect("the table is TOML");
        assert_eq!(table.len(), usual().len(), "a field of the table is not a field of a story");
        for (field, usual) in table {
            for name in usual.names {
                assert_eq!(name, key(&name), "{field}: names are written in lower case with spaces");
            }
        }
    }

    #[test]
    fn a_mapping_is_read_or_refused() {
        let mapping = Mapping::parse("text=body, published=Date").expect("it is sound");
        assert_eq!(mapping.field("body"), Some(("text", true)));
        assert_eq!(mapping.field("text"), None, "text is read from `body` alone");
        assert_eq!(mapping.field("title"), Some(("title", true)));
        for wrong in ["text", "words=body", "text=", "text=a,text=b"] {
            let error = Mapping::parse(wrong).expect_err(wrong).to_string();
            assert!(error.contains("valid is"), "{error}");
        }
    }

    #[test]
    fn usual_names_are_guessed_and_told() {
        let guess = Mapping::guess(&["Article_ID", "Headline", "articleBody", "pubDate", "score"]);
        let fields = ["Article_ID", "Headline", "articleBody", "pubDate", "score"].map(|name| guess.field(name).map(|it| it.0));
        assert_eq!(fields, [Some("id"), Some("title"), Some("text"), Some("published"), None]);
        assert!(guess.remark().is_some_and(|remark| remark.contains("--map text=articleBody")));
        assert_eq!(Mapping::guess(&["id", "text", "date"]).remark(), None);
    }
}
