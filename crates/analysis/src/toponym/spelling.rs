//! One spelling for the many ways to write a place name.
//!
//! Makes the key under which the gazetteer holds a name: lower case, without accents, apostrophes and periods, hyphens
//! as spaces, "St." as "saint". `training/gazetteer.py` makes the keys of the file by the same rules.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::words::PlaceWords;
use text::TableError;

use crate::tables::{Source, rows};

/// The table of short words of place names and what they stand for.
pub(super) const FILE: &str = "place/spelling.tsv";
const SPELLING: &str = include_str!("../../../../data/place/spelling.tsv");

/// Reads the table.
pub(super) fn read(source: &Source<'_>) -> Result<Vec<(String, String)>, TableError> {
    let text = source.text(FILE, SPELLING)?;
    let pair = |(line, [short, long]): (usize, [&str; 2])| {
        if short.is_empty() || long.is_empty() {
            return Err(TableError::new(FILE, line, "a cell is empty"));
        }
        Ok((short.to_owned(), long.to_owned()))
    };
    rows(FILE, &text, ["short", "long"])?.into_iter().map(pair).collect()
}

/// The key under which a place name is looked up, by the words that ship with the program.
///
/// ```
/// # use whimbrel_analysis::toponym::normalize;
/// assert_eq!(normalize("St.-Étienne"), "saint etienne");
/// assert_eq!(normalize("Sana'a"), normalize("Sanaa"));
/// assert_eq!(normalize("W.Va."), "wva");
/// ```
pub fn normalize(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 4);
    push_normalized(PlaceWords::embedded(), name, &mut key);
    key
}

/// Writes the key of `name` into `key`, whose earlier content is dropped.
pub(super) fn push_normalized(words: &PlaceWords, name: &str, key: &mut String) {
    key.clear();
    let mut word_start = 0;
    if name.is_ascii() {
        for char in name.chars() {
            push_letter(words, char, key, &mut word_start);
        }
    } else {
        for char in name.nfd().filter(|&char| !is_combining_mark(char)) {
            push_letter(words, char, key, &mut word_start);
        }
    }
    end_word(words, key, &mut word_start);
    if key.ends_with(' ') {
        key.pop();
    }
}

fn push_letter(words: &PlaceWords, char: char, key: &mut String, word_start: &mut usize) {
    match char {
        '\'' | '’' | '‘' | 'ʻ' | 'ʼ' | 'ʾ' | 'ʿ' | '`' | '´' | '.' => {}
        '&' => {
            end_word(words, key, word_start);
            key.push_str("and ");
            *word_start = key.len();
        }
        'a'..='z' | '0'..='9' => key.push(char),
        _ => {
            for lower in char.to_lowercase() {
                match whole_letter(lower) {
                    Some(letters) => key.push_str(letters),
                    None if lower.is_alphanumeric() => key.push(lower),
                    None => end_word(words, key, word_start),
                }
            }
        }
    }
}

/// Letters that canonical decomposition leaves whole, as English writes them.
fn whole_letter(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        _ => return None,
    })
}

fn end_word(words: &PlaceWords, key: &mut String, word_start: &mut usize) {
    let start = *word_start;
    if key.len() > start {
        let word = &key[start..];
        if let Some((_, long)) = words.short_words.iter().find(|(short, _)| short == word) {
            key.truncate(start);
            key.push_str(long);
        }
        key.push(' ');
    }
    *word_start = key.len();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_for_all_spellings_of_a_name() {
        for (spellings, key) in [
            (
                &["St. Petersburg", "Saint Petersburg", "ST. PETERSBURG", "St Petersburg"][..],
                "saint petersburg",
            ),
            (&["Deir ez-Zor", "Deir ez Zor"], "deir ez zor"),
            (&["Łódź", "Lodz"], "lodz"),
            (&["U.S.", "US", "U.S"], "us"),
            (&["Trinidad & Tobago", "Trinidad and Tobago"], "trinidad and tobago"),
            (&["İzmir", "Izmir"], "izmir"),
            (&["", " ", "–", "..."], ""),
        ] {
            for spelling in spellings {
                assert_eq!(normalize(spelling), key, "key of {spelling:?}");
            }
        }
    }

    #[test]
    fn a_key_is_its_own_key() {
        for name in ["Nagorno-Karabakh", "Ft. Worth", "Côte d'Ivoire", "Mt. St. Helens", "A&B"] {
            let key = normalize(name);
            assert_eq!(normalize(&key), key, "normalizing twice must change nothing for {name:?}");
        }
    }
}
