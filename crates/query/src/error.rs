//! Why a question has no answer, and what would be valid.

use std::path::{Path, PathBuf};

use ledger::rusqlite::{self, ErrorCode};

/// A fault in opening a ledger or in answering.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such file, or it may not be read.
    #[error("{}: no such ledger, or it may not be read; `whimbrel add --ledger` makes one", .0.display())]
    Missing(PathBuf),
    /// The file is no ledger.
    #[error("{}: not a ledger; valid is a file that `whimbrel add --ledger` made", .0.display())]
    NoLedger(PathBuf),
    /// The ledger could not be opened or read.
    #[error(transparent)]
    Ledger(ledger::Error),
    /// The database could not answer.
    #[error("the ledger cannot be read")]
    Statement(#[from] ledger::rusqlite::Error),
    /// A free question is no SQL that the ledger answers.
    #[error("the question cannot be answered: {0}; valid is one SELECT over the tables that .schema names")]
    Sql(String),
    /// The words of a search are no full-text query.
    #[error(
        "cannot search for `{words}`: {reason}; valid are words, \"phrases in quotes\", AND, OR, NOT, NEAR(a b, 5) and pre*"
    )]
    Words {
        /// What was searched for.
        words: String,
        /// What the database says.
        reason: String,
    },
    /// No story has this key or id.
    #[error("no story `{0}`; valid is a story's number in the ledger, or the id that it came with")]
    NoStory(String),
    /// No event has this key.
    #[error("no event `{0}`; valid is an event's number in the ledger")]
    NoEvent(i64),
    /// No actor has this name or code.
    #[error("no actor `{0}` in the record; valid is a name, a part of one in whole words, or a code such as PAK.GOV")]
    NoActor(String),
    /// A free question tried what only a writer may do.
    #[error("a question may only read: {0}; valid is one SELECT")]
    Forbidden(String),
    /// A free question took too long.
    #[error("the question took longer than it may and was ended; narrow it down, or allow more time")]
    TooLong,
    /// A coding that was there a moment ago is not.
    #[error("the ledger has no coding {0}; `whimbrel doctor` tells what is wrong with it")]
    NoCoding(i64),
    /// An export could not be written.
    #[error("the export cannot be written: {0}")]
    Output(#[from] std::io::Error),
    /// An export could not be made into the format's own shape.
    #[error("the export cannot be written as {format}: {reason}")]
    Shape {
        /// The format.
        format: &'static str,
        /// What its writer says.
        reason: String,
    },
    /// An unknown word for something of the codebook.
    #[error("no {what} `{word}`; valid are {valid}")]
    Unknown {
        /// What was meant: an event type, a mode.
        what: &'static str,
        /// What was given.
        word: String,
        /// What would have been valid.
        valid: String,
    },
}

impl Error {
    /// The same, told in terms of the words that were searched for where the database refuses them; all else in such a question
    /// is fixed.
    pub(crate) fn of_words(self, words: &str) -> Self {
        match self {
            Self::Statement(rusqlite::Error::SqliteFailure(code, Some(reason))) if code.code == ErrorCode::Unknown => {
                Self::Words { words: words.to_owned(), reason }
            }
            other => other,
        }
    }

    /// A fault in opening, told in terms of the file.
    pub(crate) fn opening(path: &Path, error: ledger::Error) -> Self {
        match error {
            ledger::Error::Missing(path) => Self::Missing(path),
            ledger::Error::NoLedger { .. } => Self::NoLedger(path.to_path_buf()),
            ledger::Error::Database { source, path } => match source.sqlite_error_code() {
                Some(ErrorCode::CannotOpen) => Self::Missing(path),
                Some(ErrorCode::NotADatabase) => Self::NoLedger(path),
                _ => Self::Ledger(ledger::Error::Database { source, path }),
            },
            other => Self::Ledger(other),
        }
    }
}
