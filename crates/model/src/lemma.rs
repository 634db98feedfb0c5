//! Lemma scripts: how a form becomes its dictionary form.

/// Applies a lemma script of [`crate::Labels::lemma`] to a form.
///
/// `=` keeps the lower-cased form, `N+suffix` cuts N characters from its end and adds the suffix, `@word` is the lemma
/// itself. Proper nouns keep their case. A script that would leave nothing leaves the form.
///
/// ```
/// use whimbrel_model::apply_lemma;
/// assert_eq!(apply_lemma("1+", "Troops", false), "troop");
/// assert_eq!(apply_lemma("3+y", "denied", false), "deny");
/// assert_eq!(apply_lemma("@be", "was", false), "be");
/// assert_eq!(apply_lemma("=", "Moscow", true), "Moscow");
/// ```
pub fn apply_lemma(script: &str, form: &str, is_propn: bool) -> String {
    let base = if is_propn { form.to_owned() } else { form.to_lowercase() };
    if let Some(lemma) = script.strip_prefix('@').filter(|lemma| !lemma.is_empty()) {
        return lemma.to_owned();
    }
    let Some((cut, suffix)) = script.split_once('+') else { return base };
    let Ok(cut) = cut.parse::<usize>() else { return base };
    let kept = base.chars().count().saturating_sub(cut);
    let lemma: String = base.chars().take(kept).chain(suffix.chars()).collect();
    if lemma.is_empty() { base } else { lemma }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_do_not_fit_leave_a_form() {
        assert_eq!(apply_lemma("9+", "Run", false), "run");
        assert_eq!(apply_lemma("9+y", "Run", false), "y");
        assert_eq!(apply_lemma("", "Run", false), "run");
        assert_eq!(apply_lemma("x+y", "Run", true), "Run");
        assert_eq!(apply_lemma("@", "Run", false), "run");
        assert_eq!(apply_lemma("0+s", "", false), "s");
    }

    #[test]
    fn cuts_count_characters_not_bytes() {
        assert_eq!(apply_lemma("2+e", "Cafés", false), "cafe");
    }
}
