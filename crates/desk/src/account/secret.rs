//! Secrets: made by the system's generator, kept as hashes, compared without telling how much of them was right.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Bytes of a secret: more than anyone can try.
const BYTES: usize = 32;

/// A new secret in hexadecimal digits.
///
/// # Errors
/// When the system gives no random bytes.
pub fn new_secret() -> Result<String, Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Error::NoRandom)?;
    Ok(hex(&bytes))
}

/// What is kept of a secret: its SHA-256. Secrets made here need no salt; nobody can guess them.
pub fn hash_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// HMAC-SHA256 of a message in hexadecimal digits.
pub(crate) fn sign(key: &str, message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key may have any length");
    mac.update(message);
    hex(&mac.finalize().into_bytes())
}

/// Whether two secrets are the same. Their hashes are compared, so the time taken tells nothing of either.
pub(crate) fn same(left: &str, right: &str) -> bool {
    hash_secret(left) == hash_secret(right)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        write!(out, "{byte:02x}").expect("strings grow");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_others() {
        // RFC 4231, test case 2.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(sign("Jefe", b"what do ya want for nothing?"), expected);
    }

    #[test]
    fn secrets_differ() {
        let (one, other) = (new_secret().expect("random bytes"), new_secret().expect("random bytes"));
        assert!(one.len() == 2 * BYTES && !same(&one, &other) && same(&one, &one));
    }
}
