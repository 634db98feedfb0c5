//! Where do stories come from?
//!
//! Takes paths of files and folders, patterns, addresses, or standard input, and gives [`Stories`]: a stream of
//! `Result<Story, Failure>` in the order of the inputs. It knows file formats, archives, HTTP and charsets, and nothing of
//! language. One bad story never stops the others, and memory stays bounded by [`Limits`]. [`Watch`] asks feeds again and
//! again. `docs/reference/intake.md` lists formats, limits and what is refused.
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
//! The rooms, in reading order: `story` (what comes out), `failure` (what does not), `limits` (how much, and how far),
//! `stories` (the stream), `source` (what all inputs have in common), `input` (which they are), `format` (what they are),
//! `packed` (what they lie in). Then the formats: `line`, `lines`, `values`, `record` and `mapping` for JSON, `rows` for CSV, `columns` for Parquet,
//! `page` and `front_matter` for text, `html` and `metadata` for pages of the web, `warc` and `http_message` for web archives,
//! `feed` and `opml` for feeds, `conllu` for words that are given. Then the network: `address` and `robots` (what may be
//! asked), `clock`, `fetch` and `watch`.

mod failure;
mod limits;
mod story;

mod stories;

mod format;
mod input;
mod packed;
mod source;

mod line;
mod lines;
mod mapping;
mod record;
mod columns;
mod rows;
mod values;

mod front_matter;
mod page;

mod html;
mod http_message;
mod metadata;
mod warc;

mod feed;
mod opml;

mod address;
mod clock;
mod fetch;
mod post;
mod robots;
mod watch;

pub mod conllu;

pub use address::is_public;
pub use clock::{Clock, SystemClock};
pub use failure::{Failure, Remark, Stage};
pub use fetch::{Answer, FetchError, Fetcher, Validators};
pub use limits::{Limits, Meter, Network, Options};
pub use mapping::{Mapping, MappingError};
pub use post::{check_address, post};
pub use opml::{FeedAddress, feeds};
pub use stories::Stories;
pub use story::{FIELDS, Story};
pub use watch::{FeedState, Health, Round, Watch, WatchOptions};
