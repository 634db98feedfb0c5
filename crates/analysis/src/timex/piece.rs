//! Cuts text into the smallest pieces that time expressions are made of.
//!
//! Takes the text of a sentence and gives pieces: a run of letters, a run of digits, a sign. "9am" is two, "mid-1990s"
//! four, so that patterns need not know how a tokenizer cuts. A piece knows its word in the lexicon, when it has one;
//! most pieces of a story have none and cost nothing more.

use text::Span;

use super::lexicon::{Lexicon, WordId};

/// What a piece is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Letters,
    Digits,
    /// Digits with separators of thousands: "2,000".
    Grouped,
    Sign,
}

/// A run of letters, a run of digits or a sign.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) span: Span,
    pub(super) shape: Shape,
    /// Its word in the lexicon.
    pub(super) word: Option<WordId>,
    /// Whether no white space parts it from the piece before.
    pub(super) glued: bool,
    /// Whether it starts with a capital.
    pub(super) capital: bool,
}

/// Cuts `span` of `text` and appends its pieces.
pub(super) fn cut(lexicon: &Lexicon, text: &str, span: Span, pieces: &mut Vec<Piece>) {
    let bytes = text.as_bytes();
    let mut at = span.start();
    let mut glued = false;
    let mut lower = String::with_capacity(32);
    while at < span.end() {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() {
            at += 1;
            glued = false;
            continue;
        }
        let (end, shape) = if byte.is_ascii_digit() {
            digits_end(bytes, at, span.end())
        } else if let Some(end) = letters_end(text, at, span.end()) {
            (end, Shape::Letters)
        } else {
            let width = text[at..].chars().next().map_or(1, char::len_utf8);
            if text[at..].chars().next().is_some_and(char::is_whitespace) {
                at += width;
                glued = false;
                continue;
            }
            ((at + width).min(span.end()), Shape::Sign)
        };
        let piece = &text[at..end];
        let word = match shape {
            Shape::Letters if piece.len() <= Lexicon::LONGEST_WORD => {
                lower.clear();
                lower.extend(piece.chars().map(|letter| letter.to_ascii_lowercase()));
                lexicon.word(&lower)
            }
            Shape::Sign => lexicon.word(plain_sign(piece)),
            _ => None,
        };
        pieces.push(Piece {
            span: Span::new(at, end),
            shape,
            word,
            glued,
            capital: byte.is_ascii_uppercase(),
        });
        at = end;
        glued = true;
    }
}

fn letters_end(text: &str, start: usize, limit: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < limit {
        if bytes[at].is_ascii_alphabetic() {
            at += 1;
        } else if bytes[at].is_ascii() {
            break;
        } else {
            let letter = text[at..].chars().next()?;
            if !letter.is_alphabetic() {
                break;
            }
            at += letter.len_utf8();
        }
    }
    (at > start).then_some(at)
}

/// The end of a run of digits; separators of thousands belong to it.
fn digits_end(bytes: &[u8], start: usize, limit: usize) -> (usize, Shape) {
    let run = |from: usize| (from..limit).take_while(|&at| bytes[at].is_ascii_digit()).count();
    let mut end = start + run(start);
    let mut shape = Shape::Digits;
    while end - start <= 15 && end < limit && bytes[end] == b',' && run(end + 1) == 3 {
        end += 4;
        shape = Shape::Grouped;
    }
    (end, shape)
}

/// Typographic signs as the patterns write them.
fn plain_sign(sign: &str) -> &str {
    match sign {
        "\u{2019}" | "\u{2018}" => "'",
        "\u{2010}" | "\u{2011}" | "\u{2012}" | "\u{2013}" | "\u{2014}" => "-",
        other => other,
    }
}
