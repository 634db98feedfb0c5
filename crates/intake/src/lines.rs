//! JSON lines: a story on each line.

use std::io;

use crate::failure::{Failure, Stage};
use crate::limits::size;
use crate::line::{Line, read_line};
use crate::record;
use crate::source::{Bytes, Desk, Source, Taken, broken_off, empty};

/// The lines of an input.
pub(crate) struct Lines {
    input: String,
    bytes: Bytes,
    buffer: Vec<u8>,
    line: usize,
    record: u64,
    done: u64,
    reader: record::Reader,
}

impl Lines {
    pub(crate) fn new(input: &str, bytes: Bytes, desk: &Desk) -> Self {
        let reader = record::Reader::new(desk.mapping.clone());
        Self { input: input.to_owned(), bytes, buffer: Vec::new(), line: 0, record: 0, done: desk.done(input), reader }
    }

    fn fail(&self, stage: Stage, reason: String) -> Failure {
        Failure::new(&self.input, self.line, stage, reason).record(self.record)
    }
}

impl Source for Lines {
    fn next(&mut self, desk: &mut Desk) -> Option<Taken> {
        loop {
            let line = read_line(&mut *self.bytes, &mut self.buffer, desk.limits.line_bytes);
            self.line += 1;
            match line {
                Ok(Line::End) if self.record == 0 => {
                    self.record = 1;
                    return Some(Taken::Failed(empty(&self.input)));
                }
                Ok(Line::End) => return None,
                Ok(Line::Whole) => {
                    if self.line == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") {
                        self.buffer.drain(..3);
                    }
                    if self.buffer.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    self.record += 1;
                    if self.record > self.done {
                        let place = record::Place { input: &self.input, line: self.line, record: self.record };
                        return Some(self.reader.read(place, &self.buffer, desk).into());
                    }
                }
                Ok(Line::TooLong(n_bytes)) => {
                    self.record += 1;
                    if self.record > self.done {
                        let valid = format!("lines of up to {}", size(desk.limits.line_bytes as u64));
                        let reason = format!("the line is {} long", size(n_bytes));
                        return Some(Taken::Failed(self.fail(Stage::Parse, reason).valid(valid)));
                    }
                }
                Err(error) => {
                    self.record += 1;
                    self.bytes = Box::new(io::empty());
                    return Some(Taken::Failed(broken_off(&self.input, self.line, &error).record(self.record)));
                }
            }
        }
    }
}
