//! Finds paragraphs.
//!
//! Blank lines always part paragraphs. Whether a single line break does depends on the story: in text set to a fixed
//! width it is a space, elsewhere each line is a paragraph.

use crate::Span;
use crate::character::{Class, class_at};

/// Lines longer than this are not set to a fixed width.
const WIDTH_MAX: usize = 120;

struct Line {
    // Without the spaces around it.
    start: usize,
    end: usize,
    indented: bool,
}

/// The paragraphs of a text, without the spaces around them.
pub(crate) fn find_paragraphs(text: &str) -> Vec<Span> {
    let lines = find_lines(text);
    let width = fixed_width(text, &lines);
    let mut paragraphs: Vec<Span> = Vec::new();
    let mut blank = true;
    for (idx, line) in lines.iter().enumerate() {
        if line.start == line.end {
            blank = true;
            continue;
        }
        let span = Span::new(line.start, line.end);
        let joins = !blank && idx > 0 && joins(text, &lines[idx - 1], line, width);
        match paragraphs.last_mut() {
            Some(last) if joins => *last = last.cover(span),
            _ => paragraphs.push(span),
        }
        blank = false;
    }
    paragraphs
}

/// Whether a line goes on with the paragraph of the line before it.
fn joins(text: &str, before: &Line, line: &Line, width: Option<usize>) -> bool {
    let ended = ends_sentence(&text[before.start..before.end]);
    if !ended && text[line.start..line.end].starts_with(char::is_lowercase) {
        return true;
    }
    match width {
        None => false,
        Some(width) => {
            let len = before.end - before.start;
            let short = len * 4 < width * 3;
            (!line.indented || before.indented) && !(short && (ended || len * 2 < width))
        }
    }
}

/// The width of text that is broken at a fixed one, in bytes.
fn fixed_width(text: &str, lines: &[Line]) -> Option<usize> {
    let width = lines.iter().map(|line| line.end - line.start).max().unwrap_or(0);
    if width > WIDTH_MAX {
        return None;
    }
    let breaks = lines.windows(2).filter(|pair| pair[0].start < pair[0].end && pair[1].start < pair[1].end);
    let (mut n_breaks, mut n_full) = (0, 0);
    for pair in breaks {
        n_breaks += 1;
        let full = (pair[0].end - pair[0].start) * 3 >= width * 2;
        n_full += usize::from(full && !ends_sentence(&text[pair[0].start..pair[0].end]));
    }
    (n_breaks >= 2 && n_full * 2 > n_breaks).then_some(width)
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['"', '”', '’', '\'', ')', ']', '»']).ends_with(['.', '?', '!', ':', '…'])
}

fn find_lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        let len = match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
            b'\n' | b'\r' | 0x0C | 0x0B => 1,
            // U+0085, U+2028 and U+2029.
            0xC2 if bytes.get(at + 1) == Some(&0x85) => 2,
            0xE2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])) => 3,
            _ => 0,
        };
        if len > 0 {
            lines.push(trim(text, from, at));
            from = at + len;
        }
        at += len.max(1);
    }
    lines.push(trim(text, from, text.len()));
    lines
}

fn trim(text: &str, from: usize, to: usize) -> Line {
    let is_space = |c: char| c.is_whitespace() || class_at(c.encode_utf8(&mut [0; 4]), 0).0 == Class::Space;
    let line = &text[from..to];
    let head = line.trim_start_matches(is_space);
    let start = to - head.len();
    Line { start, end: start + head.trim_end_matches(is_space).len(), indented: start > from }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraphs(text: &str) -> Vec<&str> {
        find_paragraphs(text).into_iter().map(|span| span.of(text)).collect()
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(paragraphs("\n One.\n\n\nTwo.\r\n \r\nThree. \n"), ["One.", "Two.", "Three."]);
        assert_eq!(paragraphs(" \u{feff} \n"), [""; 0]);
    }

    #[test]
    fn lines_of_their_own_are_paragraphs() {
        assert_eq!(
            paragraphs("Rebels seize port\nBy Jane Doe\nRebels said so."),
            ["Rebels seize port", "By Jane Doe", "Rebels said so."]
        );
    }

    #[test]
    fn text_of_fixed_width_is_joined() {
        let text = "The minister said on Monday that the\ntalks with the rebels would go on for\n\
                    another week in the capital and that\nhe hoped.\nThe rebels said nothing of the sort to\nreporters.";
        assert_eq!(paragraphs(text).len(), 2);
        assert!(paragraphs(text)[1].starts_with("The rebels"));
    }
}
