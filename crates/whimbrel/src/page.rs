//! A reading for people: the story with its marks, then who did what to whom, who says what, and what is due.
//!
//! Nothing is told by colour alone: statuses have a sign and a word, and the marks of `marks` have shapes.

use std::fmt::Write;

use codebook::{Actor, Claim, Event, Status};
use whimbrel::Reading;

use crate::marks;
use crate::output::one_line;
use crate::paint::{ACTOR, CUE, EVENT, FAINT, PLAIN, STRONG, clean, cut, painted, wrap, wrap_hanging};

/// How to draw a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Whether to colour.
    pub(crate) color: bool,
    /// Columns to wrap to.
    pub(crate) width: usize,
}

/// Draws a reading.
pub(crate) fn render(reading: &Reading, style: Style) -> String {
    let mut page = String::new();
    head(reading, style, &mut page);
    story(reading, style, &mut page);
    events(reading, style, &mut page);
    claims(reading, style, &mut page);
    agenda(reading, style, &mut page);
    actors(reading, style, &mut page);
    for note in reading.coding.notes.iter().filter(|note| !note.text.is_empty()) {
        let _ = writeln!(page, "{FAINT}note: {}{PLAIN}", clean(&one_line(&note.text)));
    }
    page.push('\n');
    painted(&page, style.color)
}

fn head(reading: &Reading, style: Style, page: &mut String) {
    let meta = &reading.document.metadata;
    let title = meta.title.as_deref().unwrap_or(&meta.id);
    wrap(&format!("{STRONG}{}{PLAIN}", clean(&one_line(title))), style.width, "", page);
    let credit = reading.document.credit.as_ref().map(|credit| credit.agency.of(&reading.document.text));
    let parts = [
        meta.published.as_deref(),
        meta.publisher.as_deref(),
        meta.agency.as_deref().or(credit),
        meta.byline.as_deref(),
        meta.url.as_deref(),
    ];
    let line = parts.into_iter().flatten().map(|part| clean(&one_line(part))).collect::<Vec<_>>().join(" · ");
    if !line.is_empty() {
        wrap(&format!("{FAINT}{line}{PLAIN}"), style.width, "", page);
    }
    page.push('\n');
}

fn story(reading: &Reading, style: Style, page: &mut String) {
    for paragraph in marks::marked(reading).split('\n') {
        wrap(paragraph, style.width, "  ", page);
    }
    if !reading.coding.events.is_empty() || !reading.coding.claims.is_empty() {
        let _ = writeln!(page, "\n  {FAINT}{}{PLAIN}", marks::LEGEND);
    }
    page.push('\n');
}

fn title(name: &str, page: &mut String) {
    let _ = writeln!(page, "{STRONG}{name}{PLAIN}");
}

/// The name of an actor with its code.
fn named(reading: &Reading, id: &str) -> String {
    let Some(actor) = reading.coding.actors.iter().find(|actor| actor.id == id) else { return id.to_owned() };
    format!("{} ({})", clean(&one_line(&actor.name)), code(actor))
}

fn code(actor: &Actor) -> String {
    format!("{}.{}", actor.country.as_deref().unwrap_or("—"), actor.sector.as_deref().unwrap_or("—"))
}

fn list(reading: &Reading, ids: &[String]) -> String {
    let names: Vec<String> = ids.iter().map(|id| named(reading, id)).collect();
    if names.is_empty() { "?".to_owned() } else { names.join(", ") }
}

fn glyph(status: Status) -> &'static str {
    match status {
        Status::Happened => "●",
        Status::Planned => "◷",
        Status::Possible => "◌",
        Status::Denied => "✕",
    }
}

fn window(event: &Event) -> Option<String> {
    let (first, last) = event.when?;
    Some(if first == last { first.to_string() } else { format!("{first} … {last}") })
}

fn events(reading: &Reading, style: Style, page: &mut String) {
    if reading.coding.events.is_empty() {
        let _ = writeln!(page, "{FAINT}no events{PLAIN}\n");
        return;
    }
    title("Who did what to whom", page);
    for (idx, event) in reading.coding.events.iter().enumerate() {
        let kind = match &event.mode {
            Some(mode) => format!("{}/{mode}", event.event_type),
            None => event.event_type.to_string(),
        };
        let trigger = clean(&one_line(event.trigger.of(&reading.document.text)));
        let _ = writeln!(
            page,
            "  {EVENT}{:>2}{PLAIN} {} {:<9} {STRONG}{kind}{PLAIN}  “{trigger}”",
            idx + 1,
            glyph(event.status),
            event.status,
        );
        let mut line = format!("{ACTOR}{}{PLAIN}", list(reading, &event.actors));
        if !event.recipients.is_empty() {
            let _ = write!(line, " → {ACTOR}{}{PLAIN}", list(reading, &event.recipients));
        }
        wrap(&line, style.width, "       ", page);
        let mut facts = Vec::new();
        if let Some(place) = &event.place_name {
            let inherited = if event.place_precision.as_deref().is_some_and(|p| p.contains("inherited")) { " (inherited)" } else { "" };
            let country = event.place_country.as_deref().unwrap_or("—");
            facts.push(format!("where: {}, {country}{inherited}", clean(&one_line(place))));
        }
        facts.extend(window(event).map(|window| format!("when: {window}")));
        facts.extend(event.killed.map(|n| format!("killed: {n}")));
        facts.extend(event.injured.map(|n| format!("injured: {n}")));
        facts.extend(event.claim.as_ref().map(|id| format!("according to: {} ({id})", told_by(reading, id))));
        if !facts.is_empty() {
            wrap(&facts.join(" · "), style.width, "       ", page);
        }
    }
    page.push('\n');
}

fn told_by(reading: &Reading, id: &str) -> String {
    let claim = reading.coding.claims.iter().find(|claim| claim.id == id);
    claim.map_or_else(|| "?".to_owned(), |claim| source(reading, claim))
}

fn source(reading: &Reading, claim: &Claim) -> String {
    match claim.source {
        Some(span) => clean(&one_line(span.of(&reading.document.text))),
        None => "no one named".to_owned(),
    }
}

fn claims(reading: &Reading, style: Style, page: &mut String) {
    if reading.coding.claims.is_empty() {
        return;
    }
    title("Who says so", page);
    let text = &reading.document.text;
    for claim in &reading.coding.claims {
        let content: Vec<String> = claim.content.iter().map(|span| clean(&one_line(span.of(text)))).collect();
        let cue = claim.cue.map_or_else(|| "—".to_owned(), |cue| clean(&one_line(cue.of(text))));
        let disputes = claim.disputes.as_ref().map(|other| format!(" {STRONG}⇄ disputes {other}{PLAIN}")).unwrap_or_default();
        let line = format!(
            "{:<3} {ACTOR}{}{PLAIN} [{}] {CUE}{cue}{PLAIN} ({}): {}{disputes}",
            claim.id,
            source(reading, claim),
            claim.source_kind,
            claim.act,
            cut(&content.join(" … "), style.width * 2),
        );
        wrap_hanging(&line, style.width, "  ", "      ", page);
    }
    page.push('\n');
}

fn agenda(reading: &Reading, style: Style, page: &mut String) {
    let mut due: Vec<&Event> = reading.coding.events.iter().filter(|event| event.status == Status::Planned).collect();
    if due.is_empty() {
        return;
    }
    due.sort_by_key(|event| event.when.map_or((1, None), |window| (0, Some(window))));
    title("What is due", page);
    for event in due {
        let text = &reading.document.text;
        let time = event.time.map(|time| format!("“{}”", clean(&one_line(time.of(text)))));
        let window = window(event).or(time).unwrap_or_else(|| "no date".to_owned());
        let line = format!(
            "{window}  {}  {} → {}",
            clean(&one_line(event.trigger.of(text))),
            list(reading, &event.actors),
            list(reading, &event.recipients)
        );
        wrap_hanging(&line, style.width, "  ◷ ", "    ", page);
    }
    page.push('\n');
}

fn actors(reading: &Reading, style: Style, page: &mut String) {
    if reading.coding.actors.is_empty() {
        return;
    }
    title("Who is who", page);
    for actor in &reading.coding.actors {
        let roles: Vec<String> = actor
            .roles
            .iter()
            .map(|role| {
                let status = role.status.map(|status| format!(" [{status}]")).unwrap_or_default();
                format!("{}{status}", clean(&one_line(&role.title)))
            })
            .collect();
        let held = if roles.is_empty() { String::new() } else { format!(" — {}", roles.join("; ")) };
        let line = format!("{:<8} {ACTOR}{}{PLAIN}{held}", code(actor), clean(&one_line(&actor.name)));
        wrap(&line, style.width, "  ", page);
    }
    page.push('\n');
}
