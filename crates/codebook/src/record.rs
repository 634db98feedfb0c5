//! The record types: what one story yields. Names and meanings are those of the documented JSON.
//!
//! Spans are bytes here; [`text::CodePoints`] turns them into code points wherever they leave the program.

use jiff::civil::Date;
use text::Span;

/// An enum whose choices are words of records and databases: `ALL`, `word`, `from_word`, and `Display` by the word.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All of them, in the codebook's order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word that stands for it in every record.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The one that a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// The sixteen event types of PLOVER.
    EventType {
        /// Agree, offer, promise.
        Agree = "AGREE", /// Meet, visit, talk.
        Consult = "CONSULT", /// Endorse, praise, recognise.
        Support = "SUPPORT", /// Yield in words.
        Concede = "CONCEDE", /// Cooperate materially.
        Cooperate = "COOPERATE", /// Give material aid.
        Aid = "AID", /// De-escalate, withdraw, release.
        Retreat = "RETREAT", /// Ask, demand, order.
        Request = "REQUEST", /// Criticise, accuse, charge.
        Accuse = "ACCUSE", /// Refuse, defy, veto.
        Reject = "REJECT", /// Threaten, warn with force.
        Threaten = "THREATEN", /// Demonstrate, riot, strike.
        Protest = "PROTEST", /// Reduce relations, expel, convict.
        Sanction = "SANCTION", /// Deploy, raise alert.
        Mobilize = "MOBILIZE", /// Arrest, seize, ban.
        Coerce = "COERCE", /// Use force.
        Assault = "ASSAULT",
    }
}

words! {
    /// PLOVER's four classes of events.
    QuadClass {
        /// Words that bring closer.
        VerbalCooperation = "verbal cooperation", /// Deeds that bring closer.
        MaterialCooperation = "material cooperation", /// Words that set apart.
        VerbalConflict = "verbal conflict", /// Deeds that set apart.
        MaterialConflict = "material conflict",
    }
}

words! {
    /// Whether an event happened, as the text or its source presents it.
    Status {
        /// Done or under way.
        Happened = "happened", /// Scheduled, expected, ordered, promised.
        Planned = "planned", /// Conditional, feared, suspected, demanded.
        Possible = "possible", /// Presented as not having happened.
        Denied = "denied",
    }
}

words! {
    /// What an actor is.
    ActorKind {
        /// A human being.
        Person = "person", /// A body.
        Organization = "organization", /// People.
        Group = "group", /// A state, acting through its government or as a whole.
        Country = "country", /// A place that acts.
        Place = "place",
    }
}

words! {
    /// Whether an office is held.
    RoleStatus {
        /// Held for the time being.
        Acting = "acting", /// Held in the past.
        Former = "former", /// To be held.
        Designate = "designate",
    }
}

words! {
    /// How a source is named.
    SourceKind {
        /// By name.
        Named = "named", /// By office: "a police officer".
        Role = "role", /// Held back: "sources".
        Anonymous = "anonymous", /// A report, a law.
        Document = "document", /// A newspaper, an agency.
        Media = "media", /// Not at all: "is said to".
        Implicit = "implicit",
    }
}

words! {
    /// How content is handed over.
    Manner {
        /// In quotation marks.
        Direct = "direct", /// In the reporter's words.
        Indirect = "indirect", /// Partly in quotation marks.
        Mixed = "mixed",
    }
}

words! {
    /// What a source does in speaking.
    Act {
        /// Says.
        State = "state", /// Accuses.
        Accuse = "accuse", /// Denies.
        Deny = "deny", /// Admits.
        Admit = "admit", /// Promises.
        Promise = "promise", /// Threatens.
        Threaten = "threaten", /// Requests.
        Request = "request", /// Warns.
        Warn = "warn", /// Praises.
        Praise = "praise", /// Condemns.
        Condemn = "condemn", /// Asks.
        Ask = "ask",
    }
}

/// Everything that one story yields. Lists are in text order; ids are `a1`, `e1`, `c1` and so on in that order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coding {
    /// Name and version of the model that read the story.
    pub model: String,
    /// Version of the codebook that coded it.
    pub codebook: String,
    /// Who and what acts, is acted upon, or speaks.
    pub actors: Vec<Actor>,
    /// What happened, is planned, possible or denied.
    pub events: Vec<Event>,
    /// Who says what.
    pub claims: Vec<Claim>,
    /// Time expressions.
    pub timexes: Vec<TimexRecord>,
    /// Places.
    pub toponyms: Vec<ToponymRecord>,
    /// What was not coded, and why.
    pub notes: Vec<Note>,
}

/// A party: one person, body, group or state in this story.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// `a1`, `a2` ….
    pub id: String,
    /// Canonical name, or the fullest description.
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
    /// ISO 3166-1 alpha-3; `None` for international bodies and unknowns.
    pub country: Option<String>,
    /// Sector code of `data/ontology/sector.toml`.
    pub sector: Option<String>,
    /// Offices that the text gives it.
    pub roles: Vec<RoleTitle>,
    /// Wikidata id, where the codebook has one.
    pub wikidata: Option<String>,
    /// Places that mention it, in text order.
    pub mentions: Vec<Span>,
    /// Why it has its country and sector: `agent: soldiers = MIL; adjective: Turkish = TUR`.
    pub reason: String,
}

/// An office, as the text states it.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleTitle {
    /// "acting foreign minister".
    pub title: String,
    /// Country that the office belongs to.
    pub of: Option<String>,
    /// `None` when simply held.
    pub status: Option<RoleStatus>,
    /// The words.
    pub span: Span,
}

/// One event, as this story tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `e1`, `e2` ….
    pub id: String,
    /// The word that names it.
    pub trigger: Span,
    /// Further mentions of the same event.
    pub also: Vec<Span>,
    /// PLOVER type.
    pub event_type: EventType,
    /// PLOVER mode.
    pub mode: Option<String>,
    /// PLOVER contexts.
    pub contexts: Vec<String>,
    /// Quad class of the type.
    pub quad: QuadClass,
    /// Score of type and mode.
    pub score: f64,
    /// Ids of actors.
    pub actors: Vec<String>,
    /// Ids of recipients.
    pub recipients: Vec<String>,
    /// Words that say where.
    pub place: Option<Span>,
    /// Resolved name.
    pub place_name: Option<String>,
    /// ISO 3166-1 alpha-3 of the place.
    pub place_country: Option<String>,
    /// GeoNames id of the place.
    pub geonames: Option<u32>,
    /// Latitude in degrees.
    pub lat: Option<f64>,
    /// Longitude in degrees.
    pub lon: Option<f64>,
    /// `city`, `district`, `province`, `country`, `region`; with `inherited` in [`Event::reason`] when not of the clause.
    pub place_precision: Option<String>,
    /// Words that say when.
    pub time: Option<Span>,
    /// Earliest and latest day.
    pub when: Option<(Date, Date)>,
    /// `day`, `week`, `month`, `season`, `year`, `decade`.
    pub time_precision: Option<String>,
    /// Number of people killed, as stated.
    pub killed: Option<u32>,
    /// Number of people injured, as stated.
    pub injured: Option<u32>,
    /// Whether it happened.
    pub status: Status,
    /// Id of the innermost claim that tells it.
    pub claim: Option<String>,
    /// Probability that the event is there and of this type.
    pub confidence: f64,
    /// Which rules and heads decided type, status, parties, place and time.
    pub reason: String,
}

/// Content under a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// `c1`, `c2` ….
    pub id: String,
    /// Words that name the source.
    pub source: Option<Span>,
    /// Id of the actor who is the source.
    pub source_actor: Option<String>,
    /// How the source is named.
    pub source_kind: SourceKind,
    /// The words that hand it over.
    pub cue: Option<Span>,
    /// What is said; may be discontinuous.
    pub content: Vec<Span>,
    /// Direct, indirect or mixed.
    pub manner: Manner,
    /// What the source does in speaking.
    pub act: Act,
    /// Id of an earlier or later claim of the story that this one denies or contradicts.
    pub disputes: Option<String>,
    /// Probability that this is a claim with this source.
    pub confidence: f64,
    /// Which rules and heads decided.
    pub reason: String,
}

/// A time expression in a coding.
#[derive(Clone, Debug, PartialEq)]
pub struct TimexRecord {
    /// Where it stands.
    pub span: Span,
    /// `DATE`, `TIME`, `DURATION`, `SET`.
    pub kind: String,
    /// TIMEX3 value.
    pub value: String,
    /// First day that it can mean.
    pub earliest: Option<Date>,
    /// Last day that it can mean.
    pub latest: Option<Date>,
}

/// A place in a coding.
#[derive(Clone, Debug, PartialEq)]
pub struct ToponymRecord {
    /// Where it stands.
    pub span: Span,
    /// Name of the gazetteer entry.
    pub name: String,
    /// GeoNames id.
    pub geonames: Option<u32>,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// Latitude in degrees.
    pub lat: f64,
    /// Longitude in degrees.
    pub lon: f64,
    /// GeoNames class and code.
    pub class: String,
}

/// Something that a reader of the coding should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where in the text.
    pub span: Span,
    /// A short kind.
    pub kind: String,
    /// What there is to say.
    pub text: String,
}
