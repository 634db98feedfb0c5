//! Where resolution keeps what it goes on from: shelves of pairs of bytes, in the order of their keys.
//!
//! It reads only what lies near to what it works on, so that the shelves may be as long as they like. `settle` keeps them in
//! a ledger; [`InMemory`] keeps them here.

use std::collections::BTreeMap;
use std::convert::Infallible;

/// Which shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Shelf {
    /// The state as a whole: its form, the decisions that it rests on.
    State = 0,
    /// Facts of stories, by place.
    Facts = 1,
    /// Places of stories, by number.
    Places = 2,
    /// Signatures of actors with what their bearers have in common.
    Signatures = 3,
    /// Who bears a signature.
    Bearers = 4,
    /// Keys under which copies are found.
    Copies = 5,
    /// Keys under which other spellings are found.
    Spellings = 6,
    /// Keys under which other reports of an event are found.
    Tellings = 7,
    /// Keys under which claims of one proposition are found.
    Contents = 8,
    /// Pairs and groups of stories.
    Origins = 9,
    /// Pairs and groups of signatures.
    Actors = 10,
    /// Pairs and groups of reports.
    Events = 11,
    /// Pairs and groups of claims.
    Propositions = 12,
}

/// The shelves.
pub trait Shelves {
    /// What can go wrong.
    type Error: From<Damaged>;

    /// What lies under a key.
    ///
    /// # Errors
    /// When the shelves cannot be reached, as with all that follows here.
    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Puts a value under a key, in place of what lies there.
    ///
    /// # Errors
    /// As [`Shelves::get`].
    fn put(&mut self, shelf: Shelf, key: &[u8], value: Vec<u8>) -> Result<(), Self::Error>;

    /// Clears a key.
    ///
    /// # Errors
    /// As [`Shelves::get`].
    fn remove(&mut self, shelf: Shelf, key: &[u8]) -> Result<(), Self::Error>;

    /// Keys above `from` and below `to`, both left out: the first `limit` of them, or the last, from the last on.
    ///
    /// # Errors
    /// As [`Shelves::get`].
    fn keys(&self, shelf: Shelf, from: &[u8], to: &[u8], last: bool, limit: usize) -> Result<Vec<Vec<u8>>, Self::Error>;
}

/// What lies on a shelf is not what was put there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what resolution remembers is damaged ({0}); `whimbrel resolve --rebuild` makes it anew")]
pub struct Damaged(pub &'static str);

impl From<Damaged> for Infallible {
    fn from(damaged: Damaged) -> Self {
        unreachable!("memory keeps what it is given: {damaged}")
    }
}

/// Shelves that live as long as the program.
#[derive(Clone, Debug, Default)]
pub struct InMemory(BTreeMap<(Shelf, Vec<u8>), Vec<u8>>);

impl Shelves for InMemory {
    type Error = Infallible;

    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(&(shelf, key.to_vec())).cloned())
    }

    fn put(&mut self, shelf: Shelf, key: &[u8], value: Vec<u8>) -> Result<(), Infallible> {
        self.0.insert((shelf, key.to_vec()), value);
        Ok(())
    }

    fn remove(&mut self, shelf: Shelf, key: &[u8]) -> Result<(), Infallible> {
        self.0.remove(&(shelf, key.to_vec()));
        Ok(())
    }

    fn keys(&self, shelf: Shelf, from: &[u8], to: &[u8], last: bool, limit: usize) -> Result<Vec<Vec<u8>>, Infallible> {
        use std::ops::Bound::Excluded;
        let range = self.0.range((Excluded((shelf, from.to_vec())), Excluded((shelf, to.to_vec()))));
        let keys = range.map(|((_, key), _)| key.clone());
        Ok(if last { keys.rev().take(limit).collect() } else { keys.take(limit).collect() })
    }
}
