//! The record as it was known at an earlier moment.

use crate::batch::Moment;
use crate::error::Error;
use crate::ledger::Ledger;

/// The views that are moved in time.
const VIEWS: [(&str, &str); 4] = [
    ("current_revisions", "revisions"),
    ("current_codings", "codings"),
    ("current_events", "events"),
    ("current_claims", "claims"),
];

impl Ledger {
    /// From here on this connection's `current_…` views and its `corrections` show what was known at the end of `moment`. Stored
    /// and derived rows are as they are; a derived row counts where the rows that it names are shown.
    ///
    /// # Errors
    /// When the views cannot be made.
    pub fn as_of(&self, moment: Moment) -> Result<(), Error> {
        self.now()?;
        let at = moment.0;
        let mut sql = String::from("BEGIN;");
        for (view, table) in VIEWS {
            sql += &format!(
                "CREATE TEMP VIEW {view} AS SELECT * FROM main.{table}
                 WHERE known_on <= {at} AND (retired_on IS NULL OR retired_on > {at});"
            );
        }
        sql += &format!(
            "CREATE TEMP VIEW current_stories AS
             SELECT s.story_id, r.revision_id, r.id, s.publisher, s.url, r.title, r.agency, r.credit, r.byline, r.dateline,
                    r.published, r.day, r.language, s.first_added, r.known_on, r.retired_on, r.text
             FROM main.stories s JOIN main.revisions r USING (story_id)
             WHERE r.known_on <= {at} AND (r.retired_on IS NULL OR r.retired_on > {at});"
        );
        // What people said later, or took back later, was not known. The view stands in front of the table of its name.
        sql += &format!(
            "CREATE TEMP VIEW corrections AS
             SELECT correction_id, target, target_id, story_id, revision_id, start, \"end\", verb, field, value, note, by, made_on,
                    iif(undone_on > {at}, NULL, undone_on) AS undone_on, iif(undone_on > {at}, NULL, undone_by) AS undone_by
             FROM main.corrections WHERE made_on <= {at}; COMMIT;"
        );
        Ok(self.connection.execute_batch(&sql)?)
    }

    /// From here on this connection's `current_…` views show the record as it stands.
    ///
    /// # Errors
    /// When the views cannot be removed.
    pub fn now(&self) -> Result<(), Error> {
        let views = VIEWS.iter().map(|(view, _)| *view).chain(["current_stories", "corrections"]);
        let sql: String = views.map(|view| format!("DROP VIEW IF EXISTS temp.{view};")).collect();
        Ok(self.connection.execute_batch(&sql)?)
    }
}
