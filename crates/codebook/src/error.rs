//! What is wrong with a data file, and where: `data/lexicon/cue/deny.toml:14: …`.

/// A fault in a data file, worded like a compiler's error.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("data/{file}:{line}: {message}")]
pub struct DataError {
    /// Path below `data/`.
    pub file: String,
    /// Line, counted from 1; 0 when the fault is the file itself.
    pub line: usize,
    /// What is wrong, and the valid choices.
    pub message: String,
}

impl DataError {
    pub(crate) fn new(file: &str, line: usize, message: &str) -> Self {
        Self { file: file.to_string(), line, message: message.to_string() }
    }

    /// A TOML reader's error, at the line of its span.
    pub(crate) fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let line = error.span().map_or(0, |span| line_at(text, span.start));
        Self::new(file, line, error.message())
    }
}

/// The line, from 1, that holds byte `at`.
pub(crate) fn line_at(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// The line, from 1, where `needle` first stands; 0 when it does not.
pub(crate) fn line_of(text: &str, needle: &str) -> usize {
    text.find(needle).map_or(0, |at| line_at(text, at))
}
