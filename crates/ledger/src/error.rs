//! Why the ledger could not do it, and what to do.

use std::path::PathBuf;

/// A fault in opening, writing or reading a ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// SQLite could not do it: a full disk, a locked file, a broken page.
    #[error("{} cannot be used as a ledger", path.display())]
    Database {
        /// The ledger's file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// SQLite could not do it, in a statement.
    #[error(transparent)]
    Statement(#[from] rusqlite::Error),
    /// The file is a database, but no ledger.
    #[error("{} is no ledger (application id {found:#x}); valid is a file that `Ledger::create` made", path.display())]
    NoLedger {
        /// The file.
        path: PathBuf,
        /// The application id found in it.
        found: i32,
    },
    /// A newer program made it.
    #[error("{} has schema version {found}; this program knows versions up to {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// An older program made it, and a reader may not bring it up to date.
    #[error("{} has schema version {found} and needs {known}; open it once for writing", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u32,
        /// The version needed.
        known: u32,
    },
    /// No file stands where a ledger was to be opened.
    #[error("{}: no such ledger; `whimbrel add --ledger` makes one", .0.display())]
    Missing(PathBuf),
    /// A file stands where a new ledger was to be made.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// A name that must be unique is taken.
    #[error("there is an {what} `{name}` already")]
    Taken {
        /// What bears the name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A coding names something that it does not hold, or a row that is not stored.
    #[error("{field} of story `{story}` names `{id}`, which {holder} does not hold")]
    Dangling {
        /// The story's id.
        story: String,
        /// Which field.
        field: &'static str,
        /// The id that it names.
        id: String,
        /// What should hold it.
        holder: &'static str,
    },
    /// A coding was made by another model or codebook than its run names.
    #[error("the coding of story `{story}` is by {found}; its run is of {run}")]
    OtherRun {
        /// The story's id.
        story: String,
        /// Model and codebook of the coding.
        found: String,
        /// Model and codebook of the run.
        run: String,
    },
    /// A stored value is not one of the words or shapes that records know.
    #[error("row {row} of {table}: {column} is `{value}`, which no record can hold")]
    Value {
        /// The table.
        table: &'static str,
        /// The row's key.
        row: i64,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
}
