//! A sketch of a text by its shingles: which share of one text stands in another, without either text.
//!
//! Shingles are runs of five folded words. A sketch keeps the shingles whose hash falls below a threshold, the same for all
//! texts of a size class, so that the share of common shingles is estimated without bias whatever the lengths (Broder 1997,
//! "mod m" sketches for containment; the scaled MinHash of later work). Short texts keep more of theirs.

use crate::hash;
use crate::words;

/// Words in a shingle.
const WORDS: usize = 5;
/// Shingle counts below which a text keeps 1 in 1, 1 in 2, … of its shingles.
const CLASSES: [(usize, u32); 3] = [(128, 1), (512, 2), (usize::MAX, 4)];
/// Of its kept shingles a text is found by 1 in so many.
const FOUND_BY: u32 = 4;

/// The kept shingles of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sketch {
    /// Hashes below the class's threshold, sorted.
    kept: Vec<u32>,
    /// One shingle in so many is kept.
    scale: u32,
}

impl Sketch {
    /// The sketch of a text; a text of fewer than five words has one shingle of all of its words.
    pub fn of(text: &str) -> Self {
        let words: Vec<u64> = words::words(text).map(|word| hash::of(codebook::fold(word).as_bytes())).collect();
        let mut all: Vec<u32> = if words.is_empty() {
            Vec::new()
        } else {
            words.windows(WORDS.min(words.len())).map(|run| run.iter().fold(0, |a, &b| hash::joined(a, b)) as u32).collect()
        };
        all.sort_unstable();
        all.dedup();
        Self::of_shingles(all)
    }

    /// The sketch of ready-made shingle hashes, for texts made by a program.
    #[doc(hidden)]
    pub fn of_shingles(mut all: Vec<u32>) -> Self {
        all.sort_unstable();
        all.dedup();
        let scale = CLASSES.iter().find(|class| all.len() < class.0).map_or(1, |class| class.1);
        all.retain(|&shingle| shingle <= u32::MAX / scale);
        Self { kept: all, scale }
    }

    /// Share of the smaller text's shingles that the larger one has, and the share of all that both have.
    pub(crate) fn overlap(&self, other: &Self) -> Overlap {
        let limit = u32::MAX / self.scale.max(other.scale).max(1);
        let below = |sketch: &Self| sketch.kept.partition_point(|&shingle| shingle <= limit);
        let (a, b) = (&self.kept[..below(self)], &other.kept[..below(other)]);
        let (mut i, mut j, mut common) = (0, 0, 0_usize);
        while i < a.len() && j < b.len() {
            common += usize::from(a[i] == b[j]);
            let (x, y) = (a[i], b[j]);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        let smaller = a.len().min(b.len());
        if smaller == 0 {
            return Overlap { containment: 0.0, resemblance: 0.0 };
        }
        let all = a.len() + b.len() - common;
        Overlap { containment: common as f32 / smaller as f32, resemblance: common as f32 / all as f32 }
    }

    /// Hashes that near copies are found by.
    pub(crate) fn found_by(&self) -> impl Iterator<Item = u32> + '_ {
        let n_shingles = self.kept.len() as u64 * u64::from(self.scale);
        let scale = if n_shingles < 200 { FOUND_BY } else { 4 * FOUND_BY };
        self.kept.iter().copied().take_while(move |&shingle| shingle <= u32::MAX / scale)
    }
}

/// How much two texts share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Overlap {
    /// Of the shingles of the smaller one.
    pub(crate) containment: f32,
    /// Of the shingles of both.
    pub(crate) resemblance: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(from: usize, to: usize) -> String {
        (from..to).map(|n| format!("word{n} ")).collect()
    }

    #[test]
    fn containment_is_estimated_whatever_the_lengths() {
        for (a, b, truth) in [((0, 400), (200, 600), 0.5), ((0, 100), (50, 2000), 0.5), ((0, 300), (0, 300), 1.0), ((0, 300), (300, 600), 0.0)] {
            let found = Sketch::of(&text(a.0, a.1)).overlap(&Sketch::of(&text(b.0, b.1))).containment;
            assert!((found - truth).abs() < 0.15, "{a:?} {b:?}: {found} for {truth}");
        }
    }

    #[test]
    fn short_texts_are_compared_too() {
        assert_eq!(Sketch::of("").overlap(&Sketch::of("a b c")).containment, 0.0);
        assert_eq!(Sketch::of("one two").overlap(&Sketch::of("One two.")).containment, 1.0);
    }
}
