//! Where is it kept?
//!
//! Takes stories with their codings and keeps them in one SQLite file, one transaction a batch: what [`Ledger::append`] has
//! acknowledged is on disk, once and whole. Nothing of a coding is changed in place; a newer reading retires the older, and
//! [`Ledger::as_of`] shows the record as it was known. It knows SQLite, and nothing of grammar or politics; it reads no clock.
//! `docs/reference/ledger.md` tells what the tables mean.
//!
//! ```
//! use whimbrel_ledger::{Batch, Entry, Ledger, Moment, Outcome, Program};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("desk.whimbrel");
//! let mut ledger = Ledger::create(&path)?;
//! let run = ledger.begin_run(Program { model: "m 1", codebook: "c 1", program: "p 1" }, Moment(1_000))?;
//! let document = text::read("Police fired.".to_owned(), text::Metadata::default());
//! let coding = codebook::Coding { model: "m 1".into(), codebook: "c 1".into(), ..Default::default() };
//! let batch = Batch { entries: vec![Entry::new(document, coding, "desk.txt".into(), 1)], ..Batch::default() };
//! assert_eq!(ledger.append(run, Moment(2_000), &batch)?.kept[0].outcome, Outcome::Added);
//! assert_eq!(ledger.append(run, Moment(3_000), &batch)?.kept[0].outcome, Outcome::Known);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! The rooms, in reading order: `batch` (what is handed over), `ledger` (the open file), `append` (keeping a batch), `rows`
//! (a coding as rows), `stored` (rows as a coding), `identity` (which texts are the same story), `as_of` (an earlier record),
//! `difference` (between revisions), `conclusion` and `decision` (what holds over stories), `memory` (what resolution goes on
//! from), `account`, `correction` and `follow` (people: who may do what, what they say, what they follow), `doctor` (is it sound?),
//! `migration` (old ledgers), `error`.

mod batch;
mod ledger;

mod append;
mod identity;
mod rows;
mod stored;

mod as_of;
mod difference;

mod conclusion;
mod decision;
mod memory;

mod account;
mod correction;
mod follow;

mod doctor;
mod error;
mod migration;

pub use account::{Account, Deed, PRIVATE_TABLES, Role, Token};
pub use batch::{Batch, Entry, Failure, Kept, Mark, Moment, Outcome, Receipt, Reread, RunId};
pub use conclusion::{
    ClaimRelation, Conclusions, Entity, EntityMember, EntityRole, Happening, HappeningReport, Life, LifeStep, Origin,
    Proposition, Relation, Step,
};
pub use correction::{Correction, Stance, Target};
pub use decision::{Decision, Layer, Named, Verb};
pub use difference::{Change, diff};
pub use doctor::Finding;
pub use error::Error;
pub use follow::{Alert, Channel, Delivery, NewSearch, Question, Search};
pub use ledger::{Ledger, Program};
pub use memory::Remembered;
pub use stored::{Pending, StoredCoding};

// Those who ask in SQL use the same SQLite.
pub use rusqlite;
