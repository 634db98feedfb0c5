//! What does the network see in these words?
//!
//! Takes windows of words and gives [`Prediction`]s: labels with scores for every word, a dependency tree, and arcs from
//! anchors (event triggers, reporting cues) to the words that fill their roles. Labels are strings chosen in training;
//! this crate does not know what they mean. One encoder, one forward pass a window; the result for a window depends on
//! the words of that window alone, never on its batch, the thread count or the machine.

mod prediction;

pub use prediction::{Anchor, Heads, Labels, Model, Prediction, Scored, Window, WordPrediction};
