//! Words that say what kind of place a name names: "Helmand province", "the city of Homs", "northern Idlib".

use super::words::PlaceWords;
use text::TableError;

use crate::tables::{Source, rows};

/// The table of kind words and directions.
pub(super) const FILE: &str = "place/kinds.tsv";
const KINDS: &str = include_str!("../../../../data/place/kinds.tsv");

/// A word that says what kind of place a name names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    word: String,
    /// Whether it stands before the name: "city of".
    stands_before: bool,
    /// The GeoNames class that it asks for, as a prefix; empty for any.
    class: String,
}

/// A name with its kind word taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stripped<'k, 'w> {
    /// What is left of the key.
    pub(super) key: &'k str,
    /// The GeoNames class that the kind word asks for, as a prefix; empty for any.
    pub(super) class: &'w str,
}

/// Reads the table.
pub(super) fn read(source: &Source<'_>) -> Result<Vec<Kind>, TableError> {
    let text = source.text(FILE, KINDS)?;
    let kind = |(line, [word, stands, class, _]): (usize, [&str; 4])| {
        let stands_before = match stands {
            "before" => true,
            "after" => false,
            _ => return Err(TableError::new(FILE, line, format!("no side `{stands}`; one of before, after"))),
        };
        if word.is_empty() {
            return Err(TableError::new(FILE, line, "the first cell is empty"));
        }
        let class = if class == "-" { "" } else { class };
        Ok(Kind { word: word.to_owned(), stands_before, class: class.to_owned() })
    };
    rows(FILE, &text, ["word", "stands", "class", "means"])?.into_iter().map(kind).collect()
}

/// Takes the kind word off a key, the longest that fits. `None` when there is none, or nothing else.
pub(super) fn strip_kind<'k, 'w>(words: &'w PlaceWords, key: &'k str) -> Option<Stripped<'k, 'w>> {
    let mut best: Option<(usize, Stripped<'k, 'w>)> = None;
    for Kind { word, stands_before, class } in &words.kinds {
        let rest = if *stands_before {
            key.strip_prefix(word.as_str()).and_then(|rest| rest.strip_prefix(' '))
        } else {
            key.strip_suffix(word.as_str()).and_then(|rest| rest.strip_suffix(' '))
        };
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { continue };
        if best.is_none_or(|(length, _)| word.len() > length) {
            best = Some((word.len(), Stripped { key: rest, class }));
        }
    }
    best.map(|(_, stripped)| stripped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_words_come_off_and_say_what_is_meant() {
        for (key, expected) in [
            ("helmand province", Some(("helmand", "A.ADM1"))),
            ("city of homs", Some(("homs", "P."))),
            ("northern idlib", Some(("idlib", ""))),
            ("homs", None),
            ("province", None),
            ("lakewood", None),
        ] {
            let found = strip_kind(PlaceWords::embedded(), key).map(|stripped| (stripped.key, stripped.class));
            assert_eq!(found, expected, "kind word of {key:?}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_whole() {
        let rows: Vec<Vec<&str>> = KINDS.lines().skip(1).map(|line| line.split('\t').collect()).collect();
        assert!(rows.iter().all(|row| row.len() == 4), "every row has four cells");
        assert!(rows.iter().all(|row| ["before", "after"].contains(&row[1])), "`stands` is before or after");
        assert!(
            rows.windows(2)
                .all(|pair| (pair[0][0], pair[0][1]) < (pair[1][0], pair[1][1]) || pair[0][0] == pair[1][0])
        );
        let mut seen: Vec<(&str, &str)> = rows.iter().map(|row| (row[0], row[1])).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), rows.len(), "no word stands twice on the same side");
    }
}
