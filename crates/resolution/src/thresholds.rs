//! The figures of `data/resolution/thresholds.toml`, as values.

use serde::Deserialize;

/// A thresholds file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("data/resolution/thresholds.toml: {0}")]
pub struct ThresholdsError(#[from] toml::de::Error);

macro_rules! groups {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),+ $(,)? })+) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),+ })+
    };
}

groups! {
    /// All thresholds.
    Thresholds {
        /// Of origins.
        origin: OriginThresholds,
        /// Of actors over stories.
        actor: ActorThresholds,
        /// Of events over stories.
        event: EventThresholds,
        /// Of claims that stand against each other.
        claim: ClaimThresholds,
    }
    /// When two stories go back to one origin.
    OriginThresholds {
        /// Least share of the shorter text.
        containment: f32,
        /// The same under one agency's credit.
        credited: f32,
        /// The same under one headline.
        titled: f32,
        /// Days between copies.
        days: i32,
    }
    /// When two names mean one actor.
    ActorThresholds {
        /// Least likeness of names.
        name: f32,
        /// Least likeness in all.
        least: f32,
        /// Factor for another country guessed.
        guessed: f32,
        /// Factor for the same country guessed.
        agreeing: f32,
        /// Likeness of a name and its initials.
        acronym: f32,
    }
    /// When two reports tell one event.
    EventThresholds {
        /// Least mean likeness.
        least: f32,
        /// Factor for words of one family.
        kin: f32,
        /// Factor for words of one type and mode.
        same_type: f32,
        /// Factor for one word under two types.
        other_type: f32,
        /// Factor for coded reports with too little in common beside the word.
        bare: f32,
        /// Weight of parties.
        party: f32,
        /// Weight of places.
        place: f32,
        /// Weight of times.
        time: f32,
        /// Weight of the words around.
        around: f32,
        /// Likeness of two stories that counts as the same subject.
        measure: f32,
        /// Share of a sentence's words that counts as the same sentence.
        sentence: f32,
        /// Factor for what people see with one thing in common beside the word.
        single: f32,
        /// Factor for coded reports with another party on one side.
        other_party: f32,
        /// Days before its story in which an event without a time happened.
        news_days: i32,
        /// Days that tellings may differ by.
        slack_days: i32,
        /// Days that plans may be put off by.
        plan_days: i32,
    }
    /// When two claims are about one proposition.
    ClaimThresholds {
        /// Least number of common words.
        common: usize,
        /// Least overlap.
        overlap: f32,
        /// Least overlap of a dispute.
        disputes: f32,
        /// Days between claims.
        days: i32,
    }
}

impl Thresholds {
    /// The figures that travel in the binary.
    pub fn bundled() -> Self {
        Self::parse(include_str!("../../../data/resolution/thresholds.toml")).expect("a test reads the bundled file")
    }

    /// The figures of a text laid out as the bundled file is.
    ///
    /// # Errors
    /// When a figure is missing, unknown or no number.
    pub fn parse(text: &str) -> Result<Self, ThresholdsError> {
        Ok(toml::from_str(text)?)
    }
}
