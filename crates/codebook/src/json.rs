//! Records to JSON and back: one line per story, as the documentation of records states it.
//!
//! Spans leave the program as `[start, end]` in Unicode code points and come back as bytes. Missing is `null`, keys stand
//! in the documented order, and the same coding gives the same bytes.

mod line;

use text::{CodePoints, Document, Metadata, Span};

use crate::{
    Act, Actor, ActorKind, Claim, Coding, Event, EventType, Manner, Note, QuadClass, RoleStatus, RoleTitle,
};
use crate::{SourceKind, Status, TimexRecord, ToponymRecord};
use line::{ActorLine, ClaimLine, EventLine, NoteLine, Pair, RoleLine, StoryLine, TimexLine, ToponymLine};

/// Why a line could not be read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It is not JSON of the documented shape.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    /// A word is not one of the documented ones.
    #[error("no {group} `{word}`; the choices are {choices}")]
    Word {
        /// Which set of words.
        group: &'static str,
        /// The word found.
        word: String,
        /// The words that there are.
        choices: String,
    },
    /// A span does not lie in the text.
    #[error("the span [{0}, {1}] does not lie in the text")]
    Span(usize, usize),
    /// A date is not one.
    #[error("`{0}` is no date; dates read 2026-11-03")]
    Date(String),
}

/// A story with its coding, as one line of JSON without a line end.
pub fn write_line(document: &Document, coding: &Coding) -> String {
    let writer = Writer { text: &document.text, table: CodePoints::new(&document.text) };
    let meta = &document.metadata;
    let line = StoryLine {
        id: (&meta.id).into(),
        title: optional(&meta.title),
        text: (&document.text).into(),
        published: optional(&meta.published),
        publisher: optional(&meta.publisher),
        agency: optional(&meta.agency),
        url: optional(&meta.url),
        language: optional(&meta.language),
        model: (&coding.model).into(),
        codebook: (&coding.codebook).into(),
        actors: coding.actors.iter().map(|actor| writer.actor(actor)).collect(),
        events: coding.events.iter().map(|event| writer.event(event)).collect(),
        claims: coding.claims.iter().map(|claim| writer.claim(claim)).collect(),
        timexes: coding.timexes.iter().map(|timex| writer.timex(timex)).collect(),
        toponyms: coding.toponyms.iter().map(|toponym| writer.toponym(toponym)).collect(),
        notes: coding.notes.iter().map(|note| writer.note(note)).collect(),
    };
    serde_json::to_string(&line).expect("the line's keys are strings and its numbers finite")
}

/// Reads a line back: what came with the story, its text, and its coding.
///
/// # Errors
/// When the line is not of the documented shape, or a span does not lie in its text.
pub fn read_line(line: &str) -> Result<(Metadata, String, Coding), JsonError> {
    let line: StoryLine<'_> = serde_json::from_str(line)?;
    let reader = Reader::new(&line.text);
    let coding = Coding {
        model: line.model.to_string(),
        codebook: line.codebook.to_string(),
        actors: line.actors.iter().map(|actor| reader.actor(actor)).collect::<Result<_, _>>()?,
        events: line.events.iter().map(|event| reader.event(event)).collect::<Result<_, _>>()?,
        claims: line.claims.iter().map(|claim| reader.claim(claim)).collect::<Result<_, _>>()?,
        timexes: line.timexes.iter().map(|timex| reader.timex(timex)).collect::<Result<_, _>>()?,
        toponyms: line.toponyms.iter().map(|toponym| reader.toponym(toponym)).collect::<Result<_, _>>()?,
        notes: line.notes.iter().map(|note| reader.note(note)).collect::<Result<_, _>>()?,
    };
    let metadata = Metadata {
        id: line.id.to_string(),
        title: owned(&line.title),
        published: owned(&line.published),
        publisher: owned(&line.publisher),
        agency: owned(&line.agency),
        url: owned(&line.url),
        language: owned(&line.language),
        byline: None,
    };
    Ok((metadata, line.text.to_string(), coding))
}

type Word<'a> = std::borrow::Cow<'a, str>;

fn optional(value: &Option<String>) -> Option<Word<'_>> {
    value.as_deref().map(Into::into)
}

fn owned(value: &Option<Word<'_>>) -> Option<String> {
    value.as_deref().map(str::to_string)
}

fn strings<'a>(values: &'a [String]) -> Vec<Word<'a>> {
    values.iter().map(Into::into).collect()
}

struct Writer<'a> {
    text: &'a str,
    table: CodePoints,
}

impl Writer<'_> {
    fn pair(&self, span: Span) -> Pair {
        self.table.pair(self.text, span)
    }

    fn pairs(&self, spans: &[Span]) -> Vec<Pair> {
        spans.iter().map(|&span| self.pair(span)).collect()
    }

    fn actor<'a>(&self, actor: &'a Actor) -> ActorLine<'a> {
        let role = |role: &'a RoleTitle| RoleLine {
            title: (&role.title).into(),
            of: optional(&role.of),
            status: role.status.map(|status| status.word().into()),
            span: self.pair(role.span),
        };
        ActorLine {
            id: (&actor.id).into(),
            name: (&actor.name).into(),
            kind: actor.kind.word().into(),
            country: optional(&actor.country),
            sector: optional(&actor.sector),
            roles: actor.roles.iter().map(role).collect(),
            wikidata: optional(&actor.wikidata),
            mentions: self.pairs(&actor.mentions),
            reason: (&actor.reason).into(),
        }
    }

    fn event<'a>(&self, event: &'a Event) -> EventLine<'a> {
        EventLine {
            id: (&event.id).into(),
            trigger: self.pair(event.trigger),
            also: self.pairs(&event.also),
            event_type: event.event_type.word().into(),
            mode: optional(&event.mode),
            contexts: strings(&event.contexts),
            quad: event.quad.word().into(),
            score: event.score,
            actors: strings(&event.actors),
            recipients: strings(&event.recipients),
            place: event.place.map(|span| self.pair(span)),
            place_name: optional(&event.place_name),
            place_country: optional(&event.place_country),
            geonames: event.geonames,
            lat: event.lat,
            lon: event.lon,
            place_precision: optional(&event.place_precision),
            time: event.time.map(|span| self.pair(span)),
            when: event.when.map(|(first, last)| [first.to_string().into(), last.to_string().into()]),
            time_precision: optional(&event.time_precision),
            killed: event.killed,
            injured: event.injured,
            status: event.status.word().into(),
            claim: optional(&event.claim),
            confidence: event.confidence,
            reason: (&event.reason).into(),
        }
    }

    fn claim<'a>(&self, claim: &'a Claim) -> ClaimLine<'a> {
        ClaimLine {
            id: (&claim.id).into(),
            source: claim.source.map(|span| self.pair(span)),
            source_actor: optional(&claim.source_actor),
            source_kind: claim.source_kind.word().into(),
            cue: claim.cue.map(|span| self.pair(span)),
            content: self.pairs(&claim.content),
            manner: claim.manner.word().into(),
            act: claim.act.word().into(),
            disputes: optional(&claim.disputes),
            confidence: claim.confidence,
            reason: (&claim.reason).into(),
        }
    }

    fn timex<'a>(&self, timex: &'a TimexRecord) -> TimexLine<'a> {
        TimexLine {
            span: self.pair(timex.span),
            kind: (&timex.kind).into(),
            value: (&timex.value).into(),
            earliest: timex.earliest.map(|date| date.to_string().into()),
            latest: timex.latest.map(|date| date.to_string().into()),
        }
    }

    fn toponym<'a>(&self, toponym: &'a ToponymRecord) -> ToponymLine<'a> {
        ToponymLine {
            span: self.pair(toponym.span),
            name: (&toponym.name).into(),
            geonames: toponym.geonames,
            country: optional(&toponym.country),
            lat: toponym.lat,
            lon: toponym.lon,
            class: (&toponym.class).into(),
        }
    }

    fn note<'a>(&self, note: &'a Note) -> NoteLine<'a> {
        NoteLine { span: self.pair(note.span), kind: (&note.kind).into(), text: (&note.text).into() }
    }
}

/// Turns code points back into bytes.
struct Reader {
    // Byte offset of every code point and of the text's end.
    starts: Vec<usize>,
}

impl Reader {
    fn new(text: &str) -> Self {
        Self { starts: text.char_indices().map(|(at, _)| at).chain([text.len()]).collect() }
    }

    fn span(&self, [start, end]: Pair) -> Result<Span, JsonError> {
        match (self.starts.get(start), self.starts.get(end)) {
            (Some(&from), Some(&to)) if from <= to => Ok(Span::new(from, to)),
            _ => Err(JsonError::Span(start, end)),
        }
    }

    fn spans(&self, pairs: &[Pair]) -> Result<Vec<Span>, JsonError> {
        pairs.iter().map(|&pair| self.span(pair)).collect()
    }

    fn maybe(&self, pair: Option<Pair>) -> Result<Option<Span>, JsonError> {
        pair.map(|pair| self.span(pair)).transpose()
    }

    fn actor(&self, line: &ActorLine<'_>) -> Result<Actor, JsonError> {
        let role = |role: &RoleLine<'_>| {
            Ok::<_, JsonError>(RoleTitle {
                title: role.title.to_string(),
                of: owned(&role.of),
                status: role.status.as_deref().map(role_status).transpose()?,
                span: self.span(role.span)?,
            })
        };
        Ok(Actor {
            id: line.id.to_string(),
            name: line.name.to_string(),
            kind: actor_kind(&line.kind)?,
            country: owned(&line.country),
            sector: owned(&line.sector),
            roles: line.roles.iter().map(role).collect::<Result<_, _>>()?,
            wikidata: owned(&line.wikidata),
            mentions: self.spans(&line.mentions)?,
            reason: line.reason.to_string(),
        })
    }

    fn event(&self, line: &EventLine<'_>) -> Result<Event, JsonError> {
        let when = match &line.when {
            Some([first, last]) => Some((date(first)?, date(last)?)),
            None => None,
        };
        Ok(Event {
            id: line.id.to_string(),
            trigger: self.span(line.trigger)?,
            also: self.spans(&line.also)?,
            event_type: event_type(&line.event_type)?,
            mode: owned(&line.mode),
            contexts: line.contexts.iter().map(ToString::to_string).collect(),
            quad: quad_class(&line.quad)?,
            score: line.score,
            actors: line.actors.iter().map(ToString::to_string).collect(),
            recipients: line.recipients.iter().map(ToString::to_string).collect(),
            place: self.maybe(line.place)?,
            place_name: owned(&line.place_name),
            place_country: owned(&line.place_country),
            geonames: line.geonames,
            lat: line.lat,
            lon: line.lon,
            place_precision: owned(&line.place_precision),
            time: self.maybe(line.time)?,
            when,
            time_precision: owned(&line.time_precision),
            killed: line.killed,
            injured: line.injured,
            status: status(&line.status)?,
            claim: owned(&line.claim),
            confidence: line.confidence,
            reason: line.reason.to_string(),
        })
    }

    fn claim(&self, line: &ClaimLine<'_>) -> Result<Claim, JsonError> {
        Ok(Claim {
            id: line.id.to_string(),
            source: self.maybe(line.source)?,
            source_actor: owned(&line.source_actor),
            source_kind: source_kind(&line.source_kind)?,
            cue: self.maybe(line.cue)?,
            content: self.spans(&line.content)?,
            manner: manner(&line.manner)?,
            act: act(&line.act)?,
            disputes: owned(&line.disputes),
            confidence: line.confidence,
            reason: line.reason.to_string(),
        })
    }

    fn timex(&self, line: &TimexLine<'_>) -> Result<TimexRecord, JsonError> {
        Ok(TimexRecord {
            span: self.span(line.span)?,
            kind: line.kind.to_string(),
            value: line.value.to_string(),
            earliest: line.earliest.as_deref().map(date).transpose()?,
            latest: line.latest.as_deref().map(date).transpose()?,
        })
    }

    fn toponym(&self, line: &ToponymLine<'_>) -> Result<ToponymRecord, JsonError> {
        Ok(ToponymRecord {
            span: self.span(line.span)?,
            name: line.name.to_string(),
            geonames: line.geonames,
            country: owned(&line.country),
            lat: line.lat,
            lon: line.lon,
            class: line.class.to_string(),
        })
    }

    fn note(&self, line: &NoteLine<'_>) -> Result<Note, JsonError> {
        Ok(Note { span: self.span(line.span)?, kind: line.kind.to_string(), text: line.text.to_string() })
    }
}

fn date(text: &str) -> Result<jiff::civil::Date, JsonError> {
    text.parse().map_err(|_| JsonError::Date(text.to_string()))
}

macro_rules! word_readers {
    ($($function:ident: $type:ident = $group:literal),+ $(,)?) => {
        $(fn $function(word: &str) -> Result<$type, JsonError> {
            $type::from_word(word).ok_or_else(|| JsonError::Word {
                group: $group,
                word: word.to_string(),
                choices: $type::ALL.iter().map(|choice| choice.word()).collect::<Vec<_>>().join(", "),
            })
        })+
    };
}

word_readers! {
    actor_kind: ActorKind = "kind of actor",
    role_status: RoleStatus = "status of an office",
    event_type: EventType = "event type",
    quad_class: QuadClass = "quad class",
    status: Status = "status",
    source_kind: SourceKind = "kind of source",
    manner: Manner = "manner",
    act: Act = "act",
}

#[cfg(test)]
mod tests;
