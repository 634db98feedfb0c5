//! Where do stories come from?
//!
//! Takes paths of files and folders, or standard input, and gives [`Stories`]: a stream of `Result<Story, Failure>` in the
//! order of the inputs. It knows file formats (JSON lines, plain text, Markdown with front matter, CoNLL-U) and charsets
//! through `text`, and nothing of language. One bad story never stops the others, and memory stays bounded: a line is held
//! only up to [`Limits::line_bytes`].
//!
//! ```
//! use whimbrel_intake::{Limits, Stories};
//!
//! let lines = br#"{"id": "s1", "text": "Police fired."}
//! {"id": "s2", "text": 7}"#;
//! let mut stories = Stories::from_reader("lines.jsonl", &lines[..], Limits::default());
//! assert_eq!(stories.next().and_then(Result::ok).map(|story| story.metadata.id).as_deref(), Some("s1"));
//! let failure = stories.next().and_then(Result::err).expect("a text must be a string");
//! assert_eq!(failure.to_string(), "lines.jsonl:2: the field `text` is a number; valid is a string");
//! ```
//!
//! The rooms, in reading order: `story` (what comes out), `failure` (what does not), `stories` (the stream), `input` (which
//! files), `line` (lines of bounded length), `record` (a line of JSON), `page` (a text file), `front_matter` (what stands
//! above its text), `conllu` (sentences and words that are given).

mod failure;
mod story;

mod stories;

mod input;
mod line;

mod front_matter;
mod page;
mod record;

pub mod conllu;

pub use failure::{Failure, Remark, Stage};
pub use stories::{Limits, Meter, Stories};
pub use story::{FIELDS, Story};
