//! Merges and splits by hand: a log that every rebuild takes as given.

use codebook::words;
use rusqlite::params;

use crate::batch::Moment;
use crate::error::Error;
use crate::ledger::Ledger;

words! {
    /// What a decision is about.
    Layer {
        /// Which stories go back to one.
        Origin = "origin", /// Which actors are one person or body.
        Entity = "entity", /// Which reports tell one event.
        Happening = "happening", /// Which reports are of one planned event's life.
        Life = "life", /// Which claims are about the same.
        Claim = "claim",
    }
}

words! {
    /// What was decided.
    Verb {
        /// The two are the same.
        Merge = "merge", /// The two are not the same.
        Split = "split",
    }
}

/// Someone's decision on two stored rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who decided.
    pub by: String,
    /// About what.
    pub layer: Layer,
    /// What.
    pub verb: Verb,
    /// The one: `story:7`, `actor:12`, `event:31`, `claim:5`.
    pub left: String,
    /// The other.
    pub right: String,
    /// Why.
    pub reason: String,
}

impl Ledger {
    /// Logs a decision; gives its key.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn decide(&mut self, now: Moment, decision: &Decision) -> Result<i64, Error> {
        let Decision { by, layer, verb, left, right, reason } = decision;
        self.connection.execute(
            "INSERT INTO decisions (decided_on, by, layer, verb, left, right, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![now.0, by, layer.word(), verb.word(), left, right, reason],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Takes a decision back; it stays in the log. Gives whether there was one to take back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn undo(&mut self, now: Moment, decision_id: i64) -> Result<bool, Error> {
        let n = self.connection.execute(
            "UPDATE decisions SET undone_on = ?2 WHERE decision_id = ?1 AND undone_on IS NULL",
            params![decision_id, now.0],
        )?;
        Ok(n == 1)
    }

    /// The decisions that hold, oldest first, with their keys.
    ///
    /// # Errors
    /// When the ledger cannot be read, or holds a word that is none.
    pub fn decisions(&self) -> Result<Vec<(i64, Decision)>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM decisions WHERE undone_on IS NULL ORDER BY decision_id")?;
        let mut rows = statement.query([])?;
        let mut decisions = Vec::new();
        while let Some(row) = rows.next()? {
            let key: i64 = row.get("decision_id")?;
            let (layer, verb): (String, String) = (row.get("layer")?, row.get("verb")?);
            let bad = |column, value: &str| Error::Value { table: "decisions", row: key, column, value: value.to_owned() };
            let decision = Decision {
                by: row.get("by")?,
                layer: Layer::from_word(&layer).ok_or_else(|| bad("layer", &layer))?,
                verb: Verb::from_word(&verb).ok_or_else(|| bad("verb", &verb))?,
                left: row.get("left")?,
                right: row.get("right")?,
                reason: row.get("reason")?,
            };
            decisions.push((key, decision));
        }
        Ok(decisions)
    }
}

/// The story, the coding and the part that a decision names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The story.
    pub story_id: i64,
    /// Its coding; of a story as a whole the current one.
    pub coding_id: i64,
    /// Which of the coding's actors, events or claims it is, from 0; of a story as a whole 0.
    pub part: u16,
}

impl Ledger {
    /// The row that `story:7`, `actor:12`, `event:31` or `claim:5` names; `None` when there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn row_named(&self, name: &str) -> Result<Option<Named>, Error> {
        let Some((kind, key)) = name.split_once(':') else { return Ok(None) };
        let Ok(key) = key.parse::<i64>() else { return Ok(None) };
        let sql = match kind {
            "story" => "SELECT story_id, coding_id, 0 FROM codings WHERE story_id = ?1 AND retired_on IS NULL",
            "actor" => {
                "SELECT c.story_id, c.coding_id, a.actor_id - (SELECT min(actor_id) FROM actors WHERE coding_id = a.coding_id)
                 FROM actors a JOIN codings c USING (coding_id) WHERE a.actor_id = ?1"
            }
            "event" => {
                "SELECT story_id, coding_id, event_id - (SELECT min(event_id) FROM events WHERE coding_id = e.coding_id)
                 FROM events e WHERE event_id = ?1"
            }
            "claim" => {
                "SELECT story_id, coding_id, claim_id - (SELECT min(claim_id) FROM claims WHERE coding_id = k.coding_id)
                 FROM claims k WHERE claim_id = ?1"
            }
            _ => return Ok(None),
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([key])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(Named { story_id: row.get(0)?, coding_id: row.get(1)?, part: row.get(2)? }))
    }
}
