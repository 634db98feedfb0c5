//! The shape of a line: keys and their order, and nothing else.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A span in code points.
pub(super) type Pair = [usize; 2];

macro_rules! lines {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident : $type:ty),* $(,)? })+) => {
        $($(#[$doc])*
        #[derive(Serialize, Deserialize)]
        pub(super) struct $name<'a> { $($(#[$attr])* pub $field: $type),* })+
    };
}

lines! {
    /// A story with its coding.
    StoryLine {
        #[serde(borrow)] id: Cow<'a, str>,
        #[serde(borrow)] title: Option<Cow<'a, str>>,
        #[serde(borrow)] text: Cow<'a, str>,
        #[serde(borrow)] published: Option<Cow<'a, str>>,
        #[serde(borrow)] publisher: Option<Cow<'a, str>>,
        #[serde(borrow)] agency: Option<Cow<'a, str>>,
        #[serde(borrow)] url: Option<Cow<'a, str>>,
        #[serde(borrow)] language: Option<Cow<'a, str>>,
        #[serde(borrow)] model: Cow<'a, str>,
        #[serde(borrow)] codebook: Cow<'a, str>,
        #[serde(borrow)] actors: Vec<ActorLine<'a>>,
        #[serde(borrow)] events: Vec<EventLine<'a>>,
        #[serde(borrow)] claims: Vec<ClaimLine<'a>>,
        #[serde(borrow)] timexes: Vec<TimexLine<'a>>,
        #[serde(borrow)] toponyms: Vec<ToponymLine<'a>>,
        #[serde(borrow)] notes: Vec<NoteLine<'a>>,
    }
    /// An office.
    RoleLine {
        #[serde(borrow)] title: Cow<'a, str>,
        #[serde(borrow)] of: Option<Cow<'a, str>>,
        #[serde(borrow)] status: Option<Cow<'a, str>>,
        span: Pair,
    }
    /// A party.
    ActorLine {
        #[serde(borrow)] id: Cow<'a, str>,
        #[serde(borrow)] name: Cow<'a, str>,
        #[serde(borrow)] kind: Cow<'a, str>,
        #[serde(borrow)] country: Option<Cow<'a, str>>,
        #[serde(borrow)] sector: Option<Cow<'a, str>>,
        #[serde(borrow)] roles: Vec<RoleLine<'a>>,
        #[serde(borrow)] wikidata: Option<Cow<'a, str>>,
        mentions: Vec<Pair>,
        #[serde(default)] reason: Cow<'a, str>,
    }
    /// An event.
    EventLine {
        #[serde(borrow)] id: Cow<'a, str>,
        trigger: Pair,
        also: Vec<Pair>,
        #[serde(borrow, rename = "type")] event_type: Cow<'a, str>,
        #[serde(borrow)] mode: Option<Cow<'a, str>>,
        #[serde(borrow)] contexts: Vec<Cow<'a, str>>,
        #[serde(borrow)] quad: Cow<'a, str>,
        score: f64,
        #[serde(borrow)] actors: Vec<Cow<'a, str>>,
        #[serde(borrow)] recipients: Vec<Cow<'a, str>>,
        place: Option<Pair>,
        #[serde(borrow)] place_name: Option<Cow<'a, str>>,
        #[serde(borrow)] place_country: Option<Cow<'a, str>>,
        geonames: Option<u32>,
        lat: Option<f64>,
        lon: Option<f64>,
        #[serde(borrow)] place_precision: Option<Cow<'a, str>>,
        time: Option<Pair>,
        #[serde(borrow)] when: Option<[Cow<'a, str>; 2]>,
        #[serde(borrow)] time_precision: Option<Cow<'a, str>>,
        killed: Option<u32>,
        injured: Option<u32>,
        #[serde(borrow)] status: Cow<'a, str>,
        #[serde(borrow)] claim: Option<Cow<'a, str>>,
        confidence: f64,
        #[serde(borrow)] reason: Cow<'a, str>,
    }
    /// Content under a source.
    ClaimLine {
        #[serde(borrow)] id: Cow<'a, str>,
        source: Option<Pair>,
        #[serde(borrow)] source_actor: Option<Cow<'a, str>>,
        #[serde(borrow)] source_kind: Cow<'a, str>,
        cue: Option<Pair>,
        content: Vec<Pair>,
        #[serde(borrow)] manner: Cow<'a, str>,
        #[serde(borrow)] act: Cow<'a, str>,
        #[serde(borrow)] disputes: Option<Cow<'a, str>>,
        confidence: f64,
        #[serde(default)] reason: Cow<'a, str>,
    }
    /// A time expression.
    TimexLine {
        span: Pair,
        #[serde(borrow, rename = "type")] kind: Cow<'a, str>,
        #[serde(borrow)] value: Cow<'a, str>,
        #[serde(borrow)] earliest: Option<Cow<'a, str>>,
        #[serde(borrow)] latest: Option<Cow<'a, str>>,
    }
    /// A place.
    ToponymLine {
        span: Pair,
        #[serde(borrow)] name: Cow<'a, str>,
        geonames: Option<u32>,
        #[serde(borrow)] country: Option<Cow<'a, str>>,
        lat: f64,
        lon: f64,
        #[serde(borrow)] class: Cow<'a, str>,
    }
    /// A note.
    NoteLine {
        span: Pair,
        #[serde(borrow)] kind: Cow<'a, str>,
        #[serde(borrow)] text: Cow<'a, str>,
    }
}
