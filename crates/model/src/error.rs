//! Why a weight file cannot be read.

use crate::Instructions;

/// What is wrong with a weight file, and with which node of the network.
#[derive(Debug, thiserror::Error)]
#[error("{node}: {kind}")]
pub struct Error {
    /// The tensor or header entry, as `models/FORMAT.md` names it.
    pub node: String,
    /// What is wrong with it.
    pub kind: ErrorKind,
}

/// The kinds of [`Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It does not begin as weight files do.
    #[error("not a weight file: it must begin with `WHIMBREL`")]
    Magic,
    /// The bytes end too early.
    #[error("the file ends early: bytes {start} to {end} are wanted, {len} are there")]
    Truncated {
        /// First byte wanted.
        start: u64,
        /// Where they should end.
        end: u64,
        /// Length of the file.
        len: u64,
    },
    /// The header is not the JSON that it should be.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// A format of another time.
    #[error("format {0} is not known; this program reads format 1")]
    Format(u32),
    /// A number outside of what the network allows.
    #[error("{value} is not allowed; {allowed}")]
    Value {
        /// The number found.
        value: u64,
        /// What would be right.
        allowed: &'static str,
    },
    /// A tensor or range that is not there.
    #[error("missing")]
    Missing,
    /// A name that is there twice.
    #[error("listed twice")]
    Twice,
    /// A tensor or range that shares bytes or columns with another.
    #[error("overlaps `{0}`")]
    Overlap(String),
    /// A tensor of another type.
    #[error("dtype is {found}, must be {wanted}")]
    Dtype {
        /// The type found.
        found: String,
        /// The type that the network wants.
        wanted: &'static str,
    },
    /// A tensor of another shape.
    #[error("shape is {found:?}, must be {wanted:?}")]
    Shape {
        /// The shape found.
        found: Vec<u64>,
        /// The shape that the network wants.
        wanted: Vec<u64>,
    },
    /// A tensor whose bytes are not what its shape says.
    #[error("{bytes} bytes do not hold shape {shape:?} of {dtype}")]
    Size {
        /// Bytes listed.
        bytes: u64,
        /// Shape listed.
        shape: Vec<u64>,
        /// Type listed.
        dtype: String,
    },
    /// A tensor that does not begin at a multiple of 64.
    #[error("offset {0} is not a multiple of 64")]
    Offset(u64),
    /// A float that is infinite or not a number.
    #[error("value {0} is not a finite number")]
    NotFinite(usize),
    /// Text that is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// A vocabulary without one of the pieces that every window needs.
    #[error("no piece `{0}`")]
    NoPiece(&'static str),
    /// A label list without a label that decoding needs, or with none at all.
    #[error("no label `{0}`")]
    NoLabel(&'static str),
    /// The machine lacks the instructions.
    #[error("this machine cannot run {0:?}")]
    Instructions(Instructions),
}

impl Error {
    /// An error at a node.
    pub(crate) fn at(node: impl Into<String>, kind: impl Into<ErrorKind>) -> Self {
        Self { node: node.into(), kind: kind.into() }
    }
}
