//! Places in a text.
//!
//! A [`Span`] counts bytes and is what the program works with; [`CodePoints`] turns byte offsets into the Unicode
//! code points that every JSON, table and API shows.

/// A stretch of a document's text, in bytes from its start.
///
/// A span is a place, not a string: it stays valid for as long as the document does, and it is what the ledger stores
/// as evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    // Invariant: start <= end, and both fall on character boundaries of the text they were made for.
    start: u32,
    end: u32,
}

impl Span {
    /// A span from `start` to `end` (exclusive), in bytes.
    ///
    /// # Panics
    /// If `start > end` or the offsets do not fit 32 bits.
    pub fn new(start: usize, end: usize) -> Self {
        assert!(start <= end, "a span must not end ({end}) before it starts ({start})");
        let narrow = |n: usize| u32::try_from(n).expect("texts are bounded to 4 GiB at intake");
        Self { start: narrow(start), end: narrow(end) }
    }

    /// First byte.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// First byte after the span.
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The words at this place.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start()..self.end()).unwrap_or("")
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two spans share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that covers both.
    pub fn cover(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Turns byte offsets of one text into code-point offsets.
#[derive(Clone, Debug)]
pub struct CodePoints {
    // Byte offset of every 64th code point; the rest is counted from the text. `None` for ASCII, where the two agree.
    every_64th: Option<Vec<u32>>,
}

impl CodePoints {
    /// Prepares the table for `text`; O(n), and nothing at all for ASCII.
    pub fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self { every_64th: None };
        }
        let every_64th =
            text.char_indices().step_by(64).map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect();
        Self { every_64th: Some(every_64th) }
    }

    /// The number of code points before byte `at` of `text`, the text that this table was made for.
    pub fn offset(&self, text: &str, at: usize) -> usize {
        let Some(table) = &self.every_64th else { return at };
        let block = table.partition_point(|&start| start as usize <= at).saturating_sub(1);
        let from = table.get(block).map_or(0, |&start| start as usize);
        block * 64 + text.get(from..at).map_or(0, |part| part.chars().count())
    }

    /// A span as `[start, end]` in code points.
    pub fn pair(&self, text: &str, span: Span) -> [usize; 2] {
        [self.offset(text, span.start()), self.offset(text, span.end())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_agree_with_counting() {
        let text = "Erdoğan said “no” — ".repeat(20) + "Ünïcödé 🕊 end";
        let table = CodePoints::new(&text);
        for (count, (at, _)) in text.char_indices().enumerate() {
            assert_eq!(table.offset(&text, at), count);
        }
        assert_eq!(table.offset(&text, text.len()), text.chars().count());
    }

    #[test]
    fn spans_nest_and_overlap() {
        let (a, b) = (Span::new(2, 9), Span::new(4, 6));
        assert!(a.contains(b) && !b.contains(a) && a.overlaps(b));
        assert_eq!(b.cover(Span::new(8, 12)), Span::new(4, 12));
        assert!(!Span::new(0, 2).overlaps(a));
    }
}
