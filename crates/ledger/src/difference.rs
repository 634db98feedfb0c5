//! What changed between two revisions of a story, word by word.

use similar::{Algorithm, DiffTag, capture_diff_slices};
use text::Span;

use crate::error::Error;
use crate::ledger::Ledger;

/// A stretch of a text's words that another text has otherwise. Spans are bytes of the two texts; one of them may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The words that are gone.
    pub before: Span,
    /// The words that came.
    pub after: Span,
}

/// The changes from one text to another, in order. White space between words is no difference.
pub fn diff(before: &str, after: &str) -> Vec<Change> {
    let (old, new) = (words(before), words(after));
    let old_words: Vec<&str> = old.iter().map(|span| span.of(before)).collect();
    let new_words: Vec<&str> = new.iter().map(|span| span.of(after)).collect();
    capture_diff_slices(Algorithm::Patience, &old_words, &new_words)
        .iter()
        .filter(|op| op.tag() != DiffTag::Equal)
        .map(|op| Change { before: cover(&old, op.old_range()), after: cover(&new, op.new_range()) })
        .collect()
}

fn words(text: &str) -> Vec<Span> {
    let start = text.as_ptr() as usize;
    let span = |word: &str| {
        let from = word.as_ptr() as usize - start;
        Span::new(from, from + word.len())
    };
    text.split_whitespace().map(span).collect()
}

/// From the first word of a range to its last; for no words, the place before the next one.
fn cover(words: &[Span], range: std::ops::Range<usize>) -> Span {
    match (words.get(range.start), words.get(..range.end).and_then(<[Span]>::last)) {
        (Some(&first), Some(&last)) if !range.is_empty() => first.cover(last),
        (Some(&next), _) => Span::new(next.start(), next.start()),
        (None, last) => last.map_or_else(Span::default, |last| Span::new(last.end(), last.end())),
    }
}

impl Ledger {
    /// The texts of a story's revisions with their keys, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn revisions(&self, story_id: i64) -> Result<Vec<(i64, String)>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT revision_id, text FROM revisions WHERE story_id = ?1 ORDER BY revision_id")?;
        Ok(statement.query_map([story_id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_that_changed() {
        let (before, after) = ("At least 12 people were killed.", "At least 14 people, police say, were\nkilled.");
        let changes = diff(before, after);
        let words: Vec<_> = changes.iter().map(|c| (c.before.of(before), c.after.of(after))).collect();
        assert_eq!(words, [("12 people", "14 people, police say,")]);
    }

    #[test]
    fn what_is_added_at_the_end_has_its_place() {
        let changes = diff("One.", "One. Two.");
        assert_eq!(changes, [Change { before: Span::new(4, 4), after: Span::new(5, 9) }]);
        assert_eq!(diff("a  b", "a\nb"), []);
        assert_eq!(diff("", ""), []);
    }
}
