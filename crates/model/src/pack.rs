//! Sentences to windows: as many whole sentences as fit, long ones in runs.

use std::ops::Range;

/// Cuts a document into windows of at most `room` pieces; `sizes` are pieces a word.
///
/// A sentence that is longer alone is cut into runs of words, each a window of its own. A word larger than `room` still
/// gets a window.
pub(crate) fn pack(sizes: &[usize], sentences: &[Range<usize>], room: usize) -> Vec<Range<usize>> {
    let mut windows = Vec::new();
    let mut open: Option<(Range<usize>, usize)> = None;
    for sentence in sentences.iter().filter(|sentence| !sentence.is_empty()) {
        let size: usize = sizes[sentence.clone()].iter().sum();
        if let Some((window, used)) = &mut open {
            if *used + size <= room {
                window.end = sentence.end;
                *used += size;
                continue;
            }
            windows.extend(open.take().map(|(window, _)| window));
        }
        if size <= room {
            open = Some((sentence.clone(), size));
        } else {
            cut(sizes, sentence.clone(), room, &mut windows);
        }
    }
    windows.extend(open.map(|(window, _)| window));
    windows
}

fn cut(sizes: &[usize], sentence: Range<usize>, room: usize, windows: &mut Vec<Range<usize>>) {
    let (mut start, mut used) = (sentence.start, 0);
    for word in sentence.clone() {
        if used + sizes[word] > room && word > start {
            windows.push(start..word);
            (start, used) = (word, 0);
        }
        used += sizes[word];
    }
    windows.push(start..sentence.end);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_sentences_share_a_window_while_they_fit() {
        let sizes = [1, 1, 2, 1, 1, 1, 1];
        assert_eq!(pack(&sizes, &[0..2, 2..4, 4..7], 5), [0..4, 4..7]);
        assert_eq!(pack(&sizes, &[0..2, 2..7], 5), [0..2, 2..6, 6..7]);
        assert_eq!(pack(&[9, 1], &[0..1, 1..2], 5), [0..1, 1..2]);
        assert_eq!(pack(&[], &[], 5), []);
    }

    proptest! {
        #[test]
        fn windows_cover_all_words_in_order_and_fit(
            lens in prop::collection::vec(0usize..9, 0..9),
            seed in prop::collection::vec(1usize..9, 1..20),
            room in 8usize..30,
        ) {
            let mut sentences = Vec::new();
            let mut n = 0;
            for len in lens {
                sentences.push(n..n + len);
                n += len;
            }
            let sizes: Vec<usize> = (0..n).map(|i| seed[i % seed.len()]).collect();
            let mut next = 0;
            for window in pack(&sizes, &sentences, room) {
                prop_assert_eq!(window.start, next);
                prop_assert!(!window.is_empty());
                prop_assert!(sizes[window.clone()].iter().sum::<usize>() <= room);
                next = window.end;
            }
            prop_assert_eq!(next, n);
        }
    }
}
