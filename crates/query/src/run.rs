//! How the record came about: runs, what could not be read, and where stories come from.

use ledger::rusqlite::types::Value;

use crate::answer::{Answer, Column, Kind, ask};
use crate::error::Error;
use crate::record::Record;

/// A moment of the ledger as ISO 8601 in UTC.
fn moment(column: &str) -> String {
    format!("strftime('%Y-%m-%dT%H:%M:%SZ', {column} / 1000.0, 'unixepoch')")
}

/// Runs, the newest first, before a key where one is given: when, with which model and codebook, what came of it, and how many stories
/// a second. A run without an end goes on, or was broken off.
///
/// # Errors
/// When the ledger cannot be read.
pub fn runs(record: &Record, before: Option<i64>, limit: Option<u32>) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("run").shown(),
        Column::plain("started").shown(),
        Column::plain("ended").shown(),
        Column::plain("seconds").shown(),
        Column::plain("per_second").shown(),
        Column::plain("added").shown(),
        Column::plain("revised").shown(),
        Column::plain("known").shown(),
        Column::plain("reread").shown(),
        Column::plain("failed").shown(),
        Column::plain("program").shown(),
        Column::plain("model").shown(),
        Column::plain("codebook").shown(),
    ];
    let sql = format!(
        "SELECT run_id, {}, {}, round((ended_on - started_on) / 1000.0, 1),
                round((n_added + n_revised + n_reread) * 1000.0 / max(ended_on - started_on, 1), 1),
                n_added, n_revised, n_known, n_reread, n_failed, program, model, codebook
         FROM runs WHERE run_id < ? ORDER BY run_id DESC",
        moment("started_on"),
        moment("ended_on"),
    );
    ask(record.connection(), columns, &sql, vec![Value::Integer(before.unwrap_or(i64::MAX))], limit)
}

/// What could not be read, the newest first, before a key where one is given.
///
/// # Errors
/// When the ledger cannot be read.
pub fn failures(record: &Record, before: Option<i64>, limit: Option<u32>) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("failure").shown(),
        Column::plain("run").shown(),
        Column::plain("input").shown(),
        Column::plain("record").shown(),
        Column::plain("id").shown(),
        Column::plain("stage").shown(),
        Column::plain("reason").shown(),
        Column::plain("failed").shown(),
    ];
    let sql = format!(
        "SELECT failure_id, run_id, input, record, id, stage, reason, {} FROM failures WHERE failure_id < ? ORDER BY failure_id DESC",
        moment("failed_on"),
    );
    ask(record.connection(), columns, &sql, vec![Value::Integer(before.unwrap_or(i64::MAX))], limit)
}

/// Publishers, those with the most stories first, counted over the newest `most` stories: how many, how many of them go back to a
/// story of another publisher (`republished`) or credit an agency, and when they came.
///
/// # Errors
/// When the ledger cannot be read.
pub fn sources(record: &Record, most: Option<u32>) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("publisher").shown(),
        Column::plain("stories").shown(),
        Column::plain("republished").shown(),
        Column::plain("credited").shown(),
        Column::plain("languages").shown(),
        Column::new("first_day", Kind::Day).shown(),
        Column::new("last_day", Kind::Day).shown(),
        Column::plain("last_added").shown(),
    ];
    let sql = format!(
        "SELECT publisher, count(*), sum(is_copy), sum(is_credited), group_concat(DISTINCT language), min(day), max(day), {}
         FROM (SELECT s.publisher, r.language, r.day, r.known_on, coalesce(r.agency, r.credit) IS NOT NULL AS is_credited,
                      coalesce(o.origin <> r.story_id AND z.publisher IS NOT s.publisher, 0) AS is_copy
               FROM current_revisions r JOIN stories s ON s.story_id = r.story_id
               LEFT JOIN origins o ON o.story_id = r.story_id LEFT JOIN stories z ON z.story_id = o.origin
               ORDER BY r.revision_id DESC LIMIT ?)
         GROUP BY publisher ORDER BY count(*) DESC, publisher",
        moment("max(known_on)"),
    );
    ask(record.connection(), columns, &sql, vec![Value::Integer(most.map_or(-1, i64::from))], None)
}

/// Where stories were taken from: files, folders, feeds and addresses, with how far each was read and when, the newest first.
///
/// # Errors
/// When the ledger cannot be read.
pub fn inputs(record: &Record, limit: Option<u32>) -> Result<Answer, Error> {
    let columns = vec![
        Column::plain("input").shown(),
        Column::plain("position").shown(),
        Column::plain("updated").shown(),
        Column::plain("failures").shown(),
    ];
    let sql = format!(
        "SELECT i.input, i.position, {}, (SELECT count(*) FROM failures f WHERE f.input = i.input)
         FROM inputs i ORDER BY i.updated_on DESC, i.input_id DESC",
        moment("i.updated_on"),
    );
    ask(record.connection(), columns, &sql, Vec::new(), limit)
}
