//! What can be stated, and in which words?
//!
//! Holds the codebook (ontology, lexicons, actors, places' names: the folder `data/`) and the record types that all
//! floors share. It knows TOML and TSV, and nothing of grammar or tensors.
//!
//! ```
//! use whimbrel_codebook::{Codebook, EventType, Pos};
//!
//! let codebook = Codebook::bundled();
//! let found = codebook.trigger(&["air", "strike"], Pos::Noun).expect("a known trigger");
//! assert_eq!((found.len, found.rules[0].event_type), (2, EventType::Assault));
//! assert_eq!(found.rules[0].mode.as_deref(), Some("aerial"));
//! let party = codebook.party(&["Pakistani", "soldiers"], None).expect("a known party");
//! assert_eq!((party.country.as_deref(), party.sector.as_deref()), (Some("PAK"), Some("MIL")));
//! ```
//!
//! Rooms in reading order: `record` (what a story yields), `ontology`, `lexicon`, `actor`, `party` (who a phrase
//! means), `codebook` (all of it in one value), `check` (the laws of the data), `json` (records in and out).

mod actor;
mod check;
mod codebook;
mod error;
mod files;
mod glossary;
pub mod json;
pub mod markup;
mod lexicon;
mod ontology;
mod party;
mod phrase;
mod record;
pub mod table;

pub use actor::{Actors, Body, Country, Force, Joint, NameKind, Noun, Office};
pub use check::{check, check_texts};
pub use codebook::Codebook;
pub use error::DataError;
pub use glossary::Glossary;
pub use lexicon::{ContextWords, Cue, Found, Lexicon, Light, Operator, Pos, Scope, Subject, Trigger};
pub use ontology::{ContextInfo, EventInfo, Example, ModeInfo, Need, Ontology, Roles, SectorInfo};
pub use party::{Party, Surroundings, Title};
pub use phrase::{Phrases, Pieces, fold};
pub use record::{
    Act, Actor, ActorKind, Claim, Coding, Event, EventType, Manner, Note, QuadClass, RoleStatus, RoleTitle,
    SourceKind, Status, TimexRecord, ToponymRecord,
};
