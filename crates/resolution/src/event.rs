//! Events over stories: which reports tell one event.
//!
//! A word of the event in common, or of one family or type, times how alike the stories are; parties, places, times and the
//! words around add or take away, and what cannot be the same never is. Copies of one text are laid side by side: what they
//! say in the same sentence is the same. Mentions that nobody coded are compared by word and story alone.

use codebook::{ActorKind, EventType, Status};
use jiff::civil::Date;

use crate::actor::Signature;
use crate::facts::{Party, Report, Story};
use crate::thresholds::{EventThresholds, Thresholds};
use crate::{hash, name, words};

/// The keys under which other reports of an event are found.
pub(crate) fn keys(story: &Story, report: &Report) -> Vec<u64> {
    let Some(event_type) = report.event_type else {
        let stems = report.stems.iter().map(|stem| hash::of_parts(&["loose", stem]));
        let about: Vec<u64> = stems.chain(report.stems.iter().flat_map(|stem| words::families(stem)).map(|&family| hash::mixed(family))).collect();
        return with_terms(&about, story, 16);
    };
    let families = words::families(&report.head);
    let own = [hash::of_parts(&["stem", &report.head])];
    let mut keys = with_terms(if families.is_empty() { &own } else { families }, story, 4);
    let code = hash::of_parts(&[event_type.word()]);
    keys.extend(report.geonames.map(|place| hash::joined(code, u64::from(place))));
    let named = |side: &[usize]| -> Vec<(bool, u64)> {
        let parties = side.iter().filter_map(|&idx| story.parties.get(idx)).filter(|party| party.is_named);
        parties.take(2).map(|party| (party.kind == ActorKind::Country, name_key(party))).collect()
    };
    let (actors, recipients) = (named(&report.actors), named(&report.recipients));
    let both = actors.iter().flat_map(|actor| recipients.iter().map(|recipient| hash::joined(actor.1, recipient.1)));
    keys.extend(both.map(|both| hash::joined(code, both)));
    // What a state does is told too often to be found by the state alone.
    keys.extend(actors.iter().chain(&recipients).filter(|party| !party.0).map(|party| hash::joined(code, party.1)));
    keys
}

fn with_terms(about: &[u64], story: &Story, n: usize) -> Vec<u64> {
    about.iter().flat_map(|&word| story.gist.top().iter().take(n).map(move |&term| hash::joined(word, u64::from(term)))).collect()
}

/// A state by its code, anybody else by the sound of the last name.
fn name_key(party: &Party) -> u64 {
    match &party.country {
        Some(country) if party.kind == ActorKind::Country => hash::of_parts(&["state", country]),
        _ => hash::of_parts(&["name", &name::skeleton(name::naming_words(&party.name).last().map_or("", String::as_str))]),
    }
}

/// What two reports have in common; [`Common::told`] puts it into words.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Common {
    /// How alike they are, 0 to 1.
    pub(crate) score: f32,
    word: &'static str,
    affinity: f32,
    sentence: f32,
    is_copy: bool,
    // Actor, recipient, place, time; of mentions that nobody coded nothing.
    setting: Option<[f32; 4]>,
}

impl Common {
    /// Why they are as alike as they are.
    pub(crate) fn told(&self) -> String {
        let Self { word, affinity, sentence, .. } = self;
        match self.setting {
            _ if self.is_copy => format!("{word} in copies of one text; sentence {sentence:.2}"),
            None => format!("{word}; stories {affinity:.2}"),
            Some([actor, recipient, place, time]) => format!(
                "{word}; stories {affinity:.2}; actor {actor:+.1}, recipient {recipient:+.1}, place {place:+.0}, time {time:+.1}, sentence {sentence:.2}"
            ),
        }
    }
}

/// How alike two reports are, and why.
pub(crate) fn score(a: (&Story, &Report), b: (&Story, &Report), all: &Thresholds) -> Common {
    let least = &all.event;
    let (factor, word) = shared_word(a.1, b.1, least);
    if factor == 0.0 || contradict(a, b, least) {
        return Common::default();
    }
    let affinity = (a.0.gist.likeness(&b.0.gist) / least.measure).min(1.0);
    let common = Common { score: factor * affinity, word, affinity, ..Common::default() };
    if a.1.event_type.is_none() || b.1.event_type.is_none() {
        return common;
    }
    let sentence = shared_words(a.1, b.1);
    if a.0.sketch.overlap(&b.0.sketch).containment >= all.origin.containment {
        return Common { score: factor * sentence, sentence, is_copy: true, ..common };
    }
    let (actor, recipient) = if is_mutual(a.1) && is_mutual(b.1) {
        together(a, b)
    } else {
        (parties(a, b, |report| &report.actors), parties(a, b, |report| &report.recipients))
    };
    let (place, time) = (places(a.1, b.1), times(a.1, b.1, least));
    let weighed = least.party * (actor + recipient) + least.place * place + least.time * time + least.around * sentence;
    // Alike stories and one word are not enough where a coding could say more; without a word in common more must be.
    let setting = [actor, recipient, place, time];
    let support = setting.iter().filter(|sign| **sign >= 1.0).count() + usize::from(sentence >= least.sentence);
    let support = support.saturating_sub(usize::from(!is_one_deed(a.1, b.1)));
    let alone = if is_seen(a.1) && is_seen(b.1) { least.single } else { least.bare };
    // Others on one side are forgiven when the other side agrees: of a crowd stories name now this one, now that one.
    let kept = match (actor.min(recipient) < 0.0, actor.max(recipient) >= 1.0) {
        (true, false) => 0.0,
        (true, true) => [least.bare, least.bare, least.other_party][support.min(2)],
        (false, _) => [least.bare, alone, 1.0][support.min(2)],
    };
    let score = factor * kept * (affinity + weighed).clamp(0.0, 1.0);
    Common { score, sentence, setting: Some(setting), ..common }
}

/// Share of the words of the shorter sentence that stand in the other.
fn shared_words(a: &Report, b: &Report) -> f32 {
    let common = a.around.iter().filter(|word| b.around.binary_search(word).is_ok()).count();
    let shorter = a.around.len().min(b.around.len());
    if shorter < 2 { 0.0 } else { common as f32 / shorter as f32 }
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

/// Whether an event is one that people see, and not one of the many acts of speaking that are like each other.
fn is_seen(report: &Report) -> bool {
    use EventType::{Assault, Coerce, Mobilize, Protest};
    matches!(report.event_type, Some(Assault | Coerce | Mobilize | Protest))
}

/// Whether an event is one that both sides do: who is told first says nothing.
fn is_mutual(report: &Report) -> bool {
    use EventType::{Agree, Consult, Cooperate};
    matches!(report.event_type, Some(Agree | Consult | Cooperate))
}

/// How well the two parties agree that agree best, whichever side they stand on; seen from either report.
fn together(a: (&Story, &Report), b: (&Story, &Report)) -> (f32, f32) {
    let (one, other) = (seen_from(a, b), seen_from(b, a));
    (one.0.min(other.0), one.1.min(other.1))
}

fn seen_from(a: (&Story, &Report), b: (&Story, &Report)) -> (f32, f32) {
    let ours = a.1.actors.iter().chain(&a.1.recipients).filter_map(|&idx| a.0.parties.get(idx));
    let theirs = b.1.actors.iter().chain(&b.1.recipients).filter_map(|&idx| b.0.parties.get(idx));
    let mut signs: Vec<f32> = ours
        .map(|own| {
            let signs = theirs.clone().map(|other| Signature::agreement(own, other));
            let (most, least) = signs.fold((0.0_f32, 0.0_f32), |(most, least), sign| (most.max(sign), least.min(sign)));
            if most > 0.0 { most } else { least }
        })
        .collect();
    signs.sort_by(|x, y| y.total_cmp(x));
    // A third one who is missing in the other story says nothing against it.
    (signs.first().copied().unwrap_or(0.0), signs.get(1).copied().unwrap_or(0.0))
}

/// Whether two reports use one word, or words of one family.
fn is_one_deed(a: &Report, b: &Report) -> bool {
    a.head == b.head || are_kin(&a.head, &b.head) || a.stems.iter().any(|x| b.stems.iter().any(|y| x == y || are_kin(x, y)))
}

fn are_kin(a: &str, b: &str) -> bool {
    words::families(a).iter().any(|family| words::families(b).contains(family))
}

/// Whether the same stand on one side: 1 by name, less by country and sector alone, -1 when they are others, 0 unknown.
fn parties(a: (&Story, &Report), b: (&Story, &Report), side: fn(&Report) -> &Vec<usize>) -> f32 {
    let theirs = side(b.1).iter().filter_map(|&idx| b.0.parties.get(idx));
    let ours = side(a.1).iter().filter_map(|&idx| a.0.parties.get(idx));
    let pairs = ours.flat_map(|x| theirs.clone().map(move |y| Signature::agreement(x, y)));
    let (most, least) = pairs.fold((0.0_f32, 0.0_f32), |(most, least), sign| (most.max(sign), least.min(sign)));
    // One who is there in both is enough; where there is none, one who cannot be there counts.
    if most > 0.0 { most } else { least }
}

fn places(a: &Report, b: &Report) -> f32 {
    match (a.geonames, b.geonames) {
        (Some(x), Some(y)) => if x == y { 1.0 } else { -1.0 },
        _ => 0.0,
    }
}

/// Whether both say the same time: 1 when both name a few days, less when one speaks of weeks.
fn times(a: &Report, b: &Report, least: &EventThresholds) -> f32 {
    let (Some(x), Some(y)) = (a.when, b.when) else { return 0.0 };
    let is_sharp = |window: (Date, Date)| (window.1 - window.0).get_days() <= least.slack_days;
    match (gap(x, y) <= least.slack_days, is_sharp(x) && is_sharp(y)) {
        (false, _) => -1.0,
        (true, true) => 1.0,
        (true, false) => 0.5,
    }
}

/// When a report's event happened: as it says; else in the days before the story's, the last two of words that were spoken.
fn window(of: (&Story, &Report), least: &EventThresholds) -> Option<(Date, Date)> {
    use EventType::{Accuse, Agree, Concede, Reject, Request, Support, Threaten};
    let is_spoken = matches!(of.1.event_type, Some(Accuse | Agree | Concede | Reject | Request | Support | Threaten));
    let days = jiff::Span::new().days(if is_spoken { 1 } else { least.news_days });
    of.1.when.or_else(|| of.0.published.and_then(|day| Some((day.checked_sub(days).ok()?, day))))
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
    let plan = |report: &Report| report.status == Some(Status::Planned);
    // What may be, or is said not to be, is another thing than what is, or will be.
    let is_told = |report: &Report| plan(report) || report.status == Some(Status::Happened);
    if a.1.status != b.1.status && !(is_told(a.1) && is_told(b.1)) {
        return true;
    }
    match (plan(a.1), plan(b.1)) {
        (false, false) => matches!((window(a, least), window(b, least)), (Some(x), Some(y)) if gap(x, y) > least.slack_days),
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
