//! Words as resolution compares them: folded, cut to their stem, weighed by how seldom they stand in stories.
//!
//! Weights come from `data/resolution/word.tsv` and never from the stories at hand, so that a comparison of two stories does
//! not depend on a third one. Words of one event family ("arrest", "detain") come from `data/resolution/kin.tsv`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::hash;

/// Endings that a stem loses, longest first.
const ENDINGS: [&str; 28] = [
    "ization", "isation", "ational", "fulness", "iveness", "ments", "ations", "ation", "ition", "ances", "ence", "ance",
    "ment", "ings", "ing", "ions", "ion", "ers", "ors", "er", "or", "ies", "ied", "ed", "es", "al", "ly", "s",
];
/// Stories that the shares of `word.tsv` are counted in.
const SHARE_OF: f32 = 10_000.0;
/// Stories in ten thousand that a word missing from the table is taken to stand in.
const SHARE_OF_UNKNOWN: f32 = 2.0;
/// Words without content of their own.
const EMPTY_FROM: f32 = 6_500.0;

/// The words of a text: runs of letters and digits, folded; apostrophes inside a word stay.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .map(|word| word.trim_matches(['\'', '’']))
        .filter(|word| !word.is_empty())
}

/// The stem under which a word and its inflections and nearest derivations meet: "bombing", "bombed" and "bomb".
pub fn stem(word: &str) -> String {
    let lower = codebook::fold(word).replace(' ', "");
    let lower = lower.strip_suffix("'s").unwrap_or(&lower);
    let mut stem = irregular().get(lower).copied().unwrap_or(lower).to_owned();
    let n_chars = stem.chars().count();
    if let Some(cut) = ENDINGS.iter().chain(&["y", "e"]).find(|end| stem.ends_with(**end) && n_chars >= end.len() + 3) {
        stem.truncate(stem.len() - cut.len());
    }
    let bytes = stem.as_bytes();
    if bytes.len() > 3 && bytes[bytes.len() - 1] == bytes[bytes.len() - 2] && !b"lsz".contains(&bytes[bytes.len() - 1]) {
        stem.pop();
    }
    if stem.len() > 6 && stem.ends_with("at") {
        stem.truncate(stem.len() - 2);
    }
    if stem.len() > 3 && stem.ends_with(['e', 'y', 'i']) {
        stem.pop();
    }
    stem
}

/// How much a stem says: the logarithm of how many stories there are for one that has it.
pub(crate) fn weight(stem: &str) -> f32 {
    static SHARES: OnceLock<BTreeMap<&'static str, f32>> = OnceLock::new();
    let shares = SHARES.get_or_init(|| {
        let rows = include_str!("../../../data/resolution/word.tsv").lines().skip(1);
        rows.filter_map(|line| {
            let mut cells = line.split('\t');
            Some((cells.next()?, cells.next()?.parse().ok()?))
        })
        .collect()
    });
    // Single letters are what is left of "'s" and of initials.
    if stem.len() < 2 {
        return 0.0;
    }
    let share = shares.get(stem).copied().unwrap_or(SHARE_OF_UNKNOWN);
    if share >= EMPTY_FROM { 0.0 } else { (SHARE_OF / share.max(1.0)).ln() }
}

/// Whether a lower-case word is one that stories use as a matter of course.
pub(crate) fn is_common(word: &str) -> bool {
    weight(&stem(word)) < 6.0
}

/// The families of event words that a stem belongs to, sorted.
pub(crate) fn families(stem: &str) -> &'static [u64] {
    static FAMILIES: OnceLock<BTreeMap<String, Vec<u64>>> = OnceLock::new();
    let families = FAMILIES.get_or_init(|| {
        let mut families: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for line in include_str!("../../../data/resolution/kin.tsv").lines().skip(1) {
            let mut cells = line.split('\t');
            if let (Some(family), Some(word)) = (cells.next(), cells.next()) {
                families.entry(self::stem(word)).or_default().push(hash::of_parts(&["kin", family]));
            }
        }
        for family in families.values_mut() {
            family.sort_unstable();
            family.dedup();
        }
        families
    });
    families.get(stem).map_or(&[], Vec::as_slice)
}

/// Irregular forms of verbs and nouns.
fn irregular() -> &'static BTreeMap<&'static str, &'static str> {
    static FORMS: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut forms = BTreeMap::new();
        for line in include_str!("../../../data/lexicon/irregular.tsv").lines().skip(1) {
            let mut cells = line.split('\t');
            if let (Some(form), Some(lemma)) = (cells.next(), cells.next()) {
                forms.insert(form, lemma);
            }
        }
        for line in include_str!("../../../data/grammar/lemma.tsv").lines().skip(1) {
            let mut cells = line.split('\t');
            if let (Some(form), Some("VERB" | "NOUN"), Some(lemma)) = (cells.next(), cells.next(), cells.next()) {
                forms.entry(form).or_insert(lemma);
            }
        }
        forms
    })
}

/// What a story is about, as a vector of unit length over the hashes of its stems.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Gist {
    /// Stem hash and weight in 65,535ths, sorted by hash.
    terms: Vec<(u32, u16)>,
    /// Hashes of the heaviest terms, heaviest first.
    top: Vec<u32>,
}

impl Gist {
    /// Terms that a gist keeps.
    const KEPT: usize = 128;
    /// Terms that stories are found by.
    const TOP: usize = 16;
    /// Words of a story's beginning, which say what it is about and count double.
    const LEAD: usize = 30;

    /// The gist of a text.
    pub fn of(text: &str) -> Self {
        let mut counts: BTreeMap<String, f32> = BTreeMap::new();
        for (idx, word) in words(text).enumerate() {
            *counts.entry(stem(word)).or_default() += if idx < Self::LEAD { 2.0 } else { 1.0 };
        }
        let mut terms: Vec<(u32, f32)> = counts
            .iter()
            .map(|(stem, n)| (hash::of(stem.as_bytes()) as u32, (1.0 + n.ln()) * weight(stem)))
            .filter(|term| term.1 > 0.0)
            .collect();
        terms.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        terms.truncate(Self::KEPT);
        let top = terms.iter().take(Self::TOP).map(|term| term.0).collect();
        let length = terms.iter().map(|term| term.1 * term.1).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        let mut terms: Vec<(u32, u16)> = terms.iter().map(|term| (term.0, (term.1 / length * 65_535.0) as u16)).collect();
        terms.sort_unstable();
        terms.dedup_by_key(|term| term.0);
        Self { terms, top }
    }

    /// The cosine between two gists, 0 to 1.
    pub fn likeness(&self, other: &Self) -> f32 {
        let (mut a, mut b, mut sum) = (0, 0, 0_u64);
        while let (Some(x), Some(y)) = (self.terms.get(a), other.terms.get(b)) {
            if x.0 == y.0 {
                sum += u64::from(x.1) * u64::from(y.1);
            }
            a += usize::from(x.0 <= y.0);
            b += usize::from(y.0 <= x.0);
        }
        (sum as f32 / (65_535.0 * 65_535.0)).min(1.0)
    }

    /// Hashes of the terms that say most, heaviest first.
    pub(crate) fn top(&self) -> &[u32] {
        &self.top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_and_near_derivations_share_a_stem() {
        for (a, b) in [("bombing", "bombed"), ("visits", "visiting"), ("fled", "flee"), ("met", "meeting"), ("nominated", "nomination")] {
            assert_eq!(stem(a), stem(b), "{a} and {b} must meet");
        }
        assert_ne!(stem("visit"), stem("bomb"));
    }

    #[test]
    fn families_join_words_of_one_deed() {
        let shared = |a: &str, b: &str| families(&stem(a)).iter().any(|family| families(&stem(b)).contains(family));
        assert!(shared("arrested", "detained") && shared("killed", "death") && shared("delayed", "postponed"));
        assert!(!shared("visit", "arrested"));
    }

    #[test]
    fn seldom_words_weigh_more_and_a_gist_is_like_itself() {
        assert!(weight(&stem("peshawar")) > weight(&stem("police")) && weight("the") == 0.0);
        let gist = Gist::of("A bomb tore through a market in Peshawar on Thursday, police said.");
        assert!((gist.likeness(&gist) - 1.0).abs() < 1e-3);
        assert_eq!(gist.likeness(&Gist::of("Ministers discussed tariffs on grain.")), 0.0);
    }
}
