//! Keeping a batch: one transaction, on disk before it is acknowledged.
//!
//! Whoever hands the same batch over again, because the machine stopped before the receipt came, changes nothing: a text
//! that its publisher's stories hold already is known.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::batch::{Batch, Entry, Failure, Kept, Mark, Moment, Outcome, Receipt, Reread, RunId};
use crate::error::Error;
use crate::identity::{self, Hash};
use crate::ledger::Ledger;
use crate::rows::{self, Keys, Place};

impl Ledger {
    /// Keeps a batch. When this returns, all of it is on disk; when it fails or the machine stops, none of it is.
    ///
    /// # Errors
    /// When the disk is full, another writer holds the ledger for long, or a coding names what it does not hold.
    pub fn append(&mut self, run: RunId, now: Moment, batch: &Batch) -> Result<Receipt, Error> {
        let transaction = Transaction::new(&mut self.connection, TransactionBehavior::Immediate)?;
        let known_on = not_before_the_latest(&transaction, now)?;
        let mut writer = Writer {
            connection: &transaction,
            run,
            read_by: read_by(&transaction, run)?,
            known_on,
            keys: Keys::free(&transaction)?,
            codings: Vec::new(),
            tallies: BTreeMap::new(),
        };
        let kept = batch.entries.iter().map(|entry| writer.keep(entry)).collect::<Result<Vec<_>, _>>()?;
        let (mut n_reread, mut n_failed) = (0, 0);
        for reread in &batch.rereads {
            n_reread += writer.reread(reread)?;
        }
        for failure in &batch.failures {
            n_failed += writer.fail(failure)?;
        }
        for mark in &batch.marks {
            writer.mark(mark)?;
        }
        writer.count(&kept, n_reread, n_failed)?;
        writer.tally()?;
        let coding_ids = writer.codings;
        transaction.commit()?;
        Ok(Receipt { known_on: Moment(known_on), kept, coding_ids })
    }
}

/// Clocks go back; what is known on an earlier day must not change for it.
fn not_before_the_latest(connection: &Connection, now: Moment) -> rusqlite::Result<i64> {
    let latest: Option<i64> =
        connection.prepare_cached("SELECT max(known_on) FROM codings")?.query_row([], |row| row.get(0))?;
    Ok(latest.map_or(now.0, |latest| latest.max(now.0)))
}

/// Model and codebook of a run.
fn read_by(connection: &Connection, run: RunId) -> Result<(String, String), Error> {
    let mut statement = connection.prepare_cached("SELECT model, codebook FROM runs WHERE run_id = ?1")?;
    let row = statement.query_row([run.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    row.ok_or_else(|| Error::Dangling {
        story: String::new(),
        field: "the batch",
        id: format!("run {}", run.0),
        holder: "the ledger",
    })
}

struct Writer<'a> {
    connection: &'a Connection,
    run: RunId,
    // Model and codebook of the run; its codings name no other.
    read_by: (String, String),
    known_on: i64,
    keys: Keys,
    codings: Vec<i64>,
    // What the batch adds to `tallies` and takes from them: by what is counted, value and day of the story.
    tallies: BTreeMap<(&'static str, String, String), i64>,
}

impl Writer<'_> {
    fn keep(&mut self, entry: &Entry) -> Result<Kept, Error> {
        let outlet = identity::outlet(entry.metadata.publisher.as_deref());
        let hash = identity::hash(&outlet, &entry.text);
        let kept = match self.known(&hash)? {
            Some((story_id, revision_id)) => Kept { outcome: Outcome::Known, story_id, revision_id },
            None => self.add(entry, &outlet, &hash)?,
        };
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO intakes VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![self.input(&entry.input)?, entry.record as i64, kept.revision_id, self.run.0])?;
        Ok(kept)
    }

    fn known(&self, hash: &Hash) -> Result<Option<(i64, i64)>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT story_id, revision_id FROM revisions WHERE hash = ?1")?;
        Ok(statement.query_row([hash], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    fn add(&mut self, entry: &Entry, outlet: &str, hash: &Hash) -> Result<Kept, Error> {
        let url = entry.metadata.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let same_address = match url {
            Some(url) => self
                .connection
                .prepare_cached("SELECT story_id FROM stories WHERE url = ?1 AND outlet = ?2")?
                .query_row([url, outlet], |row| row.get(0))
                .optional()?,
            None => None,
        };
        let (outcome, story_id) = match same_address {
            Some(story_id) => (Outcome::Revised, story_id),
            None => {
                self.connection
                    .prepare_cached("INSERT INTO stories (publisher, url, outlet, first_added) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![entry.metadata.publisher, url, outlet, self.known_on])?;
                (Outcome::Added, self.connection.last_insert_rowid())
            }
        };
        if outcome == Outcome::Revised {
            self.connection
                .prepare_cached("UPDATE revisions SET retired_on = ?2 WHERE story_id = ?1 AND retired_on IS NULL")?
                .execute([story_id, self.known_on])?;
        }
        let revision_id = self.revision(story_id, entry, hash)?;
        self.code(story_id, revision_id, entry)?;
        Ok(Kept { outcome, story_id, revision_id })
    }

    fn revision(&self, story_id: i64, entry: &Entry, hash: &Hash) -> Result<i64, Error> {
        let Entry { metadata, text, credit, dateline, day, .. } = entry;
        self.connection
            .prepare_cached(
                "INSERT INTO revisions
                 (story_id, hash, id, title, published, day, agency, credit, byline, dateline, language, known_on, text)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                story_id,
                hash,
                metadata.id,
                metadata.title,
                metadata.published,
                day.map(|day| day.to_string()),
                metadata.agency,
                credit,
                metadata.byline,
                dateline,
                metadata.language,
                self.known_on,
                text
            ])?;
        let revision_id = self.connection.last_insert_rowid();
        self.connection
            .prepare_cached("INSERT INTO revisions_words (rowid, title, text) VALUES (?1, ?2, ?3)")?
            .execute(params![revision_id, metadata.title, text])?;
        Ok(revision_id)
    }

    fn code(&mut self, story_id: i64, revision_id: i64, entry: &Entry) -> Result<(), Error> {
        let day = entry.day.map(|day| day.to_string());
        let place = Place {
            story_id,
            revision_id,
            run_id: self.run.0,
            known_on: self.known_on,
            id: &entry.metadata.id,
            day: day.as_deref(),
            text: &entry.text,
        };
        self.insert(place, &entry.coding)
    }

    /// Gives how many codings were added.
    fn reread(&mut self, reread: &Reread) -> Result<usize, Error> {
        type Row = (i64, String, Option<String>, String, bool);
        let row: Option<Row> = self
            .connection
            .prepare_cached(
                "SELECT story_id, id, day, text, retired_on IS NULL FROM revisions WHERE revision_id = ?1",
            )?
            .query_row([reread.revision_id], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })
            .optional()?;
        let Some((story_id, id, day, text, is_current)) = row else {
            return Err(Error::Dangling {
                story: String::new(),
                field: "revision_id",
                id: reread.revision_id.to_string(),
                holder: "the ledger",
            });
        };
        // The story was edited while it was read again; its newer text has a coding of its own.
        if !is_current {
            return Ok(0);
        }
        let place = Place {
            story_id,
            revision_id: reread.revision_id,
            run_id: self.run.0,
            known_on: self.known_on,
            id: &id,
            day: day.as_deref(),
            text: &text,
        };
        self.insert(place, &reread.coding)?;
        Ok(1)
    }

    /// Retires the story's coding, if it has one, and writes the new one.
    fn insert(&mut self, place: Place<'_>, coding: &codebook::Coding) -> Result<(), Error> {
        let (model, codebook) = &self.read_by;
        if (model, codebook) != (&coding.model, &coding.codebook) {
            return Err(Error::OtherRun {
                story: place.id.to_owned(),
                found: format!("{} with {}", coding.model, coding.codebook),
                run: format!("{model} with {codebook}"),
            });
        }
        let old: Option<i64> = self
            .connection
            .prepare_cached("SELECT coding_id FROM codings WHERE story_id = ?1 AND retired_on IS NULL")?
            .query_row([place.story_id], |row| row.get(0))
            .optional()?;
        if let Some(old) = old {
            self.uncount(old)?;
            for table in ["codings", "events", "claims"] {
                self.connection
                    .prepare_cached(&format!("UPDATE {table} SET retired_on = ?2 WHERE coding_id = ?1"))?
                    .execute([old, self.known_on])?;
            }
        }
        let coding_id = rows::insert(self.connection, &mut self.keys, place, coding)?;
        self.codings.push(coding_id);
        let publisher: Option<String> = self
            .connection
            .prepare_cached("SELECT publisher FROM stories WHERE story_id = ?1")?
            .query_row([place.story_id], |row| row.get(0))?;
        let day = place.day.unwrap_or("");
        self.note("publisher", publisher.as_deref(), day, 1);
        self.note("claims", None, day, coding.claims.len() as i64);
        for event in &coding.events {
            self.note("type", Some(event.event_type.word()), day, 1);
            self.note("status", Some(event.status.word()), day, 1);
        }
        Ok(())
    }

    fn note(&mut self, what: &'static str, value: Option<&str>, day: &str, n: i64) {
        *self.tallies.entry((what, value.unwrap_or("").to_owned(), day.to_owned())).or_default() += n;
    }

    /// Takes a coding that is about to be retired out of the tallies.
    fn uncount(&mut self, coding_id: i64) -> Result<(), Error> {
        let head = "SELECT s.publisher, coalesce(r.day, ''), (SELECT count(*) FROM claims WHERE coding_id = ?1)
            FROM codings c JOIN revisions r USING (revision_id) JOIN stories s ON s.story_id = c.story_id WHERE c.coding_id = ?1";
        let (publisher, day, n_claims): (Option<String>, String, i64) = self
            .connection
            .prepare_cached(head)?
            .query_row([coding_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        self.note("publisher", publisher.as_deref(), &day, -1);
        self.note("claims", None, &day, -n_claims);
        let mut statement = self.connection.prepare_cached("SELECT type, status FROM events WHERE coding_id = ?1")?;
        let mut rows = statement.query([coding_id])?;
        while let Some(row) = rows.next()? {
            let (event_type, status): (String, String) = (row.get(0)?, row.get(1)?);
            self.note("type", Some(&event_type), &day, -1);
            self.note("status", Some(&status), &day, -1);
        }
        Ok(())
    }

    fn tally(&self) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO tallies VALUES (?1, ?2, ?3, ?4) ON CONFLICT (what, value, day) DO UPDATE SET n = n + excluded.n",
        )?;
        for ((what, value, day), n) in &self.tallies {
            if *n != 0 {
                statement.execute(params![what, value, day, n])?;
            }
        }
        Ok(())
    }

    fn input(&self, input: &str) -> Result<i64, Error> {
        let mut statement = self.connection.prepare_cached("SELECT input_id FROM inputs WHERE input = ?1")?;
        if let Some(input_id) = statement.query_row([input], |row| row.get(0)).optional()? {
            return Ok(input_id);
        }
        self.connection
            .prepare_cached("INSERT INTO inputs (input, updated_on) VALUES (?1, ?2)")?
            .execute(params![input, self.known_on])?;
        Ok(self.connection.last_insert_rowid())
    }

    fn fail(&self, failure: &Failure) -> Result<usize, Error> {
        let Failure { input, record, id, stage, reason } = failure;
        Ok(self
            .connection
            .prepare_cached(
                "INSERT OR IGNORE INTO failures (run_id, input, record, id, stage, reason, failed_on)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![self.run.0, input, *record as i64, id, stage, reason, self.known_on])?)
    }

    fn mark(&self, mark: &Mark) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO inputs (input, position, updated_on) VALUES (?1, ?2, ?3)
                 ON CONFLICT (input) DO UPDATE SET position = excluded.position, updated_on = excluded.updated_on",
            )?
            .execute(params![mark.input, mark.position, self.known_on])?;
        Ok(())
    }

    fn count(&self, kept: &[Kept], n_reread: usize, n_failed: usize) -> Result<(), Error> {
        let n = |outcome| kept.iter().filter(|kept| kept.outcome == outcome).count() as i64;
        self.connection
            .prepare_cached(
                "UPDATE runs SET n_added = n_added + ?2, n_revised = n_revised + ?3, n_known = n_known + ?4,
                 n_reread = n_reread + ?5, n_failed = n_failed + ?6 WHERE run_id = ?1",
            )?
            .execute(params![
                self.run.0,
                n(Outcome::Added),
                n(Outcome::Revised),
                n(Outcome::Known),
                n_reread as i64,
                n_failed as i64
            ])?;
        Ok(())
    }
}
