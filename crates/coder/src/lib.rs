//! Who did what to whom, when, where, and according to whom?
//!
//! Takes a document with its [`analysis::Analysis`] and a [`codebook::Codebook`] and gives a [`codebook::Coding`]. It
//! knows politics; it knows no tensor: the network's opinions reach it as labels with scores. Coding never fails.
//!
//! Rooms in reading order: `weights` (sums of fitted weights), `story` (all that the others look at), `party` (who is meant, with
//! which code), `outlet` (where it was printed), `homeland` (of which state), `event` (what is coded), `argument` (who fills a role, by the trigger alone), `status`
//! (did it happen), `setting` (where and when), `casualty` (how many), `merge` (told twice), `claim` (who says so), `recipient` (to
//! whom, by the whole story), `dispute` (who says otherwise), `coding` (all of it in order).

mod table;
mod weights;
mod story;
mod outlet;
mod homeland;
mod party;
mod event;
mod argument;
mod status;
mod setting;
mod casualty;
mod context;
mod merge;
mod claim;
mod recipient;
mod dispute;
mod coding;

pub use coding::{code, recipient_choices};
pub use homeland::Answer;
pub use party::homeland_choices;
pub use recipient::{Recipient, RecipientChoice};
pub use weights::Features;
