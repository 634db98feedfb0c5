//! Finds place names in a text by the gazetteer alone.
//!
//! It serves two needs: the peoples and places that a story names beside the names in question (its background), and
//! whole stories for which no network has found names. It looks at capitalized words only.

use text::{Document, Span};

use super::gazetteer::{Extent, Gazetteer, Namesake, Wording};

/// A name is at most this many tokens long.
const TOKENS_MAX: usize = 4;
/// A city is known beyond its region from this size on, and can stand for itself.
const CITY_POPULATION_MIN: f64 = 100_000.0;

/// A name that the gazetteer knows.
#[derive(Clone, Debug)]
pub(super) struct Known<'a> {
    pub(super) span: Span,
    pub(super) key: String,
    pub(super) namesakes: Vec<Namesake<'a>>,
    /// Whether another capitalized word follows, as in "Chad Smith" or "Pakistan Army".
    pub(super) is_before_name: bool,
}

/// Finds countries, peoples, first-level divisions and larger cities, in text order.
pub(super) fn find_known<'a>(gazetteer: &Gazetteer<'a>, document: &Document) -> Vec<Known<'a>> {
    let text = &document.text;
    let is_capital = |idx: usize| {
        document
            .tokens
            .get(idx)
            .is_some_and(|token| token.span.of(text).chars().next().is_some_and(|char| char.is_uppercase()))
    };
    let mut found = Vec::new();
    let mut key = String::new();
    let mut token_idx = 0;
    while token_idx < document.tokens.len() {
        if !is_capital(token_idx) {
            token_idx += 1;
            continue;
        }
        let is_after_name = token_idx > 0 && is_capital(token_idx - 1);
        let mut length = 1;
        while length < TOKENS_MAX && is_capital(token_idx + length) {
            length += 1;
        }
        let run_end = token_idx + length;
        let mut taken = 1;
        for end in (token_idx + 1..=run_end).rev() {
            let span = document.tokens[token_idx].span.cover(document.tokens[end - 1].span);
            gazetteer.push_key(span.of(text), &mut key);
            if key.len() < 2 {
                continue;
            }
            let namesakes = gazetteer.lookup_key(&key);
            if namesakes.iter().any(|namesake| is_telling(namesake, is_after_name, is_capital(end))) {
                found.push(Known { span, key: key.clone(), namesakes, is_before_name: is_capital(end) });
                taken = end - token_idx;
                break;
            }
        }
        token_idx += taken;
    }
    found
}

/// Whether a name standing for itself may be taken to mean a place; "Michael Jordan" is none.
fn is_telling(namesake: &Namesake<'_>, is_after_name: bool, is_before_name: bool) -> bool {
    if namesake.wording == Wording::Abbreviation {
        return false;
    }
    match namesake.place.extent() {
        Extent::Country => namesake.wording == Wording::Adjective || !is_after_name,
        Extent::Province => namesake.wording == Wording::Primary && !is_after_name,
        Extent::City => {
            namesake.wording == Wording::Primary
                && (namesake.place.population >= CITY_POPULATION_MIN || namesake.place.class == "P.PPLC")
                && !is_after_name
                && !is_before_name
        }
        _ => false,
    }
}

/// Finds place names without a network: countries, first-level divisions and larger cities; no adjectives.
///
/// Names of small places are left to the network: too many people and firms bear them.
pub fn find_place_names(gazetteer: &Gazetteer<'_>, document: &Document) -> Vec<Span> {
    let mut known = find_known(gazetteer, document);
    known.retain(|known| {
        !known.is_before_name && known.namesakes.iter().any(|namesake| namesake.wording <= Wording::Alternate)
    });
    known.into_iter().map(|known| known.span).collect()
}
