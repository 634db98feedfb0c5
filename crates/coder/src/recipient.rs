//! To whom it was done, once all of a story is known.
//!
//! Every party of the story that does not act in the event is a possible recipient. It is described by features (what the
//! network and grammar found at the triggers, how near it is named, what it does in the story's other events, whether it
//! speaks) and gets a probability by the weights of `data/grammar/recipient.tsv`, which `training/recipient.py` fits on
//! annotated passages by logistic regression.

use std::sync::OnceLock;

use analysis::Form;
use codebook::EventType;
use text::Span;

use crate::claim::Saying;
use crate::event::Draft;
use crate::party::Figures;
use crate::story::Story;
use crate::weights::{Features, Weights};

/// Probability from which every party is a recipient.
const SURE: f32 = 0.5;
/// Probability from which the likeliest is, where none is sure.
const BEST: f32 = 0.3;
/// Distances in tokens that are told apart, and steps of the network's score.
const DISTANCES: [usize; 5] = [3, 6, 10, 16, 25];
const STEPS: [f32; 6] = [0.05, 0.15, 0.3, 0.5, 0.7, 0.9];

/// A party as a possible recipient.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Its mentions.
    pub spans: Vec<Span>,
    /// What speaks for it and against it.
    pub features: Features,
}

/// An event with all its possible recipients.
#[derive(Clone, Debug)]
pub struct RecipientChoice {
    /// Its triggers.
    pub triggers: Vec<Span>,
    /// Its type.
    pub event_type: EventType,
    /// The parties that do not act in it.
    pub parties: Vec<Recipient>,
}

/// All that is known of a story before recipients are chosen.
pub(crate) struct Known<'a> {
    pub(crate) story: &'a Story<'a>,
    pub(crate) figures: &'a Figures,
    pub(crate) events: &'a [Draft],
    pub(crate) sayings: &'a [Saying],
    /// The claim that tells each event.
    pub(crate) claim_of: &'a [Option<usize>],
    // Mentions of each figure, those that only modify others among them.
    mentions_of: Vec<Vec<usize>>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(
        story: &'a Story<'a>,
        figures: &'a Figures,
        events: &'a [Draft],
        sayings: &'a [Saying],
        claim_of: &'a [Option<usize>],
    ) -> Self {
        let mut mentions_of: Vec<Vec<usize>> = vec![Vec::new(); figures.list.len()];
        for (idx, mention) in story.analysis.mentions.iter().enumerate() {
            mentions_of[figures.of_chain[mention.chain]].push(idx);
        }
        Self { story, figures, events, sayings, claim_of, mentions_of }
    }

    /// The recipients of every event with their probabilities, the likeliest first.
    pub(crate) fn choose(&self) -> Vec<Vec<(usize, f32)>> {
        let chosen = |idx: usize| {
            let odds = |features: &Features| 1.0 / (1.0 + (-weights().sum(features)).exp());
            let described = self.describe_all(idx);
            let mut all: Vec<(usize, f32)> = described.iter().map(|(figure, features)| (*figure, odds(features))).collect();
            all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let n_sure = all.iter().take_while(|(_, score)| *score >= SURE).count();
            let n_best = all.first().is_some_and(|(_, score)| *score >= BEST) as usize;
            all.truncate(n_sure.max(n_best));
            all
        };
        (0..self.events.len()).map(chosen).collect()
    }

    /// What the weights are fitted on.
    pub(crate) fn choices(&self) -> Vec<RecipientChoice> {
        let span = |tokens: &std::ops::Range<usize>| self.story.span(tokens);
        let choice = |idx: usize| {
            let event = &self.events[idx];
            let party = |(figure, features): (usize, Features)| Recipient {
                spans: self.mentions_of[figure].iter().map(|&mention| span(&self.story.mention(mention).tokens)).collect(),
                features,
            };
            RecipientChoice {
                triggers: event.mentions().map(span).collect(),
                event_type: event.event_type,
                parties: self.describe_all(idx).into_iter().map(party).collect(),
            }
        };
        (0..self.events.len()).map(choice).collect()
    }

    /// The parties that do not act in an event, with their features.
    fn describe_all(&self, event: usize) -> Vec<(usize, Features)> {
        let actors = &self.events[event].parties.actors;
        let figures: Vec<usize> = (0..self.figures.list.len()).filter(|figure| !actors.contains(figure)).collect();
        let mut out: Vec<(usize, Features)> = figures.iter().map(|&figure| (figure, self.describe(event, figure))).collect();
        for role in ["actor", "recipient"] {
            let scores: Vec<f32> = figures.iter().map(|&figure| self.network(event, role, figure)).collect();
            let best = scores.iter().copied().fold(0.0, f32::max);
            for ((_, features), score) in out.iter_mut().zip(scores) {
                describe_score(features, role, score, best);
            }
        }
        out
    }

    fn describe(&self, event: usize, figure: usize) -> Features {
        let mut features = Features::new();
        features.insert("bias".to_owned(), 1.0);
        self.describe_party(event, figure, &mut features);
        self.describe_nearness(event, figure, &mut features);
        self.describe_elsewhere(event, figure, &mut features);
        features
    }

    /// What the rules of single triggers made of the party.
    fn rule(&self, event: usize, figure: usize) -> &'static str {
        if self.events[event].parties.recipients.contains(&figure) { "found" } else { "not found" }
    }

    fn describe_party(&self, event: usize, figure: usize, features: &mut Features) {
        let (story, rule) = (self.story, self.rule(event, figure));
        let (party, list) = (&self.figures.list[figure], &self.mentions_of[figure]);
        let parties = &self.events[event].parties;
        flag(features, rule.to_owned(), true);
        flag(features, format!("{rule}, no other found"), parties.recipients.iter().all(|&other| other == figure));
        flag(features, format!("{rule}, no actor"), parties.actors.is_empty());
        flag(features, party.kind.word().to_owned(), true);
        flag(features, format!("{rule}, {}", party.kind.word()), true);
        flag(features, party.sector.as_deref().unwrap_or("no sector").to_owned(), true);
        flag(features, "no country".to_owned(), party.country.is_none());
        let trigger = story.tree.word(self.heads(event)[0]).upos == "VERB";
        flag(features, format!("{rule}, {}", if trigger { "verb" } else { "noun" }), true);
        let claim = self.claim_of[event];
        let speaks = claim.is_some_and(|claim| self.sayings[claim].figure == Some(figure));
        flag(features, format!("{rule}, in a claim"), claim.is_some());
        flag(features, "speaks".to_owned(), speaks);
        flag(features, format!("{rule}, speaks"), speaks);
        flag(features, "speaks by the trigger".to_owned(), self.speaks_by(event, figure));
        let form = |of: Form| move |mention: &usize| story.mention(*mention).form == of;
        flag(features, "pronouns only".to_owned(), list.iter().all(form(Form::Pronoun)));
        flag(features, "named".to_owned(), list.iter().any(form(Form::Name)));
        let modifies = |mention: &usize| {
            let head = story.mention(*mention).head;
            story.tree.has(head, "amod") || story.tree.has(head, "compound")
        };
        flag(features, "modifies only".to_owned(), list.iter().all(modifies));
    }

    fn describe_nearness(&self, event: usize, figure: usize, features: &mut Features) {
        let (story, rule) = (self.story, self.rule(event, figure));
        let sentence = |token: usize| story.document.sentence_of(token);
        let heads = self.heads(event);
        let list = &self.mentions_of[figure];
        let pairs = list.iter().flat_map(|&mention| {
            let word = story.mention(mention).head;
            heads.iter().map(move |&trigger| {
                (sentence(word).abs_diff(sentence(trigger)), word.abs_diff(trigger), word < trigger)
            })
        });
        let Some((n_sentences, n_tokens, before)) = pairs.min() else { return };
        let side = if before { "before" } else { "after" };
        let place = match n_sentences {
            0 => format!("in the sentence, {side}"),
            1 => format!("in the next sentence, {side}"),
            _ => "far".to_owned(),
        };
        flag(features, format!("{rule}, {place}"), true);
        flag(features, place, true);
        for most in DISTANCES.iter().filter(|most| n_sentences == 0 && n_tokens <= **most) {
            flag(features, format!("within {most} words, {side}"), true);
        }
        flag(features, "in the first sentence".to_owned(), list.first().is_some_and(|&m| sentence(story.mention(m).head) == 0));
        features.insert("mentions, log".to_owned(), (list.len() as f32).ln_1p() / 2.0);
    }

    fn describe_elsewhere(&self, event: usize, figure: usize, features: &mut Features) {
        let others = || self.events.iter().enumerate().filter(move |(idx, _)| *idx != event).map(|(_, other)| other);
        let n_events = self.events.len().max(1) as f32;
        let acts = |draft: &&Draft| draft.parties.actors.contains(&figure);
        let suffers = |draft: &&Draft| draft.parties.recipients.contains(&figure);
        features.insert("acts elsewhere".to_owned(), others().filter(acts).count() as f32 / n_events);
        features.insert("suffers elsewhere".to_owned(), others().filter(suffers).count() as f32 / n_events);
        let before = event.checked_sub(1).map(|idx| &self.events[idx]);
        let after = self.events.get(event + 1);
        for (draft, which) in [(before, "before"), (after, "after")] {
            flag(features, format!("acts in the event {which}"), draft.is_some_and(|draft| acts(&draft)));
            flag(features, format!("suffers in the event {which}"), draft.is_some_and(|draft| suffers(&draft)));
        }
        let twins = || others().filter(|other| other.event_type == self.events[event].event_type);
        flag(features, "acts in one of this type".to_owned(), twins().any(|draft| acts(&draft)));
        flag(features, "suffers in one of this type".to_owned(), twins().any(|draft| suffers(&draft)));
    }

    /// The words that head the event's triggers.
    fn heads(&self, event: usize) -> Vec<usize> {
        let head = |tokens| self.story.tree.head_of(tokens).unwrap_or(tokens.start);
        self.events[event].mentions().map(head).collect()
    }

    fn speaks_by(&self, event: usize, figure: usize) -> bool {
        let heads = self.heads(event);
        self.sayings.iter().filter(|saying| saying.figure == Some(figure)).any(|saying| {
            saying.quotation.cue.as_ref().is_some_and(|cue| heads.iter().any(|head| cue.contains(head)))
        })
    }

    /// The network's best score for a party in a role, over triggers and mentions.
    fn network(&self, event: usize, role: &str, figure: usize) -> f32 {
        let mentions = &self.mentions_of[figure];
        let is_head = |token: usize| mentions.iter().any(|&mention| self.story.mention(mention).head == token);
        let candidates = self.events[event].candidates.iter().map(|&candidate| &self.story.analysis.candidates[candidate]);
        let roles = candidates.flat_map(|candidate| candidate.roles.iter().filter(|found| found.name == role));
        let scores = roles.flat_map(|found| found.tokens.iter().filter(|(token, _)| is_head(*token)).map(|(_, score)| *score));
        scores.fold(0.0, f32::max)
    }
}

/// What the network's score of a party in a role says, beside the best score that any party of the event has.
fn describe_score(features: &mut Features, role: &str, score: f32, best: f32) {
    features.insert(format!("network: {role}"), score);
    features.insert(format!("network: {role}, share of the best"), score / best.max(0.05));
    features.insert(format!("network: {role}, log odds"), (score.max(0.005) / (1.0 - score).max(0.005)).ln() / 5.0);
    flag(features, format!("network: best {role}"), score > 0.02 && score == best);
    for step in STEPS.iter().filter(|step| score >= **step) {
        flag(features, format!("network: {role} from {step}"), true);
    }
}

fn flag(features: &mut Features, name: String, is: bool) {
    if is {
        features.insert(name, 1.0);
    }
}

fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| Weights::read(include_str!("../../../data/grammar/recipient.tsv")))
}
