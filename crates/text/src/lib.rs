//! What does this story say, and where?
//!
//! Takes the bytes of a story with its [`Metadata`] and gives a [`Document`]: the text exactly as it came, cut into
//! paragraphs, sentences and tokens by Universal Dependencies conventions, with headline, byline, agency credit and
//! dateline found. Every place is a [`Span`] of the original text. It knows charsets and Unicode, and nothing of
//! English grammar, politics or tensors. Reading never fails: what could not be read becomes a [`Note`].
//!
//! ```
//! use whimbrel_text::{Metadata, decode, read};
//!
//! let (text, notes) = decode("LAGOS, Nigeria, 3 March 2014 – Police can't say who fired.".as_bytes());
//! assert!(notes.is_empty());
//! let document = read(text, Metadata::default());
//! assert_eq!(document.date.map(|date| date.to_string()).as_deref(), Some("2014-03-03"));
//! ```
//!
//! The rooms, in reading order: `document` and `span` hold the shapes; `charset` makes text of bytes; `paragraph`,
//! `token` and `sentence` cut it; `opening` finds the dateline, `signature` the byline and the credit, `date` the day;
//! `read` puts them together; `table` holds what is read from `data/text`; `shown` is how words of a story leave the program.

mod document;
mod span;

mod charset;
mod read;

mod character;
mod paragraph;
mod sentence;
mod token;

mod date;
mod opening;
mod signature;
mod table;

mod shown;

pub use charset::{decode, looks_binary};
pub use document::{Credit, Dateline, Document, Metadata, Note, Sentence, Token};
pub use read::{read, read_with};
pub use shown::{one_line, safe_json, shown};
pub use span::{CodePoints, Span};
pub use table::{Agency, TableError, Tables};
