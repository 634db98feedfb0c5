//! The text of a story cut into segments, each with the marks that lie over it: nothing nests, so that every mark can be a link.

use codebook::Coding;
use text::Span;

/// What a mark stands for; the first named wins where several lie over the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The words that tell an event.
    Event,
    /// The words that hand over a claim.
    Cue,
    /// Who says it.
    Source,
    /// Where.
    Place,
    /// When.
    Time,
    /// Who does it, or has it done.
    Actor,
    /// What is said.
    Claim,
}

impl Kind {
    /// Its word, in class names and in the legend.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Cue => "cue",
            Self::Source => "source",
            Self::Place => "place",
            Self::Time => "time",
            Self::Actor => "actor",
            Self::Claim => "claim",
        }
    }
}

/// One mark: words that stand for something.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// What for.
    pub(crate) kind: Kind,
    /// Where.
    pub(crate) span: Span,
    /// Index of the event, claim or actor in the coding.
    pub(crate) idx: usize,
}

/// Words that the same marks lie over.
#[derive(Clone, Debug)]
pub(crate) struct Segment<'t> {
    /// The words.
    pub(crate) words: &'t str,
    /// The marks, the winner first.
    pub(crate) marks: Vec<&'t Mark>,
    /// The winner's first segment.
    pub(crate) opens: bool,
}

/// All marks of a coding.
pub(crate) fn marks(coding: &Coding) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut add = |kind, span: Span, idx| {
        if !span.is_empty() {
            marks.push(Mark { kind, span, idx });
        }
    };
    for (idx, event) in coding.events.iter().enumerate() {
        add(Kind::Event, event.trigger, idx);
        event.also.iter().for_each(|span| add(Kind::Event, *span, idx));
        event.place.into_iter().for_each(|span| add(Kind::Place, span, idx));
        event.time.into_iter().for_each(|span| add(Kind::Time, span, idx));
    }
    for (idx, claim) in coding.claims.iter().enumerate() {
        claim.cue.into_iter().for_each(|span| add(Kind::Cue, span, idx));
        claim.source.into_iter().for_each(|span| add(Kind::Source, span, idx));
        claim.content.iter().for_each(|span| add(Kind::Claim, *span, idx));
    }
    for (idx, actor) in coding.actors.iter().enumerate() {
        actor.mentions.iter().for_each(|span| add(Kind::Actor, *span, idx));
    }
    marks
}

/// The text's paragraphs as segments; lines without words are left out.
pub(crate) fn paragraphs<'t>(text: &'t str, marks: &'t [Mark]) -> Vec<Vec<Segment<'t>>> {
    let mut edges: Vec<usize> = marks.iter().flat_map(|mark| [mark.span.start(), mark.span.end()]).collect();
    edges.extend(text.match_indices('\n').flat_map(|(at, _)| [at, at + 1]));
    edges.extend([0, text.len()]);
    edges.retain(|at| text.is_char_boundary(*at));
    edges.sort_unstable();
    edges.dedup();
    // Marks by where they begin; those that have ended are dropped as the edges go on.
    let mut order: Vec<&Mark> = marks.iter().collect();
    order.sort_by_key(|mark| mark.span.start());
    let (mut next, mut open): (usize, Vec<&Mark>) = (0, Vec::new());
    let (mut paragraphs, mut paragraph) = (Vec::new(), Vec::new());
    for pair in edges.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        open.retain(|mark| mark.span.end() > start);
        while let Some(mark) = order.get(next).filter(|mark| mark.span.start() <= start) {
            next += 1;
            if mark.span.end() > start {
                open.push(mark);
            }
        }
        let words = &text[start..end];
        if words == "\n" {
            paragraphs.push(std::mem::take(&mut paragraph));
            continue;
        }
        let mut over = open.clone();
        over.sort_by_key(|mark| (mark.kind, mark.span.len(), mark.idx));
        let opens = over.first().is_some_and(|mark| mark.span.start() == start);
        paragraph.push(Segment { words, marks: over, opens });
    }
    paragraphs.push(paragraph);
    paragraphs.retain(|paragraph| paragraph.iter().any(|segment| !segment.words.trim().is_empty()));
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(kind: Kind, start: usize, end: usize) -> Mark {
        Mark { kind, span: Span::new(start, end), idx: 0 }
    }

    #[test]
    fn marks_that_overlap_become_segments_that_do_not() {
        let text = "Größe fired\nat Dubar.";
        let marks = [mark(Kind::Claim, 0, 13), mark(Kind::Event, 8, 13), mark(Kind::Place, 17, 22), mark(Kind::Actor, 0, 7)];
        let cut = paragraphs(text, &marks);
        let shown: Vec<Vec<(&str, Vec<&str>)>> = cut
            .iter()
            .map(|one| one.iter().map(|segment| (segment.words, segment.marks.iter().map(|mark| mark.kind.word()).collect())).collect())
            .collect();
        assert_eq!(shown, [
            vec![("Größe", vec!["actor", "claim"]), (" ", vec!["claim"]), ("fired", vec!["event", "claim"])],
            vec![("at ", vec![]), ("Dubar", vec!["place"]), (".", vec![])],
        ]);
    }

    #[test]
    fn the_text_is_kept_whole() {
        let text = "a\n\nb c d";
        let marks = [mark(Kind::Claim, 3, 6), mark(Kind::Source, 5, 8)];
        let words: Vec<String> = paragraphs(text, &marks).iter().map(|one| one.iter().map(|segment| segment.words).collect()).collect();
        assert_eq!(words, ["a", "b c d"]);
    }
}
