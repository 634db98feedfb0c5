//! A reading for people: the story with its marks, then who did what to whom, who says what, and what is due.
//!
//! Marks have a shape as well as a colour: ⟦events⟧ with their number, ‹actors› at their first mention, ⟨cues⟩ of claims.

use std::fmt::Write;

use codebook::{Actor, Claim, Event, Status};
use text::Span;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use whimbrel::Reading;

use crate::output::{one_line, shown};

/// How to draw a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Whether to colour.
    pub(crate) color: bool,
    /// Columns to wrap to.
    pub(crate) width: usize,
}

/// Stand-ins for changes of style while text is being wrapped; story text cannot hold them (see `clean`).
const EVENT: char = '\u{e000}';
const ACTOR: char = '\u{e001}';
const CUE: char = '\u{e002}';
const STRONG: char = '\u{e003}';
const FAINT: char = '\u{e004}';
const PLAIN: char = '\u{e00f}';

/// Draws a reading.
pub(crate) fn render(reading: &Reading, style: Style) -> String {
    let mut page = String::new();
    head(reading, &mut page);
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

fn clean(text: &str) -> String {
    text.chars().filter(|c| !('\u{e000}'..='\u{e00f}').contains(c)).collect()
}

/// Style stand-ins as escape codes, or as nothing.
fn painted(page: &str, color: bool) -> String {
    let mut out = String::with_capacity(page.len());
    for c in page.chars() {
        let code = match c {
            EVENT => "\x1b[1;31m",
            ACTOR => "\x1b[36m",
            CUE => "\x1b[4;33m",
            STRONG => "\x1b[1m",
            FAINT => "\x1b[2m",
            PLAIN => "\x1b[0m",
            c => {
                out.push(c);
                continue;
            }
        };
        if color {
            out.push_str(code);
        }
    }
    out
}

fn head(reading: &Reading, page: &mut String) {
    let meta = &reading.document.metadata;
    let title = meta.title.as_deref().unwrap_or(&meta.id);
    let _ = writeln!(page, "{STRONG}{}{PLAIN}", clean(&one_line(title)));
    let credit = reading.document.credit.as_ref().map(|credit| credit.agency.of(&reading.document.text));
    let parts = [meta.published.as_deref(), meta.publisher.as_deref(), meta.agency.as_deref().or(credit), meta.byline.as_deref()];
    let line = parts.into_iter().flatten().map(|part| clean(&one_line(part))).collect::<Vec<_>>().join(" · ");
    if !line.is_empty() {
        let _ = writeln!(page, "{FAINT}{line}{PLAIN}");
    }
    page.push('\n');
}

/// Something to set into the text at a byte offset; closings come before openings at one place.
type Mark = (usize, u8, String);

fn story(reading: &Reading, style: Style, page: &mut String) {
    let text = &reading.document.text;
    let mut marks: Vec<Mark> = Vec::new();
    let mut add = |span: Span, color: char, open: &str, close: String| {
        marks.push((span.start(), 1, format!("{color}{open}")));
        marks.push((span.end(), 0, format!("{close}{PLAIN}")));
    };
    for (idx, event) in reading.coding.events.iter().enumerate() {
        for span in std::iter::once(event.trigger).chain(event.also.iter().copied()) {
            add(span, EVENT, "⟦", format!("⟧{}", superscript(idx + 1)));
        }
    }
    for actor in &reading.coding.actors {
        if let Some(&span) = actor.mentions.first() {
            add(span, ACTOR, "‹", "›".to_owned());
        }
    }
    for claim in &reading.coding.claims {
        let taken = reading.coding.events.iter().any(|event| claim.cue.is_some_and(|cue| cue.overlaps(event.trigger)));
        if let Some(cue) = claim.cue.filter(|_| !taken) {
            add(cue, CUE, "⟨", "⟩".to_owned());
        }
    }
    marks.sort_by_key(|mark| (mark.0, mark.1));
    let mut marked = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for (offset, _, mark) in marks {
        if let Some(part) = text.get(at..offset) {
            marked.push_str(&clean(&shown(part)));
            at = offset;
        }
        marked.push_str(&mark);
    }
    marked.push_str(&clean(&shown(text.get(at..).unwrap_or(""))));
    for paragraph in marked.split('\n') {
        wrap(paragraph, style.width, "  ", page);
    }
    page.push('\n');
}

fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}

/// Breaks a paragraph at spaces; style stand-ins take no room.
fn wrap(paragraph: &str, width: usize, indent: &str, page: &mut String) {
    wrap_hanging(paragraph, width, indent, indent, page);
}

/// The same with another indent on the lines after the first.
fn wrap_hanging(paragraph: &str, width: usize, first: &str, rest: &str, page: &mut String) {
    let (mut column, mut indent) = (0, first);
    for word in paragraph.split_whitespace() {
        let size = width_of(word);
        if column > 0 && column + 1 + size > width {
            page.push('\n');
            column = 0;
        }
        if column == 0 {
            page.push_str(indent);
            column = width_of(indent);
            indent = rest;
        } else {
            page.push(' ');
            column += 1;
        }
        page.push_str(word);
        column += size;
    }
    page.push('\n');
}

fn width_of(text: &str) -> usize {
    text.chars().filter(|c| !('\u{e000}'..='\u{e00f}').contains(c)).map(|c| c.width().unwrap_or(0)).sum()
}

/// Cuts to a width, with an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut column = 0;
    for c in text.chars() {
        column += c.width().unwrap_or(0);
        if column + 1 > width {
            break;
        }
        out.push(c);
    }
    out + "…"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_counts_columns_not_bytes_or_colours() {
        let mut page = String::new();
        wrap(&format!("{EVENT}⟦abc⟧¹{PLAIN} 阿富汗 def"), 10, "", &mut page);
        assert_eq!(painted(&page, false), "⟦abc⟧¹\n阿富汗 def\n");
        assert_eq!(cut("阿富汗阿富汗", 5), "阿富…");
    }

    #[test]
    fn no_story_paints() {
        assert_eq!(clean("a\u{e000}b"), "ab");
        assert_eq!(painted("\u{e000}x\u{e00f}", true), "\x1b[1;31mx\x1b[0m");
    }
}
