//! The story's text with its marks: every mark has a shape as well as a colour.
//!
//! ⟦event⟧¹ with its number · ‹actor› where it is first named · ⌊place⌋ and ⌈time⌉ where an event has them ·
//! ⟨cue⟩ and ⌜claim⌝ᶜ¹ with the claim's number. Later mentions, and places and times of no event, are coloured only.

use text::Span;
use whimbrel::Reading;

use crate::output::shown;
use crate::paint::{ACTOR, CUE, EVENT, PLACE, PLAIN, TIME, clean};

/// What the shapes mean, for the foot of a story.
pub(crate) const LEGEND: &str = "⟦event⟧¹ ‹actor› ⌊place⌋ ⌈time⌉ ⟨cue⟩ ⌜claim⌝ᶜ¹";

/// Something to set around a span of the text.
struct Mark {
    span: Span,
    open: String,
    close: String,
}

/// The text as it may go to a terminal, with its marks set.
pub(crate) fn marked(reading: &Reading) -> String {
    let text = &reading.document.text;
    let marks = marks(reading);
    // At one place the inner mark closes first, and the outer one opens first.
    let mut edges: Vec<((usize, u8, usize), &str)> = Vec::with_capacity(marks.len() * 2);
    for mark in &marks {
        edges.push(((mark.span.end(), 0, mark.span.len()), &mark.close));
        edges.push(((mark.span.start(), 1, usize::MAX - mark.span.len()), &mark.open));
    }
    edges.sort();
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for ((offset, ..), edge) in edges {
        out.push_str(&clean(&shown(text.get(at..offset).unwrap_or(""))));
        out.push_str(edge);
        at = offset;
    }
    out.push_str(&clean(&shown(text.get(at..).unwrap_or(""))));
    out
}

fn marks(reading: &Reading) -> Vec<Mark> {
    let coding = &reading.coding;
    let mut marks: Vec<Mark> = Vec::new();
    // Words take one colour: the first that claims them.
    let mut add = |span: Span, color: char, open: &str, close: &str| {
        let free = marks.iter().all(|mark| !mark.span.overlaps(span) || nests(mark.span, span));
        if !span.is_empty() && free {
            marks.push(Mark { span, open: format!("{color}{open}"), close: format!("{close}{PLAIN}") });
        }
    };
    for (idx, event) in coding.events.iter().enumerate() {
        for span in std::iter::once(event.trigger).chain(event.also.iter().copied()) {
            add(span, EVENT, "⟦", &format!("⟧{}", superscript(idx + 1)));
        }
    }
    for claim in &coding.claims {
        if let Some(cue) = claim.cue {
            add(cue, CUE, "⟨", "⟩");
        }
    }
    for actor in &coding.actors {
        for (idx, &span) in actor.mentions.iter().enumerate() {
            let (open, close) = if idx == 0 { ("‹", "›") } else { ("", "") };
            add(span, ACTOR, open, close);
        }
    }
    let places = coding.events.iter().filter_map(|event| event.place);
    places.for_each(|span| add(span, PLACE, "⌊", "⌋"));
    let times = coding.events.iter().filter_map(|event| event.time);
    times.for_each(|span| add(span, TIME, "⌈", "⌉"));
    coding.toponyms.iter().for_each(|toponym| add(toponym.span, PLACE, "", ""));
    coding.timexes.iter().for_each(|timex| add(timex.span, TIME, "", ""));
    for (idx, claim) in coding.claims.iter().enumerate() {
        for &span in claim.content.iter().filter(|span| !span.is_empty()) {
            let close = format!("⌝ᶜ{}", superscript(idx + 1));
            marks.push(Mark { span, open: "⌜".to_owned(), close });
        }
    }
    marks
}

/// Whether two different spans lie one in the other.
fn nests(one: Span, other: Span) -> bool {
    one != other && (one.contains(other) || other.contains(one))
}

/// A number in raised figures.
pub(crate) fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}

#[cfg(test)]
mod tests {
    use codebook::{Act, Claim, Coding, Event, EventType, Manner, QuadClass, SourceKind, Status};

    use super::*;
    use crate::paint::painted;

    fn event(trigger: Span, place: Span) -> Event {
        Event {
            id: "e1".into(),
            trigger,
            also: vec![],
            event_type: EventType::Assault,
            mode: None,
            contexts: vec![],
            quad: QuadClass::MaterialConflict,
            score: -9.0,
            actors: vec![],
            recipients: vec![],
            place: Some(place),
            place_name: None,
            place_country: None,
            geonames: None,
            lat: None,
            lon: None,
            place_precision: None,
            time: None,
            when: None,
            time_precision: None,
            killed: None,
            injured: None,
            status: Status::Happened,
            claim: None,
            confidence: 1.0,
            reason: String::new(),
        }
    }

    #[test]
    fn marks_have_a_shape_and_stories_cannot_draw() {
        let text = "Jets bombed a \u{1b}[31mcamp\u{e000} at Dubar, he said.";
        let at = |words: &str| {
            let start = text.find(words).expect("the words are in the text");
            Span::new(start, start + words.len())
        };
        let claim = Claim {
            id: "c1".into(),
            source: Some(at("he")),
            source_actor: None,
            source_kind: SourceKind::Role,
            cue: Some(at("said")),
            content: vec![Span::new(0, text.find(',').expect("there is a comma"))],
            manner: Manner::Indirect,
            act: Act::State,
            disputes: None,
            confidence: 1.0,
            reason: String::new(),
        };
        let coding =
            Coding { events: vec![event(at("bombed"), at("Dubar"))], claims: vec![claim], ..Coding::default() };
        let document = text::read(text.to_owned(), text::Metadata::default());
        let reading = Reading { document, analysis: analysis::Analysis::default(), coding };
        let plain = painted(&marked(&reading), false);
        assert_eq!(plain, "⌜Jets ⟦bombed⟧¹ a \u{fffd}[31mcamp at ⌊Dubar⌋⌝ᶜ¹, he ⟨said⟩.");
    }
}
