//! Which state a party belongs to when its own words do not say: "the police", "Anne Hidalgo", "protesters".
//!
//! Every country that the story names near or far is an answer, so is the one where it was printed, and so is none. Each answer is described by features
//! (how often and where it is named, what stands in the party's own sentence and phrase) and scored by the weights of
//! `data/grammar/homeland.tsv`, which `training/homeland.py` fits on coded stories by multinomial logistic regression.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::OnceLock;

use analysis::Form;
use codebook::ActorKind;
use text::Span;

use crate::party::Figure;
use crate::story::Story;
use crate::weights::{Features, Weights};

/// A place in the text that names a country, or something or somebody that belongs to one.
#[derive(Clone, Debug)]
struct Clue {
    token: usize,
    sentence: usize,
    country: String,
    in_dateline: bool,
    is_place: bool,
}

/// What the story tells about countries.
pub(crate) struct Clues {
    list: Vec<Clue>,
    count: BTreeMap<String, f32>,
    // Most named first, the outlet's last.
    countries: Vec<String>,
    // The outlet's country.
    printed_in: Option<String>,
}

/// One answer with the features that speak for it; `None` is no country.
#[derive(Clone, Debug)]
pub struct Answer {
    /// ISO 3166-1 alpha-3, or `None` for no country.
    pub country: Option<String>,
    /// Names of features with their values.
    pub features: Features,
}

impl Clues {
    /// Collects the clues of a story: what mentions say of themselves, and place names. `own` is the country that a
    /// mention's words give, `printed_in` the outlet's.
    pub(crate) fn collect(story: &Story<'_>, printed_in: Option<String>, own: impl Fn(usize) -> Option<String>) -> Self {
        let mut by_token: BTreeMap<usize, (String, bool)> = BTreeMap::new();
        for toponym in &story.analysis.toponyms {
            let tokens = story.document.tokens_in(toponym.span);
            if let Some(country) = &toponym.country
                && !tokens.is_empty()
            {
                by_token.insert(tokens.start, (country.clone(), true));
            }
        }
        for (idx, mention) in story.analysis.mentions.iter().enumerate() {
            if mention.form != Form::Pronoun
                && let Some(country) = own(idx)
            {
                by_token.entry(mention.head).or_insert((country, false));
            }
        }
        let dateline = story.document.dateline.as_ref().map(|line| line.span);
        let list: Vec<Clue> = by_token
            .into_iter()
            .map(|(token, (country, is_place))| Clue {
                token,
                sentence: story.document.sentence_of(token),
                country,
                in_dateline: dateline.is_some_and(|line: Span| line.contains(story.span(&(token..token + 1)))),
                is_place,
            })
            .collect();
        let mut count: BTreeMap<String, f32> = BTreeMap::new();
        for clue in &list {
            *count.entry(clue.country.clone()).or_default() += 1.0;
        }
        let mut countries: Vec<String> = count.keys().cloned().collect();
        countries.sort_by(|a, b| count[b].total_cmp(&count[a]).then(a.cmp(b)));
        countries.extend(printed_in.clone().filter(|country| !count.contains_key(country)));
        Self { list, count, countries, printed_in }
    }

    /// Countries that the story names, most named first, and the one where it was printed.
    pub(crate) fn countries(&self) -> &[String] {
        &self.countries
    }

    /// Whether the story names other countries, but this one nowhere outside the given tokens: a "Justice Party" of a list
    /// is hardly the one of a far country that nothing else speaks of.
    pub(crate) fn is_far(&self, country: &str, own: &[Range<usize>]) -> bool {
        let elsewhere = || self.list.iter().filter(|clue| !own.iter().any(|tokens| tokens.contains(&clue.token)));
        let is_printed_in = self.printed_in.as_deref() == Some(country);
        !is_printed_in && elsewhere().next().is_some() && elsewhere().all(|clue| clue.country != country)
    }

    /// All answers for a party, none first.
    pub(crate) fn answers(&self, story: &Story<'_>, figure: &Figure) -> Vec<Answer> {
        let class = class_of(story, figure);
        let sector = figure.sector.as_deref().unwrap_or("-");
        let total: f32 = self.count.values().sum();
        let most = self.count.values().copied().fold(0.0, f32::max);
        let mut none = BTreeMap::new();
        none.insert("none".to_owned(), 1.0);
        none.insert(format!("none {class}"), 1.0);
        none.insert(format!("none {sector}"), 1.0);
        none.insert(format!("none {sector} {class}"), 1.0);
        none.insert("none, share of the first".to_owned(), if total > 0.0 { most / total } else { 0.0 });
        let mut out = vec![Answer { country: None, features: none }];
        for country in self.count.keys().chain(self.printed_in.as_ref().filter(|country| !self.count.contains_key(*country))) {
            let mut features = BTreeMap::new();
            for (name, value) in self.describe(story, figure, country, total, most) {
                if value != 0.0 {
                    features.insert(name.to_owned(), value);
                    features.insert(format!("{name}, {class}"), value);
                }
            }
            out.push(Answer { country: Some(country.clone()), features });
        }
        out
    }

    fn describe(
        &self,
        story: &Story<'_>,
        figure: &Figure,
        country: &str,
        total: f32,
        most: f32,
    ) -> Vec<(&'static str, f32)> {
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        let of = |clue: &&Clue| clue.country == country;
        let heads: Vec<usize> = figure.mentions.iter().map(|&mention| story.mention(mention).head).collect();
        let first = heads.first().copied().unwrap_or(0);
        let sentence = story.document.sentence_of(first);
        let same_sentence = |at: usize| self.list.iter().filter(move |clue| clue.sentence == at);
        let countries_of =
            |at: usize| same_sentence(at).map(|clue| clue.country.as_str()).collect::<BTreeSet<_>>();
        let beside = countries_of(sentence);
        let nearest = same_sentence(sentence).min_by_key(|clue| (clue.token.abs_diff(first), clue.token));
        let before = self.list.iter().rev().find(|clue| clue.token < first);
        let sentences: BTreeSet<usize> = heads.iter().map(|&head| story.document.sentence_of(head)).collect();
        let n_with = sentences.iter().filter(|&&at| same_sentence(at).any(|clue| clue.country == country)).count();
        let places = self.list.iter().filter(|clue| clue.is_place);
        let n_places = places.clone().count() as f32;
        let in_phrase = figure.mentions.iter().any(|&mention| {
            let mention = story.mention(mention);
            let phrase = story.tree.noun_phrase(mention.head);
            let around = phrase.start.min(mention.tokens.start)..phrase.end.max(mention.tokens.end);
            self.list.iter().filter(of).any(|clue| around.contains(&clue.token))
        });
        let just_before = figure.mentions.iter().any(|&mention| {
            let start = story.mention(mention).tokens.start;
            self.list.iter().filter(of).any(|clue| clue.token < start && start - clue.token <= 4 && clue.sentence == story.document.sentence_of(start))
        });
        let count = self.count.get(country).copied().unwrap_or(0.0);
        vec![
            ("share of names", count / total.max(1.0)),
            ("named most", flag(count == most && count > 0.0)),
            ("the outlet's", flag(self.printed_in.as_deref() == Some(country))),
            ("the outlet's, not named", flag(self.printed_in.as_deref() == Some(country) && count == 0.0)),
            ("alone in the story", flag(self.count.len() == 1)),
            ("in the dateline", flag(self.list.iter().filter(of).any(|clue| clue.in_dateline))),
            ("named first", flag(self.list.first().is_some_and(|clue| clue.country == country))),
            ("in the first sentence", flag(self.list.iter().filter(of).any(|clue| clue.sentence == 0))),
            ("in the sentence", flag(beside.contains(country))),
            ("alone in the sentence", flag(beside.contains(country) && beside.len() == 1)),
            ("nearest in the sentence", flag(nearest.is_some_and(|clue| clue.country == country))),
            ("nearest before", flag(before.is_some_and(|clue| clue.country == country))),
            ("share of sentences", n_with as f32 / sentences.len().max(1) as f32),
            ("share of places", if n_places > 0.0 { places.filter(of).count() as f32 / n_places } else { 0.0 }),
            ("in the phrase", flag(in_phrase)),
            ("just before", flag(just_before)),
            ("in the sentence before", flag(sentence > 0 && countries_of(sentence - 1).contains(country))),
        ]
    }
}

/// Persons, named bodies, groups and descriptions are told apart.
fn class_of(story: &Story<'_>, figure: &Figure) -> &'static str {
    let named = figure.mentions.iter().any(|&mention| story.mention(mention).form == Form::Name);
    let plural = figure.mentions.first().is_some_and(|&mention| {
        matches!(story.tree.word(story.mention(mention).head).xpos.as_str(), "NNS" | "NNPS")
    });
    match (figure.kind, named) {
        (ActorKind::Person, true) => "person",
        (_, true) => "name",
        (_, false) if plural => "plural",
        (_, false) => "singular",
    }
}

/// The likeliest answer: a country with the features that decided, or `None`.
pub(crate) fn choose(clues: &Clues, story: &Story<'_>, figure: &Figure) -> Option<(String, String)> {
    let weights = weights();
    let answers = clues.answers(story, figure);
    let best = answers.iter().map(|answer| (weights.sum(&answer.features), answer)).reduce(|best, next| {
        // Of equals the first in the alphabet, and none before all.
        if next.0 > best.0 { next } else { best }
    })?;
    let country = best.1.country.clone()?;
    let strongest = best.1.features.iter().map(|(name, value)| (weights.share(name, *value), name));
    let why = strongest.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).map_or("", |(_, name)| name.as_str());
    let why = why.split(", ").next().unwrap_or(why);
    Some((country.clone(), format!("derived: {why} = {country}")))
}

fn weights() -> &'static Weights {
    static WEIGHTS: OnceLock<Weights> = OnceLock::new();
    WEIGHTS.get_or_init(|| Weights::read(include_str!("../../../data/grammar/homeland.tsv")))
}
