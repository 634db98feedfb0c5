//! What are the words, and how do they hang together?
//!
//! Takes a [`text::Document`] and a [`model::Model`] and gives an [`Analysis`]: syntax, mentions with coreference chains,
//! quotations, timexes, toponyms, and the network's candidates for predicates with their arguments. It knows English; it
//! knows no event type: labels of predicates pass through as words.

mod layers;
mod timex;
pub mod toponym;
mod tree;
mod reading;
mod lemma;
mod quotation;
mod mention;
mod coreference;
mod tables;

pub use mention::{collective, is_honorific};
pub use layers::{
    Analysis, Candidate, Chain, EntityKind, Form, Manner, Mention, Precision, Quotation, Role, Timex, TimexType,
    Toponym, Word,
};
pub use timex::{Grammar as TimexGrammar, GrammarError as TimexGrammarError, find_timexes};
pub use tables::Tables;
pub use text::TableError;
pub use tree::Tree;

/// Reads a document: grammar, names, quotations, coreference, times and places. It never fails.
///
/// # Panics
/// If the model gives a prediction that does not fit its window.
pub fn analyze(model: &dyn model::Model, document: &text::Document) -> Analysis {
    analyze_with(Tables::embedded(), model, document)
}

/// Reads a document by other tables; see [`analyze`].
///
/// # Panics
/// If the model gives a prediction that does not fit its window.
pub fn analyze_with(tables: &Tables, model: &dyn model::Model, document: &text::Document) -> Analysis {
    let mut reading = reading::read(tables, model, document);
    let words = std::mem::take(&mut reading.words);
    let tree = Tree::new(&words);
    let mut analysis = Analysis {
        mentions: mention::find_mentions(document, &tree, &reading),
        quotations: quotation::find_quotations(document, &tree, &reading.cues),
        ..Analysis::default()
    };
    coreference::join_mentions(document, &tree, &mut analysis);
    analysis.timexes = tables.time.find(document, &words);
    analysis.toponyms = toponym::find_toponyms_with(&tables.place, document, &analysis.mentions);
    analysis.candidates = reading.candidates;
    analysis.words = words;
    analysis
}
