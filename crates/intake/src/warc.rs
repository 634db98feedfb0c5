//! Web archives: the answers in a .warc that are pages.
//!
//! Records are read one at a time and passed over unless they hold a page; a broken record is a failure, and reading goes on
//! at the next one that can be found.

use std::io::{self, Read};

use crate::failure::{Failure, Stage};
use crate::http_message::{Head, body_start, decoded, headers, media_of};
use crate::limits::size;
use crate::line::{Line, read_line};
use crate::source::{About, Bytes, Desk, Source, Taken, broken_off};
use crate::{html, source};

/// The longest header line, and the most of them.
const HEADER_BYTES: usize = 1 << 16;
const HEADERS_MAX: usize = 200;

/// The records of a web archive.
pub(crate) struct Archive {
    input: String,
    bytes: Bytes,
    buffer: Vec<u8>,
    record: u64,
    done: u64,
    // The line that begins the next record was read while looking for it.
    has_magic: bool,
    is_done: bool,
}

/// The head of a record.
struct Record {
    headers: Vec<(String, String)>,
    length: u64,
}

impl Record {
    fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// Whether the record can hold a page.
    fn is_answer(&self) -> bool {
        let content = self.get("content-type").unwrap_or("").to_lowercase();
        match self.get("warc-type") {
            Some("response") => content.starts_with("application/http"),
            Some("resource") => is_page(media_of(&content).0.as_deref()),
            _ => false,
        }
    }
}

fn is_page(media: Option<&str>) -> bool {
    matches!(media, Some("text/html" | "application/xhtml+xml"))
}

impl Archive {
    pub(crate) fn new(input: &str, bytes: Bytes, desk: &Desk) -> Self {
        Self { input: input.to_owned(), bytes, buffer: Vec::new(), record: 0, done: desk.done(input), has_magic: false, is_done: false }
    }

    fn fail(&self, reason: impl Into<String>) -> Failure {
        Failure::new(&self.input, 0, Stage::Parse, reason).valid("records of WARC 1.0 or 1.1").record(self.record)
    }

    fn line(&mut self) -> io::Result<Line> {
        read_line(&mut *self.bytes, &mut self.buffer, HEADER_BYTES)
    }

    /// The head of the next record; `None` at the end.
    fn head(&mut self) -> Result<Option<Record>, Failure> {
        if !self.has_magic {
            loop {
                match self.line() {
                    Ok(Line::End) => return Ok(None),
                    Ok(Line::Whole) if self.buffer.is_empty() => {}
                    Ok(_) => break,
                    Err(error) => {
                        self.is_done = true;
                        self.record += 1;
                        return Err(broken_off(&self.input, 0, &error).record(self.record));
                    }
                }
            }
        }
        self.record += 1;
        let begins = self.has_magic || self.buffer.starts_with(b"WARC/");
        self.has_magic = false;
        if !begins {
            self.find_next();
            return Err(self.fail("the record does not begin with WARC/"));
        }
        let mut lines = Vec::new();
        loop {
            match self.line() {
                Ok(Line::Whole) if self.buffer.is_empty() => break,
                Ok(Line::Whole) if lines.len() < HEADERS_MAX => lines.push(String::from_utf8_lossy(&self.buffer).into_owned()),
                Ok(Line::End) => {
                    self.is_done = true;
                    return Err(self.fail("the archive ends within the head of a record"));
                }
                Ok(_) => {
                    self.find_next();
                    return Err(self.fail("the head of the record is too long"));
                }
                Err(error) => {
                    self.is_done = true;
                    return Err(broken_off(&self.input, 0, &error).record(self.record));
                }
            }
        }
        let headers = headers(lines.iter().map(String::as_str));
        let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
        let Some(length) = length else {
            self.find_next();
            return Err(self.fail("the record does not say how long it is"));
        };
        Ok(Some(Record { headers, length }))
    }

    /// Passes over what is no record, up to the line that begins one.
    fn find_next(&mut self) {
        loop {
            match self.line() {
                Ok(Line::Whole) if self.buffer.starts_with(b"WARC/1.") => return self.has_magic = true,
                Ok(Line::Whole | Line::TooLong(_)) => {}
                Ok(Line::End) | Err(_) => return self.is_done = true,
            }
        }
    }

    fn pass_over(&mut self, n_bytes: u64) -> Result<(), Failure> {
        let passed = io::copy(&mut (&mut self.bytes).take(n_bytes), &mut io::sink());
        match passed {
            Ok(passed) if passed == n_bytes => Ok(()),
            Ok(_) => {
                self.is_done = true;
                Err(self.fail("the archive ends within a record"))
            }
            Err(error) => {
                self.is_done = true;
                Err(broken_off(&self.input, 0, &error).record(self.record))
            }
        }
    }

    /// The next record that holds a page, as a story.
    fn page(&mut self, record: &Record, desk: &mut Desk) -> Result<Option<Taken>, Failure> {
        let limit = desk.limits.line_bytes as u64;
        if record.length > limit {
            self.pass_over(record.length)?;
            let reason = format!("the record is {} long", size(record.length));
            return Err(self.fail(reason).valid(format!("records of up to {}", size(limit))));
        }
        let mut block = Vec::new();
        (&mut self.bytes).take(record.length).read_to_end(&mut block).map_err(|error| {
            self.is_done = true;
            broken_off(&self.input, 0, &error).record(self.record)
        })?;
        if block.len() as u64 != record.length {
            self.is_done = true;
            return Err(self.fail("the archive ends within a record"));
        }
        let url = record.get("warc-target-uri").map(|url| url.trim_matches(['<', '>']).to_owned());
        let (charset, body) = if record.get("warc-type") == Some("resource") {
            (media_of(record.get("content-type").unwrap_or("")).1, block)
        } else {
            let Some((end, start)) = body_start(&block) else { return Err(self.fail("the answer has no head").valid("an HTTP answer")) };
            let head = Head::parse(&block[..end]);
            let (media, charset) = media_of(head.get("content-type").unwrap_or(""));
            if head.status != 200 || !is_page(media.as_deref()) {
                return Ok(None);
            }
            let body = decoded(&head, &block[start..], limit);
            let body = body.map_err(|error| Failure { stage: Stage::Unpack, ..self.fail(error.to_string()).valid("gzip, deflate or none") })?;
            (charset, body)
        };
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let about = About { charset, url, ..About::default() };
        let place = html::Place { input: &self.input, record: self.record, id: None };
        Ok(Some(html::read(place, &body, &about).into()))
    }
}

impl Source for Archive {
    fn next(&mut self, desk: &mut Desk) -> Option<Taken> {
        while !self.is_done {
            let record = match self.head() {
                Ok(Some(record)) => record,
                Ok(None) => {
                    self.is_done = true;
                    return (self.record == 0).then(|| Taken::Failed(source::empty(&self.input)));
                }
                Err(failure) if failure.record <= self.done => continue,
                Err(failure) => return Some(Taken::Failed(failure)),
            };
            if self.record <= self.done || !record.is_answer() {
                if let Err(failure) = self.pass_over(record.length) {
                    return Some(Taken::Failed(failure));
                }
                continue;
            }
            match self.page(&record, desk) {
                Ok(None) => {}
                Ok(Some(taken)) => return Some(taken),
                Err(failure) => return Some(Taken::Failed(failure)),
            }
        }
        None
    }
}
