//! Words that say what kind of place a name names: "Helmand province", "the city of Homs", "northern Idlib".

/// Kind words and directions, `word<TAB>stands<TAB>class<TAB>means` with a header line.
const KINDS: &str = include_str!("../../../../data/place/kinds.tsv");

/// A name with its kind word taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stripped<'k> {
    /// What is left of the key.
    pub(super) key: &'k str,
    /// The GeoNames class that the kind word asks for, as a prefix; empty for any.
    pub(super) class: &'static str,
}

/// Takes the kind word off a key, the longest that fits. `None` when there is none, or nothing else.
pub(super) fn strip_kind(key: &str) -> Option<Stripped<'_>> {
    let mut best: Option<(usize, Stripped<'_>)> = None;
    for line in KINDS.lines().skip(1) {
        let mut cells = line.split('\t');
        let (Some(word), Some(stands), Some(class)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        let rest = match stands {
            "before" => key.strip_prefix(word).and_then(|rest| rest.strip_prefix(' ')),
            _ => key.strip_suffix(word).and_then(|rest| rest.strip_suffix(' ')),
        };
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { continue };
        if best.is_none_or(|(length, _)| word.len() > length) {
            let class = if class == "-" { "" } else { class };
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
            let found = strip_kind(key).map(|stripped| (stripped.key, stripped.class));
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
