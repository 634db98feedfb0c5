//! What does this story say, and where?
//!
//! Takes the bytes of a story with its [`Metadata`] and gives a [`Document`]: the text exactly as it came, cut into
//! paragraphs, sentences and tokens by Universal Dependencies conventions, with headline, byline, agency credit and
//! dateline found. Every place is a [`Span`] of the original text. It knows charsets and Unicode, and nothing of
//! English grammar, politics or tensors. Reading never fails: what could not be read becomes a [`Note`].

mod document;
mod span;

pub use document::{Credit, Dateline, Document, Metadata, Note, Sentence, Token};
pub use span::{CodePoints, Span};
