//! Every label in plain words: what screens, help and exports show beside a code.

use std::collections::BTreeMap;

use crate::error::DataError;
use crate::files::Files;
use crate::ontology::one;

/// Labels by group and code: `status` → `planned` → "scheduled, expected, ordered or promised".
#[derive(Clone, Debug, Default)]
pub struct Glossary {
    groups: BTreeMap<String, BTreeMap<String, String>>,
}

impl Glossary {
    pub(crate) fn read(files: &Files) -> Result<Self, DataError> {
        Ok(Self { groups: one(files, "glossary.toml")? })
    }

    /// A label in plain words.
    pub fn explain(&self, group: &str, code: &str) -> Option<&str> {
        self.groups.get(group)?.get(code).map(String::as_str)
    }

    /// All groups with their labels, sorted.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
        self.groups.iter().map(|(name, labels)| (name.as_str(), labels))
    }
}
