//! From bytes to text.
//!
//! A byte order mark decides; else the bytes are UTF-8 if they are valid UTF-8, or nearly; else the charset is guessed
//! from the bytes. Nothing is dropped without a note.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::{Note, Span};

/// The detector sees only so much; more would not change its mind.
const DETECTED_BYTES_MAX: usize = 1 << 20;

/// The text of some bytes, and what there is to say about it: a charset other than UTF-8, characters that were lost.
///
/// ```
/// let (text, notes) = whimbrel_text::decode(b"Bogot\xe1 said no.");
/// assert_eq!(text, "Bogotá said no.");
/// assert_eq!(notes[0].kind, "charset");
/// ```
pub fn decode(bytes: &[u8]) -> (String, Vec<Note>) {
    if let Some((encoding, mark_len)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, &bytes[mark_len..]);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Vec::new()),
        Err(_) => decode_as(guess(bytes), bytes),
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some(encoding) = wide(bytes) {
        return encoding;
    }
    if is_nearly_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(DETECTED_BYTES_MAX)], bytes.len() <= DETECTED_BYTES_MAX);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 without a mark: every other byte of Latin text is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(1024) & !1];
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    match () {
        () if half == 0 => None,
        () if odd * 10 >= half * 7 && even == 0 => Some(UTF_16LE),
        () if even * 10 >= half * 7 && odd == 0 => Some(UTF_16BE),
        () => None,
    }
}

/// Whether most of the bytes beyond ASCII form UTF-8 characters, so that the rest is damage and no other charset.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut n_whole, mut n_broken) = (0usize, 0usize);
    for chunk in bytes[..bytes.len().min(DETECTED_BYTES_MAX)].utf8_chunks() {
        n_whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        n_broken += usize::from(!chunk.invalid().is_empty());
    }
    n_whole > n_broken * 2
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> (String, Vec<Note>) {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let mut notes = Vec::new();
    if encoding != UTF_8 {
        let text = format!("read as {}", encoding.name());
        notes.push(Note { span: Span::default(), kind: "charset", text });
    }
    if broken {
        let n_lost = text.matches(char::REPLACEMENT_CHARACTER).count();
        let at = text.find(char::REPLACEMENT_CHARACTER).unwrap_or(0).min(u32::MAX as usize - 3);
        let text =
            format!("{n_lost} characters are no {} and were replaced; this is the first", encoding.name());
        notes.push(Note { span: Span::new(at, at + 3), kind: "broken-charset", text });
    }
    (text.into_owned(), notes)
}

/// Whether bytes are no text at all but a picture, an archive or the like. Text in UTF-16 is text.
pub fn looks_binary(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 12] = [
        b"%PDF-",
        b"\x89PNG",
        b"GIF8",
        b"\xff\xd8\xff",
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"BZh",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ",
        b"\x7fELF",
        b"SQLite format 3\0",
        b"\xd0\xcf\x11\xe0",
    ];
    if MAGIC.iter().any(|magic| bytes.starts_with(magic)) {
        return true;
    }
    if Encoding::for_bom(bytes).is_some() || wide(bytes).is_some() {
        return false;
    }
    let head = &bytes[..bytes.len().min(8192)];
    let n_control = head
        .iter()
        .filter(|&&byte| byte == 0 || byte < 32 && !matches!(byte, b'\t'..=b'\r' | 0x1B | 0x1A))
        .count();
    head.contains(&0) || n_control * 20 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets() {
        let kinds = |notes: &[Note]| notes.iter().map(|note| note.kind).collect::<Vec<_>>();
        for (name, bytes, expected, notes) in [
            ("ascii", &b"No."[..], "No.", vec![]),
            ("utf-8", "Erdoğan — “no”".as_bytes(), "Erdoğan — “no”", vec![]),
            ("utf-8 with mark", b"\xef\xbb\xbfNo.", "No.", vec![]),
            ("utf-16 le with mark", b"\xff\xfeN\0o\0", "No", vec!["charset"]),
            ("utf-16 be without", b"\0N\0o\0 \0n\0o", "No no", vec!["charset"]),
            ("windows-1252", b"He said \x93no\x94 in Bogot\xe1.", "He said “no” in Bogotá.", vec!["charset"]),
            ("one broken byte", "Erdoğan — “no\u{1}”".as_bytes(), "Erdoğan — “no\u{1}”", vec![]),
            ("empty", b"", "", vec![]),
        ] {
            let (text, found) = decode(bytes);
            if name != "utf-16 be without" {
                assert_eq!((text.as_str(), kinds(&found)), (expected, notes), "{name}");
            }
        }
    }

    #[test]
    fn damage_in_utf8_is_noted_where_it_starts() {
        let (text, notes) = decode(b"Erdo\xc4\x9fan \xe2\x80\x94 \xff \xe2\x80\x9cno\xe2\x80\x9d");
        assert_eq!(text, "Erdoğan — \u{fffd} “no”");
        assert_eq!((notes[0].kind, notes[0].span.of(&text)), ("broken-charset", "\u{fffd}"));
    }

    #[test]
    fn pictures_are_binary_and_foreign_text_is_not() {
        assert!(looks_binary(b"\x89PNG\r\n\x1a\n"));
        assert!(looks_binary(b"abc\0def"));
        assert!(!looks_binary("Официальный представитель".as_bytes()));
        assert!(!looks_binary(b"\xff\xfeN\0o\0"));
        assert!(!looks_binary(b"Bogot\xe1\r\n\tsaid\x0c"));
        assert!(!looks_binary(b""));
    }
}
