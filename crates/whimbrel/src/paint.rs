//! Colours and wrapping for pages.
//!
//! While a page is laid out, colours are single characters of the private use area, which take no room; story text cannot
//! hold them (see [`clean`]). At the end they become escape codes, or nothing.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(crate) const EVENT: char = '\u{e000}';
pub(crate) const ACTOR: char = '\u{e001}';
pub(crate) const CUE: char = '\u{e002}';
pub(crate) const STRONG: char = '\u{e003}';
pub(crate) const FAINT: char = '\u{e004}';
pub(crate) const PLACE: char = '\u{e005}';
pub(crate) const TIME: char = '\u{e006}';
/// Ends the colour that began last.
pub(crate) const PLAIN: char = '\u{e00f}';

fn is_paint(c: char) -> bool {
    ('\u{e000}'..='\u{e00f}').contains(&c)
}

fn code(paint: char) -> &'static str {
    match paint {
        EVENT => "\x1b[1;31m",
        ACTOR => "\x1b[36m",
        CUE => "\x1b[4;33m",
        STRONG => "\x1b[1m",
        FAINT => "\x1b[2m",
        PLACE => "\x1b[32m",
        TIME => "\x1b[35m",
        _ => "",
    }
}

/// Text without the characters that stand for colours.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|&c| !is_paint(c)).collect()
}

/// A page with its colours as escape codes, or without.
pub(crate) fn painted(page: &str, color: bool) -> String {
    let mut out = String::with_capacity(page.len());
    let mut open: Vec<char> = Vec::new();
    for c in page.chars() {
        match c {
            PLAIN => {
                open.pop();
                if color {
                    out.push_str("\x1b[0m");
                    out.extend(open.iter().map(|&paint| code(paint)));
                }
            }
            c if is_paint(c) => {
                open.push(c);
                if color {
                    out.push_str(code(c));
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// Breaks a paragraph at spaces; colours take no room.
pub(crate) fn wrap(paragraph: &str, width: usize, indent: &str, page: &mut String) {
    wrap_hanging(paragraph, width, indent, indent, page);
}

/// The same with another indent on the lines after the first.
pub(crate) fn wrap_hanging(paragraph: &str, width: usize, first: &str, rest: &str, page: &mut String) {
    let (mut column, mut indent) = (0, first);
    for word in paragraph.split_whitespace() {
        let size = width_of(word);
        if column > 0 && column + 1 + size > width {
            page.push('\n');
            column = 0;
        }
        if column == 0 {
            page.push_str(indent);
            column = width_of(indent);
            indent = rest;
        } else {
            page.push(' ');
            column += 1;
        }
        page.push_str(word);
        column += size;
    }
    page.push('\n');
}

fn width_of(text: &str) -> usize {
    text.chars().filter(|&c| !is_paint(c)).map(|c| c.width().unwrap_or(0)).sum()
}

/// Cuts to a width, with an ellipsis.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut column = 0;
    for c in text.chars() {
        column += c.width().unwrap_or(0);
        if column + 1 > width {
            break;
        }
        out.push(c);
    }
    out + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_counts_columns_not_bytes_or_colours() {
        let mut page = String::new();
        wrap(&format!("{EVENT}⟦abc⟧¹{PLAIN} 阿富汗 def"), 10, "", &mut page);
        assert_eq!(painted(&page, false), "⟦abc⟧¹\n阿富汗 def\n");
        assert_eq!(cut("阿富汗阿富汗", 5), "阿富…");
    }

    #[test]
    fn colours_nest_and_no_story_paints() {
        assert_eq!(clean("a\u{e000}b"), "ab");
        let nested = format!("{ACTOR}a{TIME}b{PLAIN}c{PLAIN}d");
        assert_eq!(painted(&nested, true), "\x1b[36ma\x1b[35mb\x1b[0m\x1b[36mc\x1b[0md");
        assert_eq!(painted(&nested, false), "abcd");
    }
}
