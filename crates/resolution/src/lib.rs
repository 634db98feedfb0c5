//! Which are the same?
//!
//! Over the facts of stories it concludes which stories go back to one origin, which names mean one actor, which reports tell
//! one event, what became of planned events, and which claims stand against each other. It knows nothing outside.
//!
//! Rooms in reading order: `facts` (what comes in), `words`, `sketch`, `name` (how texts, words and names are compared),
//! `blocking` (who is compared with whom), `cluster` and `graph` (groups from scored pairs), `origin`, `actor`, `event`,
//! `life`, `dispute` (the five layers), `resolution` (the state), `conclusions` (what goes out).

mod actor;
mod blocking;
mod cluster;
mod conclusions;
mod dispute;
mod event;
mod facts;
mod graph;
mod hash;
mod life;
mod name;
mod origin;
mod resolution;
mod sketch;
mod thresholds;
mod words;

pub use conclusions::{Affair, Bearer, Conclusions, Decision, Entity, Layer, Link, Member, Origin, Relation, ReportId, Statement};
pub use dispute::Stance;
pub use facts::{Party, Report, Saying, Story};
pub use life::{Stage, Step};
pub use resolution::Resolution;
pub use sketch::Sketch;
pub use thresholds::{Thresholds, ThresholdsError};
pub use words::{Gist, stem};
