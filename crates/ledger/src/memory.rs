//! What resolution remembers between two settlings: facts of stories by their place in the order of days, and shelves of
//! pairs of bytes in the order of their keys. The ledger reads nothing in them.

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use crate::error::Error;
use crate::ledger::Ledger;

/// A row of `resolution_facts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The story's place in the order of all stories.
    pub place: i64,
    /// The story.
    pub story_id: i64,
    /// The coding that the facts were cut from.
    pub coding_id: i64,
    /// The facts, in a form that only resolution knows.
    pub facts: Vec<u8>,
}

impl Ledger {
    /// Does work in one transaction that no other writer comes between: all of it or, when it fails, nothing.
    ///
    /// # Errors
    /// Those of the work; and when the ledger cannot be written.
    pub fn transact<T, E: From<Error>>(&mut self, work: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate).map_err(Error::from)?;
        let done = work(self)?;
        transaction.commit().map_err(Error::from)?;
        Ok(done)
    }

    /// The facts at a place.
    ///
    /// # Errors
    /// When the ledger cannot be read, as with all that follows here; or not written, where something is put or taken.
    pub fn facts(&self, place: i64) -> Result<Option<Vec<u8>>, Error> {
        let mut statement = self.connection.prepare_cached("SELECT facts FROM resolution_facts WHERE place = ?1")?;
        Ok(statement.query_row([place], |row| row.get(0)).optional()?)
    }

    /// Place and coding of the facts of a story.
    ///
    /// # Errors
    /// As [`Ledger::facts`].
    pub fn remembered(&self, story_id: i64) -> Result<Option<(i64, i64)>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT place, coding_id FROM resolution_facts WHERE story_id = ?1")?;
        Ok(statement.query_row([story_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// Keeps facts; gives whether the place was free, which it must be.
    ///
    /// # Errors
    /// As [`Ledger::facts`].
    pub fn put_facts(&self, row: &Remembered) -> Result<bool, Error> {
        let mut statement =
            self.connection.prepare_cached("INSERT INTO resolution_facts VALUES (?1, ?2, ?3, ?4) ON CONFLICT (place) DO NOTHING")?;
        Ok(statement.execute(params![row.place, row.story_id, row.coding_id, row.facts])? > 0)
    }

    /// Takes the facts at a place away; gives the story and the coding that they were of.
    ///
    /// # Errors
    /// As [`Ledger::facts`].
    pub fn take_facts(&self, place: i64) -> Result<Option<(i64, i64)>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM resolution_facts WHERE place = ?1 RETURNING story_id, coding_id")?;
        Ok(statement.query_row([place], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// What lies under a key of a shelf.
    ///
    /// # Errors
    /// As [`Ledger::facts`].
    pub fn shelved(&self, shelf: u8, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT value FROM resolution_shelves WHERE shelf = ?1 AND key = ?2")?;
        Ok(statement.query_row(params![shelf, key], |row| row.get(0)).optional()?)
    }

    /// Puts a value under a key of a shelf, in place of what lies there.
    ///
    /// # Errors
    /// As [`Ledger::facts`].
    pub fn shelve(&self, shelf: u8, key: &[u8], value: &[u8]) -> Result<(), Error> {
        let mut statement =
            self.connection.prepare_cached("INSERT OR REPLACE INTO resolution_shelves VALUES (?1, ?2, ?3)")?;
        statement.execute(params![shelf, key, value])?;
        Ok(())
    }

    /// Clears a key of a shelf.
    ///
    /// # Errors
    /// As [`Ledger::facts`].
    pub fn unshelve(&self, shelf: u8, key: &[u8]) -> Result<(), Error> {
        let mut statement =
            self.connection.prepare_cached("DELETE FROM resolution_shelves WHERE shelf = ?1 AND key = ?2")?;
        statement.execute(params![shelf, key])?;
        Ok(())
    }

    /// Keys of a shelf above `from` and below `to`, both left out: `limit` of them at most, ascending or descending.
    ///
    /// # Errors
    /// As [`Ledger::facts`].
    pub fn shelf_keys(
        &self,
        shelf: u8,
        from: &[u8],
        to: &[u8],
        descending: bool,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let mut statement = self.connection.prepare_cached(if descending {
            "SELECT key FROM resolution_shelves WHERE shelf = ?1 AND key > ?2 AND key < ?3 ORDER BY key DESC LIMIT ?4"
        } else {
            "SELECT key FROM resolution_shelves WHERE shelf = ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4"
        })?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(statement.query_map(params![shelf, from, to, limit], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }
}
