//! Small tables of grammar that only the coder reads: casualty words, numerals, kinds of sources, endings of hosts.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use codebook::SourceKind;

type Table = BTreeMap<&'static str, &'static str>;

/// The first two columns of a bundled table.
fn pairs(table: &'static str) -> Table {
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some((cells.next()?, cells.next()?))
        })
        .collect()
}

/// `killed`, `injured` or `both` for a lemma that counts people hurt.
pub(crate) fn outcome(lemma: &str) -> Option<&'static str> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| pairs(include_str!("../../../data/grammar/casualty.tsv"))).get(lemma).copied()
}

/// The value of a numeral in words or digits: "twenty-one" comes as two tokens and is not one of these.
pub(crate) fn numeral(word: &str) -> Option<u32> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let digits: String = word.chars().filter(|c| *c != ',').collect();
    if let Ok(value) = digits.parse() {
        return Some(value);
    }
    let table = TABLE.get_or_init(|| pairs(include_str!("../../../data/grammar/numeral.tsv")));
    table.get(word.to_lowercase().as_str()).and_then(|value| value.parse().ok())
}

/// The kind of source that a noun names.
pub(crate) fn source_kind(lemma: &str) -> Option<SourceKind> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let table = TABLE.get_or_init(|| pairs(include_str!("../../../data/grammar/source-kind.tsv")));
    table.get(lemma).and_then(|word| SourceKind::from_word(word))
}

/// Whether a preposition tells where.
pub(crate) fn tells_place(lemma: &str) -> bool {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let table = TABLE.get_or_init(|| pairs(include_str!("../../../data/grammar/place-word.tsv")));
    table.contains_key(lemma)
}

/// Whether a preposition tells to whom or what somebody belongs: "president of Brazil", "ambassador to Kabul".
pub(crate) fn tells_belonging(lemma: &str) -> bool {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| pairs(include_str!("../../../data/grammar/belonging-word.tsv"))).contains_key(lemma)
}

/// The country that the last label of a host's name stands for, where it is not the country's code; `-` is none.
pub(crate) fn domain(label: &str) -> Option<&'static str> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| pairs(include_str!("../../../data/grammar/domain.tsv"))).get(label).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_in_words_and_digits() {
        assert_eq!(numeral("1,200"), Some(1200));
        assert_eq!(numeral("Twelve"), Some(12));
        assert_eq!(numeral("several"), None);
    }
}
