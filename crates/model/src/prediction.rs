//! What a model takes and gives, and the trait behind which tests put a table-driven fake.

use std::ops::Range;

/// A run of whole sentences, short enough for one forward pass.
#[derive(Clone, Debug, Default)]
pub struct Window<'a> {
    /// The words, in text order.
    pub words: Vec<&'a str>,
    /// The sentences, as ranges of `words`; they cover all words in order.
    pub sentences: Vec<Range<usize>>,
}

impl<'a> Window<'a> {
    /// A run of this window's words as a window of its own, as [`Model::pack`] cuts them.
    pub fn part(&self, words: Range<usize>) -> Self {
        let clip = |at: usize| at.clamp(words.start, words.end) - words.start;
        let sentences = self.sentences.iter().map(|sentence| clip(sentence.start)..clip(sentence.end));
        Self {
            sentences: sentences.filter(|sentence| !sentence.is_empty()).collect(),
            words: self.words[words.clone()].to_vec(),
        }
    }

    /// Whether the sentences cover all words in order.
    pub fn is_whole(&self) -> bool {
        let mut end = 0;
        for sentence in &self.sentences {
            if sentence.start != end || sentence.end < sentence.start {
                return false;
            }
            end = sentence.end;
        }
        end == self.words.len()
    }
}

/// The label sets of the heads, in the order of the scores.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Universal part-of-speech tags.
    pub upos: Vec<String>,
    /// Penn Treebank tags, as EWT has them in XPOS.
    pub xpos: Vec<String>,
    /// Lemma scripts, for [`crate::apply_lemma`].
    pub lemma: Vec<String>,
    /// Dependency relations, with subtypes.
    pub deprel: Vec<String>,
    /// Entity tags: `O`, `B-person`, `I-person`, …
    pub entity: Vec<String>,
    /// Trigger tags: `O`, the 16 event types as `B-ASSAULT`, and one `I` that continues any of them.
    pub trigger: Vec<String>,
    /// Modes as `TYPE/mode`, and `-` for none.
    pub mode: Vec<String>,
    /// `happened`, `planned`, `possible`, `denied`.
    pub status: Vec<String>,
    /// Party tags: `O`, `B`, `I`: words that name or describe a party to an event or a source.
    pub party: Vec<String>,
    /// Sectors of a party, `GOV` ….
    pub sector: Vec<String>,
    /// Cue tags: `O`, `B`, `I`.
    pub cue: Vec<String>,
    /// Cue tags in the wide sense, beliefs and intentions included: `O`, `B`, `I`.
    pub attribution: Vec<String>,
    /// Roles of anchors: `actor`, `recipient`, `place`, `time`, `source`, `content`.
    pub role: Vec<String>,
}

impl Labels {
    /// Every list under its name in the weight file.
    pub(crate) fn lists(&self) -> [(&'static str, &[String]); 13] {
        [
            ("upos", &self.upos),
            ("xpos", &self.xpos),
            ("lemma", &self.lemma),
            ("deprel", &self.deprel),
            ("entity", &self.entity),
            ("trigger", &self.trigger),
            ("mode", &self.mode),
            ("status", &self.status),
            ("party", &self.party),
            ("sector", &self.sector),
            ("cue", &self.cue),
            ("attribution", &self.attribution),
            ("role", &self.role),
        ]
    }
}

/// A label, as an index into its head's list, with its probability.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scored {
    /// Index into the head's list in [`Labels`].
    pub label: u16,
    /// Probability, 0 to 1.
    pub score: f32,
}

/// What the heads say of one word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WordPrediction {
    /// Best universal part of speech.
    pub upos: Scored,
    /// Best Penn tag.
    pub xpos: Scored,
    /// Best lemma script.
    pub lemma: Scored,
    /// Head word within the window; `None` for the root of its sentence. Every sentence is one tree.
    pub head: Option<u32>,
    /// Relation to the head.
    pub deprel: Scored,
    /// Best entity tag (decoded: an `I-x` always follows `B-x` or `I-x`).
    pub entity: Scored,
    /// Probabilities of all trigger tags.
    pub trigger: Vec<f32>,
    /// Best party tag (decoded).
    pub party: Scored,
    /// Probabilities of all sectors; empty where `party` is `O` and the word anchors nothing.
    pub sector: Vec<f32>,
    /// Best cue tag (decoded), with the probability that the word is part of a cue.
    pub cue: Scored,
    /// The same for cues in the wide sense.
    pub attribution: Scored,
}

/// A word that roles hang on: a trigger or a cue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Anchor {
    /// Index of the word in the window.
    pub word: u32,
    /// Whether it may be an event trigger.
    pub is_trigger: bool,
    /// Whether it may be a reporting cue, in the narrow or the wide sense.
    pub is_cue: bool,
    /// Probabilities of all modes, where it may be a trigger.
    pub mode: Vec<f32>,
    /// Probabilities of all statuses, where it may be a trigger.
    pub status: Vec<f32>,
    /// For every role of [`Labels::role`]: the words in it with their probabilities, above [`Heads::ROLE_FLOOR`].
    pub roles: Vec<Vec<(u32, f32)>>,
}

/// What the network sees in one window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// One for every word of the window.
    pub words: Vec<WordPrediction>,
    /// Anchors in text order.
    pub anchors: Vec<Anchor>,
}

impl Prediction {
    /// Adds the prediction for the words that follow, whose indices count from their own start.
    pub fn append(&mut self, mut next: Self) {
        let start = self.words.len() as u32;
        for word in &mut next.words {
            word.head = word.head.map(|head| head + start);
        }
        for anchor in &mut next.anchors {
            anchor.word += start;
            anchor.roles.iter_mut().flatten().for_each(|(word, _)| *word += start);
        }
        self.words.append(&mut next.words);
        self.anchors.append(&mut next.anchors);
    }
}

/// Constants of the heads' reading.
#[derive(Clone, Copy, Debug)]
pub struct Heads;

impl Heads {
    /// A word becomes a trigger anchor when its opening trigger tags (`B-…`) together reach this probability.
    pub const TRIGGER_FLOOR: f32 = 0.15;
    /// A word becomes a cue anchor when its tag `B` reaches this probability.
    pub const CUE_FLOOR: f32 = 0.15;
    /// A word is listed in a role at this probability.
    pub const ROLE_FLOOR: f32 = 0.1;
}

/// A network that reads windows.
pub trait Model: Send + Sync {
    /// The label sets, and so the meaning of every index in a prediction.
    fn labels(&self) -> &Labels;

    /// Cuts a document into windows of whole sentences, each given as ranges of `words`; a sentence too long for one
    /// forward pass comes in runs. Without a limit of its own a model takes everything at once.
    fn windows(&self, _words: &[&str], sentences: &[Range<usize>]) -> Vec<Vec<Range<usize>>> {
        vec![sentences.to_vec()]
    }

    /// Cuts a document into windows: ranges of words, whole sentences where they are short enough. Unless a model knows
    /// better, every sentence is a window.
    fn pack(&self, words: &[&str], sentences: &[Range<usize>]) -> Vec<Range<usize>> {
        let _ = words;
        sentences.iter().filter(|sentence| !sentence.is_empty()).cloned().collect()
    }

    /// Reads windows; the result for each depends on its words alone.
    fn predict(&self, windows: &[Window<'_>]) -> Vec<Prediction>;
}
