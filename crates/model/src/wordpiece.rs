//! Words to pieces of the vocabulary, as uncased BERT does.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::{Error, ErrorKind};

/// Most pieces that a word may have.
pub(crate) const MAX_PIECES: usize = 8;
/// Most characters of a run that is looked up.
const MAX_RUN: usize = 100;

/// A short hash for short words; the vocabulary is ours, so no one can choose words that collide in it.
#[derive(Clone, Debug, Default)]
struct PieceHasher(u64);

impl Hasher for PieceHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        let last = rest.iter().fold(rest.len() as u64, |sum, byte| sum << 8 | u64::from(*byte));
        for word in eights.iter().map(|eight| u64::from_le_bytes(*eight)).chain([last]) {
            self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn finish(&self) -> u64 {
        // The table uses the low bits, multiplication mixes the high ones.
        self.0 ^ (self.0 >> 32)
    }
}

/// A vocabulary that cuts words into pieces.
#[derive(Clone, Debug)]
pub(crate) struct WordPiece {
    // Only looked up, never walked: its order cannot show.
    pieces: HashMap<Box<str>, u32, BuildHasherDefault<PieceHasher>>,
    /// Bytes of the longest piece; longer candidates need no look-up.
    longest: usize,
    unknown: u32,
    /// `[CLS]`, which opens a window.
    pub(crate) begin: u32,
    /// `[SEP]`, which closes it.
    pub(crate) end: u32,
}

impl WordPiece {
    /// Reads a vocabulary, one piece a line, and gives the number of pieces with it.
    pub(crate) fn new(vocabulary: &str) -> Result<(Self, usize), Error> {
        let vocabulary = vocabulary.strip_suffix('\n').unwrap_or(vocabulary);
        let mut pieces: HashMap<Box<str>, u32, _> = HashMap::default();
        let mut n_pieces = 0;
        for (id, piece) in vocabulary.split('\n').enumerate() {
            let id = u32::try_from(id).expect("a file of less than 4 GiB");
            pieces.entry(piece.into()).or_insert(id);
            n_pieces += 1;
        }
        let find = |piece| pieces.get(piece).copied().ok_or(Error::at("vocab", ErrorKind::NoPiece(piece)));
        let (unknown, begin, end) = (find("[UNK]")?, find("[CLS]")?, find("[SEP]")?);
        let longest = pieces.keys().map(|piece| piece.len()).max().unwrap_or(0);
        Ok((Self { pieces, longest, unknown, begin, end }, n_pieces))
    }

    /// Appends the pieces of one word: at least one, at most [`MAX_PIECES`].
    pub(crate) fn cut(&self, word: &str, out: &mut Vec<u32>) {
        let start = out.len();
        if let Some(id) = self.whole(word) {
            out.push(id);
            return;
        }
        let mut run = String::from("##");
        for c in normalize(word).chars() {
            let stands_alone = is_punctuation(c) || is_cjk(c);
            if stands_alone || c.is_whitespace() {
                self.cut_run(&run, out);
                run.truncate(2);
            } else {
                run.push(c);
            }
            if stands_alone {
                run.push(c);
                self.cut_run(&run, out);
                run.truncate(2);
            }
        }
        self.cut_run(&run, out);
        if out.len() == start {
            out.push(self.unknown);
        }
        out.truncate(start + MAX_PIECES);
    }

    /// The piece of a word of lower-case ASCII letters that is in the vocabulary whole, as most are.
    fn whole(&self, word: &str) -> Option<u32> {
        if word.bytes().all(|b| b.is_ascii_lowercase()) { self.pieces.get(word).copied() } else { None }
    }

    /// Greedy longest match over a run, which stands behind `##`.
    fn cut_run(&self, marked: &str, out: &mut Vec<u32>) {
        let run = &marked[2..];
        if run.is_empty() {
            return;
        }
        let start = out.len();
        let mut rest = run;
        let mut continued = String::new();
        if run.chars().count() > MAX_RUN {
            out.push(self.unknown);
            return;
        }
        while !rest.is_empty() {
            let candidate = if rest.len() == run.len() {
                rest
            } else {
                continued.clear();
                continued.push_str("##");
                continued.push_str(rest);
                &continued
            };
            let mark = candidate.len() - rest.len();
            let Some((id, len)) = self.longest_match(candidate, mark) else {
                out.truncate(start);
                out.push(self.unknown);
                return;
            };
            out.push(id);
            rest = &rest[len - mark..];
        }
    }

    /// The longest piece that `text` begins with, longer than `mark` bytes.
    fn longest_match(&self, text: &str, mark: usize) -> Option<(u32, usize)> {
        let mut end = text.floor_char_boundary(self.longest);
        while end > mark {
            if let Some(id) = self.pieces.get(&text[..end]) {
                return Some((*id, end));
            }
            end = text.floor_char_boundary(end - 1);
        }
        None
    }
}

/// Decomposes, drops accents and control characters, lower-cases.
fn normalize(word: &str) -> String {
    if word.is_ascii() {
        return word.chars().filter(|c| !c.is_ascii_control()).map(|c| c.to_ascii_lowercase()).collect();
    }
    let stripped: String = word
        .nfd()
        .filter(|c| {
            !matches!(
                c.general_category(),
                GeneralCategory::NonspacingMark | GeneralCategory::Control | GeneralCategory::Format
            )
        })
        .collect();
    stripped.to_lowercase()
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Punctuation
}

fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{2A6DF}' | '\u{2A700}'..='\u{2B73F}'
        | '\u{2B740}'..='\u{2B81F}' | '\u{2B820}'..='\u{2CEAF}' | '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\ntroop\n##s\nun\n##aff\n##able\nn\n'\nt\n.\n-\nu\ns\n\
        cafe\n東\n京\n$\n5\n##0\n##a\na\n";

    fn pieces(word: &str) -> String {
        let (wordpiece, _) = WordPiece::new(VOCABULARY).unwrap();
        let lines: Vec<&str> = VOCABULARY.lines().collect();
        let mut out = Vec::new();
        wordpiece.cut(word, &mut out);
        out.iter().map(|id| lines[*id as usize]).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_are_cut_as_bert_cuts_them() {
        let cases = [
            ("troop", "troop"),
            ("Troops", "troop ##s"),
            ("unaffable", "un ##aff ##able"),
            ("n't", "n ' t"),
            ("U.S.", "u . s ."),
            ("Café", "cafe"),
            ("cafe\u{301}", "cafe"),
            ("東京", "東 京"),
            ("$500", "$ 5 ##0 ##0"),
            ("unseen", "[UNK]"),
            ("", "[UNK]"),
            ("\u{301}", "[UNK]"),
            ("troop\u{AD}s", "troop ##s"),
            ("troop unknown", "troop [UNK]"),
            ("a-troops", "a - troop ##s"),
            ("troopx.s", "[UNK] . s"),
        ];
        for (word, expected) in cases {
            assert_eq!(pieces(word), expected, "{word:?}");
        }
    }

    #[test]
    fn a_word_has_at_most_eight_pieces_and_no_run_over_a_hundred_characters() {
        assert_eq!(pieces("............"), ". . . . . . . .");
        assert_eq!(pieces(&"a".repeat(100)), "a ##a ##a ##a ##a ##a ##a ##a");
        assert_eq!(pieces(&"a".repeat(101)), "[UNK]");
    }

    #[test]
    fn a_vocabulary_without_its_marks_is_refused() {
        assert_eq!(WordPiece::new("[UNK]\n[CLS]\na\n").unwrap_err().to_string(), "vocab: no piece `[SEP]`");
    }

    proptest! {
        #[test]
        fn any_word_gives_one_to_eight_known_pieces(word in "\\PC{0,20}|[a-z.'éA ]{0,200}") {
            let (wordpiece, n_pieces) = WordPiece::new(VOCABULARY).unwrap();
            let mut out = vec![7];
            wordpiece.cut(&word, &mut out);
            prop_assert!((2..=9).contains(&out.len()));
            prop_assert_eq!(out[0], 7);
            prop_assert!(out.iter().all(|id| (*id as usize) < n_pieces));
        }

        #[test]
        fn known_pieces_spell_the_word(word in "[unafblestrop$50.'-]{1,8}") {
            let spelt = pieces(&word).replace(" ##", "").replace(' ', "");
            if !spelt.contains("[UNK]") && pieces(&word).split(' ').count() < MAX_PIECES {
                prop_assert_eq!(spelt, word);
            }
        }
    }
}
