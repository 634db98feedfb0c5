//! What does the record say?
//!
//! Takes a ledger, opened for reading, and questions with typed filters; gives answers as rows of typed cells, each with the
//! story, publisher, day, address and words that it rests on. It knows SQL and nothing of grammar; it writes nothing, reads no
//! clock, and judges nothing: who disputes whom is told, who is right is not. `docs/guides/asking.md` shows it at work.
//!
//! The rooms, in reading order: `record` (the open ledger), `filter` (what is asked for), `answer` (rows and cells), then the
//! questions: `event`, `agenda`, `claim`, `timeline`, `actor`, `story`, `stats`, `free` (in SQL); those of screens: `cluster`,
//! `reading`, `happening`, `board`, `entity`, `network`, `facet`, `run`; `correction` (what people say of codings), `news` (what is
//! new in a search); `export` (the formats of the field); `error`.

mod record;

mod answer;
mod filter;

mod actor;
mod agenda;
mod board;
mod claim;
mod cluster;
mod correction;
mod entity;
mod event;
mod facet;
mod free;
mod happening;
mod network;
mod news;
mod reading;
mod run;
mod stats;
mod story;
mod timeline;

mod export;

mod error;

pub use actor::actor;
pub use agenda::agenda;
pub use answer::{Answer, Cell, Column, Kind, Last, Named};
pub use board::{AfterClaim, CLAIMS_MAX, Issues, board};
pub use claim::claims;
pub use cluster::{After, Triage, clusters, copies, gists};
pub use correction::{About, corrections};
pub use entity::{entity, names, roles};
pub use error::Error;
pub use event::events;
pub use export::{EVENT_COLUMNS, Export, Exported, Format, Open, csv_cell, csv_line, event_cells, export, party_names};
pub use facet::{facets, places};
pub use filter::{Filter, Party, Place, event_type, mode};
pub use free::{schema, sql};
pub use happening::{bearing, differences, reports, steps};
pub use network::{EVENTS_MAX, dyads, neighbours};
pub use news::{News, Which, count_news, news};
pub use reading::{identities, reading, revisions, stances, story_of};
pub use record::Record;
pub use run::{failures, inputs, runs, sources};
pub use stats::stats;
pub use story::{search, story};
pub use timeline::{Period, timeline};
