//! CSV and TSV: a story in each row, the names of the fields in the first.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, ReaderBuilder};

use crate::failure::{Failure, Stage};
use crate::limits::size;
use crate::record::{Place, of_fields};
use crate::source::{Bytes, Desk, Source, Taken, broken_off, empty};

/// The rows of an input.
pub(crate) struct Rows {
    input: String,
    reader: csv::Reader<Fenced>,
    // Bytes that the row being read may still take; an open quotation mark must not swallow the file.
    left: Arc<AtomicU64>,
    row: ByteRecord,
    // The field of ours that each column holds.
    columns: Vec<Option<&'static str>>,
    record: u64,
    done: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    Body,
    End,
}

/// Bytes up to a fence, which is moved with each row.
struct Fenced {
    bytes: Bytes,
    left: Arc<AtomicU64>,
}

impl Read for Fenced {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "a row is too long; perhaps a quotation mark is never closed"));
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let n_bytes = self.bytes.read(&mut buffer[..most])?;
        self.left.store(left - n_bytes as u64, Ordering::Relaxed);
        Ok(n_bytes)
    }
}

impl Rows {
    /// Rows with a byte between their fields; 0 takes the one that the first row has most of.
    pub(crate) fn new(input: &str, mut bytes: Bytes, delimiter: u8, desk: &Desk) -> Self {
        let delimiter = if delimiter == 0 { guess_delimiter(&mut *bytes) } else { delimiter };
        let left = Arc::new(AtomicU64::new(desk.limits.line_bytes as u64));
        let fenced = Fenced { bytes, left: Arc::clone(&left) };
        let reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(fenced);
        let done = desk.done(input);
        Self { input: input.to_owned(), reader, left, row: ByteRecord::new(), columns: Vec::new(), record: 0, done, state: State::Head }
    }

    fn fail(&mut self, failure: Failure) -> Option<Taken> {
        self.state = State::End;
        Some(Taken::Failed(failure.record(self.record)))
    }

    /// The next row and its line; `None` at the end.
    fn advance(&mut self, desk: &Desk) -> Result<Option<usize>, Failure> {
        self.left.store(desk.limits.line_bytes as u64, Ordering::Relaxed);
        let line = self.reader.position().line() as usize;
        match self.reader.read_byte_record(&mut self.row) {
            Ok(true) => Ok(Some(self.row.position().map_or(line, |at| at.line() as usize))),
            Ok(false) => Ok(None),
            Err(error) => {
                let shown = error.to_string();
                let failure = match error.into_kind() {
                    csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::QuotaExceeded => {
                        Failure::new(&self.input, line, Stage::Parse, error.to_string())
                            .valid(format!("rows of up to {}", size(desk.limits.line_bytes as u64)))
                    }
                    csv::ErrorKind::Io(error) => broken_off(&self.input, line, &error),
                    _ => Failure::new(&self.input, line, Stage::Parse, shown).valid("rows of fields"),
                };
                Err(failure)
            }
        }
    }

    /// Reads the names of the columns.
    fn head(&mut self, desk: &mut Desk) -> Result<(), Failure> {
        if self.advance(desk)?.is_none() {
            return Err(empty(&self.input));
        }
        let names: Vec<String> =
            self.row.iter().map(|name| text::decode(name).0.trim_start_matches('\u{feff}').trim().to_owned()).collect();
        let borrowed: Vec<&str> = names.iter().map(String::as_str).collect();
        let mapping = desk.mapping_for(&borrowed, &self.input, 1);
        let fields: Vec<Option<&'static str>> = names.iter().map(|name| mapping.field(name).map(|it| it.0)).collect();
        if !fields.contains(&Some("text")) {
            let shown: Vec<String> = names.iter().take(20).map(|name| format!("`{name}`")).collect();
            let reason = format!("no column holds the text; the columns are {}", shown.join(", "));
            return Err(Failure::new(&self.input, 1, Stage::Parse, reason)
                .valid("a first row with the names of the columns, `text` among them")
                .hint("say which column holds it: --map text=COLUMN"));
        }
        let unknown: Vec<String> =
            names.iter().zip(&fields).filter(|(name, field)| field.is_none() && !name.is_empty()).map(|(name, _)| name.clone()).collect();
        desk.remark_unknown(&self.input, 1, &unknown);
        self.columns = fields;
        self.state = State::Body;
        Ok(())
    }

    fn story(&self, line: usize) -> Taken {
        let (mut text, mut fields, mut notes) = (None, Vec::new(), Vec::new());
        for (value, column) in self.row.iter().zip(&self.columns) {
            let Some(field) = *column else { continue };
            let (value, about) = text::decode(value);
            if field == "text" {
                text = Some(value);
                notes = about;
            } else if !matches!(value.trim(), "" | "NA" | "N/A" | "NaN" | "nan" | "null" | "NULL" | "None") {
                fields.push((field.to_owned(), value));
            }
        }
        let place = Place { input: &self.input, line, record: self.record };
        if self.row.len() > self.columns.len() {
            let reason = format!("the row has {} fields, more than the {} columns", self.row.len(), self.columns.len());
            return Taken::Failed(
                Failure::new(&self.input, line, Stage::Parse, reason)
                    .valid("quotation marks around fields that hold the delimiter")
                    .record(self.record),
            );
        }
        of_fields(place, text, fields, notes).into()
    }
}

impl Source for Rows {
    fn next(&mut self, desk: &mut Desk) -> Option<Taken> {
        if self.state == State::Head
            && let Err(failure) = self.head(desk)
        {
            return self.fail(failure);
        }
        while self.state == State::Body {
            match self.advance(desk) {
                Ok(None) => {
                    self.state = State::End;
                    return (self.record == 0).then(|| {
                        Taken::Failed(Failure::new(&self.input, 1, Stage::Parse, "there are no rows below the names").valid("a row for each story"))
                    });
                }
                Ok(Some(line)) => {
                    self.record += 1;
                    if self.record > self.done {
                        return Some(self.story(line));
                    }
                }
                Err(failure) => {
                    self.record += 1;
                    return self.fail(failure);
                }
            }
        }
        None
    }
}

/// The mark that the first line has most of.
fn guess_delimiter(bytes: &mut dyn BufRead) -> u8 {
    let Ok(head) = bytes.fill_buf() else { return b',' };
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or(head);
    let count = |mark: u8| line.iter().filter(|&&byte| byte == mark).count();
    [b',', b'\t', b';', b'|'].into_iter().max_by_key(|&mark| (count(mark), mark == b',')).unwrap_or(b',')
}
