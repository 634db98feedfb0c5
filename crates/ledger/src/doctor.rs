//! Is the ledger sound? Looks at the file, the keys, the spans, the word index and the laws of retiring.

use std::fmt;

use rusqlite::Connection;

use crate::error::Error;
use crate::identity;
use crate::ledger::Ledger;
use crate::migration::{self, VERSION};

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at: `file`, `keys`, `version`, `spans`, `words`, `retiring`, `identity`, `codings`, `tallies`, `derived`.
    pub check: &'static str,
    /// What was found, with the row.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.what)
    }
}

/// How many faults of one kind are listed.
const FAULTS_MAX: usize = 20;

/// Tables with spans: name, key of a row, columns of the span, how to come from its row `t` to a coding.
const SPANS: &[(&str, &str, &str, &str, &str)] = &[
    ("actor_mentions", "actor_id", "start", "\"end\"", "(SELECT coding_id FROM actors WHERE actor_id = t.actor_id)"),
    ("actor_roles", "actor_id", "start", "\"end\"", "(SELECT coding_id FROM actors WHERE actor_id = t.actor_id)"),
    ("events", "event_id", "trigger_start", "trigger_end", "t.coding_id"),
    ("events", "event_id", "place_start", "place_end", "t.coding_id"),
    ("events", "event_id", "time_start", "time_end", "t.coding_id"),
    ("event_mentions", "event_id", "start", "\"end\"", "(SELECT coding_id FROM events WHERE event_id = t.event_id)"),
    ("claims", "claim_id", "source_start", "source_end", "t.coding_id"),
    ("claims", "claim_id", "cue_start", "cue_end", "t.coding_id"),
    ("claim_contents", "claim_id", "start", "\"end\"", "(SELECT coding_id FROM claims WHERE claim_id = t.claim_id)"),
    ("timexes", "coding_id", "start", "\"end\"", "t.coding_id"),
    ("toponyms", "coding_id", "start", "\"end\"", "t.coding_id"),
    ("notes", "coding_id", "start", "\"end\"", "t.coding_id"),
];

/// Laws that no row may break: what is looked at, the rows that break it with a key, and the words for it.
const LAWS: &[(&str, &str, &str)] = &[
    (
        "retiring",
        "SELECT story_id FROM stories s WHERE (SELECT count(*) FROM current_revisions r WHERE r.story_id = s.story_id) <> 1",
        "has not exactly one current revision: story",
    ),
    (
        "retiring",
        "SELECT story_id FROM stories s WHERE (SELECT count(*) FROM current_codings c WHERE c.story_id = s.story_id) <> 1",
        "has not exactly one current coding: story",
    ),
    (
        "retiring",
        "SELECT c.coding_id FROM current_codings c JOIN revisions r USING (revision_id) WHERE r.retired_on IS NOT NULL",
        "is current, while its revision is retired: coding",
    ),
    (
        "retiring",
        "SELECT c.coding_id FROM codings c JOIN revisions r USING (revision_id) WHERE r.story_id <> c.story_id",
        "is of another story than its revision: coding",
    ),
    (
        "retiring",
        "SELECT e.event_id FROM events e JOIN codings c USING (coding_id)
         WHERE e.known_on <> c.known_on OR e.retired_on IS NOT c.retired_on OR e.story_id <> c.story_id",
        "differs in moments or story from its coding: event",
    ),
    (
        "retiring",
        "SELECT e.claim_id FROM claims e JOIN codings c USING (coding_id)
         WHERE e.known_on <> c.known_on OR e.retired_on IS NOT c.retired_on OR e.story_id <> c.story_id",
        "differs in moments or story from its coding: claim",
    ),
    (
        "codings",
        "SELECT e.event_id FROM events e JOIN claims c ON c.claim_id = e.claim WHERE c.coding_id <> e.coding_id",
        "names a claim of another coding: event",
    ),
    (
        "codings",
        "SELECT p.event_id FROM (SELECT * FROM event_actors UNION ALL SELECT * FROM event_recipients) p
         JOIN events e USING (event_id) JOIN actors a USING (actor_id)
         WHERE a.coding_id <> e.coding_id OR a.country IS NOT p.country OR a.sector IS NOT p.sector",
        "has a party that differs from its coding's actor: event",
    ),
    (
        "tallies",
        "WITH stories_told AS (SELECT c.coding_id, coalesce(r.day, '') AS day, coalesce(s.publisher, '') AS publisher
                FROM current_codings c JOIN revisions r USING (revision_id) JOIN stories s ON s.story_id = c.story_id),
             counted AS (
                SELECT 'publisher' AS what, publisher AS value, day, count(*) AS n FROM stories_told GROUP BY 2, 3
                UNION ALL SELECT 'claims', '', t.day, count(*) FROM claims JOIN stories_told t USING (coding_id) GROUP BY 3
                UNION ALL SELECT 'type', e.type, t.day, count(*) FROM events e JOIN stories_told t USING (coding_id) GROUP BY 2, 3
                UNION ALL SELECT 'status', e.status, t.day, count(*) FROM events e JOIN stories_told t USING (coding_id) GROUP BY 2, 3)
         SELECT sum(n) FROM (SELECT what, value, day, n FROM counted UNION ALL SELECT what, value, day, -n FROM tallies)
         GROUP BY what, value, day HAVING sum(n) <> 0",
        "counts of a day differ from the codings by",
    ),
    (
        "words",
        "SELECT actor_id FROM actors a WHERE NOT EXISTS (SELECT 1 FROM names n WHERE n.name = a.name)",
        "bears a name that the list of names lacks: actor",
    ),
    (
        "derived",
        "SELECT o.story_id FROM origins o JOIN origins p ON p.story_id = o.origin WHERE p.origin <> o.origin",
        "goes back to a story that is no origin: story",
    ),
    (
        "derived",
        "SELECT entity_id FROM entities e WHERE NOT EXISTS (SELECT 1 FROM entity_members m WHERE m.entity_id = e.entity_id)",
        "has no member: entity",
    ),
    (
        "derived",
        "SELECT happening_id FROM happenings h
         WHERE NOT EXISTS (SELECT 1 FROM happening_reports r WHERE r.happening_id = h.happening_id)",
        "has no report: happening",
    ),
];

impl Ledger {
    /// Examines the whole ledger; an empty list says that it is sound. It reads every page, so it takes a while.
    ///
    /// # Errors
    /// When the ledger cannot be read at all.
    pub fn doctor(&self) -> Result<Vec<Finding>, Error> {
        // The laws hold now, whatever moment this connection shows.
        self.now()?;
        // All checks see one state, while others write.
        let transaction = self.connection.unchecked_transaction()?;
        let mut findings = Vec::new();
        version(&transaction, &mut findings)?;
        file(&transaction, &mut findings)?;
        for &(check, sql, what) in LAWS {
            list(&transaction, check, sql, what, &mut findings)?;
        }
        for &(table, key, start, end, coding) in SPANS {
            let sql = format!(
                "SELECT t.{key} FROM {table} t JOIN codings c ON c.coding_id = {coding} JOIN revisions r USING (revision_id)
                 WHERE (t.{start} IS NULL) <> (t.{end} IS NULL) OR t.{start} < 0 OR t.{end} < t.{start}
                       OR t.{end} > length(r.text)"
            );
            list(&transaction, "spans", &sql, &format!("a span lies outside its text: {table}"), &mut findings)?;
        }
        identities(&transaction, &mut findings)?;
        words(&transaction, &mut findings)?;
        Ok(findings)
    }
}

fn version(connection: &Connection, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let found = migration::version(connection)?;
    if found != VERSION {
        findings.push(Finding { check: "version", what: format!("the schema is {found}, this program's is {VERSION}") });
    }
    Ok(())
}

fn file(connection: &Connection, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let mut statement = connection.prepare(&format!("PRAGMA integrity_check({FAULTS_MAX})"))?;
    for line in statement.query_map([], |row| row.get::<_, String>(0))? {
        let what = line?;
        if what != "ok" {
            findings.push(Finding { check: "file", what });
        }
    }
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, String>(2)?))
    })?;
    for row in rows.take(FAULTS_MAX) {
        let (table, row, other) = row?;
        let row = row.map_or_else(String::new, |row| format!(" {row}"));
        findings.push(Finding { check: "keys", what: format!("row{row} of {table} names a row of {other} that is not there") });
    }
    Ok(())
}

fn list(
    connection: &Connection,
    check: &'static str,
    sql: &str,
    what: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    let mut statement = connection.prepare(&format!("{sql} LIMIT {FAULTS_MAX}"))?;
    for key in statement.query_map([], |row| row.get::<_, i64>(0))? {
        findings.push(Finding { check, what: format!("{what} {}", key?) });
    }
    Ok(())
}

fn identities(connection: &Connection, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let mut statement =
        connection.prepare("SELECT r.revision_id, s.outlet, r.text, r.hash FROM revisions r JOIN stories s USING (story_id)")?;
    let mut rows = statement.query([])?;
    let mut n_faults = 0;
    while let Some(row) = rows.next()? {
        let (key, outlet, text): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let hash: Vec<u8> = row.get(3)?;
        if hash != identity::hash(&outlet, &text) && n_faults < FAULTS_MAX {
            n_faults += 1;
            findings.push(Finding { check: "identity", what: format!("the hash is not of the text: revision {key}") });
        }
    }
    Ok(())
}

/// The word index against the texts, both ways.
fn words(connection: &Connection, findings: &mut Vec<Finding>) -> Result<(), Error> {
    // FTS5 checks itself by a command that has the form of an insert and writes nothing; only a writing connection may give
    // it. A reader compares what is indexed with what is there.
    if connection.is_readonly("main")? {
        let sql = "SELECT r.revision_id FROM revisions r
                   WHERE NOT EXISTS (SELECT 1 FROM revisions_words_docsize d WHERE d.id = r.revision_id)
                   UNION ALL SELECT d.id FROM revisions_words_docsize d
                   WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.revision_id = d.id)";
        return list(connection, "words", sql, "is not in the word index, or only there: revision", findings);
    }
    let checked = connection
        .execute("INSERT INTO revisions_words (revisions_words, rank) VALUES ('integrity-check', 1)", []);
    if let Err(error) = checked {
        findings.push(Finding { check: "words", what: format!("the word index differs from the texts ({error})") });
    }
    Ok(())
}
