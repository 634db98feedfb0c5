//! Rows of typed cells, and how they come out of the database.

use std::borrow::Cow;

use jiff::civil::Date;
use ledger::rusqlite::types::{Value, ValueRef};
use ledger::rusqlite::{Connection, Row, params_from_iter};

use crate::error::Error;
use crate::export::{csv_cell, csv_line};

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whatever the database gives: text, integers, reals.
    Plain,
    /// Days.
    Day,
    /// The words around an anchor, cut between words.
    Quote,
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What its cells are.
    pub kind: Kind,
    /// Whether a table for people shows it; programs get all.
    pub shown: bool,
}

impl Column {
    /// A column that only programs get.
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name: Cow::Borrowed(name), kind, shown: false }
    }

    /// A column of plain cells that only programs get.
    pub(crate) const fn plain(name: &'static str) -> Self {
        Self::new(name, Kind::Plain)
    }

    /// The same, and tables show it.
    pub(crate) const fn shown(mut self) -> Self {
        self.shown = true;
        self
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text; of stories, exactly as they have it.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A real number.
    Real(f64),
    /// A day.
    Day(Date),
    /// Nothing is known.
    Missing,
}

/// The place of a row in the order of a question that pages: the next page begins after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Last {
    /// By what the rows are sorted first: a day, a rank, or nothing where it is not known.
    pub place: Cell,
    /// The key of the row, by which those of one place are sorted.
    pub key: i64,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(n) => write!(f, "{n}"),
            Self::Real(x) => write!(f, "{x}"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Missing => Ok(()),
        }
    }
}

/// What a question gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows, each with one cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// Whether the limit left rows out.
    pub cut: bool,
    /// Where the last row stands, when the limit left rows out and the question pages.
    pub last: Option<Last>,
}

impl Answer {
    /// The cell of a row in a named column.
    pub fn cell(&self, row: usize, column: &str) -> Option<&Cell> {
        let idx = self.columns.iter().position(|other| other.name == column)?;
        self.rows.get(row)?.get(idx)
    }

    /// Each row as an object of JSON on one line, its keys in the order of the columns; nothing in it moves a terminal.
    pub fn json_rows(&self) -> impl Iterator<Item = String> {
        self.rows.iter().map(|row| object(&self.columns, row))
    }

    /// The rows as CSV (RFC 4180) under a line of names; no cell of text is taken for a formula.
    pub fn csv(&self) -> String {
        let head = csv_line(self.columns.iter().map(|column| &*column.name));
        let line = |row: &Vec<Cell>| {
            let cells: Vec<String> = row.iter().map(csv).collect();
            cells.join(",") + "\r\n"
        };
        self.rows.iter().fold(head, |out, row| out + &line(row))
    }

    /// The rows, with their cells by the names of the columns.
    pub fn named(&self) -> impl Iterator<Item = Named<'_>> {
        (0..self.rows.len()).map(|row| Named { answer: self, row })
    }

    /// Takes the rows that a condition holds for.
    #[must_use]
    pub fn only(&self, keeps: impl Fn(Named<'_>) -> bool) -> Self {
        let kept = self.named().filter(|row| keeps(*row)).map(|named| self.rows[named.row].clone()).collect();
        Self { columns: self.columns.clone(), rows: kept, cut: self.cut, last: self.last.clone() }
    }
}

/// A row whose cells are asked for by the names of their columns.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    answer: &'a Answer,
    row: usize,
}

impl<'a> Named<'a> {
    /// A cell; missing where there is no such column.
    pub fn cell(self, column: &str) -> &'a Cell {
        const MISSING: &Cell = &Cell::Missing;
        self.answer.cell(self.row, column).unwrap_or(MISSING)
    }

    /// A cell as it prints; empty where nothing is known.
    pub fn text(self, column: &str) -> String {
        self.cell(column).to_string()
    }

    /// The text of a cell that has one.
    pub fn words(self, column: &str) -> Option<&'a str> {
        match self.cell(column) {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A cell that is a whole number.
    pub fn integer(self, column: &str) -> Option<i64> {
        match self.cell(column) {
            Cell::Integer(n) => Some(*n),
            _ => None,
        }
    }

    /// A cell that is a number.
    pub fn real(self, column: &str) -> Option<f64> {
        match self.cell(column) {
            Cell::Real(x) => Some(*x),
            Cell::Integer(n) => Some(*n as f64),
            _ => None,
        }
    }

    /// A cell that is a day.
    pub fn day(self, column: &str) -> Option<Date> {
        match self.cell(column) {
            Cell::Day(day) => Some(*day),
            _ => None,
        }
    }
}

fn csv(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => csv_cell(text),
        // Numbers and days open no formula.
        other => other.to_string(),
    }
}

fn object(columns: &[Column], row: &[Cell]) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let value = |cell: &Cell| match cell {
        Cell::Text(text) => quoted(text),
        Cell::Integer(n) => n.to_string(),
        Cell::Real(x) => serde_json::Value::from(*x).to_string(),
        Cell::Day(day) => quoted(&day.to_string()),
        Cell::Missing => "null".to_owned(),
    };
    let fields: Vec<String> =
        columns.iter().zip(row).map(|(column, cell)| format!("{}:{}", quoted(&column.name), value(cell))).collect();
    text::safe_json(format!("{{{}}}", fields.join(",")))
}

/// How many code points of text a quote has on each side of its anchor.
pub(crate) const AROUND: i64 = 90;

/// SQL for the words around an anchor in `text`, as [`Kind::Quote`] takes them: whether the text goes on before and after
/// (`<` `>`, else `|`), then the words. All three are columns of ours, never words of a story.
pub(crate) fn quote_sql(text: &str, start: &str, end: &str) -> String {
    format!(
        "CASE WHEN {start} IS NULL THEN NULL ELSE
           iif({start} > {AROUND}, '<', '|') || iif(length({text}) > {end} + {AROUND}, '>', '|')
           || substr({text}, max({start} - {AROUND}, 0) + 1, {end} + {AROUND} - max({start} - {AROUND}, 0)) END"
    )
}

/// Cuts a quote where words end; the first two characters tell whether the text goes on before and after.
fn quote(raw: &str) -> String {
    cut_quote(raw.get(2..).unwrap_or(""), raw.starts_with('<'), raw.as_bytes().get(1) == Some(&b'>'))
}

/// Cuts words around an anchor where words end; `before` and `after` tell whether the text goes on there.
pub(crate) fn cut_quote(raw: &str, before: bool, after: bool) -> String {
    // Never cut into the anchor: at most the margin is given up.
    let margin = usize::try_from(AROUND).expect("the margin is small");
    let mut words = raw;
    if before && let Some((at, _)) = words.char_indices().take(margin).find(|(_, c)| c.is_whitespace()) {
        words = &words[at..];
    }
    if after && let Some((at, _)) = words.char_indices().rev().take(margin).find(|(_, c)| c.is_whitespace()) {
        words = &words[..at];
    }
    format!("{}{}{}", if before { "…" } else { "" }, words.trim(), if after { "…" } else { "" })
}

fn cell(value: ValueRef<'_>, kind: Kind) -> Cell {
    match value {
        ValueRef::Null => Cell::Missing,
        ValueRef::Integer(n) => Cell::Integer(n),
        ValueRef::Real(x) => Cell::Real(x),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            match kind {
                Kind::Day => text.parse().map_or(Cell::Text(text), Cell::Day),
                Kind::Quote => Cell::Text(quote(&text)),
                Kind::Plain => Cell::Text(text),
            }
        }
        ValueRef::Blob(bytes) => Cell::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
    }
}

/// The cells of a row.
pub(crate) fn cells(row: &Row<'_>, columns: &[Column]) -> ledger::rusqlite::Result<Vec<Cell>> {
    columns.iter().enumerate().map(|(idx, column)| Ok(cell(row.get_ref(idx)?, column.kind))).collect()
}

/// Asks with bound values; the statement ends before its limit. A statement that selects two values more than there are columns
/// pages: they are the row's place and key.
pub(crate) fn ask(
    connection: &Connection,
    columns: Vec<Column>,
    sql: &str,
    mut values: Vec<Value>,
    limit: Option<u32>,
) -> Result<Answer, Error> {
    // One more than is asked for tells whether there are more; SQLite reads -1 as no limit.
    values.push(Value::Integer(limit.map_or(-1, |limit| i64::from(limit) + 1)));
    let most = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let mut statement = connection.prepare(&format!("{sql} LIMIT ?"))?;
    // What the statement selects behind the columns is the row's place in the order.
    let pages = statement.column_count() == columns.len() + 2;
    let mut found = statement.query(params_from_iter(values))?;
    let mut answer = Answer { columns, ..Answer::default() };
    while let Some(row) = found.next()? {
        if answer.rows.len() == most {
            answer.cut = true;
            break;
        }
        answer.rows.push(cells(row, &answer.columns)?);
        if pages && answer.rows.len() == most {
            let at = answer.columns.len();
            answer.last = Some(Last { place: cell(row.get_ref(at)?, Kind::Day), key: row.get(at + 1)? });
        }
    }
    if !answer.cut {
        answer.last = None;
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_stories_are_no_formulas_and_numbers_stay() {
        assert_eq!(csv(&Cell::Text("=1+1".into())), "'=1+1");
        assert_eq!(csv(&Cell::Real(-9.0)), "-9");
        let row = [Cell::Text("a\u{1b}\"".into()), Cell::Missing];
        assert_eq!(object(&[Column::plain("x"), Column::plain("y")], &row), r#"{"x":"a\u001b\"","y":null}"#);
    }

    #[test]
    fn quotes_end_where_words_end() {
        assert_eq!(quote("||Police fired."), "Police fired.");
        assert_eq!(quote("<>ing past the gate, police fired at the cro"), "…past the gate, police fired at the…");
        assert_eq!(quote("<>gunfire"), "…gunfire…");
    }
}
