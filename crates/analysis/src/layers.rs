//! The layers of an analysis: plain data, printable, in text order.
//!
//! Token indices are those of the document; `Range<usize>` is always a range of tokens, `Span` a place in the text.

use std::ops::Range;

use jiff::civil::Date;
use text::{Note, Span};

/// Everything that `analyze` finds in a document. Every list is in text order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// One for every token of the document.
    pub words: Vec<Word>,
    /// Names, nominals and pronouns.
    pub mentions: Vec<Mention>,
    /// Coreference chains; every mention belongs to exactly one.
    pub chains: Vec<Chain>,
    /// Who is quoted, and for what.
    pub quotations: Vec<Quotation>,
    /// Time expressions.
    pub timexes: Vec<Timex>,
    /// Place names with their gazetteer entries.
    pub toponyms: Vec<Toponym>,
    /// Words that may be predicates of interest, with arguments, as the network scores them.
    pub candidates: Vec<Candidate>,
    /// What was not read, and why.
    pub notes: Vec<Note>,
}

/// Grammar of one token.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// Dictionary form, lower case except for proper nouns.
    pub lemma: String,
    /// Universal part of speech: `NOUN`.
    pub upos: String,
    /// Penn tag: `VBD`.
    pub xpos: String,
    /// Head token; `None` for the root of a sentence.
    pub head: Option<usize>,
    /// Universal relation with its subtype: `nsubj:pass`.
    pub deprel: String,
}

/// What a mention names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
    /// A human being.
    Person,
    /// A body, party, company, armed group.
    Organization,
    /// People by nationality, religion, politics: "Afghans", "Shiite".
    Group,
    /// A place with a government or without: "Pakistan", "the Nile".
    Place,
    /// A building, base, road.
    Facility,
    /// A product, weapon, law, work, event name.
    Other,
}

/// How a mention is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// "Imran Khan".
    Name,
    /// "the acting foreign minister".
    Nominal,
    /// "he".
    Pronoun,
}

/// Words that name or describe something.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// Its tokens, without a leading determiner for names.
    pub tokens: Range<usize>,
    /// The syntactic head token.
    pub head: usize,
    /// Name, nominal or pronoun.
    pub form: Form,
    /// What it names; `None` when nothing says.
    pub kind: Option<EntityKind>,
    /// Index into [`Analysis::chains`].
    pub chain: usize,
    /// Probabilities of party sectors by label, best first; empty when the network does not see a party here.
    pub sectors: Vec<(String, f32)>,
}

/// Mentions of one and the same thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chain {
    /// Indices into [`Analysis::mentions`], in text order.
    pub mentions: Vec<usize>,
    /// The mention that names it best.
    pub best: usize,
    /// Why mentions were joined, one line each: `acronym: NSC = National Security Committee`.
    pub reasons: Vec<String>,
}

/// How content is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Manner {
    /// In quotation marks.
    Direct,
    /// In the reporter's words.
    Indirect,
    /// Partly in quotation marks.
    Mixed,
}

/// Someone's words, and the words that hand them over.
#[derive(Clone, Debug, PartialEq)]
pub struct Quotation {
    /// Who speaks; `None` when the text names no one, as in "it was reported".
    pub source: Option<Range<usize>>,
    /// The reporting words: "said", "denied", "according to"; `None` for a bare quote.
    pub cue: Option<Range<usize>>,
    /// What is put in the source's mouth; may be discontinuous.
    pub content: Vec<Range<usize>>,
    /// Direct, indirect or mixed.
    pub manner: Manner,
    /// Probability that this is an attribution in the wide sense, beliefs and intentions included.
    pub score: f32,
    /// Probability that it hands over speech or a stated position.
    pub speech: f32,
    /// The rule or head that found it.
    pub reason: String,
}

/// TIMEX3 types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TimexType {
    /// A day or longer: "last week".
    Date,
    /// Within a day: "9 a.m.".
    Time,
    /// A length: "two years".
    Duration,
    /// A recurrence: "every Monday".
    Set,
}

/// How exact a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// Within a day.
    Hour,
    /// A day.
    Day,
    /// A week or a span of days.
    Week,
    /// A month.
    Month,
    /// A season, quarter or half-year.
    Season,
    /// A year.
    Year,
    /// A decade or longer.
    Decade,
}

/// A time expression, resolved against the story's date.
#[derive(Clone, Debug, PartialEq)]
pub struct Timex {
    /// Where it stands; TIMEX3 extents.
    pub span: Span,
    /// TIMEX3 type.
    pub kind: TimexType,
    /// TIMEX3 value: `2021-11`, `P20D`, `FUTURE_REF`.
    pub value: String,
    /// First day that it can mean; `None` when the text gives no bound.
    pub earliest: Option<Date>,
    /// Last day that it can mean.
    pub latest: Option<Date>,
    /// How exact the window is; `None` without a window.
    pub precision: Option<Precision>,
    /// The rule that read it.
    pub rule: &'static str,
}

/// A place name with its gazetteer entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Toponym {
    /// Where it stands.
    pub span: Span,
    /// Name of the entry.
    pub name: String,
    /// GeoNames id; `None` for entries of our own list that GeoNames does not have.
    pub geonames: Option<u32>,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// First-level division, GeoNames code.
    pub admin1: Option<String>,
    /// Latitude in degrees.
    pub latitude: f64,
    /// Longitude in degrees.
    pub longitude: f64,
    /// GeoNames class and code: `P.PPLC`.
    pub class: String,
    /// Why this entry and not a namesake.
    pub reason: String,
}

/// A role of a candidate: tokens with their probabilities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Role {
    /// `actor`, `recipient`, `place`, `time`.
    pub name: String,
    /// Tokens and probabilities, in text order.
    pub tokens: Vec<(usize, f32)>,
}

/// A word that may be a predicate of interest, with what the network says of it. Labels are opaque here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    /// Its tokens: one, or a run that the network joins.
    pub tokens: Range<usize>,
    /// Labels with probabilities, best first, those above the model's floor.
    pub labels: Vec<(String, f32)>,
    /// Modes with probabilities, best first, at most five.
    pub modes: Vec<(String, f32)>,
    /// Statuses with probabilities, best first.
    pub statuses: Vec<(String, f32)>,
    /// Arguments.
    pub roles: Vec<Role>,
}
