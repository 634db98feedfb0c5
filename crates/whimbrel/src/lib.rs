//! Reads news stories and codes who did what to whom, when, where, and according to whom.
//!
//! The facade of the house: a [`Reader`] holds the model and the codebook and makes a [`Reading`] of a story. It adds no
//! knowledge of its own; the program and bindings to other languages stand on it.
//!
//! ```no_run
//! let reader = whimbrel::Reader::bundled()?;
//! let metadata = text::Metadata { published: Some("2026-11-02".into()), ..Default::default() };
//! let reading = reader.read("Turkish jets bombed a camp in northern Iraq on Sunday.".into(), metadata);
//! for event in &reading.coding.events {
//!     println!("{} {}", event.event_type, event.reason);
//! }
//! # Ok::<(), whimbrel::Error>(())
//! ```
//!
//! Rooms: `data` (a folder in the place of what is built in), `layers` (an analysis as JSON), `treebank` (an analysis as CoNLL-U).

mod data;
mod layers;
mod treebank;

use std::borrow::Cow;
use std::path::Path;
use std::sync::OnceLock;

use analysis::Analysis;
use codebook::{Codebook, Coding, DataError};
use model::{Model, Network};
use text::{Document, Metadata, Note, Span};

pub use data::{check_data, is_data};
pub use layers::write_layers;
pub use treebank::write_conllu;

/// Why a reader could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The weights are damaged or of another format.
    Model(model::Error),
    /// A file of the codebook or a table is at fault.
    Data(DataError),
    /// The weight file could not be read.
    File(std::io::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Model(error) => write!(f, "the model cannot be loaded: {error}"),
            Error::Data(error) => write!(f, "the data cannot be loaded: {error}"),
            Error::File(error) => write!(f, "the weights cannot be read: {error}"),
        }
    }
}

impl std::error::Error for Error {}

/// A model and a codebook, ready to read stories. Threads share one.
pub struct Reader {
    model: Box<dyn Model>,
    model_name: String,
    codebook: Cow<'static, Codebook>,
    // Where there are none, those that the program carries.
    text_tables: Option<text::Tables>,
    tables: Option<analysis::Tables>,
}

impl Reader {
    /// The model and the codebook that the program carries.
    ///
    /// # Errors
    /// When the weights that were built in are of another format than the program's.
    pub fn bundled() -> Result<Self, Error> {
        Ok(Self::of_network(Network::bundled().map_err(Error::Model)?))
    }

    /// The weights of a file, with the codebook that the program carries.
    ///
    /// # Errors
    /// When the file cannot be read, or is no weight file.
    pub fn with_weights(file: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(file).map_err(Error::File)?;
        Ok(Self::of_network(Network::from_bytes(&bytes).map_err(Error::Model)?))
    }

    fn of_network(network: Network) -> Self {
        let name = network.id();
        Self::with_model(Box::new(network), name)
    }

    /// Any model under a name, with the codebook that the program carries.
    pub fn with_model(model: Box<dyn Model>, name: String) -> Self {
        let codebook = Cow::Borrowed(Codebook::bundled());
        Self { model, model_name: name, codebook, text_tables: None, tables: None }
    }

    /// The same model with the data of a folder laid out as `data/` is. A table of `text/`, `time/`, `place/` or `grammar/` that
    /// it lacks stays as it is, and so does the codebook where it has none of the codebook's rooms.
    ///
    /// # Errors
    /// At the first file that cannot be read as its schema says; [`check_data`] lists the faults.
    pub fn with_data(self, folder: &Path) -> Result<Self, Error> {
        let read = data::load(folder).map_err(Error::Data)?;
        Ok(Self {
            codebook: read.codebook.map_or(self.codebook, Cow::Owned),
            text_tables: read.text.or(self.text_tables),
            tables: read.analysis.or(self.tables),
            ..self
        })
    }

    /// The codebook.
    pub fn codebook(&self) -> &Codebook {
        &self.codebook
    }

    /// Name and version of the model.
    pub fn model_name(&self) -> &str {
        &self.model_name
    }

    /// Reads a story. It never fails: what could not be read is a note.
    pub fn read(&self, text: String, metadata: Metadata) -> Reading {
        self.read_with_notes(text, metadata, Vec::new())
    }

    /// Reads a story about whose text there is something to say already, such as its charset.
    pub fn read_with_notes(&self, text: String, metadata: Metadata, mut notes: Vec<Note>) -> Reading {
        let tables = self.text_tables.as_ref().unwrap_or_else(|| text::Tables::embedded());
        let mut document = text::read_with(tables, text, metadata);
        if let Some(language) = document.metadata.language.as_deref().filter(|language| !is_english(language)) {
            let text = format!("the story's language is `{language}`; the model reads English");
            notes.push(Note { span: Span::default(), kind: "language", text });
        }
        document.notes.splice(0..0, notes);
        self.read_document(document)
    }

    /// Reads a document whose sentences and tokens are given.
    pub fn read_document(&self, document: Document) -> Reading {
        let analysis = self.analyze(&document);
        let coding = coder::code(&self.codebook, &document, &analysis, &self.model_name);
        Reading { document, analysis, coding }
    }

    /// The layers below the coding alone.
    pub fn analyze(&self, document: &Document) -> Analysis {
        let tables = self.tables.as_ref().unwrap_or_else(|| analysis::Tables::embedded());
        analysis::analyze_with(tables, &*self.model, document)
    }
}

fn is_english(language: &str) -> bool {
    let first = language.split(['-', '_']).next().unwrap_or("").trim();
    ["", "en", "eng", "english"].iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// A story, read: every stage of it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The text, cut into sentences and tokens.
    pub document: Document,
    /// Grammar, mentions, quotations, times, places.
    pub analysis: Analysis,
    /// Who did what to whom, when, where, and according to whom.
    pub coding: Coding,
}

impl Reading {
    /// The coding as one line of JSON, as `docs/reference/records.md` describes it.
    pub fn to_json(&self) -> String {
        codebook::json::write_line(&self.document, &self.coding)
    }
}

/// Reads a story with the model and the codebook that the program carries, loaded at the first call.
///
/// # Errors
/// As [`Reader::bundled`].
pub fn read(text: String, metadata: Metadata) -> Result<Reading, Error> {
    static READER: OnceLock<Reader> = OnceLock::new();
    if let Some(reader) = READER.get() {
        return Ok(reader.read(text, metadata));
    }
    let reader = Reader::bundled()?;
    Ok(READER.get_or_init(|| reader).read(text, metadata))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for (language, english) in [("en", true), ("en-GB", true), ("EN_us", true), ("fr", false), ("enm", false)] {
            assert_eq!(is_english(language), english, "{language}");
        }
    }
}
