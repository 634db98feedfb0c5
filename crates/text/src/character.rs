//! What a character is to the tokenizer.
//!
//! Punctuation that went through a wrong charset ("â€™" for "’") is known here too, so that a garbled story is cut
//! like a sound one; its bytes stay as they are.

use unicode_normalization::char::is_combining_mark;

/// The part that a character, or a garbled run of characters, can play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Space,
    Letter,
    Digit,
    /// ' and ’, which open, close, shorten and possess.
    Apostrophe,
    /// Brackets and quotation marks that only open.
    Open,
    /// Brackets and quotation marks that only close.
    Close,
    /// The straight double quote, which may do either.
    Quote,
    /// A full stop.
    Stop,
    /// ? and !
    Ask,
    /// "…", one character.
    Ellipsis,
    Dash,
    /// Any other mark.
    Mark,
    /// Pictures, emoji among them, and what modifies them.
    Picture,
}

/// The class of the character at `at`, and its length in bytes. `at` must be a character boundary before the end.
pub(crate) fn class_at(text: &str, at: usize) -> (Class, usize) {
    let byte = text.as_bytes()[at];
    if byte < 128 {
        return (ASCII[byte as usize], 1);
    }
    if byte == 0xC3
        && let Some(found) = garbled(&text.as_bytes()[at..])
    {
        return found;
    }
    let Some(c) = text[at..].chars().next() else { return (Class::Space, 1) };
    (class_of(c), c.len_utf8())
}

const ASCII: [Class; 128] = {
    let mut table = [Class::Mark; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            0..=32 | 127 => Class::Space,
            b'0'..=b'9' => Class::Digit,
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'\'' | b'`' => Class::Apostrophe,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b'"' => Class::Quote,
            b'.' => Class::Stop,
            b'?' | b'!' => Class::Ask,
            b'-' => Class::Dash,
            _ => Class::Mark,
        };
        byte += 1;
    }
    table
};

fn class_of(c: char) -> Class {
    match c {
        '’' | 'ʼ' | '´' | '′' => Class::Apostrophe,
        '“' | '„' | '‘' | '‚' | '«' | '‹' | '「' | '『' | '（' | '【' | '《' | '〈' | '¿' | '¡' => {
            Class::Open
        }
        '”' | '»' | '›' | '」' | '』' | '）' | '】' | '》' | '〉' | '″' => Class::Close,
        '。' | '।' | '۔' | '።' | '．' => Class::Stop,
        '？' | '！' | '؟' | '‽' => Class::Ask,
        '…' => Class::Ellipsis,
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => Class::Dash,
        '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => {
            Class::Space
        }
        // Joiners and soft hyphens belong to the word they stand in.
        '\u{ad}' | '\u{200c}' | '\u{200d}' => Class::Letter,
        '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' => Class::Picture,
        _ if c.is_whitespace() || c.is_control() => Class::Space,
        _ if c.is_alphabetic() || is_combining_mark(c) => Class::Letter,
        // Only decimal digits: "²" and "½" are marks of their own.
        _ if c.is_numeric() && c.to_digit(10).is_none() && !is_decimal(c) => Class::Mark,
        _ if c.is_numeric() => Class::Digit,
        _ => Class::Mark,
    }
}

fn is_decimal(c: char) -> bool {
    matches!(c, '٠'..='٩' | '۰'..='۹' | '०'..='९' | '০'..='৯' | '０'..='９')
}

/// UTF-8 punctuation read as Windows-1252: "â€" and one more character.
fn garbled(bytes: &[u8]) -> Option<(Class, usize)> {
    // "â€" is C3 A2 E2 82 AC.
    let rest = bytes.strip_prefix(&[0xC3, 0xA2, 0xE2, 0x82, 0xAC])?;
    Some(match rest {
        [0xE2, 0x84, 0xA2, ..] => (Class::Apostrophe, 8),
        [0xC5, 0x93, ..] => (Class::Open, 7),
        [0xCB, 0x9C, ..] => (Class::Open, 7),
        [0xC2, 0x9D, ..] => (Class::Close, 7),
        [0xE2, 0x80, 0x9C | 0x9D, ..] => (Class::Dash, 8),
        [0xC2, 0xA6, ..] => (Class::Ellipsis, 7),
        _ => (Class::Close, 5),
    })
}

/// Where the first garbled or replaced characters stand, and how many there are.
pub(crate) fn find_garbled(text: &str) -> Option<(usize, usize, usize)> {
    let bytes = text.as_bytes();
    let (mut first, mut n, mut at) = (None, 0, 0);
    while at < bytes.len() {
        let len = match bytes[at] {
            // "â€", "Ã" or "Â" before a Latin-1 supplement character, and U+FFFD.
            0xC3 if garbled(&bytes[at..]).is_some() => 5,
            0xC3 if matches!(bytes.get(at + 1..at + 4), Some([0x83 | 0x82, 0xC2, _])) => 4,
            0xEF if matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBD])) => 3,
            _ => 0,
        };
        if len > 0 {
            first.get_or_insert((at, at + len));
            n += 1;
        }
        at += len.max(1);
    }
    first.map(|(start, end)| (start, end, n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for (text, class, len) in [
            ("é", Class::Letter, 2),
            ("’", Class::Apostrophe, 3),
            ("â€™s", Class::Apostrophe, 8),
            ("â€œNo", Class::Open, 7),
            ("½", Class::Mark, 2),
            ("٣", Class::Digit, 2),
            ("\u{200b}", Class::Space, 3),
            ("🕊", Class::Picture, 4),
            ("—", Class::Dash, 3),
        ] {
            assert_eq!(class_at(text, 0), (class, len), "{text}");
        }
    }

    #[test]
    fn garbled_text_is_counted_from_its_first_place() {
        assert_eq!(find_garbled("Iran says â€œnoâ€\u{9d}"), Some((10, 15, 2)));
        assert_eq!(find_garbled("CafÃ© Bogot\u{fffd}"), Some((3, 7, 2)));
        assert_eq!(find_garbled("Café Erdoğan São Âge"), None);
    }
}
