//! Which are the same?
//!
//! Over the facts of stories it concludes which stories go back to one origin, which names mean one actor, which reports tell
//! one event, what became of planned events, and which claims stand against each other. It knows the ledger in one room.
//!
//! Rooms in reading order: `facts` (what comes in), `words`, `sketch`, `name` (how texts, words and names are compared),
//! `origin`, `actor`, `event`, `life`, `dispute` (the five layers), `shelf` and `keeping` (where the state lies), `blocking`
//! (who is compared with whom), `cluster` and `graph` (groups from scored pairs), `register` (signatures of actors),
//! `by_hand` (decisions), `resolution` and `pairs` (the state), `told` and `conclusions` (what goes out), `settle` (a ledger
//! brought up to date).

mod actor;
mod blocking;
mod by_hand;
mod cluster;
mod conclusions;
mod dispute;
mod event;
mod facts;
mod graph;
mod hash;
mod keeping;
mod life;
mod name;
mod origin;
mod pairs;
mod register;
mod resolution;
mod settle;
mod shelf;
mod sketch;
mod thresholds;
mod told;
mod words;

pub use by_hand::{Decided, PartOf};
pub use conclusions::{
    Affair, Bearer, Conclusions, Decision, Entity, Gone, Layer, Link, Member, Origin, Relation, ReportId, Statement, Summary,
};
pub use dispute::Stance;
pub use facts::{Detail, Numbers, Office, Party, Report, Saying, Story};
pub use life::{Stage, Step};
pub use resolution::Resolution;
pub use settle::{SettleError, Settled, Settler, at_hand, facts_of_entry, facts_of_stored};
pub use shelf::{Damaged, InMemory, Shelf, Shelves};
pub use sketch::Sketch;
pub use thresholds::{Thresholds, ThresholdsError};
pub use words::{Gist, stem};
