//! Phrases and the longest match over a run of words.
//!
//! Words are folded before they are compared: lower case, no accents, no full stops, cut at hyphens and apostrophes.
//! So "Al-Qa'ida", "al-Qaida" and the tokens "al", "-", "Qaida" meet the phrases they should, however a story was
//! tokenised. A [`Phrases`] is a trie over interned folded words; a look-up costs one hash per word.

use std::hash::{BuildHasherDefault, Hasher};

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Multiply-rotate hashing of short words; none of the keys come from outside the program, so no defence is needed.
#[derive(Clone, Copy, Default)]
pub(crate) struct ShortHasher(u64);

impl Hasher for ShortHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }
}

pub(crate) type ShortMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<ShortHasher>>;

/// How a piece of text is capitalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Case {
    /// No capital at its start.
    Lower,
    /// A capital at its start.
    Title,
    /// Capitals only, two or more.
    Upper,
}

/// Words cut into folded pieces, ready to be looked up from any place.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    buffer: String,
    // End of each piece in `buffer`, the index of the word it comes from, and its case.
    pieces: Vec<(u32, u32, Case)>,
    n_words: usize,
}

impl Pieces {
    /// Folds words.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut pieces = Self::default();
        for word in words {
            pieces.push(word);
        }
        pieces
    }

    fn push(&mut self, word: &str) {
        let word_idx = u32::try_from(self.n_words).expect("a story has fewer words than 2^32");
        self.n_words += 1;
        let mut start = self.buffer.len();
        let (mut n_upper, mut n_lower, mut first) = (0, 0, Case::Lower);
        for letter in word.chars().chain(std::iter::once(' ')) {
            if letter.is_alphanumeric() {
                if letter.is_uppercase() {
                    n_upper += 1;
                    if start == self.buffer.len() {
                        first = Case::Title;
                    }
                } else if letter.is_lowercase() {
                    n_lower += 1;
                }
                fold_into(letter, &mut self.buffer);
            } else if letter != '.' && self.buffer.len() > start {
                let case = if n_upper > 1 && n_lower == 0 { Case::Upper } else { first };
                let end = u32::try_from(self.buffer.len()).expect("a story is shorter than 4 GiB");
                self.pieces.push((end, word_idx, case));
                start = self.buffer.len();
                (n_upper, n_lower, first) = (0, 0, Case::Lower);
            }
        }
    }

    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether nothing is left after folding.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// A folded piece.
    pub fn piece(&self, idx: usize) -> &str {
        let start = if idx == 0 { 0 } else { self.pieces[idx - 1].0 as usize };
        &self.buffer[start..self.pieces[idx].0 as usize]
    }

    /// The word that a piece comes from.
    pub fn word(&self, idx: usize) -> usize {
        self.pieces[idx].1 as usize
    }

    pub(crate) fn case(&self, idx: usize) -> Case {
        self.pieces[idx].2
    }

    /// Lets every piece count as capitalised, for texts in one case.
    pub(crate) fn ignore_case(&mut self) {
        for piece in &mut self.pieces {
            piece.2 = Case::Upper;
        }
    }

    // Whether a match may end before piece `idx`: not inside a word.
    fn is_border(&self, idx: usize) -> bool {
        idx == self.len() || idx == 0 || self.word(idx) != self.word(idx - 1)
    }
}

fn fold_into(letter: char, buffer: &mut String) {
    if letter.is_ascii() {
        buffer.push(letter.to_ascii_lowercase());
        return;
    }
    // Letters that do not decompose, in their usual plain spelling.
    let plain = match letter {
        'ı' | 'İ' => "i",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ß' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        'ə' | 'Ə' => "a",
        _ => "",
    };
    if plain.is_empty() {
        buffer.extend(letter.nfd().filter(|&part| !is_combining_mark(part)).flat_map(char::to_lowercase));
    } else {
        buffer.push_str(plain);
    }
}

/// Folds a phrase to its pieces joined by single spaces: the form under which it is found.
pub fn fold(phrase: &str) -> String {
    let pieces = Pieces::new([phrase]);
    let mut folded = String::with_capacity(phrase.len());
    for idx in 0..pieces.len() {
        if idx > 0 {
            folded.push(' ');
        }
        folded.push_str(pieces.piece(idx));
    }
    folded
}

/// Phrases with what they stand for; finds the longest that starts at a given place.
#[derive(Clone, Debug)]
pub struct Phrases<T> {
    words: ShortMap<Box<str>, u32>,
    // From (node, word) to the next node; node 0 is the root.
    edges: ShortMap<(u32, u32), u32>,
    // What ends at each node.
    ends: Vec<Vec<T>>,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self { words: ShortMap::default(), edges: ShortMap::default(), ends: vec![Vec::new()] }
    }
}

impl<T> Phrases<T> {
    /// Adds a phrase; several values may stand under one.
    pub fn insert(&mut self, phrase: &str, value: T) {
        self.insert_pieces(&Pieces::new([phrase]), value);
    }

    pub(crate) fn insert_pieces(&mut self, pieces: &Pieces, value: T) {
        let mut node = 0;
        for idx in 0..pieces.len() {
            let piece = pieces.piece(idx);
            let n_words = u32::try_from(self.words.len()).expect("fewer words than 2^32");
            let word = match self.words.get(piece) {
                Some(&word) => word,
                None => {
                    self.words.insert(piece.into(), n_words);
                    n_words
                }
            };
            let n_nodes = u32::try_from(self.ends.len()).expect("fewer phrases than 2^32");
            node = *self.edges.entry((node, word)).or_insert(n_nodes);
            if node == n_nodes {
                self.ends.push(Vec::new());
            }
        }
        if node != 0 {
            self.ends[node as usize].push(value);
        }
    }

    /// The longest phrase that starts at piece `from` and ends at a word's end, with a value that `admit` accepts;
    /// `admit` gets the value and the piece after the phrase. Gives the piece after the phrase and all its values.
    pub(crate) fn longest_at(
        &self,
        pieces: &Pieces,
        from: usize,
        admit: impl Fn(&T, usize) -> bool,
    ) -> Option<(usize, &[T])> {
        let (mut node, mut best) = (0, None);
        for idx in from..pieces.len() {
            let Some(word) = self.words.get(pieces.piece(idx)) else { break };
            let Some(&next) = self.edges.get(&(node, *word)) else { break };
            node = next;
            let values = &self.ends[node as usize];
            if !values.is_empty()
                && pieces.is_border(idx + 1)
                && values.iter().any(|value| admit(value, idx + 1))
            {
                best = Some((idx + 1, values.as_slice()));
            }
        }
        best
    }

    /// The longest phrase at the start of `words`: how many words it takes, and what stands under it.
    pub fn lookup(&self, words: &[&str]) -> Option<(usize, &[T])> {
        let pieces = Pieces::new(words.iter().copied());
        let (end, values) = self.longest_at(&pieces, 0, |_, _| true)?;
        Some((pieces.word(end - 1) + 1, values))
    }

    /// Changes every value that stands under exactly this phrase.
    pub(crate) fn change(&mut self, phrase: &str, change: impl FnMut(&mut T)) {
        let pieces = Pieces::new([phrase]);
        let mut node = 0;
        for idx in 0..pieces.len() {
            let Some(word) = self.words.get(pieces.piece(idx)) else { return };
            let Some(&next) = self.edges.get(&(node, *word)) else { return };
            node = next;
        }
        self.ends[node as usize].iter_mut().for_each(change);
    }

    /// What stands under exactly this phrase.
    pub fn exact(&self, phrase: &str) -> &[T] {
        let pieces = Pieces::new([phrase]);
        match self.longest_at(&pieces, 0, |_, _| true) {
            Some((end, values)) if end == pieces.len() => values,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_spellings_meet() {
        for (a, b) in [
            ("Al-Qa'ida", "al qa ida"),
            ("U.S.", "us"),
            ("Erdoğan", "erdogan"),
            ("Côte d’Ivoire", "cote d ivoire"),
            ("Łódź", "lodz"),
            ("Kızılay", "kizilay"),
        ] {
            assert_eq!(fold(a), b, "{a}");
        }
    }

    #[test]
    fn the_longest_phrase_wins_and_ends_at_a_word() {
        let mut phrases = Phrases::default();
        phrases.insert("foreign minister", 1);
        phrases.insert("foreign", 2);
        phrases.insert("boko haram", 3);
        assert_eq!(phrases.lookup(&["Foreign", "Minister", "Lavrov"]), Some((2, &[1][..])));
        assert_eq!(phrases.lookup(&["foreign", "troops"]), Some((1, &[2][..])));
        assert_eq!(phrases.lookup(&["foreign-born"]), None, "a phrase must not end inside a word");
        assert_eq!(phrases.lookup(&["Boko", "-", "Haram", "'s"]), Some((3, &[3][..])));
        assert_eq!(phrases.exact("Boko Haram"), &[3]);
        assert!(phrases.exact("boko").is_empty());
    }
}
