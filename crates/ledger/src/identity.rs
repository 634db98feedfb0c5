//! Which texts are the same story?
//!
//! The hash covers the outlet and the text in one spelling: NFKC, with single blanks. Case and punctuation stay, so that
//! an edit of a single word is an edit.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Identity of a text in an outlet: the first 16 bytes of SHA-256.
pub(crate) type Hash = [u8; 16];

/// The publisher's name for comparison: lowercase, single blanks; empty when there is none.
pub(crate) fn outlet(publisher: Option<&str>) -> String {
    single_blanks(&publisher.unwrap_or("").nfkc().collect::<String>().to_lowercase())
}

/// The hash of a text in an outlet.
pub(crate) fn hash(outlet: &str, text: &str) -> Hash {
    let normalized = if text.is_ascii() { single_blanks(text) } else { single_blanks(&text.nfkc().collect::<String>()) };
    let mut digest = Sha256::new();
    digest.update(outlet.as_bytes());
    // A byte that no UTF-8 holds keeps the two apart.
    digest.update([0xff]);
    digest.update(normalized.as_bytes());
    let mut hash = Hash::default();
    hash.copy_from_slice(&digest.finalize()[..16]);
    hash
}

fn single_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_and_spelling_of_characters_are_no_difference() {
        assert_eq!(hash("bbc", "Caf\u{e9}  opens.\n"), hash("bbc", "Cafe\u{301} opens."));
        assert_eq!(outlet(Some(" The  Guardian ")), outlet(Some("the guardian")));
    }

    #[test]
    fn a_word_or_an_outlet_is_a_difference() {
        assert_ne!(hash("bbc", "Police fired."), hash("bbc", "Police tired."));
        assert_ne!(hash("bbc", "Police fired."), hash("", "bbc Police fired."));
    }
}
