//! The stream: inputs one after the other, stories one after the other.
//!
//! Every file is told apart by its ending, or by its first bytes where the ending says nothing. Lines of JSON are read as
//! they come; a page is read whole, up to the same limit.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::vec;

use crate::failure::{Failure, Remark, Stage};
use crate::input::{self, Input};
use crate::line::{Line, read_line};
use crate::story::{FIELDS, Story};
use crate::{page, record};

/// How much of an input is held at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest line of JSON and the longest page, in bytes.
    pub line_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { line_bytes: 64 << 20 }
    }
}

/// How far the stream is; may be read from another thread.
#[derive(Debug, Default)]
pub struct Meter {
    read: AtomicU64,
    total: AtomicU64,
}

impl Meter {
    /// Bytes read so far.
    pub fn read_bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes of all inputs; 0 when one of them does not say how long it is.
    pub fn total_bytes(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }
}

/// A stream of stories in the order of the inputs, each taken in or not.
pub struct Stories {
    inputs: vec::IntoIter<Result<Input, Failure>>,
    open: Option<Lines>,
    // A page that is read, and not yet handed on.
    page: Option<Result<Story, Failure>>,
    limits: Limits,
    // Hashes of the ids so far; eight bytes a story, for any number of stories.
    ids: HashSet<u64>,
    remarks: Vec<Remark>,
    meter: Arc<Meter>,
}

/// An input of lines that is being read.
struct Lines {
    input: String,
    reader: Box<dyn BufRead + Send>,
    buffer: Vec<u8>,
    line: usize,
    n_records: usize,
    // Fields named in a remark already.
    unknown: Vec<String>,
}

impl Stories {
    /// Stories of files and folders, in the given order; folders are walked in sorted order, and `-` is standard input.
    pub fn open(paths: &[PathBuf], limits: Limits) -> Self {
        let inputs = input::list(paths);
        let sizes = inputs.iter().filter_map(|input| input.as_ref().ok()).map(|input| match input {
            Input::File { path, .. } => path.metadata().ok().filter(|about| about.is_file()).map(|about| about.len()),
            Input::Stdin => None,
        });
        let total = sizes.sum::<Option<u64>>().unwrap_or(0);
        let stories = Self::new(inputs, limits);
        stories.meter.total.store(total, Ordering::Relaxed);
        stories
    }

    /// Stories of one reader, under a name for messages whose ending tells the format.
    pub fn from_reader(name: &str, reader: impl Read + Send + 'static, limits: Limits) -> Self {
        let mut stories = Self::new(Vec::new(), limits);
        let id = Path::new(name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let reader = stories.metered(reader);
        stories.take_in(name, &id, reader);
        stories
    }

    /// How far the stream is.
    pub fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// What there is to say about the inputs since the last call.
    pub fn take_remarks(&mut self) -> Vec<Remark> {
        std::mem::take(&mut self.remarks)
    }

    fn new(inputs: Vec<Result<Input, Failure>>, limits: Limits) -> Self {
        Self {
            inputs: inputs.into_iter(),
            open: None,
            page: None,
            limits,
            ids: HashSet::new(),
            remarks: Vec::new(),
            meter: Arc::default(),
        }
    }

    fn metered(&self, reader: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
        Box::new(BufReader::with_capacity(1 << 16, Metered { reader, meter: Arc::clone(&self.meter) }))
    }

    fn open_input(&mut self, input: Input) -> Result<(), Failure> {
        match input {
            Input::Stdin => {
                let reader = self.metered(io::stdin());
                self.take_in("-", "stdin", reader);
            }
            Input::File { path, id } => {
                let file = File::open(&path).map_err(|error| input::unreadable(&path, &error))?;
                let reader = self.metered(file);
                self.take_in(&input::shown(&path), &id, reader);
            }
        }
        Ok(())
    }

    /// Looks at the first bytes of an input and opens it as lines, or reads it as a page.
    fn take_in(&mut self, name: &str, id: &str, mut reader: Box<dyn BufRead + Send>) {
        match read_head(&mut *reader) {
            Err(error) => self.page = Some(Err(broken_off(name, 0, &error))),
            Ok(head) => match format_of(name, &head) {
                Err(failure) => self.page = Some(Err(failure)),
                Ok(format) => {
                    let reader = Box::new(io::Cursor::new(head).chain(reader));
                    match format {
                        Format::Lines => self.open = Some(Lines::new(name, reader)),
                        Format::Page => self.page = Some(self.read_page(name, id, reader)),
                    }
                }
            },
        }
    }

    fn read_page(&mut self, name: &str, id: &str, reader: impl Read) -> Result<Story, Failure> {
        let mut bytes = Vec::new();
        let limit = self.limits.line_bytes;
        reader.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| broken_off(name, 0, &error))?;
        if bytes.len() > limit {
            let reason = format!("the file is longer than {}", size(limit as u64));
            return Err(Failure::new(name, 0, Stage::Parse, reason)
                .valid("one story a file, or many as JSON lines with the ending .jsonl"));
        }
        let mut unknown = Vec::new();
        let story = page::read(name, id, &bytes, &mut unknown);
        self.remark_unknown(name, 0, &unknown);
        story
    }

    fn remark_unknown(&mut self, input: &str, line: usize, fields: &[String]) {
        if fields.is_empty() {
            return;
        }
        let names: Vec<String> = fields.iter().take(8).map(|field| format!("`{field}`")).collect();
        let (noun, verb) = if fields.len() == 1 { ("field", "is") } else { ("fields", "are") };
        let more = if fields.len() > names.len() { " and others" } else { "" };
        let text = format!(
            "the {noun} {}{more} {verb} not read; stories have {}",
            names.join(", "),
            FIELDS.join(", ")
        );
        self.remarks.push(Remark { input: input.to_owned(), line, text });
    }

    /// Remarks on an id that came before, and hands the story on.
    fn checked(&mut self, story: Story) -> Story {
        let mut hasher = DefaultHasher::new();
        story.metadata.id.hash(&mut hasher);
        if !self.ids.insert(hasher.finish()) {
            let text = format!("the id `{}` came before; ids should be unique", story.metadata.id);
            self.remarks.push(Remark { input: story.input.clone(), line: story.line, text });
        }
        story
    }
}

impl Iterator for Stories {
    type Item = Result<Story, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(page) = self.page.take() {
                return Some(page.map(|story| self.checked(story)));
            }
            if let Some(lines) = &mut self.open {
                let known = lines.unknown.len();
                let record = lines.next(self.limits);
                if lines.unknown.len() > known {
                    let (input, line, fields) = (lines.input.clone(), lines.line, lines.unknown[known..].to_vec());
                    self.remark_unknown(&input, line, &fields);
                }
                match record {
                    Some(record) => return Some(record.map(|story| self.checked(story))),
                    None => self.open = None,
                }
                continue;
            }
            match self.inputs.next()? {
                Ok(input) => {
                    if let Err(failure) = self.open_input(input) {
                        return Some(Err(failure));
                    }
                }
                Err(failure) => return Some(Err(failure)),
            }
        }
    }
}

impl Lines {
    fn new(input: &str, reader: Box<dyn BufRead + Send>) -> Self {
        Self { input: input.to_owned(), reader, buffer: Vec::new(), line: 0, n_records: 0, unknown: Vec::new() }
    }

    /// The next record; `None` at the end of the input.
    fn next(&mut self, limits: Limits) -> Option<Result<Story, Failure>> {
        loop {
            let line = read_line(&mut *self.reader, &mut self.buffer, limits.line_bytes);
            self.line += 1;
            match line {
                Ok(Line::End) if self.n_records == 0 => {
                    self.n_records = 1;
                    return Some(Err(empty(&self.input)));
                }
                Ok(Line::End) => return None,
                Ok(Line::Whole) => {
                    if self.line == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") {
                        self.buffer.drain(..3);
                    }
                    if self.buffer.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    self.n_records += 1;
                    return Some(self.record());
                }
                Ok(Line::TooLong(n_bytes)) => {
                    self.n_records += 1;
                    let reason = format!("the line is {} long", size(n_bytes));
                    let valid = format!("lines of up to {}", size(limits.line_bytes as u64));
                    return Some(Err(Failure::new(&self.input, self.line, Stage::Parse, reason).valid(valid)));
                }
                Err(error) => {
                    self.n_records += 1;
                    self.reader = Box::new(io::empty());
                    return Some(Err(broken_off(&self.input, self.line, &error)));
                }
            }
        }
    }

    fn record(&mut self) -> Result<Story, Failure> {
        let mut unknown = Vec::new();
        let story = record::read(&self.input, self.line, &self.buffer, &mut unknown);
        // One remark names what the first lines have; a file with a new field in every line does not fill the memory.
        if self.unknown.is_empty() {
            unknown.sort();
            unknown.dedup();
            self.unknown = unknown;
        }
        story
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Lines,
    Page,
}

/// The first bytes of an input, enough to tell what it is: one read of a slow pipe, more only while nothing but space came.
fn read_head(reader: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while head.len() < 8192 && head.iter().all(u8::is_ascii_whitespace) {
        let part = match reader.fill_buf() {
            Ok(part) => part,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let n_bytes = part.len();
        if n_bytes == 0 {
            break;
        }
        head.extend_from_slice(part);
        reader.consume(n_bytes);
    }
    Ok(head)
}

/// What an input is, by its ending, else by its first bytes.
fn format_of(name: &str, head: &[u8]) -> Result<Format, Failure> {
    if head.iter().all(u8::is_ascii_whitespace) && head.len() < 8192 {
        return Err(empty(name));
    }
    if text::looks_binary(head) {
        let failure = Failure::new(name, 0, Stage::Decode, "the file is binary, no text");
        let failure = failure.valid("JSON lines, plain text or Markdown");
        return Err(match head {
            [0x1f, 0x8b, ..] => failure.hint("unpack it first: gzip -dc FILE | whimbrel read -"),
            [b'%', b'P', b'D', b'F', ..] => failure.hint("extract its text first, for example with pdftotext"),
            _ => failure,
        });
    }
    let ending = Path::new(name).extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let opens_object = head.trim_ascii_start().strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().first() == Some(&b'{');
    let format = match ending.as_deref() {
        Some("jsonl" | "ndjson" | "json") => Format::Lines,
        Some("txt" | "text" | "md" | "markdown") => Format::Page,
        _ if opens_object => Format::Lines,
        _ => Format::Page,
    };
    let is_wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if format == Format::Lines && is_wide {
        return Err(Failure::new(name, 0, Stage::Decode, "the file is UTF-16")
            .valid("JSON lines in UTF-8")
            .hint("convert it first: iconv -f UTF-16 -t UTF-8 FILE"));
    }
    Ok(format)
}

fn empty(input: &str) -> Failure {
    Failure::new(input, 0, Stage::Parse, "the file is empty").valid("at least one story")
}

fn broken_off(input: &str, line: usize, error: &io::Error) -> Failure {
    Failure::new(input, line, Stage::Open, format!("reading broke off: {error}"))
}

/// A number of bytes for people.
fn size(n_bytes: u64) -> String {
    match n_bytes {
        0..1024 => format!("{n_bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", n_bytes / 1024),
        _ => format!("{} MiB", n_bytes / (1 << 20)),
    }
}

/// Counts what passes.
struct Metered<R> {
    reader: R,
    meter: Arc<Meter>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.reader.read(buffer)?;
        self.meter.read.fetch_add(n_bytes as u64, Ordering::Relaxed);
        Ok(n_bytes)
    }
}
