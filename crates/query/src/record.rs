//! The open ledger, as it stands or as it was known.

use std::path::Path;

use ledger::{Ledger, Moment};
use ledger::rusqlite::{Connection, InterruptHandle};

use crate::error::Error;

/// A ledger opened for questions. It never blocks a writer and never sees half a batch.
#[derive(Debug)]
pub struct Record {
    ledger: Ledger,
    is_current: bool,
}

impl Record {
    /// Opens a ledger; `as_of` is the moment whose knowledge counts, `None` all that is known.
    ///
    /// # Errors
    /// When there is no such file, it is no ledger, or of another version.
    pub fn open(path: &Path, as_of: Option<Moment>) -> Result<Self, Error> {
        let mut ledger = Ledger::open_read_only(path).map_err(|error| Error::opening(path, error))?;
        if let Some(moment) = as_of {
            ledger.as_of(moment).map_err(Error::Ledger)?;
        }
        // The views of an earlier moment are made; from here on nothing is, not even in memory.
        ledger.connection().pragma_update(None, "query_only", true)?;
        ledger.keep_private().map_err(Error::Ledger)?;
        Ok(Self { ledger, is_current: as_of.is_none() })
    }

    /// A handle with which another thread ends a question that takes too long.
    pub fn interrupter(&self) -> InterruptHandle {
        self.connection().get_interrupt_handle()
    }

    /// Whether all that is known counts, and not what was known at an earlier moment.
    pub(crate) fn is_current(&self) -> bool {
        self.is_current
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.ledger.connection()
    }
}
