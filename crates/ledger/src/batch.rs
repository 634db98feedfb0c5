//! What is handed over to be kept, and what is handed back when it is.

use codebook::Coding;
use jiff::civil::Date;
use text::{Document, Metadata};

/// A moment: milliseconds since 1970-01-01 UTC. The ledger never reads a clock; its callers say when it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment(pub i64);

/// A row of `runs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub i64);

/// A story with its coding, to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What came with the text.
    pub metadata: Metadata,
    /// The text that the coding's spans point into.
    pub text: String,
    /// The wire service that the text credits.
    pub credit: Option<String>,
    /// The words of the dateline.
    pub dateline: Option<String>,
    /// The day of the story.
    pub day: Option<Date>,
    /// What the story says.
    pub coding: Coding,
    /// The input that it was found in.
    pub input: String,
    /// Its record in the input, from 1.
    pub record: u64,
}

impl Entry {
    /// An entry of a document that was read and coded.
    pub fn new(document: Document, coding: Coding, input: String, record: u64) -> Self {
        let words = |span: text::Span| span.of(&document.text).to_owned();
        let agency = document.dateline.as_ref().and_then(|dateline| dateline.agency);
        let credit = document.credit.as_ref().map(|credit| credit.agency).or(agency).map(words);
        let dateline = document.dateline.as_ref().map(|dateline| words(dateline.span));
        let byline = document.metadata.byline.clone().or_else(|| document.byline.map(words));
        let metadata = Metadata { byline, ..document.metadata };
        Self { metadata, text: document.text, credit, dateline, day: document.date, coding, input, record }
    }
}

/// A new reading of a revision that is kept already; it retires the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Reread {
    /// Row of `revisions`.
    pub revision_id: i64,
    /// What the newer model or codebook reads in it.
    pub coding: Coding,
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The input.
    pub input: String,
    /// Its record, from 1; 0 when the whole input failed.
    pub record: u64,
    /// The story's id, where it is known.
    pub id: Option<String>,
    /// What was being done.
    pub stage: String,
    /// What is wrong.
    pub reason: String,
}

/// How far an input is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The input.
    pub input: String,
    /// Where its reader goes on, in a form that only that reader knows.
    pub position: String,
}

/// What one transaction keeps: all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Stories.
    pub entries: Vec<Entry>,
    /// New readings of stories that are kept already.
    pub rereads: Vec<Reread>,
    /// What could not be read.
    pub failures: Vec<Failure>,
    /// How far the inputs are read once this batch is kept.
    pub marks: Vec<Mark>,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A story that was not there.
    Added,
    /// Another text at the address of a story that was there.
    Revised,
    /// The same text of the same publisher was there; only where it was found was added.
    Known,
}

/// Where an entry is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What became of it.
    pub outcome: Outcome,
    /// Row of `stories`.
    pub story_id: i64,
    /// Row of `revisions`.
    pub revision_id: i64,
}

/// The ledger's word that a batch is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// When the batch is known from: the moment given, or the latest in the ledger if that is later.
    pub known_on: Moment,
    /// One for each entry, in order.
    pub kept: Vec<Kept>,
    /// The codings that were added, in order: first those of entries that were not known, then those of rereads whose
    /// revision is still the newest.
    pub coding_ids: Vec<i64>,
}
