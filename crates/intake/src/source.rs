//! What every kind of input has in common: it is asked for its next record, and gives a story, a failure, or another input
//! inside it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::sync::Arc;

use crate::clock::SystemClock;
use crate::failure::{Failure, Remark, Stage};
use crate::fetch::Fetcher;
use crate::limits::{Limits, Meter, Options};
use crate::mapping::Mapping;
use crate::story::{FIELDS, Story};

/// Bytes that may be sent to another thread.
pub(crate) type Bytes = Box<dyn BufRead + Send>;

/// One record of an input.
pub(crate) enum Taken {
    /// A story.
    Story(Box<Story>),
    /// None, and why.
    Failed(Failure),
    /// An input within the input: a file of an archive, a page behind a link.
    Opened(Opened),
}

impl From<Result<Story, Failure>> for Taken {
    fn from(record: Result<Story, Failure>) -> Self {
        match record {
            Ok(story) => Taken::Story(Box::new(story)),
            Err(failure) => Taken::Failed(failure),
        }
    }
}

/// An input whose bytes can be read.
pub(crate) struct Opened {
    /// Its name for messages and positions.
    pub(crate) name: String,
    /// The id of its story unless it says otherwise.
    pub(crate) id: String,
    /// Its bytes.
    pub(crate) bytes: Bytes,
    /// What is known of it from outside.
    pub(crate) about: About,
}

/// What is known of an input from outside its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    /// Media type, such as `text/html`.
    pub(crate) media: Option<String>,
    /// Charset that a header names.
    pub(crate) charset: Option<String>,
    /// The address that it came from.
    pub(crate) url: Option<String>,
    /// Where a packed input lies on the disk, when its bytes are the whole of a file.
    pub(crate) path: Option<std::path::PathBuf>,
    /// How many packings it lay in.
    pub(crate) depth: u32,
}

/// An input that is being read.
pub(crate) trait Source: Send {
    /// The next record; `None` at the end of the input.
    fn next(&mut self, desk: &mut Desk) -> Option<Taken>;
}

/// What the sources of one stream share.
pub(crate) struct Desk {
    pub(crate) limits: Limits,
    pub(crate) mapping: Option<Mapping>,
    pub(crate) done: BTreeMap<String, u64>,
    pub(crate) remarks: Vec<Remark>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) fetcher: Fetcher,
}

impl Desk {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            limits: options.limits,
            mapping: options.mapping,
            done: options.done,
            remarks: Vec::new(),
            meter: Arc::default(),
            fetcher: Fetcher::new(options.network, Arc::new(SystemClock)),
        }
    }

    /// Number of records of an input that are passed over.
    pub(crate) fn done(&self, name: &str) -> u64 {
        self.done.get(name).copied().unwrap_or(0)
    }

    pub(crate) fn remark(&mut self, input: &str, line: usize, text: String) {
        self.remarks.push(Remark { input: input.to_owned(), line, text });
    }

    /// The mapping of an input whose first record has these names: the one that was given, else a guess, which is told.
    pub(crate) fn mapping_for(&mut self, names: &[&str], input: &str, line: usize) -> Mapping {
        if let Some(mapping) = &self.mapping {
            return mapping.clone();
        }
        let guess = Mapping::guess(names);
        if let Some(text) = guess.remark() {
            self.remark(input, line, text);
        }
        guess
    }

    /// Remarks once on the fields of an input that nothing reads.
    pub(crate) fn remark_unknown(&mut self, input: &str, line: usize, fields: &[String]) {
        if fields.is_empty() {
            return;
        }
        let names: Vec<String> = fields.iter().take(8).map(|field| format!("`{field}`")).collect();
        let (noun, verb) = if fields.len() == 1 { ("field", "is") } else { ("fields", "are") };
        let more = if fields.len() > names.len() { " and others" } else { "" };
        let names = names.join(", ");
        let text = format!("the {noun} {names}{more} {verb} not read; stories have {}", FIELDS.join(", "));
        self.remark(input, line, text);
    }

    /// Reads the whole of an input, up to the limit.
    pub(crate) fn read_whole(&self, name: &str, bytes: impl Read, what: &str) -> Result<Vec<u8>, Failure> {
        let limit = self.limits.line_bytes as u64;
        let mut out = Vec::new();
        bytes.take(limit + 1).read_to_end(&mut out).map_err(|error| broken_off(name, 0, &error))?;
        if out.len() as u64 > limit {
            let reason = format!("the {what} is longer than {}", crate::limits::size(limit));
            return Err(Failure::new(name, 0, Stage::Parse, reason)
                .valid("one story a file, or many as JSON lines with the ending .jsonl"));
        }
        Ok(out)
    }
}

/// A source of one record that is there already.
pub(crate) struct Single(Option<Taken>);

impl Single {
    pub(crate) fn new(taken: impl Into<Taken>) -> Self {
        Self(Some(taken.into()))
    }
}

impl Source for Single {
    fn next(&mut self, _: &mut Desk) -> Option<Taken> {
        self.0.take()
    }
}

/// The failure of an input whose bytes stop coming. What the reader itself refuses is no fault of the disk.
pub(crate) fn broken_off(input: &str, line: usize, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Failure::new(input, line, Stage::Unpack, "the input is cut short: its end is missing")
            .valid("a whole file")
            .hint("fetch or copy the file again"),
        io::ErrorKind::QuotaExceeded => Failure::new(input, line, Stage::Unpack, error.to_string())
            .valid("text, which is seldom packed to less than a twentieth")
            .hint("unpack it by other means and look at it first"),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
            Failure::new(input, line, Stage::Unpack, format!("reading broke off: {error}")).valid("an undamaged file")
        }
        _ => Failure::new(input, line, Stage::Open, format!("reading broke off: {error}")).valid("a file that can be read to its end"),
    }
}

/// The failure of an input without anything in it.
pub(crate) fn empty(input: &str) -> Failure {
    Failure::new(input, 0, Stage::Parse, "the file is empty").valid("at least one story")
}
