//! The best tag path that opens every span before it goes on.

use std::ops::Range;

use crate::{Error, ErrorKind};

/// Which tags may follow which: `I-x` only `B-x` or `I-x`, a bare `I` any tag but `O`.
#[derive(Clone, Debug)]
pub(crate) struct Tags {
    /// For a tag that goes on, the tags that it may follow; `None` for a tag that may follow any and open a sentence.
    after: Vec<Option<Vec<usize>>>,
    /// The tag `O`.
    pub(crate) outside: usize,
}

impl Tags {
    /// Reads the rules from the labels.
    pub(crate) fn new(node: &str, labels: &[String]) -> Result<Self, Error> {
        let outside = labels.iter().position(|label| label == "O");
        let outside = outside.ok_or_else(|| Error::at(node, ErrorKind::NoLabel("O")))?;
        let opens = |kind: &str| {
            let fits = |label: &String| {
                let inside = label.strip_prefix("B").or_else(|| label.strip_prefix("I"));
                inside.is_some_and(|of| kind.is_empty() || of == kind)
            };
            labels.iter().enumerate().filter(|(_, label)| fits(label)).map(|(at, _)| at).collect()
        };
        let after = labels.iter().map(|label| label.strip_prefix("I").map(opens)).collect();
        Ok(Self { after, outside })
    }

    /// Whether a tag may stand after another, or, with `None`, open a sentence.
    #[cfg(test)]
    pub(crate) fn allows(&self, before: Option<usize>, tag: usize) -> bool {
        self.after[tag].as_ref().is_none_or(|after| before.is_some_and(|before| after.contains(&before)))
    }

    /// The best path over one sentence: `scores` gives the log-probabilities (up to a constant) of a word's tags.
    pub(crate) fn decode<'a>(&self, words: Range<usize>, scores: impl Fn(usize) -> &'a [f32]) -> Vec<usize> {
        let n_tags = self.after.len();
        let mut totals = vec![f32::NEG_INFINITY; n_tags];
        let mut from = Vec::with_capacity(words.len() * n_tags);
        for (i, word) in words.clone().enumerate() {
            let before = std::mem::replace(&mut totals, vec![f32::NEG_INFINITY; n_tags]);
            let any = best(0..n_tags, &before, self.outside);
            for (tag, score) in scores(word)[..n_tags].iter().enumerate() {
                let (last, total) = match (&self.after[tag], i) {
                    (None, 0) => (self.outside, 0.0),
                    (Some(_), 0) => (self.outside, f32::NEG_INFINITY),
                    (None, _) => (any, before[any]),
                    (Some(after), _) => {
                        let last = best(after.iter().copied(), &before, tag);
                        (last, before[last])
                    }
                };
                totals[tag] = total + score;
                from.push(last);
            }
        }
        let mut tag = best(0..n_tags, &totals, self.outside);
        let mut path = vec![tag; words.len()];
        for i in (1..words.len()).rev() {
            tag = from[i * n_tags + tag];
            path[i - 1] = tag;
        }
        path
    }
}

/// The first of the best; `otherwise` where nothing has a score.
fn best(tags: impl Iterator<Item = usize>, totals: &[f32], otherwise: usize) -> usize {
    let mut best = otherwise;
    let mut most = f32::NEG_INFINITY;
    for tag in tags {
        if totals[tag] > most {
            (best, most) = (tag, totals[tag]);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_span_goes_on_only_after_its_own_opening() {
        let tags = Tags::new("labels.entity", &labels("O B-person I-person B-place I-place")).unwrap();
        // The second word alone would be I-place, the first is surely a person.
        let scores = [[0.0, 9.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 1.0, 8.0]];
        assert_eq!(tags.decode(0..2, |word| &scores[word]), [1, 2]);
        // A continuation without an opening is never chosen.
        let scores = [[0.0, -5.0, 9.0, -5.0, 9.0]];
        assert_eq!(tags.decode(0..1, |word| &scores[word]), [0]);
    }

    #[test]
    fn a_bare_continuation_follows_any_opening() {
        let tags = Tags::new("labels.trigger", &labels("O B-ASSAULT B-AID I")).unwrap();
        assert!(tags.allows(Some(1), 3) && tags.allows(Some(2), 3) && tags.allows(Some(3), 3));
        assert!(!tags.allows(Some(0), 3) && !tags.allows(None, 3));
    }

    #[test]
    fn labels_without_an_outside_are_refused() {
        let error = Tags::new("labels.cue", &labels("B I")).unwrap_err();
        assert_eq!(error.to_string(), "labels.cue: no label `O`");
    }

    proptest! {
        #[test]
        fn the_path_is_valid_and_the_best_of_all(
            scores in prop::collection::vec(prop::array::uniform5(-4.0f32..4.0), 1..6),
        ) {
            let tags = Tags::new("t", &labels("O B-a I-a B-b I-b")).unwrap();
            let path = tags.decode(0..scores.len(), |word| &scores[word]);
            let total = |path: &[usize]| -> f32 { path.iter().zip(&scores).map(|(tag, s)| s[*tag]).sum() };
            let valid = |path: &[usize]| {
                (0..path.len()).all(|i| tags.allows(i.checked_sub(1).map(|i| path[i]), path[i]))
            };
            prop_assert!(valid(&path));
            for code in 0..5usize.pow(scores.len() as u32) {
                let other: Vec<usize> = (0..scores.len() as u32).map(|i| code / 5usize.pow(i) % 5).collect();
                prop_assert!(!valid(&other) || total(&other) <= total(&path) + 1e-4);
            }
        }

        #[test]
        fn no_score_makes_it_fail(
            scores in prop::collection::vec(prop::array::uniform5(prop::num::f32::ANY), 1..9),
        ) {
            let tags = Tags::new("t", &labels("O B-a I-a B-b I-b")).unwrap();
            prop_assert_eq!(tags.decode(0..scores.len(), |word| &scores[word]).len(), scores.len());
        }
    }
}
