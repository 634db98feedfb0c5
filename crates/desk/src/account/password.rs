//! Passwords: hashed by argon2id, a few at a time, since each takes memory and time on purpose.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::error::Error;

/// The fewest and the most bytes of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 10..=1000;

/// The hash of a password that nobody has: checked where there is no account, so that the time taken does not tell.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGZvciBub2JvZHk$8j7VwZ0yQ0hJbQ0sX0n4mZ0o4m4m6c1h3m0yq1m8b0E";

/// What is kept of a password: a PHC string.
///
/// # Errors
/// When it is too short or too long.
pub fn hash_password(password: &str) -> Result<String, Error> {
    if !LENGTH.contains(&password.len()) {
        let reason = format!("has {} bytes; valid are {} to {}", password.len(), LENGTH.start(), LENGTH.end());
        return Err(Error::Field { field: "password".into(), reason });
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| Error::NoRandom)?;
    Ok(hash.to_string())
}

/// Whether a password is the one of a hash; `None` for no account takes as long and is wrong.
pub(crate) fn is_right(password: &str, hash: Option<&str>) -> bool {
    let right = Argon2::default().verify_password(password.as_bytes(), hash.unwrap_or(NOBODY)).is_ok();
    right && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_is_right() {
        let hash = hash_password("correct horse").expect("it is long enough");
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(is_right("correct horse", Some(&hash)));
        assert!(!is_right("correct horse ", Some(&hash)) && !is_right("", Some(&hash)) && !is_right("correct horse", None));
        assert!(hash_password("short").is_err());
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let parsed: argon2::PasswordHash = NOBODY.parse().expect("it is a PHC string");
        let own: argon2::PasswordHash = hash_password("correct horse").expect("it is long enough").parse().expect("it is one too");
        assert_eq!(parsed.params, own.params);
    }
}
