//! What people say about codings: notes, and whether a row is right. Rows of their own; no coding is changed by them.
//!
//! A correction names the row that it is about and the words that the row stands on, so that it also holds for what a newer model
//! reads in the same words of the same revision.

use codebook::words;
use rusqlite::{OptionalExtension, params};

use crate::batch::Moment;
use crate::error::Error;
use crate::ledger::Ledger;

words! {
    /// What a correction is about.
    Target {
        /// A story as a whole: a row of `stories`.
        Story = "story", /// A row of `actors`.
        Actor = "actor", /// A row of `events`.
        Event = "event", /// A row of `claims`.
        Claim = "claim",
    }
}

words! {
    /// What is said about it.
    Stance {
        /// Something to remember.
        Note = "note", /// It is right.
        Accept = "accept", /// One field should read otherwise.
        Fix = "fix", /// It is wrong as a whole.
        Reject = "reject",
    }
}

/// What someone says about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// What kind of row.
    pub target: Target,
    /// Its key.
    pub target_id: i64,
    /// What is said.
    pub verb: Stance,
    /// Of a fix, the field.
    pub field: Option<String>,
    /// Of a fix, what the field should read; `None` where it should be empty.
    pub value: Option<String>,
    /// In words.
    pub note: Option<String>,
    /// Who says so.
    pub by: String,
}

impl Target {
    /// SQL for story, revision and words (start, end) of a row with a key.
    fn place(self) -> &'static str {
        match self {
            Self::Story => "SELECT story_id, revision_id, NULL, NULL FROM current_stories WHERE story_id = ?1",
            Self::Actor => {
                "SELECT c.story_id, c.revision_id, m.start, m.\"end\" FROM actors a JOIN codings c USING (coding_id)
                 LEFT JOIN actor_mentions m ON m.actor_id = a.actor_id AND m.position = 0 WHERE a.actor_id = ?1"
            }
            Self::Event => {
                "SELECT c.story_id, c.revision_id, e.trigger_start, e.trigger_end FROM events e JOIN codings c USING (coding_id)
                 WHERE e.event_id = ?1"
            }
            Self::Claim => {
                "SELECT c.story_id, c.revision_id, p.start, p.\"end\" FROM claims k JOIN codings c USING (coding_id)
                 LEFT JOIN claim_contents p ON p.claim_id = k.claim_id AND p.position = 0 WHERE k.claim_id = ?1"
            }
        }
    }
}

impl Ledger {
    /// Keeps a correction; gives its key, or `None` when there is no such row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn correct(&mut self, now: Moment, correction: &Correction) -> Result<Option<i64>, Error> {
        let Correction { target, target_id, verb, field, value, note, by } = correction;
        type Place = (i64, i64, Option<i64>, Option<i64>);
        let place: Option<Place> = self
            .connection
            .query_row(target.place(), [target_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        let Some((story_id, revision_id, start, end)) = place else { return Ok(None) };
        self.connection.execute(
            "INSERT INTO corrections (target, target_id, story_id, revision_id, start, \"end\", verb, field, value, note, by, made_on)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![target.word(), target_id, story_id, revision_id, start, end, verb.word(), field, value, note, by, now.0],
        )?;
        Ok(Some(self.connection.last_insert_rowid()))
    }

    /// Takes a correction back; it stays in the log. Gives whether there was one to take back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn undo_correction(&mut self, now: Moment, correction_id: i64, by: &str) -> Result<bool, Error> {
        let n = self.connection.execute(
            "UPDATE corrections SET undone_on = max(?2, made_on), undone_by = ?3 WHERE correction_id = ?1 AND undone_on IS NULL",
            params![correction_id, now.0, by],
        )?;
        Ok(n == 1)
    }
}
