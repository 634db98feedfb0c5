//! Rows into the columns of a Parquet file: each value with the levels that say where it stands in lists and what is missing.
//!
//! Rows come as JSON objects with the names of `table`. A group of rows is written when it is full by rows or by bytes; nothing
//! more is kept.

use std::io::{self, Write};
use std::sync::Arc;

use jiff::civil::Date;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Open;
use super::table::{Column, Kind, Table};
use crate::error::Error;

/// Rows of a group.
const ROWS: u64 = 50_000;
/// Bytes of text of a group.
const BYTES: usize = 64 << 20;

/// Values of a column on the disk.
#[derive(Debug)]
enum Values {
    Text(Vec<ByteArray>),
    Long(Vec<i64>),
    Double(Vec<f64>),
    Days(Vec<i32>),
}

/// A column on the disk: what is there, and the levels of what is and is not.
#[derive(Debug)]
struct Leaf {
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

/// What passes through, hashed and counted.
struct Hashed {
    out: Box<dyn Write + Send>,
    hash: Sha256,
    n_bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hash.update(&bytes[..n]);
        self.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A file that was written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) n_rows: u64,
    pub(super) n_bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub(super) sha256: String,
}

/// A table on its way to the disk.
pub(super) struct TableWriter {
    table: &'static Table,
    file: SerializedFileWriter<Hashed>,
    leaves: Vec<Leaf>,
    n_rows: u64,
    n_waiting: u64,
    n_bytes: usize,
}

impl TableWriter {
    /// Opens the file of a table; `about` is kept in it as pairs of key and value.
    pub(super) fn open(table: &'static Table, about: &[(&str, &str)], open: &mut Open<'_>) -> Result<Self, Error> {
        let schema = parse_message_type(&table.message()).map_err(shape)?;
        let level = ZstdLevel::try_new(3).map_err(shape)?;
        let about = about.iter().map(|&(key, value)| KeyValue::new(key.to_owned(), value.to_owned())).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by("whimbrel".to_owned())
            .set_key_value_metadata(Some(about))
            .build();
        let out = Hashed { out: open(&table.file())?, hash: Sha256::new(), n_bytes: 0 };
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(shape)?;
        let mut leaves = Vec::new();
        table.columns.iter().for_each(|column| lay(column, &mut leaves));
        Ok(Self { table, file, leaves, n_rows: 0, n_waiting: 0, n_bytes: 0 })
    }

    /// Takes a row: an object with the table's columns.
    pub(super) fn push(&mut self, row: &Value) -> Result<(), Error> {
        self.n_bytes += put_fields(&self.table.columns, row, Level::default(), &mut self.leaves)
            .map_err(|column| shape(ParquetError::General(format!("{}: no such value for `{column}`", self.table.name))))?;
        self.n_rows += 1;
        self.n_waiting += 1;
        if self.n_waiting == ROWS || self.n_bytes >= BYTES { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<(), Error> {
        let mut group = self.file.next_row_group().map_err(shape)?;
        for leaf in &mut self.leaves {
            let mut column = group.next_column().map_err(shape)?.ok_or(Error::Shape {
                format: "parquet",
                reason: format!("{} has more columns than its schema", self.table.name),
            })?;
            let levels = (Some(leaf.definitions.as_slice()), Some(leaf.repetitions.as_slice()));
            let written = match (column.untyped(), &leaf.values) {
                (ColumnWriter::ByteArrayColumnWriter(out), Values::Text(values)) => out.write_batch(values, levels.0, levels.1),
                (ColumnWriter::Int64ColumnWriter(out), Values::Long(values)) => out.write_batch(values, levels.0, levels.1),
                (ColumnWriter::DoubleColumnWriter(out), Values::Double(values)) => out.write_batch(values, levels.0, levels.1),
                (ColumnWriter::Int32ColumnWriter(out), Values::Days(values)) => out.write_batch(values, levels.0, levels.1),
                _ => Err(ParquetError::General("a column of another type".to_owned())),
            };
            written.map_err(shape)?;
            column.close().map_err(shape)?;
            leaf.clear();
        }
        group.close().map_err(shape)?;
        (self.n_waiting, self.n_bytes) = (0, 0);
        Ok(())
    }

    /// Writes what is left and the end of the file.
    pub(super) fn finish(mut self) -> Result<Written, Error> {
        if self.n_waiting > 0 {
            self.write_group()?;
        }
        let mut out = self.file.into_inner().map_err(shape)?;
        out.flush()?;
        let sha256 = out.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Written { name: self.table.file(), n_rows: self.n_rows, n_bytes: out.n_bytes, sha256 })
    }
}

/// A fault of the writer; one of the disk stays what it is.
fn shape(error: ParquetError) -> Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => Error::Output(*error),
            Err(other) => Error::Shape { format: "parquet", reason: other.to_string() },
        },
        other => Error::Shape { format: "parquet", reason: other.to_string() },
    }
}

impl Leaf {
    fn clear(&mut self) {
        match &mut self.values {
            Values::Text(values) => values.clear(),
            Values::Long(values) => values.clear(),
            Values::Double(values) => values.clear(),
            Values::Days(values) => values.clear(),
        }
        self.definitions.clear();
        self.repetitions.clear();
    }

    /// Takes a value and says how many bytes of text it is; nothing where it is of another kind.
    fn put(&mut self, value: &Value) -> Option<usize> {
        match &mut self.values {
            Values::Text(values) => {
                let text = value.as_str()?;
                values.push(ByteArray::from(text));
                return Some(text.len());
            }
            Values::Days(values) => values.push(day_number(value.as_str()?)?),
            Values::Long(values) => values.push(value.as_i64()?),
            Values::Double(values) => values.push(value.as_f64()?),
        }
        Some(0)
    }
}

/// Days since 1970-01-01.
fn day_number(text: &str) -> Option<i32> {
    let day: Date = text.parse().ok()?;
    Some(day.since(Date::constant(1970, 1, 1)).ok()?.get_days())
}

fn lay(column: &Column, leaves: &mut Vec<Leaf>) {
    let values = match column.kind {
        Kind::Record => return column.fields.iter().for_each(|field| lay(field, leaves)),
        Kind::Text => Values::Text(Vec::new()),
        Kind::Integer | Kind::Moment => Values::Long(Vec::new()),
        Kind::Number => Values::Double(Vec::new()),
        Kind::Day => Values::Days(Vec::new()),
    };
    leaves.push(Leaf { values, definitions: Vec::new(), repetitions: Vec::new() });
}

/// Where a value stands: in how many lists, at which of them it begins anew, and how much above it is there.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    repetition: i16,
    definition: i16,
    n_lists: i16,
}

/// Puts the fields of a record into its leaves; a fault is the name of the column that has no such value.
fn put_fields(fields: &[Column], record: &Value, level: Level, leaves: &mut [Leaf]) -> Result<usize, &'static str> {
    let mut rest = leaves;
    let mut n_bytes = 0;
    for field in fields {
        let (own, others) = rest.split_at_mut(field.n_leaves());
        n_bytes += put(field, record.get(field.name).unwrap_or(&Value::Null), level, own)?;
        rest = others;
    }
    Ok(n_bytes)
}

fn put(column: &Column, value: &Value, level: Level, leaves: &mut [Leaf]) -> Result<usize, &'static str> {
    if column.is_list {
        let items = value.as_array().ok_or(column.name)?;
        if items.is_empty() {
            miss(level, leaves);
        }
        let mut n_bytes = 0;
        let (definition, n_lists) = (level.definition + 1, level.n_lists + 1);
        for (idx, item) in items.iter().enumerate() {
            let repetition = if idx == 0 { level.repetition } else { n_lists };
            n_bytes += put_one(column, item, Level { repetition, definition, n_lists }, leaves)?;
        }
        return Ok(n_bytes);
    }
    if column.may_miss {
        if value.is_null() {
            miss(level, leaves);
            return Ok(0);
        }
        return put_one(column, value, Level { definition: level.definition + 1, ..level }, leaves);
    }
    put_one(column, value, level, leaves)
}

fn put_one(column: &Column, value: &Value, level: Level, leaves: &mut [Leaf]) -> Result<usize, &'static str> {
    if column.kind == Kind::Record {
        return if value.is_object() { put_fields(&column.fields, value, level, leaves) } else { Err(column.name) };
    }
    let leaf = &mut leaves[0];
    leaf.definitions.push(level.definition);
    leaf.repetitions.push(level.repetition);
    leaf.put(value).ok_or(column.name)
}

/// Says in every leaf that nothing is there from this level on.
fn miss(level: Level, leaves: &mut [Leaf]) {
    for leaf in leaves {
        leaf.definitions.push(level.definition);
        leaf.repetitions.push(level.repetition);
    }
}
