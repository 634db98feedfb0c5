//! What people follow: searches that are kept, what was new in them, and what is to be sent of it.
//!
//! A search alerts once for an event, whoever tells it again: a report of an event that it alerted for, a copy of a story, or a
//! new reading of the same words is not new.

use codebook::words;
use rusqlite::{Row, TransactionBehavior, params};

use crate::batch::Moment;
use crate::error::Error;
use crate::ledger::Ledger;

words! {
    /// What a search asks for.
    Question {
        /// Events.
        Events = "events", /// Claims.
        Claims = "claims",
    }
}

words! {
    /// By which way an alert is sent.
    Channel {
        /// One signed request an alert.
        Webhook = "webhook", /// Gathered in one letter.
        Mail = "mail",
    }
}

impl Question {
    /// SQL for the newest key of what it asks for.
    fn newest(self) -> &'static str {
        match self {
            Self::Events => "SELECT coalesce(max(event_id), 0) FROM events",
            Self::Claims => "SELECT coalesce(max(claim_id), 0) FROM claims",
        }
    }
}

/// What is to be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSearch<'a> {
    /// Whose it is; nobody's where there are no accounts.
    pub account_id: Option<i64>,
    /// What its owner calls it.
    pub name: &'a str,
    /// What it asks for.
    pub question: Question,
    /// With which filter, in a form that only its caller knows.
    pub filter: &'a str,
    /// Hash of the secret in the address of its feed.
    pub feed: &'a [u8],
    /// Where letters go.
    pub mail: Option<&'a str>,
    /// Where requests go.
    pub webhook: Option<&'a str>,
    /// With which key they are signed.
    pub webhook_key: Option<&'a str>,
}

/// What is followed: a row of `searches` that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Key.
    pub search_id: i64,
    /// Whose it is.
    pub account_id: Option<i64>,
    /// What its owner calls it.
    pub name: String,
    /// What it asks for.
    pub question: Question,
    /// With which filter.
    pub filter: String,
    /// The last key of `events` or `claims` that was looked at.
    pub seen: i64,
    /// Where letters go.
    pub mail: Option<String>,
    /// Where requests go.
    pub webhook: Option<String>,
    /// With which key they are signed.
    pub webhook_key: Option<String>,
    /// Since when.
    pub made_on: Moment,
}

impl Search {
    fn of(row: &Row<'_>) -> Result<Self, Error> {
        let search_id = row.get("search_id")?;
        let question: String = row.get("question")?;
        let bad = || Error::Value { table: "searches", row: search_id, column: "question", value: question.clone() };
        Ok(Self {
            search_id,
            account_id: row.get("account_id")?,
            name: row.get("name")?,
            question: Question::from_word(&question).ok_or_else(bad)?,
            filter: row.get("filter")?,
            seen: row.get("seen")?,
            mail: row.get("mail")?,
            webhook: row.get("webhook")?,
            webhook_key: row.get("webhook_key")?,
            made_on: Moment(row.get("made_on")?),
        })
    }
}

/// Something new in a search: a row of `alerts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Key.
    pub alert_id: i64,
    /// In which search.
    pub search_id: i64,
    /// The event or the claim, as the search asks.
    pub key: i64,
    /// When it was found.
    pub found_on: Moment,
}

/// Something that is to be sent: a row of `deliveries` that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Key.
    pub delivery_id: i64,
    /// What is new.
    pub alert: Alert,
    /// How often it was tried.
    pub n_tries: u32,
}

/// Whether a search has alerted for an event already: for a report of the same event, for the same words of the same story, or for
/// the same kind of event in another story of the same origin as long as nobody has concluded which events those are. Goes from
/// the event to the alerts, so that it costs the same however many there are.
const KNOWN_EVENT: &str = "SELECT 1 FROM alerts a WHERE a.search_id = ?1 AND a.event_id IN (
    SELECT e.event_id
    UNION SELECT o.event_id FROM happening_reports h JOIN happening_reports o ON o.happening_id = h.happening_id
        WHERE h.event_id = e.event_id
    UNION SELECT o.event_id FROM events o WHERE o.story_id = e.story_id AND o.type = e.type AND o.trigger_start = e.trigger_start
    UNION SELECT o.event_id FROM origins x JOIN origins y ON y.origin = x.origin JOIN events o ON o.story_id = y.story_id
        WHERE x.story_id = e.story_id AND o.story_id <> e.story_id AND o.type = e.type AND o.day IS e.day
        AND NOT EXISTS (SELECT 1 FROM happening_reports h WHERE h.event_id = o.event_id))";

/// The same for a claim: the same words of the same story, or the same act in a copy of a story that it alerted for.
const KNOWN_CLAIM: &str = "SELECT 1 FROM alerts a WHERE a.search_id = ?1 AND a.claim_id IN (
    SELECT k.claim_id
    UNION SELECT o.claim_id FROM claims o WHERE o.story_id = k.story_id AND o.source_start IS k.source_start
        AND o.cue_start IS k.cue_start
    UNION SELECT o.claim_id FROM origins x JOIN origins y ON y.origin = x.origin JOIN claims o ON o.story_id = y.story_id
        WHERE x.story_id = k.story_id AND o.story_id <> k.story_id AND o.act = k.act)";

impl Ledger {
    /// Begins to follow; what is in the ledger by now is not new. Gives the search's key.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn follow(&mut self, now: Moment, search: &NewSearch<'_>) -> Result<i64, Error> {
        let NewSearch { account_id, name, question, filter, feed, mail, webhook, webhook_key } = search;
        let newest = question.newest();
        self.connection.execute(
            &format!(
                "INSERT INTO searches (account_id, name, question, filter, seen, feed, mail, webhook, webhook_key, made_on)
                 VALUES (?1, ?2, ?3, ?4, ({newest}), ?5, ?6, ?7, ?8, ?9)"
            ),
            params![account_id, name, question.word(), filter, feed, mail, webhook, webhook_key, now.0],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The newest key of what a question asks for; 0 when there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn newest(&self, question: Question) -> Result<i64, Error> {
        Ok(self.connection.prepare_cached(question.newest())?.query_row([], |row| row.get(0))?)
    }

    /// Everything that is followed, by everybody, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn searches(&self) -> Result<Vec<Search>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT * FROM searches WHERE ended_on IS NULL ORDER BY search_id")?;
        let mut rows = statement.query([])?;
        let mut searches = Vec::new();
        while let Some(row) = rows.next()? {
            searches.push(Search::of(row)?);
        }
        Ok(searches)
    }

    /// The search of a feed, by the hash of the secret in its address.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn search_of_feed(&self, hash: &[u8]) -> Result<Option<Search>, Error> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM searches WHERE feed = ?1 AND ended_on IS NULL")?;
        let mut rows = statement.query([hash])?;
        rows.next()?.map(Search::of).transpose()
    }

    /// Gives the feed of a search another address, by the hash of its secret.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_feed(&mut self, search_id: i64, hash: &[u8]) -> Result<(), Error> {
        self.connection.execute("UPDATE searches SET feed = ?2 WHERE search_id = ?1", params![search_id, hash])?;
        Ok(())
    }

    /// Follows no more; what is left to be sent is not sent. Gives whether it was followed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn unfollow(&mut self, now: Moment, search_id: i64) -> Result<bool, Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let values = params![search_id, now.0];
        transaction.execute("UPDATE deliveries SET ended_on = ?2 WHERE search_id = ?1 AND ended_on IS NULL", values)?;
        let sql = "UPDATE searches SET ended_on = max(?2, made_on), feed = NULL, webhook_key = NULL
                   WHERE search_id = ?1 AND ended_on IS NULL";
        let n = transaction.execute(sql, values)?;
        transaction.commit()?;
        Ok(n == 1)
    }

    /// Alerts for those of a search's finds that are new to it, in their order, plans what is to be sent (`due` says when by which
    /// way), and notes up to which key was looked. Gives how many are new.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn alert(
        &mut self,
        now: Moment,
        search: &Search,
        found: &[i64],
        seen: i64,
        due: &[(Channel, Moment)],
    ) -> Result<usize, Error> {
        let sql = match search.question {
            Question::Events => format!(
                "INSERT INTO alerts (search_id, event_id, found_on)
                 SELECT ?1, e.event_id, ?3 FROM events e WHERE e.event_id = ?2 AND NOT EXISTS ({KNOWN_EVENT})"
            ),
            Question::Claims => format!(
                "INSERT INTO alerts (search_id, claim_id, found_on)
                 SELECT ?1, k.claim_id, ?3 FROM claims k WHERE k.claim_id = ?2 AND NOT EXISTS ({KNOWN_CLAIM})"
            ),
        };
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut n_new = 0;
        for key in found {
            if transaction.execute(&sql, params![search.search_id, key, now.0])? == 0 {
                continue;
            }
            n_new += 1;
            let alert = transaction.last_insert_rowid();
            for (channel, due) in due {
                transaction.execute(
                    "INSERT INTO deliveries (search_id, alert_id, channel, due_on) VALUES (?1, ?2, ?3, ?4)",
                    params![search.search_id, alert, channel.word(), due.0],
                )?;
            }
        }
        transaction.execute("UPDATE searches SET seen = max(seen, ?2) WHERE search_id = ?1", params![search.search_id, seen])?;
        transaction.commit()?;
        Ok(n_new)
    }

    /// What was new in a search, the newest first, before a key where one is given.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn alerts(&self, search_id: i64, before: Option<i64>, limit: u32) -> Result<Vec<Alert>, Error> {
        let sql = "SELECT * FROM alerts WHERE search_id = ?1 AND alert_id < ?2 ORDER BY alert_id DESC LIMIT ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let alerts = statement.query_map(params![search_id, before.unwrap_or(i64::MAX), limit], alert_of)?;
        Ok(alerts.collect::<Result<_, _>>()?)
    }

    /// What is to be sent by now, in the order in which it was found.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn due(&self, now: Moment, channel: Channel, limit: u32) -> Result<Vec<Delivery>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT d.delivery_id, d.n_tries, a.* FROM deliveries d JOIN alerts a USING (alert_id)
             WHERE d.channel = ?1 AND d.due_on <= ?2 AND d.ended_on IS NULL ORDER BY d.delivery_id LIMIT ?3",
        )?;
        let delivery = |row: &Row<'_>| {
            Ok(Delivery { delivery_id: row.get("delivery_id")?, n_tries: row.get("n_tries")?, alert: alert_of(row)? })
        };
        let due = statement.query_map(params![channel.word(), now.0, limit], delivery)?.collect::<Result<_, _>>()?;
        Ok(due)
    }

    /// Notes that something was sent.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn delivered(&mut self, now: Moment, delivery_id: i64) -> Result<(), Error> {
        let sql = "UPDATE deliveries SET ended_on = ?2, n_tries = n_tries + 1, fault = NULL WHERE delivery_id = ?1";
        self.connection.execute(sql, params![delivery_id, now.0])?;
        Ok(())
    }

    /// Notes that something could not be sent, and when to try again; `None` for never.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn undelivered(&mut self, now: Moment, delivery_id: i64, fault: &str, again: Option<Moment>) -> Result<(), Error> {
        self.connection.execute(
            "UPDATE deliveries SET n_tries = n_tries + 1, fault = ?3, due_on = coalesce(?4, due_on),
                    ended_on = iif(?4 IS NULL, ?2, NULL) WHERE delivery_id = ?1",
            params![delivery_id, now.0, fault, again.map(|again| again.0)],
        )?;
        Ok(())
    }

    /// What could not be sent last in a search, if anything.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn fault_of(&self, search_id: i64) -> Result<Option<String>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT fault FROM deliveries WHERE search_id = ?1 AND fault IS NOT NULL ORDER BY delivery_id DESC LIMIT 1",
        )?;
        let mut rows = statement.query([search_id])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }
}

fn alert_of(row: &Row<'_>) -> rusqlite::Result<Alert> {
    let event: Option<i64> = row.get("event_id")?;
    let key = match event {
        Some(event) => event,
        None => row.get("claim_id")?,
    };
    Ok(Alert { alert_id: row.get("alert_id")?, search_id: row.get("search_id")?, key, found_on: Moment(row.get("found_on")?) })
}
