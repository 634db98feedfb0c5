//! The open file: making it, opening it, runs and progress marks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::batch::{Mark, Moment, RunId};
use crate::error::Error;
use crate::migration::{self, APPLICATION_ID, VERSION};

/// How long one writer waits for another.
const PATIENCE: Duration = Duration::from_secs(30);

/// A ledger on disk. One connection; any number of others may read at the same time, and none of them waits.
#[derive(Debug)]
pub struct Ledger {
    pub(crate) connection: Connection,
    path: PathBuf,
}

/// What reads in a run, by name and version.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// The model.
    pub model: &'a str,
    /// The codebook.
    pub codebook: &'a str,
    /// The program.
    pub program: &'a str,
}

impl Ledger {
    /// Makes a new ledger.
    ///
    /// # Errors
    /// When a file is there, or none can be made.
    pub fn create(path: &Path) -> Result<Self, Error> {
        if path.exists() {
            return Err(Error::Exists(path.to_path_buf()));
        }
        Self::open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a ledger for writing, and brings it up to date.
    ///
    /// # Errors
    /// When there is no such file, it is no ledger, or a newer program made it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        exists(path)?;
        Self::open_with(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Opens a ledger for reading. Reading never blocks a writer and never sees half a batch.
    ///
    /// # Errors
    /// When there is no such file, it is no ledger, or of another version.
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        exists(path)?;
        let fault = |source| Error::Database { path: path.to_path_buf(), source };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
        connection.busy_timeout(PATIENCE).map_err(fault)?;
        let found = check(&connection, path)?;
        if found < VERSION {
            return Err(Error::Older { path: path.to_path_buf(), found, known: VERSION });
        }
        tune(&connection).map_err(fault)?;
        Ok(Self { connection, path: path.to_path_buf() })
    }

    fn open_with(path: &Path, flags: OpenFlags) -> Result<Self, Error> {
        let fault = |source| Error::Database { path: path.to_path_buf(), source };
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(fault)?;
        connection.busy_timeout(PATIENCE).map_err(fault)?;
        check(&connection, path)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(fault)?;
        // FULL: what is acknowledged is on disk, and a power cut takes nothing of it.
        connection.pragma_update(None, "synchronous", "FULL").map_err(fault)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(fault)?;
        // A batch changes more pages than the log holds by default; they are written back once for several batches.
        connection.pragma_update(None, "wal_autocheckpoint", 32_768).map_err(fault)?;
        tune(&connection).map_err(fault)?;
        connection.pragma_update(None, "cache_size", -131_072).map_err(fault)?;
        migration::migrate(&mut connection).map_err(fault)?;
        Ok(Self { connection, path: path.to_path_buf() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The connection, for questions in SQL.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Begins a run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_run(&mut self, program: Program<'_>, started_on: Moment) -> Result<RunId, Error> {
        self.connection.execute(
            "INSERT INTO runs (model, codebook, program, started_on) VALUES (?1, ?2, ?3, ?4)",
            params![program.model, program.codebook, program.program, started_on.0],
        )?;
        Ok(RunId(self.connection.last_insert_rowid()))
    }

    /// Ends a run. A run that was killed has no end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_run(&mut self, run: RunId, ended_on: Moment) -> Result<(), Error> {
        self.connection
            .execute("UPDATE runs SET ended_on = max(?2, started_on) WHERE run_id = ?1", params![run.0, ended_on.0])?;
        Ok(())
    }

    /// How far an input is read; `None` when it was never begun.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn mark(&self, input: &str) -> Result<Option<String>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT position FROM inputs WHERE input = ?1 AND position <> ''")?;
        Ok(statement.query_row([input], |row| row.get(0)).optional()?)
    }

    /// How far each input is read that was begun, in the order of their names.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn marks(&self) -> Result<Vec<Mark>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT input, position FROM inputs WHERE position <> '' ORDER BY input")?;
        let marks = statement.query_map([], |row| Ok(Mark { input: row.get(0)?, position: row.get(1)? }))?;
        Ok(marks.collect::<Result<_, _>>()?)
    }

    /// Writes what stands in the log into the file itself and gathers figures for the planner of questions; good after a
    /// long intake.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn tidy(&mut self) -> Result<(), Error> {
        self.connection.execute_batch("PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002;")?;
        // A reader may hold pages of the log; the rest is written all the same.
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }
}

fn exists(path: &Path) -> Result<(), Error> {
    if path.exists() { Ok(()) } else { Err(Error::Missing(path.to_path_buf())) }
}

/// Refuses what is no ledger and what is too new; gives the version, 0 for an empty file.
fn check(connection: &Connection, path: &Path) -> Result<u32, Error> {
    let fault = |source| Error::Database { path: path.to_path_buf(), source };
    let found: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(fault)?;
    let version = migration::version(connection).map_err(fault)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(fault)?;
    if found != APPLICATION_ID && (found != 0 || version != 0 || tables != 0) {
        return Err(Error::NoLedger { path: path.to_path_buf(), found });
    }
    if version > VERSION {
        return Err(Error::Newer { path: path.to_path_buf(), found: version, known: VERSION });
    }
    Ok(version)
}

fn tune(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(256);
    // One plan a statement, whatever is bound to it: nothing is planned anew for each value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 1_i64 << 30)
}
