//! Questions in SQL, which may read and nothing else.

use std::borrow::Cow;

use ledger::rusqlite::limits::Limit;
use ledger::rusqlite::{self, Connection, ErrorCode};

use crate::answer::{Answer, Cell, Column, Kind, ask, cells};
use crate::error::Error;
use crate::record::Record;

/// What a question in SQL may begin with.
const OPENINGS: [&str; 4] = ["SELECT", "WITH", "VALUES", "EXPLAIN"];

/// The most bytes of one value, and of the text of an answer.
const VALUE_BYTES: i32 = 32 << 20;
const ANSWER_BYTES: usize = 64 << 20;

/// Keeps values small while a free question is asked.
struct Bounded<'c> {
    connection: &'c Connection,
    before: i32,
}

impl<'c> Bounded<'c> {
    fn new(connection: &'c Connection) -> Result<Self, Error> {
        let before = connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES)?;
        Ok(Self { connection, before })
    }
}

impl Drop for Bounded<'_> {
    fn drop(&mut self) {
        // What was the limit before is one.
        let _ = self.connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, self.before);
    }
}

/// Asks one SELECT. The connection is open for reading only and `query_only`; whoever wants a time limit ends the question with
/// [`Record::interrupter`]. `limit` is the most rows; an answer also ends where it would take more than 64 MiB.
///
/// # Errors
/// When it is no single SELECT, is wrong SQL, or was ended.
pub fn sql(record: &Record, text: &str, limit: Option<u32>) -> Result<Answer, Error> {
    let opening = text.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("").to_uppercase();
    if !OPENINGS.contains(&opening.as_str()) {
        return Err(Error::Forbidden(format!("`{}` is no question", text.split_whitespace().next().unwrap_or(""))));
    }
    let _bounded = Bounded::new(record.connection())?;
    let mut statement = record.connection().prepare(text).map_err(|error| match error {
        rusqlite::Error::MultipleStatement => Error::Forbidden("there are several statements".to_owned()),
        rusqlite::Error::SqlInputError { msg, offset, .. } => Error::Sql(format!("{msg}, at character {offset}")),
        other => Error::Statement(other),
    })?;
    if !statement.readonly() {
        return Err(Error::Forbidden("the statement writes".to_owned()));
    }
    let name = |name: &str| Column { name: Cow::Owned(name.to_owned()), kind: Kind::Plain, shown: true };
    let columns: Vec<Column> = statement.column_names().into_iter().map(name).collect();
    let mut answer = Answer { columns, ..Answer::default() };
    let most = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let ended = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => Error::TooLong,
        Some(ErrorCode::Unknown) => Error::Sql(error.to_string()),
        _ => Error::Statement(error),
    };
    let mut n_bytes = 0;
    let mut rows = statement.query([]).map_err(ended)?;
    while let Some(row) = rows.next().map_err(ended)? {
        if answer.rows.len() == most || n_bytes > ANSWER_BYTES {
            answer.cut = true;
            break;
        }
        let row = cells(row, &answer.columns)?;
        let words = |cell: &Cell| if let Cell::Text(text) = cell { text.len() } else { 0 };
        n_bytes += row.iter().map(|cell| size_of::<Cell>() + words(cell)).sum::<usize>();
        answer.rows.push(row);
    }
    Ok(answer)
}

/// Tables and views with the statements that made them.
///
/// # Errors
/// When the ledger cannot be read.
pub fn schema(record: &Record) -> Result<Answer, Error> {
    let columns = vec![Column::plain("name").shown(), Column::plain("kind").shown(), Column::plain("sql").shown()];
    let sql = "SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'
               AND name NOT LIKE 'revisions_words_%' ORDER BY type, name";
    ask(record.connection(), columns, sql, Vec::new(), None)
}
