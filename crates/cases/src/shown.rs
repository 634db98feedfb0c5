//! A coding in few words, one record a line.
//!
//! What is missing is left out; scores and reasons are left out too, since they change with every set of weights.

use std::fmt::Write;

use codebook::{Actor, Coding, Event};
use text::Span;

/// Text on one line, with single spaces.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words of the text, in quotation marks.
fn quoted(text: &str, span: Span) -> String {
    format!("“{}”", one_line(span.of(text)))
}

/// The events of a coding: type, mode, status and words; actors and recipients with their codes; place, time, people
/// killed and injured, and the claim that tells it.
pub fn events(text: &str, coding: &Coding) -> String {
    coding.events.iter().map(|event| event_line(text, coding, event)).collect()
}

fn event_line(text: &str, coding: &Coding, event: &Event) -> String {
    let mode = event.mode.as_ref().map(|mode| format!("/{mode}")).unwrap_or_default();
    let words: Vec<String> =
        std::iter::once(&event.trigger).chain(&event.also).map(|&span| quoted(text, span)).collect();
    let mut line = format!("{} {}{mode} {} {}", event.id, event.event_type, event.status, words.join(" + "));
    let _ = write!(line, " | {} → {}", parties(coding, &event.actors), parties(coding, &event.recipients));
    if let Some(span) = event.place {
        let entry = [&event.place_name, &event.place_country, &event.place_precision].into_iter().flatten();
        let entry: Vec<&str> = entry.map(String::as_str).collect();
        let _ = write!(line, " | in {} {}", quoted(text, span), entry.join(", "));
    }
    if let Some(span) = event.time {
        let _ = write!(line, " | on {}", quoted(text, span));
        if let Some((first, last)) = event.when {
            let _ = write!(line, " {}", if first == last { first.to_string() } else { format!("{first}…{last}") });
        }
    }
    for (count, what) in [(event.killed, "killed"), (event.injured, "injured")] {
        if let Some(count) = count {
            let _ = write!(line, " | {count} {what}");
        }
    }
    if let Some(claim) = &event.claim {
        let _ = write!(line, " | {claim}");
    }
    one_line(&line) + "\n"
}

fn parties(coding: &Coding, ids: &[String]) -> String {
    let named = ids.iter().map(|id| match coding.actors.iter().find(|actor| actor.id == *id) {
        Some(actor) => format!("{} {}", one_line(&actor.name), code(actor)),
        None => format!("no actor {id}"),
    });
    if ids.is_empty() { "–".to_owned() } else { named.collect::<Vec<_>>().join(", ") }
}

/// Country and sector of a party: `AFG.GOV`.
fn code(actor: &Actor) -> String {
    format!("{}.{}", actor.country.as_deref().unwrap_or("–"), actor.sector.as_deref().unwrap_or("–"))
}

/// The contexts of each event that has any.
pub fn contexts(coding: &Coding) -> String {
    let about = coding.events.iter().filter(|event| !event.contexts.is_empty());
    about.map(|event| format!("{} {}\n", event.id, event.contexts.join(", "))).collect()
}

/// The claims of a coding: kind of source and its party, the words that name it; act, manner and the words that hand over;
/// what is said; the claim that it disputes.
pub fn claims(text: &str, coding: &Coding) -> String {
    let mut out = String::new();
    for claim in &coding.claims {
        let _ = write!(out, "{} {}", claim.id, claim.source_kind);
        if let Some(span) = claim.source {
            let _ = write!(out, " {}", quoted(text, span));
        }
        if let Some(actor) = &claim.source_actor {
            let _ = write!(out, " = {}", parties(coding, std::slice::from_ref(actor)));
        }
        let _ = write!(out, " | {} {}", claim.act, claim.manner);
        if let Some(span) = claim.cue {
            let _ = write!(out, " {}", quoted(text, span));
        }
        let content: Vec<String> = claim.content.iter().map(|span| one_line(span.of(text))).collect();
        let _ = write!(out, " | {}", content.join(" … "));
        if let Some(other) = &claim.disputes {
            let _ = write!(out, " | disputes {other}");
        }
        out.push('\n');
    }
    out
}

/// The actors of a coding: kind and code, offices, and all the different words that mention it.
pub fn actors(text: &str, coding: &Coding) -> String {
    let mut out = String::new();
    for actor in &coding.actors {
        let _ = write!(out, "{} {} | {} {}", actor.id, one_line(&actor.name), actor.kind, code(actor));
        for role in &actor.roles {
            let status = role.status.map_or("holds", |status| status.word());
            let of = role.of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
            let _ = write!(out, " | {status}: {}{of}", one_line(&role.title));
        }
        let mut mentions: Vec<String> = Vec::new();
        for &span in &actor.mentions {
            let words = quoted(text, span);
            if !mentions.contains(&words) {
                mentions.push(words);
            }
        }
        let _ = writeln!(out, " | {}", mentions.join(", "));
    }
    out
}
