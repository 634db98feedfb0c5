//! The tables of the parquet export as `data/export/column.tsv` declares them: one declaration for the files, their descriptions
//! and the documentation.
//!
//! `text`, `integer`, `number`, `day` and `moment` are values, `record` has the columns below it, and a shape declared once stands
//! for its columns wherever it is named. `?` may be missing, `*` is a list. The first column of a table is its key.

use std::fmt::Write;
use std::sync::OnceLock;

use codebook::DataError;
use codebook::table::{optional, rows};

/// Where the tables are declared, below `data/`.
const FILE: &str = "export/column.tsv";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Day,
    Moment,
    Record,
}

/// A column, with those below it where it is a record.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) is_list: bool,
    pub(super) may_miss: bool,
    /// The key of another table that it points to: `stories.story_id`.
    pub(super) refers: Option<&'static str>,
    pub(super) description: &'static str,
    pub(super) fields: Vec<Column>,
}

/// A table: a file of its own, or a shape that several columns have.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) columns: Vec<Column>,
    is_shape: bool,
}

/// The tables in the order of the declaration.
///
/// # Panics
/// Never once the tests have passed: they read the same file.
pub(super) fn tables() -> &'static [Table] {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let tables = read(include_str!("../../../../data/export/column.tsv")).unwrap_or_else(|error| panic!("{error}"));
        tables.into_iter().filter(|table| !table.is_shape).collect()
    })
}

fn read(text: &'static str) -> Result<Vec<Table>, DataError> {
    let mut tables: Vec<Table> = Vec::new();
    for row in rows(FILE, text, ["table", "column", "type", "refers", "description"])? {
        let fault = |message: &str| DataError { file: FILE.to_owned(), line: row.line, message: message.to_owned() };
        let [name, path, word, refers, description] = row.cells;
        if path.is_empty() {
            let is_shape = match word {
                "shape" => true,
                "table" => false,
                _ => return Err(fault("a line without a column begins a `table` or a `shape`")),
            };
            tables.push(Table { name, description, columns: Vec::new(), is_shape });
            continue;
        }
        let base = word.trim_end_matches(['?', '*']);
        let kind = kind(base);
        let shape = tables.iter().find(|table| table.is_shape && table.name == base).map(|table| table.columns.clone());
        let (kind, fields) = match (kind, shape) {
            (Some(kind), _) => (kind, Vec::new()),
            (None, Some(fields)) => (Kind::Record, fields),
            (None, None) => return Err(fault("a type is text, integer, number, day, moment, record or a shape declared above")),
        };
        let (is_list, may_miss) = (word.ends_with('*'), word.ends_with('?'));
        let table = tables.last_mut().filter(|table| table.name == name).ok_or_else(|| fault("columns follow the line of their table"))?;
        let (columns, name) = match path.split_once('.') {
            None => (&mut table.columns, path),
            Some((above, name)) => {
                let above = table.columns.last_mut().filter(|column| column.name == above && column.kind == Kind::Record);
                (&mut above.ok_or_else(|| fault("columns of a record follow it"))?.fields, name)
            }
        };
        columns.push(Column { name, kind, is_list, may_miss, refers: optional(refers), description, fields });
    }
    Ok(tables)
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word {
        "text" => Kind::Text,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "day" => Kind::Day,
        "moment" => Kind::Moment,
        "record" => Kind::Record,
        _ => return None,
    })
}

impl Column {
    /// How many columns of values it is on the disk.
    pub(super) fn n_leaves(&self) -> usize {
        if self.kind == Kind::Record { self.fields.iter().map(Self::n_leaves).sum() } else { 1 }
    }

    /// Its lines in the schema.
    fn message(&self, schema: &mut String) {
        if self.is_list {
            let _ = write!(schema, "required group {} (LIST) {{ repeated group list {{ ", self.name);
            self.element("required", "element", schema);
            schema.push_str("} } ");
        } else {
            self.element(if self.may_miss { "optional" } else { "required" }, self.name, schema);
        }
    }

    fn element(&self, repetition: &str, name: &str, schema: &mut String) {
        let (physical, annotation) = match self.kind {
            Kind::Text => ("binary", " (STRING)"),
            Kind::Integer => ("int64", ""),
            Kind::Number => ("double", ""),
            Kind::Day => ("int32", " (DATE)"),
            Kind::Moment => ("int64", " (TIMESTAMP(MILLIS,true))"),
            Kind::Record => {
                let _ = write!(schema, "{repetition} group {name} {{ ");
                self.fields.iter().for_each(|field| field.message(schema));
                schema.push_str("} ");
                return;
            }
        };
        let _ = write!(schema, "{repetition} {physical} {name}{annotation}; ");
    }
}

impl Table {
    /// The name of its file.
    pub(super) fn file(&self) -> String {
        format!("{}.parquet", self.name)
    }

    /// Its schema in the notation of Parquet.
    pub(super) fn message(&self) -> String {
        let mut schema = format!("message {} {{ ", self.name);
        self.columns.iter().for_each(|column| column.message(&mut schema));
        schema + "}"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_described_and_points_to_a_key() {
        let tables = read(include_str!("../../../../data/export/column.tsv")).unwrap();
        let keys: Vec<String> = tables.iter().map(|table| format!("{}.{}", table.name, table.columns[0].name)).collect();
        let mut left: Vec<&Column> = tables.iter().flat_map(|table| &table.columns).collect();
        while let Some(column) = left.pop() {
            assert!(!column.description.is_empty(), "{} has no description", column.name);
            assert!(column.refers.is_none_or(|key| keys.iter().any(|known| known == key)), "{:?} is no key", column.refers);
            assert_eq!(column.kind == Kind::Record, !column.fields.is_empty(), "{}", column.name);
            left.extend(&column.fields);
        }
    }

    #[test]
    fn faults_name_their_line() {
        let told = |text| read(text).unwrap_err().to_string();
        assert!(told("table\tcolumn\ttype\trefers\tdescription\nevents\tday\tday\t\tx\n").contains("follow the line of their table"));
        let unknown = told("table\tcolumn\ttype\trefers\tdescription\nevents\t\ttable\t\tx\nevents\tday\tdate\t\tx\n");
        assert!(unknown.contains('3') && unknown.contains("a type is"), "{unknown}");
    }
}
