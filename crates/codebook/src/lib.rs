//! What can be stated, and in which words?
//!
//! Holds the codebook (ontology, lexicons, actors, places' names: the folder `data/`) and the record types that all
//! floors share. It knows TOML and TSV, and nothing of grammar or tensors.

mod record;

pub use record::{
    Act, Actor, ActorKind, Claim, Coding, Event, EventType, Manner, Note, QuadClass, RoleStatus, RoleTitle, SourceKind,
    Status, TimexRecord, ToponymRecord,
};
