//! How a word looks: digits, case, place in the sentence.
//!
//! The vocabulary is uncased; the shape class of a word gives the network back what that loses. The classes are listed in
//! `models/FORMAT.md`.

use std::ops::Range;

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Shape classes, the one of `[CLS]` and `[SEP]` included.
pub(crate) const SHAPES: usize = 12;

/// Signs that numbers are written with.
const NUMBER_SIGNS: &str = ".,:/-%$€£";

/// Words that may stand before the first word of a sentence: opening quotes and brackets, dashes.
const OPENING: [&str; 13] = ["\"", "'", "“", "‘", "(", "[", "{", "«", "``", "''", "--", "-", "—"];

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && c.general_category() == GeneralCategory::DecimalNumber
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Letter
}

/// The shape class of a word; `opens` says that it is the first of its sentence.
pub(crate) fn shape(word: &str, opens: bool) -> u8 {
    let mut letters = word.chars().filter(|c| is_letter(*c));
    let Some(first) = letters.next() else {
        let is_number = word.chars().all(|c| is_digit(c) || NUMBER_SIGNS.contains(c));
        return if is_number && word.chars().any(is_digit) { 2 } else { 3 };
    };
    if word.chars().any(is_digit) {
        return 1;
    }
    let rest_lower = letters.clone().all(char::is_lowercase);
    if first.is_lowercase() && rest_lower {
        return 4;
    }
    let core = word.strip_suffix('.').unwrap_or(word);
    if core.chars().count() == 1 && first.is_uppercase() {
        return 5;
    }
    if first.is_uppercase() && letters.all(char::is_uppercase) {
        return 6;
    }
    if !first.is_uppercase() || !word.starts_with(first) {
        return 11;
    }
    match (rest_lower, opens) {
        (true, true) => 7,
        (true, false) => 8,
        (false, true) => 9,
        (false, false) => 10,
    }
}

/// The shape classes of a window's words.
pub(crate) fn shapes(words: &[&str], sentences: &[Range<usize>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(words.len());
    let mut sentence = 0;
    let mut opens = true;
    for (i, word) in words.iter().enumerate() {
        while sentences.get(sentence).is_some_and(|range| range.end <= i) {
            sentence += 1;
            opens = true;
        }
        out.push(shape(word, opens));
        opens &= OPENING.contains(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_shape_that_the_format_lists() {
        let cases = [
            ("F-16", 1),
            ("2nd", 1),
            ("17", 2),
            ("$3.5", 2),
            ("10-12", 2),
            ("24/7", 2),
            ("--", 3),
            ("$", 3),
            ("(1)", 3),
            ("", 3),
            ("troops", 4),
            ("n't", 4),
            ("well-known", 4),
            ("é", 4),
            ("A", 5),
            ("U.", 5),
            ("NATO", 6),
            ("U.S.", 6),
            ("AT&T", 6),
            ("Moscow", 8),
            ("O'Neill", 10),
            ("McCain", 10),
            ("iPhone", 11),
            ("'Tis", 11),
            ("東京", 11),
            ("I", 5),
            ("II", 6),
            ("-Qaida", 11),
        ];
        for (word, class) in cases {
            assert_eq!(shape(word, false), class, "{word}");
        }
        assert_eq!(shape("Moscow", true), 7);
        assert_eq!(shape("McCain", true), 9);
    }

    #[test]
    fn a_sentence_still_opens_after_its_opening_quote() {
        let words = ["“", "We", "Russians", ".", "Moscow", "fell"];
        assert_eq!(shapes(&words, &[0..4, 4..6]), [3, 7, 8, 3, 7, 4]);
    }
}
