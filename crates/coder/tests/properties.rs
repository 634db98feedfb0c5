//! What must hold of every coding, whatever a network says of whatever text.

use std::collections::BTreeSet;
use std::ops::Range;

use codebook::{Codebook, Coding, EventType, json};
use model::{Anchor, Labels, Model, Prediction, Scored, Window, WordPrediction};
use proptest::prelude::*;
use text::{Document, Metadata, Span, read};

/// A model that guesses: any labels, any tree, any roles, the same for the same words.
struct Guesses {
    labels: Labels,
    seed: u64,
}

impl Guesses {
    fn new(seed: u64) -> Self {
        let list = |names: &str| names.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let types = EventType::ALL.iter().map(|event_type| format!("B-{event_type}"));
        let labels = Labels {
            upos: list("NOUN PROPN VERB ADJ PRON NUM DET ADP PUNCT X"),
            xpos: list("NN NNS NNP VBD CD"),
            lemma: list("= 1+ @kill @say @deny @attack @visit"),
            deprel: list(
                "root nsubj nsubj:pass obj obl obl:agent nmod nmod:poss amod compound flat appos conj case cop det nummod \
                 xcomp ccomp advcl acl mark",
            ),
            entity: list("O B-person I-person B-organization I-organization B-group B-place I-place B-facility B-date"),
            trigger: list("O I").into_iter().chain(types).collect(),
            mode: list("- ASSAULT/aerial CONSULT/visit COERCE/arrest"),
            status: list("happened planned possible denied"),
            party: list("O B I"),
            sector: list("GOV MIL REB CVL JRN"),
            cue: list("O B I"),
            attribution: list("O B I"),
            role: list("actor recipient place time source content"),
        };
        Self { labels, seed }
    }

    fn guess(&self, window: &Window<'_>) -> Prediction {
        let mut dice = Dice(self.seed ^ window.words.iter().flat_map(|word| word.bytes()).map(u64::from).sum::<u64>());
        let n = window.words.len();
        let mut words: Vec<WordPrediction> = (0..n).map(|_| self.word(&mut dice)).collect();
        for sentence in &window.sentences {
            dice.grow_tree(&mut words[sentence.clone()], sentence.start);
        }
        let mut anchors = Vec::new();
        for word in 0..n {
            let (is_trigger, is_cue) = (dice.chance(4), dice.chance(5));
            if is_trigger || is_cue {
                anchors.push(self.anchor(&mut dice, word, n, (is_trigger, is_cue)));
            }
        }
        Prediction { words, anchors }
    }

    fn word(&self, dice: &mut Dice) -> WordPrediction {
        let labels = &self.labels;
        WordPrediction {
            upos: dice.pick(&labels.upos),
            xpos: dice.pick(&labels.xpos),
            lemma: dice.pick(&labels.lemma),
            deprel: dice.pick(&labels.deprel),
            entity: dice.pick(&labels.entity),
            party: dice.pick(&labels.party),
            cue: dice.pick(&labels.cue),
            attribution: dice.pick(&labels.attribution),
            trigger: dice.scores(labels.trigger.len()),
            sector: if dice.chance(2) { dice.scores(labels.sector.len()) } else { Vec::new() },
            head: None,
        }
    }

    fn anchor(&self, dice: &mut Dice, word: usize, n: usize, (is_trigger, is_cue): (bool, bool)) -> Anchor {
        let labels = &self.labels;
        let mut role = || (0..n as u32).filter_map(|word| dice.chance(4).then(|| (word, dice.score()))).collect();
        Anchor {
            roles: labels.role.iter().map(|_| role()).collect(),
            word: word as u32,
            is_trigger,
            is_cue,
            mode: dice.scores(labels.mode.len()),
            status: dice.scores(labels.status.len()),
        }
    }
}

impl Model for Guesses {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn predict(&self, windows: &[Window<'_>]) -> Vec<Prediction> {
        windows.iter().map(|window| self.guess(window)).collect()
    }
}

/// Numbers without a pattern (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.roll(one_in) == 0
    }

    fn score(&mut self) -> f32 {
        self.roll(101) as f32 / 100.0
    }

    /// Probabilities, of which one is likely to stand out.
    fn scores(&mut self, n: usize) -> Vec<f32> {
        let mut scores: Vec<f32> = (0..n).map(|_| self.score() / n as f32).collect();
        scores[self.roll(n)] = self.score();
        scores
    }

    fn pick(&mut self, labels: &[String]) -> Scored {
        Scored { label: self.roll(labels.len()) as u16, score: self.score() }
    }

    /// One tree over a sentence: words are hung, in a shuffled order, on any word before them in it.
    fn grow_tree(&mut self, words: &mut [WordPrediction], first: usize) {
        let mut order: Vec<usize> = (0..words.len()).collect();
        for last in (1..order.len()).rev() {
            order.swap(last, self.roll(last + 1));
        }
        for at in 1..order.len() {
            words[order[at]].head = Some((first + order[self.roll(at)]) as u32);
        }
    }
}

/// Text that meets the rules of names, times, places, quotations and counts more often than random characters do.
fn newslike() -> impl Strategy<Value = String> {
    let words = vec![
        "Pakistani", "soldiers", "killed", "12", "people", "in", "Kabul", "on", "Monday", "the", "minister", "said", ",",
        "“", "”", "denied", "that", "Imran", "Khan", "he", "they", "it", "police", "talks", "will", "visit", "next week",
        "(NSC)", "National Security Committee", "former", "acting", "president", "of", "France", "attack", "not", ".\n\n",
        ". The", ". ", "Reuters", "34-year-old", "é😀", "’s", "I", "We", "-", "army", "Taliban", "U.S.", "2021",
    ];
    let piece = prop_oneof![9 => prop::sample::select(words).prop_map(str::to_owned), 1 => "\\PC{1,5}"];
    prop::collection::vec(piece, 0..50).prop_map(|pieces| pieces.join(" "))
}

fn code(document: &Document, seed: u64) -> Coding {
    let analysis = analysis::analyze(&Guesses::new(seed), document);
    whimbrel_coder::code(Codebook::bundled(), document, &analysis, "guesses")
}

/// All spans of a coding.
fn spans(coding: &Coding) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for actor in &coding.actors {
        out.extend(actor.mentions.iter().copied().chain(actor.roles.iter().map(|role| role.span)));
    }
    for event in &coding.events {
        out.push(event.trigger);
        out.extend(event.also.iter().copied().chain(event.place).chain(event.time));
    }
    for claim in &coding.claims {
        out.extend(claim.content.iter().copied().chain(claim.source).chain(claim.cue));
    }
    out.extend(coding.timexes.iter().map(|timex| timex.span));
    out.extend(coding.toponyms.iter().map(|toponym| toponym.span));
    out
}

/// Ids are numbered from 1 in their order, so none stands twice.
fn are_numbered<'a>(letter: char, ids: impl Iterator<Item = &'a String>) -> bool {
    ids.enumerate().all(|(idx, id)| *id == format!("{letter}{}", idx + 1))
}

fn check_references(coding: &Coding) -> Result<(), TestCaseError> {
    prop_assert!(are_numbered('a', coding.actors.iter().map(|actor| &actor.id)));
    prop_assert!(are_numbered('e', coding.events.iter().map(|event| &event.id)));
    prop_assert!(are_numbered('c', coding.claims.iter().map(|claim| &claim.id)));
    let actors: BTreeSet<&String> = coding.actors.iter().map(|actor| &actor.id).collect();
    let claims: BTreeSet<&String> = coding.claims.iter().map(|claim| &claim.id).collect();
    for event in &coding.events {
        let parties: BTreeSet<&String> = event.actors.iter().chain(&event.recipients).collect();
        let n_named = event.actors.len() + event.recipients.len();
        prop_assert_eq!(parties.len(), n_named, "{} has a party twice or on both sides", &event.id);
        prop_assert!(parties.is_subset(&actors), "{} has a party that is no actor", event.id);
        prop_assert!(event.claim.iter().all(|claim| claims.contains(claim)), "{} is told by no claim", event.id);
        prop_assert!((0.0..=1.0).contains(&event.confidence) && !event.reason.is_empty());
        prop_assert!(event.when.is_none_or(|(first, last)| first <= last), "{} ends before it begins", event.id);
    }
    for claim in &coding.claims {
        prop_assert!(claim.source_actor.iter().all(|actor| actors.contains(actor)), "{} has no source", claim.id);
        prop_assert!(claim.disputes.iter().all(|other| claims.contains(other) && *other != claim.id));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn codings_hold_together(text in newslike(), seed: u64, dated: bool) {
        let published = dated.then(|| "2026-11-02".to_owned());
        let document = read(text, Metadata { published, ..Metadata::default() });
        let coding = code(&document, seed);
        for span in spans(&coding) {
            let range: Range<usize> = span.start()..span.end();
            prop_assert!(document.text.get(range).is_some_and(|words| !words.is_empty()), "{span:?} is no words");
        }
        check_references(&coding)?;
        let line = json::write_line(&document, &coding);
        let (_, text, read_back) = json::read_line(&line).expect("a written line can be read");
        prop_assert_eq!(&text, &document.text);
        prop_assert_eq!(&json::write_line(&document, &read_back), &line, "a line read back gives the same bytes");
        prop_assert_eq!(json::write_line(&document, &code(&document, seed)), line, "the same story gives the same bytes");
    }
}
