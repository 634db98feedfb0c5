//! The data of a folder in the place of what is built in, file by file.
//!
//! The rooms of the codebook (`ontology/`, `lexicon/`, `actor/`, `glossary.toml`) are read as one; a table of `text/`, `time/`,
//! `place/` or `grammar/` that the folder lacks is the one built in.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use codebook::{Codebook, DataError};

/// What a folder puts in the place of what is built in.
pub(crate) struct Data {
    pub(crate) codebook: Option<Codebook>,
    pub(crate) text: Option<text::Tables>,
    pub(crate) analysis: Option<analysis::Tables>,
}

/// Reads a folder laid out as `data/` is.
pub(crate) fn load(folder: &Path) -> Result<Data, DataError> {
    let files = Files::read(folder)?;
    let has_codebook = has_codebook(folder);
    // A folder with nothing in it is an error of the codebook's.
    let codebook = has_codebook || files.is_empty();
    Ok(Data {
        codebook: codebook.then(|| Codebook::load(folder)).transpose()?,
        text: files.has("text/").then(|| files.text_tables()).transpose()?,
        analysis: files.has_analysis().then(|| files.analysis_tables()).transpose()?,
    })
}

/// Every fault of a folder laid out as `data/` is, the codebook's and those of the tables, sorted.
pub fn check_data(folder: &Path) -> Vec<DataError> {
    let mut faults = if has_codebook(folder) { codebook::check(folder) } else { Vec::new() };
    match Files::read(folder) {
        Ok(files) => {
            faults.extend(files.text_tables().err());
            let replace = |name: &str| files.bytes.get(name).cloned();
            faults.extend(analysis::Tables::faults(replace).into_iter().map(of_table));
        }
        Err(fault) => faults.push(fault),
    }
    faults.sort();
    faults
}

/// Whether a folder is laid out as `data/` is, in part or as a whole.
pub fn is_data(folder: &Path) -> bool {
    has_codebook(folder) || names().any(|name| folder.join(name).is_file())
}

fn has_codebook(folder: &Path) -> bool {
    ["ontology", "lexicon", "actor", "glossary.toml"].iter().any(|room| folder.join(room).exists())
}

/// Paths below `data/` of all tables that can be replaced one by one.
fn names() -> impl Iterator<Item = String> {
    let text = text::Tables::file_names().map(|name| format!("text/{name}"));
    text.chain(analysis::Tables::file_names().map(str::to_owned))
}

/// The tables that a folder has.
struct Files {
    bytes: BTreeMap<String, Vec<u8>>,
}

impl Files {
    fn read(folder: &Path) -> Result<Self, DataError> {
        let mut bytes = BTreeMap::new();
        for name in names() {
            match std::fs::read(folder.join(&name)) {
                Ok(content) => _ = bytes.insert(name, content),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => return Err(fault(&name, 0, error.to_string())),
            }
        }
        Ok(Self { bytes })
    }

    fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn has(&self, room: &str) -> bool {
        self.bytes.keys().any(|name| name.starts_with(room))
    }

    fn has_analysis(&self) -> bool {
        analysis::Tables::file_names().any(|name| self.bytes.contains_key(name))
    }

    fn text_tables(&self) -> Result<text::Tables, DataError> {
        let mut texts = BTreeMap::new();
        for (name, bytes) in
            self.bytes.iter().filter_map(|(name, bytes)| Some((name.strip_prefix("text/")?, bytes)))
        {
            let text = std::str::from_utf8(bytes).map_err(|error| {
                let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
                fault(&format!("text/{name}"), line, "broken UTF-8; valid is UTF-8 throughout".to_owned())
            })?;
            texts.insert(name, text);
        }
        text::Tables::load(|name| texts.get(name).map(|text| (*text).to_owned()))
            .map_err(of_table)
    }

    fn analysis_tables(&self) -> Result<analysis::Tables, DataError> {
        analysis::Tables::load(|name| self.bytes.get(name).cloned()).map_err(of_table)
    }
}

fn of_table(error: text::TableError) -> DataError {
    fault(&error.file, error.line, error.message)
}

fn fault(file: &str, line: usize, message: String) -> DataError {
    DataError { file: file.to_owned(), line, message }
}
