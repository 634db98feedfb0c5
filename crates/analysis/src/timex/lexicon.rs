//! The words of time: `data/time/words.toml`, ready for look-up.
//!
//! Takes classes of words with their meanings and gives, for a position among pieces, the atoms that may stand there:
//! a month, a unit, a number of several words, a shape of digits. Patterns are written over these atoms.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::numeral;
use super::piece::{Piece, Shape};

/// A word that the lexicon or a pattern knows.
pub(super) type WordId = u32;
/// A class, or one literal word.
pub(super) type Label = u16;

/// What an atom means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    /// Nothing but itself.
    Word,
    Int(i32),
    /// A code: `SU`, `TH`.
    Code(&'static str),
    /// A count; `None` where the words leave it open.
    Count(Option<f64>),
    /// Hour, minute, and second where it is given.
    Clock(i32, i32, Option<i32>),
    /// Year, month, day.
    Date(i32, i32, i32),
}

/// Something that a pattern can ask for at a position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Atom {
    pub(super) label: Label,
    pub(super) n_pieces: u8,
    pub(super) meaning: Meaning,
}

/// Classes whose members the program recognizes by their shape; `words.toml` may add members.
pub(super) const SHAPES: [&str; 13] = [
    "NUMBER",
    "DAY",
    "YEAR",
    "YY",
    "HOUR",
    "CLOCK",
    "DECADE",
    "NTH",
    "ISODATE",
    "NUMDATE",
    "CARDINAL",
    "MAGNITUDE",
    "DIGITS",
];

/// Labels of [`SHAPES`], by their place in the list.
pub(super) mod shape {
    use super::Label;
    pub(in super::super) const NUMBER: Label = 0;
    pub(in super::super) const DAY: Label = 1;
    pub(in super::super) const YEAR: Label = 2;
    pub(in super::super) const YY: Label = 3;
    pub(in super::super) const HOUR: Label = 4;
    pub(in super::super) const CLOCK: Label = 5;
    pub(in super::super) const DECADE: Label = 6;
    pub(in super::super) const NTH: Label = 7;
    pub(in super::super) const ISODATE: Label = 8;
    pub(in super::super) const NUMDATE: Label = 9;
    pub(in super::super) const CARDINAL: Label = 10;
    pub(in super::super) const MAGNITUDE: Label = 11;
    pub(in super::super) const DIGITS: Label = 12;
}

/// A class of words, as `words.toml` has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassEntry {
    /// Capitals; patterns ask for it by this name.
    name: String,
    /// What the values say, for the reader of the file.
    #[serde(rename = "means")]
    _means: String,
    /// Whether its words need a capital: "may" and "march" are words of their own.
    #[serde(default)]
    capital: bool,
    /// Word or phrase, with its meaning. A final dot is optional in the text.
    words: BTreeMap<String, toml::Value>,
}

#[derive(Debug)]
struct Phrase {
    rest: Vec<WordId>,
    label: Label,
    meaning: Meaning,
    capital: bool,
}

/// Words, phrases and the labels of classes.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: HashMap<Box<str>, WordId>,
    /// By first word.
    phrases: Vec<Vec<Phrase>>,
    /// The label under which patterns ask for the word itself.
    literals: Vec<Option<Label>>,
    /// The words behind those labels, from [`Lexicon::FIRST_LITERAL`] on.
    literal_words: Vec<WordId>,
    classes: Vec<String>,
}

impl Lexicon {
    /// No word of time is longer; longer words are not looked up.
    pub(super) const LONGEST_WORD: usize = 24;
    /// Words and signs of the longest phrase.
    const PHRASE_MAX: usize = 24;
    /// Labels of literal words begin here; there are fewer classes than this.
    const FIRST_LITERAL: usize = 128;

    /// The lexicon of `entries`.
    pub(super) fn new(entries: Vec<ClassEntry>) -> Result<Self, String> {
        let mut lexicon =
            Self { classes: SHAPES.iter().map(|&name| name.to_owned()).collect(), ..Self::default() };
        for entry in entries {
            let label = match lexicon.class(&entry.name) {
                Some(label) => label,
                None => {
                    lexicon.classes.push(entry.name.clone());
                    Label::try_from(lexicon.classes.len() - 1).map_err(|_| "too many classes".to_owned())?
                }
            };
            if usize::from(label) >= Self::FIRST_LITERAL {
                return Err(format!("class `{}` is one too many", entry.name));
            }
            for (words, value) in entry.words {
                let meaning = meaning_of(label, &value).ok_or_else(|| {
                    format!("`{words}` of class `{}` has a value of no known kind", entry.name)
                })?;
                lexicon
                    .add_phrase(&words, label, meaning, entry.capital)
                    .map_err(|fault| format!("`{words}` of class `{}` {fault}", entry.name))?;
            }
        }
        Ok(lexicon)
    }

    /// The id of a lower-case word or sign.
    pub(super) fn word(&self, word: &str) -> Option<WordId> {
        self.words.get(word).copied()
    }

    /// The label of a class.
    pub(super) fn class(&self, name: &str) -> Option<Label> {
        self.classes.iter().position(|class| class == name).and_then(|at| Label::try_from(at).ok())
    }

    /// The label under which a pattern asks for `word` itself.
    pub(super) fn literal(&mut self, word: &str) -> Result<Label, String> {
        let word = self.add_word(word);
        let id = word as usize;
        if let Some(label) = self.literals[id] {
            return Ok(label);
        }
        let label = Self::FIRST_LITERAL + self.literal_words.len();
        let label = Label::try_from(label).map_err(|_| "the patterns have more than 65407 words".to_owned())?;
        self.literals[id] = Some(label);
        self.literal_words.push(word);
        Ok(label)
    }

    /// Whether a word is in a class as a phrase of its own.
    pub(super) fn is_in(&self, word: Option<WordId>, class: Label) -> bool {
        word.is_some_and(|id| {
            self.phrases[id as usize].iter().any(|phrase| phrase.rest.is_empty() && phrase.label == class)
        })
    }

    /// What a single word means as a member of a class.
    pub(super) fn meaning_in(&self, word: Option<WordId>, class: Label) -> Option<Meaning> {
        self.phrases[word? as usize]
            .iter()
            .find(|phrase| phrase.rest.is_empty() && phrase.label == class)
            .map(|phrase| phrase.meaning)
    }

    /// What the word that a pattern asked for literally means as a member of a class.
    pub(super) fn meaning_of_literal(&self, label: Label, class: Label) -> Option<Meaning> {
        let word = self.literal_words.get(usize::from(label).checked_sub(Self::FIRST_LITERAL)?)?;
        self.meaning_in(Some(*word), class)
    }

    /// Appends every atom that begins at piece `at`.
    pub(super) fn atoms(&self, text: &str, pieces: &[Piece], at: usize, atoms: &mut Vec<Atom>) {
        let piece = &pieces[at];
        if let Some(id) = piece.word {
            if let Some(label) = self.literals[id as usize] {
                atoms.push(Atom { label, n_pieces: 1, meaning: Meaning::Word });
            }
            for phrase in &self.phrases[id as usize] {
                if phrase.capital && !piece.capital {
                    continue;
                }
                let rest = &pieces[at + 1..];
                let fits = phrase.rest.len() <= rest.len()
                    && phrase.rest.iter().zip(rest).all(|(word, piece)| piece.word == Some(*word));
                if fits && phrase.label != shape::CARDINAL && phrase.label != shape::MAGNITUDE {
                    let n_pieces = u8::try_from(phrase.rest.len() + 1).unwrap_or(u8::MAX);
                    atoms.push(Atom { label: phrase.label, n_pieces, meaning: phrase.meaning });
                }
            }
        }
        if matches!(piece.shape, Shape::Digits | Shape::Grouped) {
            numeral::digit_atoms(text, pieces, at, self, atoms);
        } else if piece.word.is_some() {
            numeral::word_atoms(text, pieces, at, self, atoms);
        }
    }

    fn add_phrase(&mut self, words: &str, label: Label, meaning: Meaning, capital: bool) -> Result<(), String> {
        let mut ids: Vec<WordId> =
            split_words(&words.to_lowercase()).iter().map(|word| self.add_word(word)).collect();
        if ids.is_empty() || ids.len() > Self::PHRASE_MAX {
            return Err(format!("has {} words; it must have 1 to {}", ids.len(), Self::PHRASE_MAX));
        }
        let dotted = words.ends_with('.') && ids.len() > 1;
        let variants = if dotted { 2 } else { 1 };
        for _ in 0..variants {
            let phrase = Phrase { rest: ids[1..].to_vec(), label, meaning, capital };
            self.phrases[ids[0] as usize].push(phrase);
            ids.pop();
        }
        Ok(())
    }

    fn add_word(&mut self, word: &str) -> WordId {
        if let Some(&id) = self.words.get(word) {
            return id;
        }
        let id = WordId::try_from(self.phrases.len()).expect("a lexicon has fewer than four billion words");
        self.words.insert(word.into(), id);
        self.phrases.push(Vec::new());
        self.literals.push(None);
        id
    }
}

/// Cuts a phrase of the data as [`super::piece`] cuts text.
pub(super) fn split_words(phrase: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_word = false;
    for letter in phrase.chars() {
        if letter.is_alphanumeric() {
            if in_word && let Some(word) = words.last_mut() {
                word.push(letter);
            } else {
                words.push(letter.to_string());
            }
            in_word = true;
        } else {
            in_word = false;
            if !letter.is_whitespace() {
                words.push(letter.to_string());
            }
        }
    }
    words
}

fn meaning_of(label: Label, value: &toml::Value) -> Option<Meaning> {
    Some(match value {
        toml::Value::Integer(int) if label == shape::NUMBER => {
            Meaning::Count(Some(f64::from(i32::try_from(*int).ok()?)))
        }
        toml::Value::Float(count) if label == shape::NUMBER => Meaning::Count(Some(*count)),
        toml::Value::String(code) if label == shape::NUMBER && code == "X" => Meaning::Count(None),
        toml::Value::Integer(int) => Meaning::Int(i32::try_from(*int).ok()?),
        // A grammar is loaded once a run; its codes live as long as the program.
        toml::Value::String(code) => Meaning::Code(Box::leak(code.clone().into_boxed_str())),
        _ => return None,
    })
}
