//! Where and when.
//!
//! Place and time of an event come from the words that the network gives it, else from its own clause, else from its
//! sentence or the dateline, and then they are marked as inherited. Missing stays missing.

use analysis::{Candidate, Precision, Timex, TimexType, Toponym};
use jiff::civil::Date;
use text::Span;

use crate::argument::runs;
use crate::story::Story;

/// Probability from which a word tells place or time.
const SURE: f32 = 0.5;

/// Where an event took place.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) span: Span,
    /// The gazetteer entry, as index into the toponyms; `None` for words that name no known place.
    pub(crate) toponym: Option<usize>,
    pub(crate) inherited: bool,
    pub(crate) reason: String,
}

/// When an event took place, or is to.
#[derive(Clone, Debug)]
pub(crate) struct Time {
    pub(crate) span: Span,
    pub(crate) when: Option<(Date, Date)>,
    pub(crate) precision: Option<&'static str>,
    pub(crate) reason: String,
}

/// The words of a role, by runs: best first.
fn role_spans(story: &Story<'_>, candidate: &Candidate, name: &str) -> Vec<Span> {
    let Some(role) = candidate.roles.iter().find(|role| role.name == name) else { return Vec::new() };
    let mut found = runs(&role.tokens, SURE);
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.start.cmp(&b.0.start)));
    found.into_iter().map(|(range, _)| story.span(&range)).collect()
}

/// Finds the place of a candidate.
pub(crate) fn find_place(story: &Story<'_>, candidate: &Candidate, head: usize) -> Option<Place> {
    let spans = role_spans(story, candidate, "place");
    let toponyms = &story.analysis.toponyms;
    let at = |span: Span| (0..toponyms.len()).find(|&idx| toponyms[idx].span.overlaps(span));
    if let Some((span, idx)) = spans.iter().find_map(|&span| Some((span, at(span)?))) {
        let reason = format!("place: network; {}", toponyms[idx].reason);
        return Some(Place { span: toponyms[idx].span.cover(span), toponym: Some(idx), inherited: false, reason });
    }
    let words = spans.first().copied();
    if words.is_none()
        && let Some(idx) = in_sentence(story, head)
    {
        let reason = format!("place: inherited from the sentence; {}", toponyms[idx].reason);
        return Some(Place { span: toponyms[idx].span, toponym: Some(idx), inherited: true, reason });
    }
    if let Some(idx) = in_clause(story, head) {
        let reason = format!("place: same clause; {}", toponyms[idx].reason);
        return Some(Place { span: toponyms[idx].span, toponym: Some(idx), inherited: false, reason });
    }
    if let Some(span) = words {
        return Some(Place { span, toponym: None, inherited: false, reason: "place: network, no entry".to_owned() });
    }
    None
}

/// A place that hangs on the event's own word by "in", "at", "near".
fn in_clause(story: &Story<'_>, head: usize) -> Option<usize> {
    let tree = &story.tree;
    let hung = |token: usize| {
        (tree.has(token, "obl") || tree.has(token, "nmod"))
            && tree.child(token, "case").is_some_and(|case| crate::table::tells_place(story.lemma(case)))
    };
    let child = tree.children(head).find(|&child| hung(child))?;
    let span = story.span(&tree.noun_phrase(child));
    story.analysis.toponyms.iter().position(|toponym| toponym.span.overlaps(span))
}

/// The place that the event's sentence names with "in", "at", "near", when it names one only.
fn in_sentence(story: &Story<'_>, head: usize) -> Option<usize> {
    let sentence = story.sentence(head);
    let whole = story.span(&sentence);
    let told = |idx: &usize| {
        let toponym = &story.analysis.toponyms[*idx];
        let tokens = story.document.tokens_in(toponym.span);
        let top = story.tree.head_of(&tokens);
        whole.contains(toponym.span)
            && top.is_some_and(|top| {
                story.tree.child(top, "case").is_some_and(|case| crate::table::tells_place(story.lemma(case)))
            })
    };
    let mut found = (0..story.analysis.toponyms.len()).filter(told);
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

/// Precision of a toponym by its GeoNames class.
pub(crate) fn place_precision(toponym: &Toponym) -> &'static str {
    match toponym.class.as_str() {
        class if class.starts_with("P.") => "city",
        "A.PCLI" | "A.PCL" | "A.PCLD" | "A.PCLF" | "A.PCLS" | "A.PCLIX" | "A.TERR" => "country",
        "A.ADM1" => "province",
        class if class.starts_with("A.") => "district",
        class if class.starts_with("S.") => "city",
        _ => "region",
    }
}

/// Finds the time of a candidate.
pub(crate) fn find_time(story: &Story<'_>, candidate: &Candidate, head: usize) -> Option<Time> {
    let timexes = &story.analysis.timexes;
    let at = |span: Span| timexes.iter().find(|timex| timex.span.overlaps(span));
    for span in role_spans(story, candidate, "time") {
        if let Some(timex) = at(span) {
            return Some(time_of(timex, timex.span.cover(span), "network"));
        }
    }
    let tree = &story.tree;
    let hung = |token: usize| ["obl", "nmod", "advmod"].iter().any(|relation| tree.has(token, relation));
    let own = tree.children(head).filter(|&child| hung(child)).find_map(|child| {
        let span = story.span(&(child..child + 1));
        timexes.iter().find(|timex| timex.span.contains(span) && timex.kind != TimexType::Duration)
    });
    if let Some(timex) = own {
        return Some(time_of(timex, timex.span, "same clause"));
    }
    let only = in_clause_of(story, head)?;
    Some(time_of(only, only.span, "inherited from the clause"))
}

/// The one datable time expression of the clause around the event's own words.
fn in_clause_of<'s>(story: &Story<'s>, head: usize) -> Option<&'s Timex> {
    let clause = story.clause_head(head);
    let dated = |timex: &&Timex| {
        let tokens = story.document.tokens_in(timex.span);
        timex.earliest.is_some()
            && timex.kind != TimexType::Duration
            && story.sentence(head).contains(&tokens.start)
            && story.in_clause(tokens.start, clause)
    };
    let mut found = story.analysis.timexes.iter().filter(dated);
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

fn time_of(timex: &Timex, span: Span, how: &str) -> Time {
    let when = timex.earliest.zip(timex.latest);
    let precision = when.and(timex.precision).map(|precision| match precision {
        Precision::Hour => "hour",
        Precision::Day => "day",
        Precision::Week => "week",
        Precision::Month => "month",
        Precision::Season => "season",
        Precision::Year => "year",
        Precision::Decade => "decade",
    });
    Time { span, when, precision, reason: format!("time: {how}; {} {}", timex.rule, timex.value) }
}
