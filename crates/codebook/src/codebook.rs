//! The codebook as one value: loaded once, read by everyone.

use std::path::Path;
use std::sync::LazyLock;

use crate::actor::Actors;
use crate::error::DataError;
use crate::files::Files;
use crate::glossary::Glossary;
use crate::lexicon::{self, ContextWords, Cue, Found, Lexicon, Light, Operator, Pos, Trigger};
use crate::ontology::Ontology;
use crate::{EventType, QuadClass};

static BUNDLED: LazyLock<Codebook> = LazyLock::new(Codebook::bundled_afresh);

/// Ontology, lexicons and actors.
#[derive(Clone, Debug)]
pub struct Codebook {
    version: String,
    /// Event types, modes, contexts, sectors.
    pub ontology: Ontology,
    /// Words that name events.
    pub triggers: Lexicon<Trigger>,
    /// Words that hand over speech.
    pub cues: Lexicon<Cue>,
    /// Verbs that carry an event noun.
    pub lights: Lexicon<Light>,
    /// Words that bear on whether an event happened.
    pub operators: Lexicon<Operator>,
    /// Words that show a context.
    pub contexts: Lexicon<ContextWords>,
    /// Countries, bodies, persons, sector nouns.
    pub actors: Actors,
    /// Every label in plain words.
    pub glossary: Glossary,
}

impl Codebook {
    /// The codebook that travels in the binary; loaded at its first use.
    pub fn bundled() -> &'static Codebook {
        &BUNDLED
    }

    /// The bundled codebook, loaded anew; for measuring how long that takes.
    #[doc(hidden)]
    pub fn bundled_afresh() -> Self {
        Self::from_files(&Files::bundled()).expect("the bundled data is checked by the tests of this crate")
    }

    /// The codebook of a folder laid out as `data/` is.
    ///
    /// # Errors
    /// At the first file that cannot be read as its schema says; [`crate::check`] lists every fault.
    pub fn load(dir: impl AsRef<Path>) -> Result<Self, DataError> {
        Self::from_files(&Files::read(dir.as_ref())?)
    }

    /// The codebook of texts that lie in no folder, under their names below `data/`: `("lexicon/cue/say.toml", "…")`.
    ///
    /// # Errors
    /// At the first text that cannot be read as its schema says; [`crate::check_texts`] lists every fault.
    pub fn from_texts(texts: &[(&str, &str)]) -> Result<Self, DataError> {
        Self::from_files(&Files::of_texts(texts))
    }

    pub(crate) fn from_files(files: &Files) -> Result<Self, DataError> {
        let ontology = Ontology::read(files)?;
        let mut triggers = lexicon::triggers(files, &ontology)?;
        lexicon::count_triggers(files, &mut triggers)?;
        Ok(Self {
            version: files.version(),
            triggers,
            cues: lexicon::cues(files)?,
            lights: lexicon::lights(files)?,
            operators: lexicon::operators(files)?,
            contexts: lexicon::contexts(files, &ontology)?,
            actors: Actors::read(files)?,
            glossary: Glossary::read(files)?,
            ontology,
        })
    }

    /// A name for exactly this data: it changes with every byte of it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The rules for the longest trigger phrase at the start of `lemmas`; see [`Lexicon::lookup`].
    pub fn trigger(&self, lemmas: &[&str], pos: Pos) -> Option<Found<'_, Trigger>> {
        self.triggers.lookup(lemmas, pos)
    }

    /// The rules for the longest cue phrase at the start of `lemmas`.
    pub fn cue(&self, lemmas: &[&str], pos: Pos) -> Option<Found<'_, Cue>> {
        self.cues.lookup(lemmas, pos)
    }

    /// The rules for the longest light-verb phrase at the start of `lemmas`.
    pub fn light(&self, lemmas: &[&str]) -> Option<Found<'_, Light>> {
        self.lights.lookup(lemmas, Pos::Verb)
    }

    /// The rules for the longest status phrase at the start of `lemmas`.
    pub fn operator(&self, lemmas: &[&str], pos: Pos) -> Option<Found<'_, Operator>> {
        self.operators.lookup(lemmas, pos)
    }

    /// The rules for the longest context phrase at the start of `lemmas`, of any part of speech.
    pub fn context(&self, lemmas: &[&str]) -> Option<Found<'_, ContextWords>> {
        self.contexts.lookup_any(lemmas, &[Pos::Noun, Pos::Adjective, Pos::Verb, Pos::Other])
    }

    /// The score of a type and mode.
    pub fn score(&self, event_type: EventType, mode: Option<&str>) -> f64 {
        self.ontology.score(event_type, mode)
    }

    /// The quad class of a type.
    pub fn quad(&self, event_type: EventType) -> QuadClass {
        self.ontology.quad(event_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_reads_as_the_bundled_data_does() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
        let loaded = Codebook::load(folder).expect("the data of the repository can be read");
        assert_eq!(loaded.version(), Codebook::bundled().version(), "both must hold the same files");
        assert!(crate::check(folder).is_empty());
    }

    #[test]
    fn scores_and_quads_follow_the_ontology() {
        let codebook = Codebook::bundled();
        assert_eq!(codebook.score(EventType::Consult, Some("visit")), 4.0);
        assert_eq!(codebook.score(EventType::Consult, None), 2.5);
        assert_eq!(codebook.score(EventType::Protest, Some("vandalize")), -5.0, "the type's own score");
        assert_eq!(codebook.quad(EventType::Aid), QuadClass::MaterialCooperation);
        assert!(codebook.ontology.needs_recipient(EventType::Sanction));
        assert!(!codebook.ontology.needs_recipient(EventType::Assault));
    }

    #[test]
    fn lexicons_take_the_longest_phrase_and_stop_at_exceptions() {
        let codebook = Codebook::bundled();
        let found = codebook.trigger(&["air", "strike", "near"], Pos::Noun).expect("a trigger");
        assert_eq!((found.len, found.rules[0].name.as_str()), (2, "assault-aerial"));
        assert!(codebook.trigger(&["heart", "attack"], Pos::Noun).is_none());
        assert!(codebook.triggers.excepted(&["heart", "attack"]) == Some(2));
        let deny = codebook.cue(&["deny"], Pos::Verb).expect("a cue");
        assert!(deny.rules.iter().any(|cue| cue.denies));
        assert!(codebook.light(&["carry", "out"]).is_some());
        assert!(codebook.operator(&["fail"], Pos::Verb).is_some());
        assert_eq!(codebook.context(&["warship"]).expect("a context").rules[0].context, "military");
    }

    #[test]
    fn counted_lemmas_have_priors_of_their_own() {
        let codebook = Codebook::bundled();
        let prior = |lemma: &str| {
            let found = codebook.trigger(&[lemma], Pos::Verb).expect("a trigger");
            found.rules.iter().find(|rule| rule.event_type == EventType::Coerce).expect("of COERCE").prior
        };
        assert!(prior("arrest") > 0.5, "`arrest` nearly always names an event");
        assert!(prior("hold") < 0.2, "`hold` seldom does");
    }
}
