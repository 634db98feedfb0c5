//! Events over stories: which reports tell one event.
//!
//! A word of the event in common, or of one family or type, times how alike the stories are; parties, places and times add
//! or take away, and what cannot be the same never is. Mentions that nobody coded are compared by word and story alone.

use codebook::{EventType, Status};
use jiff::civil::Date;

use crate::actor::Signature;
use crate::facts::{Report, Story};
use crate::thresholds::EventThresholds;
use crate::{hash, words};

/// The keys under which other reports of an event are found.
pub(crate) fn keys(story: &Story, report: &Report) -> Vec<u64> {
    let mut about: Vec<u64> = report.stems.iter().map(|stem| hash::of_parts(&["stem", stem])).collect();
    about.extend(report.stems.iter().flat_map(|stem| words::families(stem)));
    let mut keys: Vec<u64> =
        about.iter().flat_map(|&word| story.gist.top().iter().take(if report.event_type.is_some() { 4 } else { 16 }).map(move |&term| hash::joined(word, u64::from(term)))).collect();
    let Some(event_type) = report.event_type else { return keys };
    let code = hash::of_parts(&[event_type.word()]);
    keys.extend(report.geonames.map(|place| hash::joined(code, u64::from(place))));
    let parties = report.actors.iter().chain(&report.recipients).filter_map(|&idx| story.parties.get(idx));
    keys.extend(parties.filter(|party| party.is_named).map(|party| hash::joined(code, hash::of_parts(&[&party.name]))));
    keys
}

/// How alike two reports are, 0 to 1, given how alike their stories are; and why.
pub(crate) fn score(a: (&Story, &Report), b: (&Story, &Report), affinity: f32, least: &EventThresholds) -> (f32, String) {
    let (word, why) = shared_word(a.1, b.1, least);
    if word == 0.0 || contradict(a, b, least) {
        return (0.0, String::new());
    }
    let (party, place, time) = (parties(a, b), places(a.1, b.1), times(a.1, b.1, least));
    let setting = least.party * party + least.place * place + least.time * time;
    // One word in two like stories is not enough where a coding could say more.
    let bare = if a.1.event_type.is_some() && b.1.event_type.is_some() && setting <= 0.0 { least.bare } else { 1.0 };
    let score = word * bare * (affinity + setting).clamp(0.0, 1.0);
    (score, format!("{why}; stories {affinity:.2}; party {party:+.0}, place {place:+.0}, time {time:+.0}"))
}

fn shared_word(a: &Report, b: &Report, least: &EventThresholds) -> (f32, &'static str) {
    let coded = a.event_type.is_some() && b.event_type.is_some();
    let type_factor = if coded && a.event_type != b.event_type { least.other_type } else { 1.0 };
    if a.head == b.head || a.stems.iter().any(|stem| b.stems.contains(stem)) {
        (type_factor, "same word")
    } else if are_kin(&a.head, &b.head) || coded && a.stems.iter().any(|x| b.stems.iter().any(|y| are_kin(x, y))) {
        (least.kin * type_factor, "words of one family")
    } else if coded && a.event_type == b.event_type && a.mode.is_some() && a.mode == b.mode {
        (least.same_type, "same type and mode")
    } else {
        (0.0, "")
    }
}

fn are_kin(a: &str, b: &str) -> bool {
    words::families(a).iter().any(|family| words::families(b).contains(family))
}

fn parties(a: (&Story, &Report), b: (&Story, &Report)) -> f32 {
    let side = |x: &[usize], y: &[usize]| {
        if x.is_empty() || y.is_empty() {
            return 0.0;
        }
        let same = x.iter().any(|&i| y.iter().any(|&j| Signature::alike(&a.0.parties[i], &b.0.parties[j])));
        if same { 1.0 } else { -1.0 }
    };
    side(&a.1.actors, &b.1.actors) + side(&a.1.recipients, &b.1.recipients)
}

fn places(a: &Report, b: &Report) -> f32 {
    match (a.geonames, b.geonames) {
        (Some(x), Some(y)) => if x == y { 1.0 } else { -1.0 },
        _ => 0.0,
    }
}

fn times(a: &Report, b: &Report, least: &EventThresholds) -> f32 {
    match (a.when, b.when) {
        (Some(x), Some(y)) => if gap(x, y) <= least.slack_days { 1.0 } else { -1.0 },
        _ => 0.0,
    }
}

/// When a report's event happened: as it says, or, of words that were just spoken, the days up to the story's.
fn window(of: (&Story, &Report)) -> Option<(Date, Date)> {
    use EventType::{Accuse, Agree, Concede, Reject, Request, Support, Threaten};
    let is_spoken = matches!(of.1.event_type, Some(Accuse | Agree | Concede | Reject | Request | Support | Threaten));
    of.1.when.or_else(|| of.0.published.filter(|_| is_spoken).and_then(|day| Some((day.yesterday().ok()?, day))))
}

/// Days between two windows; 0 when they meet.
pub(crate) fn gap(a: (Date, Date), b: (Date, Date)) -> i32 {
    let days = |from: Date, to: Date| (to - from).get_days();
    days(a.1, b.0).max(days(b.1, a.0)).max(0)
}

/// Whether two reports can never tell one event.
pub(crate) fn contradict(a: (&Story, &Report), b: (&Story, &Report), least: &EventThresholds) -> bool {
    let (Some(one), Some(other)) = (a.1.event_type, b.1.event_type) else { return false };
    // What a story tells apart stays apart.
    if a.0.id == b.0.id {
        return true;
    }
    let deed = |of: EventType| matches!(of, EventType::Assault | EventType::Protest);
    if deed(one) != deed(other) || deed(one) && places(a.1, b.1) < 0.0 {
        return true;
    }
    let plan = |report: &Report| report.status != Some(Status::Happened);
    match (plan(a.1), plan(b.1)) {
        (false, false) => matches!((window(a), window(b)), (Some(x), Some(y)) if gap(x, y) > least.slack_days),
        (true, true) => matches!((a.1.when, b.1.when), (Some(x), Some(y)) if gap(x, y) > least.plan_days),
        (true, false) => outlives(a, b, least),
        (false, true) => outlives(b, a, least),
    }
}

/// Whether a plan cannot be that of what happened: it was told later, or was due long before.
fn outlives(plan: (&Story, &Report), deed: (&Story, &Report), least: &EventThresholds) -> bool {
    let done = deed.1.when.or(deed.0.published.map(|day| (day, day)));
    let told_later = matches!((plan.0.published, done), (Some(told), Some(done)) if told > done.1);
    let long_due = matches!((plan.1.when, done), (Some(due), Some(done)) if gap(due, done) > least.plan_days);
    told_later || long_due
}
