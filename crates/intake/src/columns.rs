//! Parquet: a story in each row, the names of the fields in the schema.
//!
//! Only the columns that hold a field of a story are read, page by page, so that memory does not grow with the file. A file
//! on the disk is read where it lies; one that comes otherwise is held, and may be as long as one record.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes as Held;
use jiff::Timestamp;
use jiff::civil::Date;
use parquet::basic::{LogicalType, Repetition, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::Value;

use crate::failure::{Failure, Stage};
use crate::input;
use crate::limits::{Limits, size};
use crate::record::{self, Place};
use crate::source::{Desk, Opened, Source, Taken};

/// A column that holds a field of ours.
struct Column {
    field: &'static str,
    // Whether a value of another type is an error; else it is passed over.
    must: bool,
    is_nanoseconds: bool,
}

/// The rows of a file.
pub(crate) struct Columns {
    input: String,
    rows: RowIter<'static>,
    columns: Vec<Column>,
    // Rows that the file says it has, and its bytes.
    n_rows: u64,
    n_bytes: u64,
    // Bytes of stories so far.
    given: u64,
    record: u64,
    done: u64,
    is_done: bool,
}

impl Columns {
    /// The rows of an input.
    ///
    /// # Errors
    /// When it is damaged, or no column holds the text.
    pub(crate) fn open(opened: Opened, desk: &mut Desk) -> Result<Self, Failure> {
        let Opened { name, bytes, about, .. } = opened;
        match about.path {
            Some(path) => {
                let file = File::open(&path).map_err(|error| input::unreadable(&path, &error))?;
                Self::of(name, file, desk)
            }
            None => {
                let held = desk.read_whole(&name, bytes, "Parquet file").map_err(|failure| Failure {
                    valid: format!("a file on the disk, or packed and piped ones of up to {}", size(desk.limits.line_bytes as u64)),
                    ..failure
                })?;
                Self::of(name, Held::from(held), desk)
            }
        }
    }

    fn of(input: String, file: impl ChunkReader + 'static, desk: &mut Desk) -> Result<Self, Failure> {
        let n_bytes = file.len();
        let reader = unbroken(&input, || SerializedFileReader::new(file))?;
        let about = reader.metadata().file_metadata();
        let (schema, n_rows) = (about.schema_descr().root_schema_ptr(), u64::try_from(about.num_rows()).unwrap_or(0));
        let plain = |column: &&std::sync::Arc<Type>| column.is_primitive() && column.get_basic_info().repetition() != Repetition::REPEATED;
        let names: Vec<&str> = schema.get_fields().iter().filter(plain).map(|column| column.name()).collect();
        let mapping = desk.mapping_for(&names, &input, 0);
        let is_ours = |column: &&std::sync::Arc<Type>| plain(column) && mapping.field(column.name()).is_some();
        let ours: Vec<_> = schema.get_fields().iter().filter(is_ours).cloned().collect();
        let columns: Vec<Column> = ours.iter().filter_map(|column| {
            let (field, must) = mapping.field(column.name())?;
            let logical = column.get_basic_info().logical_type_ref();
            let is_nanoseconds = matches!(logical, Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::NANOS);
            Some(Column { field, must, is_nanoseconds })
        }).collect();
        if columns.iter().all(|column| column.field != "text") {
            let shown: Vec<String> = names.iter().take(20).map(|name| format!("`{name}`")).collect();
            let reason = format!("no column holds the text; the columns are {}", shown.join(", "));
            return Err(Failure::new(&input, 0, Stage::Parse, reason)
                .valid("a column `text` of strings")
                .hint("say which column holds it: --map text=COLUMN"));
        }
        let unknown: Vec<String> =
            schema.get_fields().iter().filter(|column| !is_ours(column)).map(|column| column.name().to_owned()).collect();
        desk.remark_unknown(&input, 0, &unknown);
        let rows = unbroken(&input, || {
            let schema = Type::group_type_builder(schema.name()).with_fields(ours).build()?;
            RowIter::from_file_into(Box::new(reader)).project(Some(schema))
        })?;
        let done = desk.done(&input);
        Ok(Self { input, rows, columns, n_rows, n_bytes, given: 0, record: 0, done, is_done: false })
    }

    fn story(&mut self, row: Row, desk: &Desk) -> Result<Taken, Failure> {
        let place = Place { input: &self.input, line: 0, record: self.record };
        let mut values = Vec::with_capacity(self.columns.len());
        for ((_, value), column) in row.into_columns().into_iter().zip(&self.columns) {
            if let Field::Str(text) = &value {
                self.given += text.len() as u64;
            }
            values.push((column.field, value_of(value, column.is_nanoseconds), column.must));
        }
        if self.given > Limits::FREE_BYTES && self.given / self.n_bytes.max(1) > desk.limits.unpacked_ratio {
            let reason = format!("the file unpacks to more than {} times its size", desk.limits.unpacked_ratio);
            return Err(Failure::new(&self.input, 0, Stage::Unpack, reason).valid("text, which is seldom packed to less than a twentieth"));
        }
        Ok(record::of_values(place, values).into())
    }
}

impl Source for Columns {
    fn next(&mut self, desk: &mut Desk) -> Option<Taken> {
        while !self.is_done {
            let next = unbroken(&self.input, || self.rows.next().transpose());
            let before = self.n_bytes.saturating_mul(self.record) / self.n_rows.max(1);
            self.record += 1;
            let taken = match next {
                Ok(None) => {
                    self.is_done = true;
                    let is_empty = self.record == 1;
                    return is_empty.then(|| {
                        Taken::Failed(Failure::new(&self.input, 0, Stage::Parse, "there are no rows").valid("a row for each story"))
                    });
                }
                Ok(Some(row)) => {
                    desk.meter.add_read((self.n_bytes.saturating_mul(self.record) / self.n_rows.max(1)).saturating_sub(before));
                    if self.record <= self.done {
                        continue;
                    }
                    self.story(row, desk)
                }
                Err(failure) => Err(failure),
            };
            return Some(taken.unwrap_or_else(|failure| {
                self.is_done = true;
                Taken::Failed(failure.record(self.record))
            }));
        }
        None
    }
}

/// What the reader of the format gives; a file that it breaks off at is damaged.
fn unbroken<T>(input: &str, work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Failure> {
    let fail = |reason: String| {
        let reason = format!("the Parquet file cannot be read: {reason}");
        Failure::new(input, 0, Stage::Unpack, reason).valid("an undamaged file, packed with Snappy, Zstandard or gzip")
    };
    let done = catch_unwind(AssertUnwindSafe(work)).map_err(|_| fail("its parts contradict each other".to_owned()))?;
    done.map_err(|error| fail(error.to_string()))
}

/// A cell as JSON has it.
fn value_of(cell: Field, is_nanoseconds: bool) -> Value {
    let moment = |moment: Result<Timestamp, jiff::Error>| moment.map_or(Value::Null, |moment| Value::from(moment.to_string()));
    match cell {
        Field::Null => Value::Null,
        Field::Str(text) => Value::from(text),
        Field::Bytes(bytes) => Value::from(text::decode(bytes.data()).0),
        Field::Bool(truth) => Value::from(truth),
        Field::Byte(n) => Value::from(n),
        Field::Short(n) => Value::from(n),
        Field::Int(n) => Value::from(n),
        Field::Long(n) if is_nanoseconds => moment(Timestamp::from_nanosecond(i128::from(n))),
        Field::Long(n) => Value::from(n),
        Field::UByte(n) => Value::from(n),
        Field::UShort(n) => Value::from(n),
        Field::UInt(n) => Value::from(n),
        Field::ULong(n) => Value::from(n),
        Field::Float(x) => Value::from(x),
        Field::Double(x) => Value::from(x),
        Field::TimestampMillis(n) => moment(Timestamp::from_millisecond(n)),
        Field::TimestampMicros(n) => moment(Timestamp::from_microsecond(n)),
        Field::Date(days) => {
            let day = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(days.clamp(-700_000, 2_000_000)));
            day.map_or(Value::Null, |day| Value::from(day.to_string()))
        }
        other => Value::Array(vec![Value::from(other.to_string())]),
    }
}
