//! All of it in order: from drafts to the records of a coding.

use std::collections::BTreeMap;

use analysis::{Analysis, Manner as Handed, TimexType};
use codebook::{
    Actor, Claim, Codebook, Coding, Event, Manner, Note, TimexRecord, ToponymRecord,
};
use text::{Document, Span};

use crate::claim::{self, Saying};
use crate::dispute;
use crate::event::{self, Draft};
use crate::merge;
use crate::party::Figures;
use crate::recipient::{Known, RecipientChoice};
use crate::setting;
use crate::story::Story;

/// Codes a story. `model` names the model that made the analysis.
pub fn code(codebook: &Codebook, document: &Document, analysis: &Analysis, model: &str) -> Coding {
    let story = Story::new(codebook, document, analysis);
    let figures = Figures::resolve(&story);
    let (mut events, sayings, claim_of) = drafts(&story, &figures);
    choose_recipients(&story, &figures, &mut events, &sayings, &claim_of);
    let disputes = dispute::find_disputes(&story, &sayings, &events, &claim_of);
    let ids = actor_ids(&story, &figures, &events, &sayings);
    Coding {
        model: model.to_owned(),
        codebook: codebook.version().to_owned(),
        actors: ids.keys().map(|&(_, figure)| actor(&story, &figures, figure, &ids)).collect(),
        events: events.iter().enumerate().map(|(idx, draft)| record(&story, draft, idx, claim_of[idx], &ids)).collect(),
        claims: sayings.iter().enumerate().map(|(idx, s)| claim_record(&story, s, idx, disputes[idx], &ids)).collect(),
        timexes: analysis.timexes.iter().map(timex_record).collect(),
        toponyms: analysis.toponyms.iter().map(toponym_record).collect(),
        notes: notes(document, analysis),
    }
}

/// The choices that the weights of `data/grammar/recipient.tsv` are fitted on.
pub fn recipient_choices(codebook: &Codebook, document: &Document, analysis: &Analysis) -> Vec<RecipientChoice> {
    let story = Story::new(codebook, document, analysis);
    let figures = Figures::resolve(&story);
    let (events, sayings, claim_of) = drafts(&story, &figures);
    Known::new(&story, &figures, &events, &sayings, &claim_of).choices()
}

/// Events with what single triggers say, claims, and the claim that tells each event.
fn drafts(story: &Story<'_>, figures: &Figures) -> (Vec<Draft>, Vec<Saying>, Vec<Option<usize>>) {
    let mut events = merge::merge(story, event::draft_events(story, figures));
    events.sort_by_key(|event| event.tokens.start);
    let sayings = claim::find_sayings(story, figures);
    let claim_of = claim::claims_of(&events, &sayings);
    (events, sayings, claim_of)
}

/// Replaces what single triggers say of recipients by what the whole story does.
fn choose_recipients(story: &Story<'_>, figures: &Figures, events: &mut [Draft], sayings: &[Saying], claim_of: &[Option<usize>]) {
    let chosen = Known::new(story, figures, events, sayings, claim_of).choose();
    for (event, chosen) in events.iter_mut().zip(chosen) {
        event.reasons.extend(chosen.first().map(|(_, score)| format!("recipient: weights {score:.2}")));
        event.parties.recipients = chosen.into_iter().map(|(figure, _)| figure).collect();
        // In the order of the text, as actors are.
        event.parties.recipients.sort_by_key(|&figure| key(story, figures, figure));
    }
}

/// Ids of the parties that act, are acted upon, or speak, keyed by (place of the first mention, figure) so that they come
/// in text order.
type Ids = BTreeMap<(usize, usize), String>;

fn actor_ids(story: &Story<'_>, figures: &Figures, events: &[Draft], sayings: &[Saying]) -> Ids {
    let parties = events.iter().flat_map(|event| event.parties.actors.iter().chain(&event.parties.recipients));
    let used = parties.copied().chain(sayings.iter().filter_map(|saying| saying.figure));
    let mut ids: Ids = used.map(|figure| (key(story, figures, figure), String::new())).collect();
    for (idx, id) in ids.values_mut().enumerate() {
        *id = format!("a{}", idx + 1);
    }
    ids
}

fn key(story: &Story<'_>, figures: &Figures, figure: usize) -> (usize, usize) {
    let first = figures.list[figure].mentions.first().map_or(usize::MAX, |&m| story.mention(m).tokens.start);
    (first, figure)
}

fn id_of(ids: &Ids, figure: usize) -> Option<&String> {
    ids.iter().find(|((_, of), _)| *of == figure).map(|(_, id)| id)
}

fn actor(story: &Story<'_>, figures: &Figures, figure: usize, ids: &Ids) -> Actor {
    let it = &figures.list[figure];
    Actor {
        id: id_of(ids, figure).cloned().unwrap_or_default(),
        name: it.name.clone(),
        kind: it.kind,
        country: it.country.clone(),
        sector: it.sector.clone(),
        roles: it.roles.clone(),
        wikidata: it.wikidata.clone(),
        mentions: it.mentions.iter().map(|&mention| story.span(&story.mention(mention).tokens)).collect(),
        reason: it.reason.clone(),
    }
}

fn record(story: &Story<'_>, draft: &Draft, idx: usize, claim: Option<usize>, ids: &Ids) -> Event {
    let of = |figures: &[usize]| figures.iter().filter_map(|&figure| id_of(ids, figure).cloned()).collect();
    let place = draft.place.as_ref();
    let toponym = place.and_then(|place| place.toponym).map(|idx| &story.analysis.toponyms[idx]);
    let precision = toponym.map(setting::place_precision);
    let inherited = place.is_some_and(|place| place.inherited);
    let mode = draft.mode.as_deref();
    Event {
        id: format!("e{}", idx + 1),
        trigger: story.span(&draft.tokens),
        also: draft.also.iter().map(|tokens| story.span(tokens)).collect(),
        event_type: draft.event_type,
        mode: draft.mode.clone(),
        contexts: crate::context::contexts(story, draft),
        quad: story.codebook.quad(draft.event_type),
        score: story.codebook.score(draft.event_type, mode),
        actors: of(&draft.parties.actors),
        recipients: of(&draft.parties.recipients),
        place: place.map(|place| place.span),
        place_name: toponym.map(|toponym| toponym.name.clone()),
        place_country: toponym.and_then(|toponym| toponym.country.clone()),
        geonames: toponym.and_then(|toponym| toponym.geonames),
        lat: toponym.map(|toponym| degrees(toponym.latitude)),
        lon: toponym.map(|toponym| degrees(toponym.longitude)),
        place_precision: precision.map(|p| if inherited { format!("{p} (inherited)") } else { p.to_owned() }),
        time: draft.time.as_ref().map(|time| time.span),
        when: draft.time.as_ref().and_then(|time| time.when),
        time_precision: draft.time.as_ref().and_then(|time| time.precision).map(str::to_owned),
        killed: draft.killed,
        injured: draft.injured,
        status: draft.status,
        claim: claim.map(|claim| format!("c{}", claim + 1)),
        confidence: rounded(draft.confidence),
        reason: draft.reasons.join("; "),
    }
}

fn claim_record(story: &Story<'_>, saying: &Saying, idx: usize, disputes: Option<usize>, ids: &Ids) -> Claim {
    let quotation = &saying.quotation;
    let spans = |range: &std::ops::Range<usize>| story.span(range);
    Claim {
        id: format!("c{}", idx + 1),
        source: saying.source.as_ref().map(spans),
        source_actor: saying.figure.and_then(|figure| id_of(ids, figure).cloned()),
        source_kind: saying.kind,
        cue: quotation.cue.as_ref().map(spans),
        content: quotation.content.iter().map(spans).collect(),
        manner: match quotation.manner {
            Handed::Direct => Manner::Direct,
            Handed::Indirect => Manner::Indirect,
            Handed::Mixed => Manner::Mixed,
        },
        act: saying.act,
        disputes: disputes.map(|other| format!("c{}", other + 1)),
        confidence: rounded(quotation.speech),
        reason: saying.reason.clone(),
    }
}

/// A probability to three decimals, so that records stay short.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1000.0).round() / 1000.0
}

/// A coordinate to five decimals, about a metre: shorter, and the same number when it is read back.
fn degrees(coordinate: f64) -> f64 {
    (coordinate * 100_000.0).round() / 100_000.0
}

fn timex_record(timex: &analysis::Timex) -> TimexRecord {
    let kind = match timex.kind {
        TimexType::Date => "DATE",
        TimexType::Time => "TIME",
        TimexType::Duration => "DURATION",
        TimexType::Set => "SET",
    };
    TimexRecord {
        span: timex.span,
        kind: kind.to_owned(),
        value: timex.value.clone(),
        earliest: timex.earliest,
        latest: timex.latest,
    }
}

fn toponym_record(toponym: &analysis::Toponym) -> ToponymRecord {
    ToponymRecord {
        span: toponym.span,
        name: toponym.name.clone(),
        geonames: toponym.geonames,
        country: toponym.country.clone(),
        lat: degrees(toponym.latitude),
        lon: degrees(toponym.longitude),
        class: toponym.class.clone(),
    }
}

fn notes(document: &Document, analysis: &Analysis) -> Vec<Note> {
    let all = document.notes.iter().chain(&analysis.notes);
    let mut out: Vec<Note> =
        all.map(|note| Note { span: note.span, kind: note.kind.to_owned(), text: note.text.clone() }).collect();
    if document.tokens.is_empty() {
        out.push(Note { span: Span::default(), kind: "empty".to_owned(), text: "the story has no words".to_owned() });
    }
    out
}
