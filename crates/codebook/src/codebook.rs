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
