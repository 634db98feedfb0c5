//! The ontology: event types with their modes and scores, contexts, sectors, and the plain words for every label.
//!
//! One event type per file under `data/ontology/event/`; contexts and sectors in one file each.

use serde::Deserialize;

use crate::error::{DataError, line_of};
use crate::files::Files;
use crate::{EventType, QuadClass};

/// An event type as its file states it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventInfo {
    /// The type's code: `ASSAULT`.
    pub id: String,
    /// The label in plain words.
    pub label: String,
    /// What it is, in one sentence or two.
    pub definition: String,
    /// Quad class: `material conflict`.
    pub quad: String,
    /// Score where no mode says otherwise.
    pub score: f64,
    /// `required` or `optional`.
    pub recipient: Need,
    /// What counts.
    pub include: Vec<String>,
    /// What does not, with the type that it is instead.
    pub exclude: Vec<String>,
    /// Who the parties are.
    pub roles: Roles,
    /// Where the definition comes from.
    pub from: String,
    /// Modes of the type.
    #[serde(default, rename = "mode")]
    pub modes: Vec<ModeInfo>,
    /// Sentences that are of this type, and sentences that look like it and are not.
    #[serde(default, rename = "example")]
    pub examples: Vec<Example>,
}

/// Whether a party must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// An event of this type without it is not complete.
    Required,
    /// It may be missing.
    Optional,
}

/// Who the parties of a type are, in words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Who does it.
    pub actor: String,
    /// To whom it is done.
    pub recipient: String,
}

/// A mode of an event type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModeInfo {
    /// The mode's code: `aerial`.
    pub id: String,
    /// The label in plain words.
    pub label: String,
    /// What it is.
    pub definition: String,
    /// Score; the type's where missing.
    pub score: Option<f64>,
}

/// A sentence with its spans drawn: `[trigger bombed]`, or one that must find nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The sentence.
    pub text: String,
    /// `nothing` when the rule must not fire here.
    #[serde(default)]
    pub finds: Option<String>,
    /// The mode, where the example shows one.
    #[serde(default)]
    pub mode: Option<String>,
}

impl Example {
    /// Whether the rule must fire.
    pub fn fires(&self) -> bool {
        self.finds.is_none()
    }
}

/// A context of events.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextInfo {
    /// The context's code: `human_rights`.
    pub id: String,
    /// The label in plain words.
    pub label: String,
    /// What it is.
    pub definition: String,
}

/// A sector of parties.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectorInfo {
    /// The sector's code: `GOV`.
    pub id: String,
    /// The label in plain words.
    pub label: String,
    /// Who belongs to it.
    pub definition: String,
    /// Whether its bodies bear the same names in many countries: "Democratic Party", "Supreme Court".
    #[serde(default)]
    pub has_namesakes: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextFile {
    context: Vec<ContextInfo>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectorFile {
    sector: Vec<SectorInfo>,
}

/// Types, contexts and sectors.
#[derive(Clone, Debug)]
pub struct Ontology {
    // One for every type, in the order of `EventType::ALL`.
    events: Vec<EventInfo>,
    quads: Vec<QuadClass>,
    /// Contexts in the order of their file.
    pub contexts: Vec<ContextInfo>,
    /// Sectors in the order of their file.
    pub sectors: Vec<SectorInfo>,
}

impl Ontology {
    pub(crate) fn read(files: &Files) -> Result<Self, DataError> {
        let mut found: Vec<Option<EventInfo>> = EventType::ALL.iter().map(|_| None).collect();
        let mut quads = vec![QuadClass::VerbalCooperation; found.len()];
        for (file, text) in files.under("ontology/event/") {
            let info: EventInfo = parse(file, text)?;
            let at = |message: &str| DataError::new(file, line_of(text, "id"), message);
            let Some(event_type) = EventType::from_word(&info.id) else {
                return Err(at(&format!("no event type `{}`; the types are those of the ontology", info.id)));
            };
            let Some(quad) = QuadClass::from_word(&info.quad) else {
                let message = format!("no quad class `{}`", info.quad);
                return Err(DataError::new(file, line_of(text, "quad"), &message));
            };
            let scores = info.modes.iter().filter_map(|mode| mode.score).chain([info.score]);
            if let Some(score) = scores.into_iter().find(|score| !(-10.0..=10.0).contains(score)) {
                let message = format!("the score {score} is not allowed; scores are -10 to 10");
                return Err(DataError::new(file, line_of(text, "score"), &message));
            }
            quads[event_type as usize] = quad;
            if found[event_type as usize].replace(info).is_some() {
                return Err(at(&format!("a second file states `{event_type}`")));
            }
        }
        let mut events = Vec::with_capacity(found.len());
        for (info, event_type) in found.into_iter().zip(EventType::ALL) {
            events.push(info.ok_or_else(|| {
                DataError::new("ontology/event", 0, &format!("no file states the event type `{event_type}`"))
            })?);
        }
        let contexts = one::<ContextFile>(files, "ontology/context.toml")?.context;
        let sectors = one::<SectorFile>(files, "ontology/sector.toml")?.sector;
        Ok(Self { events, quads, contexts, sectors })
    }

    /// What the ontology says of a type.
    pub fn event(&self, event_type: EventType) -> &EventInfo {
        &self.events[event_type as usize]
    }

    /// The quad class of a type.
    pub fn quad(&self, event_type: EventType) -> QuadClass {
        self.quads[event_type as usize]
    }

    /// A mode of a type.
    pub fn mode(&self, event_type: EventType, mode: &str) -> Option<&ModeInfo> {
        self.event(event_type).modes.iter().find(|info| info.id == mode)
    }

    /// The score of a type and mode; the type's own where the mode has none.
    pub fn score(&self, event_type: EventType, mode: Option<&str>) -> f64 {
        let of_mode = mode.and_then(|mode| self.mode(event_type, mode)?.score);
        of_mode.unwrap_or(self.event(event_type).score)
    }

    /// Whether an event of this type needs a recipient.
    pub fn needs_recipient(&self, event_type: EventType) -> bool {
        self.event(event_type).recipient == Need::Required
    }

    /// Whether there is such a sector.
    pub fn has_sector(&self, sector: &str) -> bool {
        self.sector(sector).is_some()
    }

    /// The sector with this code.
    pub fn sector(&self, code: &str) -> Option<&SectorInfo> {
        self.sectors.iter().find(|info| info.id == code)
    }

    /// Whether there is such a context.
    pub fn has_context(&self, context: &str) -> bool {
        self.contexts.iter().any(|info| info.id == context)
    }
}

/// Reads a TOML file into its schema.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, DataError> {
    toml::from_str(text).map_err(|error| DataError::of_toml(file, text, &error))
}

/// Reads the one file of this name.
pub(crate) fn one<T: serde::de::DeserializeOwned>(files: &Files, name: &str) -> Result<T, DataError> {
    match files.under(name).next() {
        Some((file, text)) => parse(file, text),
        None => Err(DataError::new(name, 0, "this file is missing")),
    }
}
