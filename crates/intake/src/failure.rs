//! What does not come out, and why; and what there is to say about an input that was read all the same.

use std::fmt;

/// How far an input came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// It could not be opened or read.
    Open,
    /// It could not be fetched from its address.
    Fetch,
    /// It could not be unpacked.
    Unpack,
    /// Its bytes are no text.
    Decode,
    /// Its text is no story.
    Parse,
    /// Reading the story broke off, which is a fault of the program.
    Read,
}

impl Stage {
    /// The word for it in lists of failures.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Fetch => "fetch",
            Stage::Unpack => "unpack",
            Stage::Decode => "decode",
            Stage::Parse => "parse",
            Stage::Read => "read",
        }
    }
}

/// A story that could not be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file, the file in an archive (`a.zip/b.txt`) or the address; `-` for standard input.
    pub input: String,
    /// The line, from 1; 0 when the whole input failed.
    pub line: usize,
    /// The number of the record in its input, from 1; 0 when the whole input failed. With `input` it is a place that the same
    /// bytes have again.
    pub record: u64,
    /// The story's id, where it is known.
    pub id: Option<String>,
    /// How far it came.
    pub stage: Stage,
    /// What is wrong.
    pub reason: String,
    /// What would have been valid; may be empty.
    pub valid: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl Failure {
    pub(crate) fn new(input: &str, line: usize, stage: Stage, reason: impl Into<String>) -> Self {
        Self {
            input: input.to_owned(),
            line,
            record: 0,
            id: None,
            stage,
            reason: reason.into(),
            valid: String::new(),
            hint: String::new(),
        }
    }

    pub(crate) fn record(mut self, record: u64) -> Self {
        self.record = record;
        self
    }

    pub(crate) fn valid(mut self, valid: impl Into<String>) -> Self {
        self.valid = valid.into();
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, &self.input, self.line)?;
        f.write_str(&self.reason)?;
        if !self.valid.is_empty() {
            write!(f, "; valid is {}", self.valid)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// Something about an input that its owner should know, though its stories were read: a field that nothing reads, an id that
/// came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The file, the file in an archive (`a.zip/b.txt`) or the address; `-` for standard input.
    pub input: String,
    /// The line, from 1; 0 for the whole input.
    pub line: usize,
    /// What there is to say.
    pub text: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, &self.input, self.line)?;
        f.write_str(&self.text)
    }
}

fn write_place(f: &mut fmt::Formatter<'_>, input: &str, line: usize) -> fmt::Result {
    match line {
        0 => write!(f, "{input}: "),
        _ => write!(f, "{input}:{line}: "),
    }
}
