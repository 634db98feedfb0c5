//! A model that says what a table says, so that tests of other rooms need no network.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::prediction::{Anchor, Labels, Model, Prediction, Scored, Window, WordPrediction};

/// A model whose predictions are written down.
///
/// Windows are looked up as a whole first (see [`FakeModel::with`]), then sentence by sentence in the table. What is in
/// neither gets the plainest of predictions: part of speech `X`, the first word the root of all others, no tags.
///
/// A table has one line for each word, an empty line behind each sentence, and lines beginning with `roles` for anchors:
///
/// ```text
/// # form  upos xpos lemma  head deprel entity   party sector cue trigger
/// Troops  NOUN NNS  troop  2    nsubj  O        B     MIL    O   O
/// shelled VERB VBD  shell  0    root   O        O     -      O   B-ASSAULT
/// Kyiv    PROPN NNP =      2    obj    B-place  O     -      O   O
/// roles 2 mode=ASSAULT/artillery status=happened actor=1 recipient=3:0.8 place=3
/// ```
///
/// Heads count from 1, 0 is the root. A lemma is a script or the lemma itself. `-` is no sector. A cue `W` is one in the
/// wide sense only: a belief, an intention. In `roles`, the number is the anchor; a role lists words and runs of words with
/// commas, each with its probability after a colon, or 1: `content=4-9,12:0.6`. Sector, trigger, mode and status may be
/// several in the same way: `B-ASSAULT:0.5,B-COERCE:0.4`. Labels are collected from the table; every score is 1 unless
/// given.
#[derive(Clone, Debug)]
pub struct FakeModel {
    labels: Labels,
    // Looked up by words joined with spaces.
    sentences: BTreeMap<String, Prediction>,
    windows: BTreeMap<String, Prediction>,
}

impl FakeModel {
    /// Reads a table.
    ///
    /// # Panics
    ///
    /// Panics at a line that is not as described.
    pub fn from_table(table: &str) -> Self {
        let mut labels = plain_labels();
        let blocks: Vec<Vec<Vec<&str>>> = split_table(table);
        for line in blocks.iter().flatten() {
            collect_labels(&mut labels, line);
        }
        let mut sentences = BTreeMap::new();
        for block in blocks {
            let (words, prediction) = read_sentence(&labels, &block);
            sentences.insert(words, prediction);
        }
        Self { labels, sentences, windows: BTreeMap::new() }
    }

    /// Adds the prediction for a whole window; its labels are indices into those of the table.
    pub fn with(mut self, words: &[&str], prediction: Prediction) -> Self {
        assert_eq!(words.len(), prediction.words.len(), "one prediction a word");
        self.windows.insert(words.join(" "), prediction);
        self
    }

    fn plain(&self, n: usize) -> Prediction {
        let dep = index(&self.labels.deprel, "dep");
        let word = |i: usize| WordPrediction {
            head: (i > 0).then_some(0),
            deprel: Scored {
                label: if i > 0 { dep } else { index(&self.labels.deprel, "root") },
                score: 1.0,
            },
            trigger: scores(&self.labels.trigger, "O"),
            ..WordPrediction::default()
        };
        Prediction { words: (0..n).map(word).collect(), anchors: Vec::new() }
    }

    fn sentence(&self, words: &[&str]) -> Prediction {
        self.sentences.get(&words.join(" ")).cloned().unwrap_or_else(|| self.plain(words.len()))
    }
}

impl Model for FakeModel {
    fn labels(&self) -> &Labels {
        &self.labels
    }

    fn pack(&self, words: &[&str], sentences: &[Range<usize>]) -> Vec<Range<usize>> {
        // A window that was written down as a whole must be asked for as a whole.
        if self.windows.contains_key(&words.join(" ")) {
            return std::iter::once(0..words.len()).collect();
        }
        sentences.iter().filter(|sentence| !sentence.is_empty()).cloned().collect()
    }

    fn predict(&self, windows: &[Window<'_>]) -> Vec<Prediction> {
        let predict = |window: &Window<'_>| {
            if let Some(prediction) = self.windows.get(&window.words.join(" ")) {
                return prediction.clone();
            }
            let mut whole = Prediction::default();
            for range in &window.sentences {
                whole.append(self.sentence(&window.words[range.clone()]));
            }
            whole
        };
        windows.iter().map(predict).collect()
    }
}

/// The labels that are there without a table.
fn plain_labels() -> Labels {
    let list = |names: &str| names.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    Labels {
        upos: list("X"),
        xpos: list("_"),
        lemma: list("="),
        deprel: list("root dep"),
        entity: list("O"),
        trigger: list("O I"),
        mode: list("-"),
        status: list("happened planned possible denied"),
        party: list("O B I"),
        sector: Vec::new(),
        cue: list("O B I"),
        attribution: list("O B I"),
        role: list("actor recipient place time source content"),
    }
}

fn split_table(table: &str) -> Vec<Vec<Vec<&str>>> {
    let mut blocks = vec![Vec::new()];
    for line in table.lines().map(str::trim).filter(|line| !line.starts_with("# ")) {
        match blocks.last_mut() {
            Some(block) if !line.is_empty() => block.push(line.split_whitespace().collect()),
            Some(block) if block.is_empty() => {}
            _ => blocks.push(Vec::new()),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// A lemma as a script.
fn script(lemma: &str) -> String {
    let is_cut = lemma.split_once('+').is_some_and(|(cut, _)| cut.parse::<usize>().is_ok());
    if lemma == "=" || lemma.starts_with('@') || is_cut { lemma.to_owned() } else { format!("@{lemma}") }
}

fn collect_labels(labels: &mut Labels, line: &[&str]) {
    let add = |list: &mut Vec<String>, label: &str| {
        if label != "-" && !list.iter().any(|known| known == label) {
            list.push(label.to_owned());
        }
    };
    match line {
        ["roles", _, rest @ ..] => {
            let modes = rest.iter().filter_map(|pair| pair.strip_prefix("mode=")).flat_map(weighed);
            modes.for_each(|(mode, _)| add(&mut labels.mode, mode));
        }
        [_, upos, xpos, lemma, _, deprel, entity, _, sector, _, trigger] => {
            add(&mut labels.upos, upos);
            add(&mut labels.xpos, xpos);
            add(&mut labels.lemma, &script(lemma));
            add(&mut labels.deprel, deprel);
            add(&mut labels.entity, entity);
            weighed(sector).for_each(|(sector, _)| add(&mut labels.sector, sector));
            weighed(trigger).for_each(|(trigger, _)| add(&mut labels.trigger, trigger));
        }
        _ => panic!("a line of the table has {} columns, not 11: {}", line.len(), line.join(" ")),
    }
}

fn index(labels: &[String], label: &str) -> u16 {
    let at = labels.iter().position(|known| known == label);
    at.unwrap_or_else(|| panic!("no label `{label}` among {labels:?}")) as u16
}

/// The parts of a list with commas, each with its probability after a colon, or 1.
fn weighed(list: &str) -> impl Iterator<Item = (&str, f32)> {
    list.split(',').map(|item| match item.split_once(':') {
        Some((label, score)) => {
            (label, score.parse().unwrap_or_else(|_| panic!("`{score}` is not a probability")))
        }
        None => (item, 1.0),
    })
}

/// The scores of all labels; what a list does not name has none.
fn scores(labels: &[String], list: &str) -> Vec<f32> {
    let mut out = vec![0.0; labels.len()];
    for (label, score) in weighed(list) {
        out[usize::from(index(labels, label))] = score;
    }
    out
}

fn read_sentence(labels: &Labels, block: &[Vec<&str>]) -> (String, Prediction) {
    let mut forms = Vec::new();
    let mut prediction = Prediction::default();
    for line in block {
        if let ["roles", anchor, pairs @ ..] = line.as_slice() {
            prediction.anchors.push(read_anchor(labels, anchor, pairs));
        } else {
            forms.push(line[0]);
            prediction.words.push(read_word(labels, line));
        }
    }
    prediction.anchors.sort_by_key(|anchor| anchor.word);
    for anchor in &mut prediction.anchors {
        let word = &prediction.words[anchor.word as usize];
        let opens = index(&labels.cue, "B");
        anchor.is_cue = word.cue.label == opens || word.attribution.label == opens;
        anchor.is_trigger = word.trigger[usize::from(index(&labels.trigger, "O"))] < 1.0;
        if !anchor.is_trigger {
            anchor.mode.clear();
            anchor.status.clear();
        }
    }
    (forms.join(" "), prediction)
}

fn read_word(labels: &Labels, line: &[&str]) -> WordPrediction {
    let sure = |list: &[String], label: &str| Scored { label: index(list, label), score: 1.0 };
    let head: u32 = line[4].parse().unwrap_or_else(|_| panic!("head `{}` is not a number", line[4]));
    let (narrow, wide) = if line[9] == "W" { ("O", "B") } else { (line[9], line[9]) };
    let cue = |label: &str| Scored { score: if label == "O" { 0.0 } else { 1.0 }, ..sure(&labels.cue, label) };
    WordPrediction {
        upos: sure(&labels.upos, line[1]),
        xpos: sure(&labels.xpos, line[2]),
        lemma: sure(&labels.lemma, &script(line[3])),
        head: head.checked_sub(1),
        deprel: sure(&labels.deprel, line[5]),
        entity: sure(&labels.entity, line[6]),
        party: sure(&labels.party, line[7]),
        sector: if line[8] == "-" { Vec::new() } else { scores(&labels.sector, line[8]) },
        cue: cue(narrow),
        attribution: cue(wide),
        trigger: scores(&labels.trigger, line[10]),
    }
}

fn read_anchor(labels: &Labels, anchor: &str, pairs: &[&str]) -> Anchor {
    let word = |number: &str| match number.parse::<u32>() {
        Ok(number) if number > 0 => number - 1,
        _ => panic!("`{number}` is not a word; they count from 1"),
    };
    let mut out = Anchor {
        word: word(anchor),
        mode: scores(&labels.mode, "-"),
        status: scores(&labels.status, "happened"),
        roles: vec![Vec::new(); labels.role.len()],
        ..Anchor::default()
    };
    for pair in pairs {
        match pair.split_once('=') {
            Some(("mode", mode)) => out.mode = scores(&labels.mode, mode),
            Some(("status", status)) => out.status = scores(&labels.status, status),
            Some((role, list)) => {
                let role = usize::from(index(&labels.role, role));
                for (run, score) in weighed(list) {
                    let (first, last) = run.split_once('-').unwrap_or((run, run));
                    out.roles[role].extend((word(first)..=word(last)).map(|word| (word, score)));
                }
                out.roles[role].sort_by_key(|(word, _)| *word);
            }
            None => panic!("`{pair}` is not ROLE=WORDS"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "
        # form  upos xpos lemma  head deprel entity party sector cue trigger
        Troops  NOUN NNS  1+     2    nsubj  O      B     MIL    O   O
        shelled VERB VBD  shell  0    root   O      O     -      O   B-ASSAULT
        Kyiv    PROPN NNP =      2    obj    B-place O    -      O   O
        roles 2 mode=ASSAULT/artillery actor=1 recipient=3:0.8

        He      PRON PRP  =      2    nsubj  O      O     -      O   O
        said    VERB VBD  @say   0    root   O      O     -      B   O
        roles 2 source=1
    ";

    #[test]
    fn a_window_of_two_sentences_is_read_sentence_by_sentence() {
        let model = FakeModel::from_table(TABLE);
        let words = vec!["He", "said", "Troops", "shelled", "Kyiv", "So", "what"];
        let window = Window { words, sentences: vec![0..2, 2..5, 5..7] };
        let prediction = &model.predict(&[window])[0];
        let heads: Vec<_> = prediction.words.iter().map(|word| word.head).collect();
        assert_eq!(heads, [Some(1), None, Some(3), None, Some(3), None, Some(5)]);
        let labels = model.labels();
        assert_eq!(labels.lemma[usize::from(prediction.words[3].lemma.label)], "@shell");
        let [cue, trigger] = prediction.anchors.as_slice() else { panic!("two anchors") };
        assert!(cue.is_cue && !cue.is_trigger && trigger.is_trigger && !trigger.is_cue);
        assert_eq!(trigger.roles[0], [(2, 1.0)]);
        assert_eq!(trigger.roles[1], [(4, 0.8)]);
        assert_eq!(trigger.mode, [0.0, 1.0]);
        assert_eq!(cue.roles[4], [(0, 1.0)]);
    }

    #[test]
    fn labels_and_runs_of_words_may_have_probabilities() {
        let model = FakeModel::from_table(
            "
            Troops NOUN NNS = 2 nsubj O B MIL:0.5,REB:0.25 O O
            raided VERB VBD raid 0 root O O - W B-ASSAULT:0.5,B-COERCE:0.25
            Kyiv PROPN NNP = 2 obj O O - O O
            roles 2 mode=ASSAULT/firearms:0.25,-:0.5 status=happened:0.5,denied:0.25 actor=1 content=1-2,3:0.5
            ",
        );
        let window = Window { words: vec!["Troops", "raided", "Kyiv"], sentences: vec![0..3] };
        let prediction = &model.predict(&[window])[0];
        assert_eq!(prediction.words[0].sector, [0.5, 0.25]);
        let raided = &prediction.words[1];
        assert_eq!(raided.trigger, [0.0, 0.0, 0.5, 0.25], "O, I, then those of the table");
        assert_eq!((raided.cue.score, raided.attribution.score), (0.0, 1.0), "a cue in the wide sense only");
        let [anchor] = prediction.anchors.as_slice() else { panic!("one anchor") };
        assert!(anchor.is_cue && anchor.is_trigger);
        assert_eq!(anchor.mode, [0.5, 0.25]);
        assert_eq!(anchor.status, [0.5, 0.0, 0.0, 0.25]);
        assert_eq!(anchor.roles[5], [(0, 1.0), (1, 1.0), (2, 0.5)]);
    }

    #[test]
    fn a_window_that_is_written_down_is_asked_for_and_read_as_a_whole() {
        let model = FakeModel::from_table(TABLE);
        let words = ["He", "said", "He", "said"];
        assert_eq!(model.pack(&words, &[0..2, 2..4]), [0..2, 2..4]);
        let mut prediction = model.plain(4);
        prediction.words[3].head = Some(2);
        let model = model.with(&words, prediction.clone());
        assert_eq!(model.pack(&words, &[0..2, 2..4]), vec![0..4]);
        let window = Window { words: words.to_vec(), sentences: vec![0..2, 2..4] };
        assert_eq!(model.predict(&[window]), [prediction]);
    }

    #[test]
    #[should_panic(expected = "has 3 columns, not 11")]
    fn a_line_with_too_few_columns_is_refused() {
        FakeModel::from_table("Troops NOUN NNS");
    }
}
