//! What does the network see in these words?
//!
//! Takes windows of words and gives [`Prediction`]s: labels with scores for every word, a dependency tree, and arcs from
//! anchors (event triggers, reporting cues) to the words that fill their roles. Labels are strings chosen in training;
//! this crate does not know what they mean. One encoder, one forward pass a window; the result for a window depends on
//! the words of that window alone, never on its batch, the thread count or the machine.
//!
//! [`Network::bundled`] is the network that the program carries; [`FakeModel`] stands in for it in tests:
//!
//! ```
//! use whimbrel_model::{FakeModel, Model, Window};
//! let model = FakeModel::from_table("
//!     Troops  NOUN  NNS  1+  2  nsubj  O  B  MIL  O  O
//!     left    VERB  VBD  @leave  0  root  O  O  -  O  B-RETREAT
//!     roles 2 actor=1
//! ");
//! let words = vec!["Troops", "left"];
//! let window = Window { words, sentences: vec![0..2] };
//! let prediction = &model.predict(&[window])[0];
//! assert_eq!(prediction.words[0].head, Some(1));
//! ```
//!
//! Rooms in reading order: `prediction` (what comes out), `network` (the whole), `wordpiece`, `shape` and `pack` (what goes
//! in), `encoder`, `heads`, `viterbi`, `syntax`, `tree`, `lemma` (what is made of it), `weights`, `packing`, `matrix`,
//! `float`, `kernel` (how it is computed).

#![deny(unsafe_code)]

mod prediction;

mod network;

mod pack;
mod shape;
mod wordpiece;

mod encoder;
mod heads;
mod lemma;
mod syntax;
mod tree;
mod viterbi;

mod float;
#[expect(unsafe_code, reason = "instructions of the machine; see the room's header")]
#[expect(
    clippy::needless_range_loop,
    reason = "tiles are indexed by row and column, for registers to be chosen"
)]
mod kernel;
mod matrix;
mod packing;
mod weights;

mod error;
mod fake;
mod random;

pub use error::{Error, ErrorKind};
pub use fake::FakeModel;
pub use kernel::Instructions;
pub use lemma::apply_lemma;
pub use network::Network;
pub use prediction::{Anchor, Heads, Labels, Model, Prediction, Scored, Window, WordPrediction};
pub use random::RandomWeights;
pub use weights::Architecture;
