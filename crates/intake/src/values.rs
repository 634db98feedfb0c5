//! JSON over any number of lines: one list of objects, or objects one after the other.
//!
//! Values are cut out of the bytes by their brackets and read one at a time, so that a list of any length is read in the
//! memory of its longest member.

use std::io;

use crate::failure::{Failure, Stage};
use crate::limits::size;
use crate::record;
use crate::source::{Bytes, Desk, Source, Taken, broken_off, empty};

/// The objects of an input.
pub(crate) struct Values {
    input: String,
    bytes: Bytes,
    buffer: Vec<u8>,
    line: usize,
    record: u64,
    done: u64,
    in_list: bool,
    is_done: bool,
    reader: record::Reader,
}

/// What comes next in the bytes.
enum Next {
    /// An object, in the buffer, that began on this line.
    Object(usize),
    /// An object longer than the limit.
    TooLong(usize, u64),
    /// Something between two objects that may not stand there.
    Stray(u8),
    /// The end, as it should be.
    End,
    /// The end amid an object or a list.
    Cut,
}

impl Values {
    pub(crate) fn new(input: &str, bytes: Bytes, desk: &Desk) -> Self {
        Self {
            input: input.to_owned(),
            bytes,
            buffer: Vec::new(),
            line: 1,
            record: 0,
            done: desk.done(input),
            in_list: false,
            is_done: false,
            reader: record::Reader::new(desk.mapping.clone()),
        }
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.bytes.fill_buf() {
                Ok([]) => return Ok(None),
                Ok(&[byte, ..]) => {
                    self.bytes.consume(1);
                    self.line += usize::from(byte == b'\n');
                    return Ok(Some(byte));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn advance(&mut self, limit: usize) -> io::Result<Next> {
        loop {
            match self.byte()? {
                None if self.in_list => return Ok(Next::Cut),
                None => return Ok(Next::End),
                Some(b'{') => return self.object(limit),
                Some(b'[') if !self.in_list && self.record == 0 => self.in_list = true,
                Some(b']') if self.in_list => self.in_list = false,
                // The parts of a byte order mark.
                Some(0xef | 0xbb | 0xbf) if self.record == 0 => {}
                Some(byte) if byte.is_ascii_whitespace() || byte == b',' => {}
                Some(byte) => return Ok(Next::Stray(byte)),
            }
        }
    }

    /// Reads on to the bracket that closes the object; brackets in strings do not count.
    fn object(&mut self, limit: usize) -> io::Result<Next> {
        let line = self.line;
        self.buffer.clear();
        self.buffer.push(b'{');
        let (mut depth, mut in_string, mut escaped, mut n_bytes) = (1usize, false, false, 1u64);
        while depth > 0 {
            let part = match self.bytes.fill_buf() {
                Ok([]) => return Ok(Next::Cut),
                Ok(part) => part,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let mut taken = 0;
            for &byte in part {
                taken += 1;
                self.line += usize::from(byte == b'\n');
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_string => escaped = true,
                    b'"' => in_string = !in_string,
                    b'{' | b'[' if !in_string => depth += 1,
                    b'}' | b']' if !in_string => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
            n_bytes += taken as u64;
            if n_bytes <= limit as u64 {
                self.buffer.extend_from_slice(&part[..taken]);
            } else {
                self.buffer = Vec::new();
            }
            self.bytes.consume(taken);
        }
        Ok(if n_bytes > limit as u64 { Next::TooLong(line, n_bytes) } else { Next::Object(line) })
    }

    fn end(&mut self, failure: Failure) -> Taken {
        self.is_done = true;
        self.record += 1;
        Taken::Failed(failure.record(self.record))
    }
}

impl Source for Values {
    fn next(&mut self, desk: &mut Desk) -> Option<Taken> {
        while !self.is_done {
            let next = self.advance(desk.limits.line_bytes);
            let fail = |line: usize, reason: String| Failure::new(&self.input, line, Stage::Parse, reason);
            match next {
                Ok(Next::Object(line)) => {
                    self.record += 1;
                    if self.record > self.done {
                        let place = record::Place { input: &self.input, line, record: self.record };
                        return Some(self.reader.read(place, &self.buffer, desk).into());
                    }
                }
                Ok(Next::TooLong(line, n_bytes)) => {
                    self.record += 1;
                    let valid = format!("objects of up to {}", size(desk.limits.line_bytes as u64));
                    let failure = fail(line, format!("the object is {} long", size(n_bytes))).valid(valid);
                    return Some(Taken::Failed(failure.record(self.record)));
                }
                Ok(Next::Stray(byte)) => {
                    let failure = fail(self.line, format!("invalid JSON: `{}` stands between objects", byte.escape_ascii()));
                    let failure = failure.valid("a list of objects, or objects one after the other");
                    return Some(self.end(failure));
                }
                Ok(Next::Cut) => {
                    let failure = fail(self.line, "invalid JSON: the file ends before its last bracket".to_owned());
                    return Some(self.end(failure.valid("a whole file")));
                }
                Ok(Next::End) => {
                    self.is_done = true;
                    return (self.record == 0).then(|| Taken::Failed(empty(&self.input)));
                }
                Err(error) => {
                    let failure = broken_off(&self.input, self.line, &error);
                    return Some(self.end(failure));
                }
            }
        }
        None
    }
}
