//! What are the words, and how do they hang together?
//!
//! Takes a [`text::Document`] and a [`model::Model`] and gives an [`Analysis`]: syntax, mentions with coreference chains,
//! quotations, timexes, toponyms, and the network's candidates for predicates with their arguments. It knows English; it
//! knows no event type: labels of predicates pass through as words.

mod layers;

pub use layers::{
    Analysis, Candidate, Chain, EntityKind, Form, Manner, Mention, Precision, Quotation, Role, Timex, TimexType,
    Toponym, Word,
};
