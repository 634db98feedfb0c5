//! What the text around a place name says of where it lies: "Paris, Texas", "Alexandria, La.".

use text::Span;

use super::gazetteer::{Extent, Gazetteer, Namesake, Place, Wording};

/// A qualifier is at most this many words long: "Democratic Republic of Congo".
const WORDS_MAX: usize = 4;
/// Middles of a place and of the district or territory around it are at most this far apart.
const DISTRICT_KM: f64 = 80.0;
const TERRITORY_KM: f64 = 250.0;

/// The larger place that is named right after a place: "Texas" in "Paris, Texas".
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Qualifier<'a> {
    /// Its key; equal keys qualify alike.
    pub(super) key: String,
    /// The countries and divisions that bear the name.
    pub(super) areas: Vec<Namesake<'a>>,
    /// Whether another area follows, so that it may be a list: "Chicago, Texas and Florida".
    pub(super) is_listed: bool,
}

impl Qualifier<'_> {
    /// Whether a place lies in one of the areas.
    pub(super) fn holds(&self, place: &Place<'_>) -> bool {
        self.areas.iter().map(|area| area.place).any(|area| match area.extent() {
            Extent::Country => {
                place.country == area.country && place.extent() < Extent::Country && area.country.is_some()
            }
            Extent::Province if area.class == "L.TERR" => {
                place.extent() <= Extent::District && place.distance_km(&area) < TERRITORY_KM
            }
            Extent::Province => place.division == area.division && place.extent() <= Extent::District,
            _ => {
                place.division == area.division
                    && place.extent() <= Extent::City
                    && place.distance_km(&area) < DISTRICT_KM
            }
        })
    }
}

/// Finds the qualifier after a place name, with a comma or a parenthesis between.
pub(super) fn find_qualifier<'a>(gazetteer: &Gazetteer<'a>, text: &str, name: Span) -> Option<Qualifier<'a>> {
    let rest = text.get(name.end()..)?;
    let words = rest.strip_prefix(", ").or_else(|| rest.strip_prefix(" ("))?;
    let (qualifier, is_written_out) = read_area(gazetteer, words)?;
    if is_written_out && is_list(gazetteer, text, name, &qualifier) {
        return None;
    }
    Some(qualifier)
}

/// Splits a span that holds its own qualifier: the name, and the qualifier after the comma.
pub(super) fn split_qualifier<'a>(gazetteer: &Gazetteer<'a>, name: &str) -> Option<(usize, Qualifier<'a>)> {
    let comma = name.find(", ")?;
    let (qualifier, _) = read_area(gazetteer, &name[comma + 2..])?;
    Some((comma, qualifier))
}

/// The longest run of words that names an area, and whether it is written out.
fn read_area<'a>(gazetteer: &Gazetteer<'a>, text: &str) -> Option<(Qualifier<'a>, bool)> {
    let mut ends = Vec::new();
    let mut at = 0;
    for word in text.split(' ').take(WORDS_MAX) {
        let is_name = word.chars().next().is_some_and(char::is_uppercase);
        if !is_name && (ends.is_empty() || word.len() > 3) {
            break;
        }
        let bare = word.trim_end_matches(|char: char| !char.is_alphanumeric() && char != '.');
        ends.push(at + bare.len());
        if bare.len() < word.len() || word.contains('\n') {
            break;
        }
        at += word.len() + 1;
    }
    let mut key = String::new();
    while let Some(end) = ends.pop() {
        gazetteer.push_key(text.get(..end)?, &mut key);
        let mut found = gazetteer.lookup_key(&key);
        found.retain(is_area);
        if !found.is_empty() {
            let is_written_out = found.iter().any(|namesake| namesake.wording != Wording::Abbreviation);
            let after = &text[end..];
            let is_listed = is_continued(gazetteer, after);
            return Some((Qualifier { key, areas: found, is_listed }, is_written_out));
        }
    }
    None
}

fn is_area(namesake: &Namesake<'_>) -> bool {
    let extent = namesake.place.extent();
    namesake.wording != Wording::Adjective
        && matches!(extent, Extent::District | Extent::Province | Extent::Country)
        // "Avoyelles" for Avoyelles Parish; too many people bear such names.
        && !(extent == Extent::District && namesake.wording != Wording::Primary)
}

/// Whether name and qualifier are members of a list of areas: "Ohio, Indiana and Kentucky", "China, Japan".
fn is_list(gazetteer: &Gazetteer<'_>, text: &str, name: Span, qualifier: &Qualifier<'_>) -> bool {
    let own: Vec<Place<'_>> = gazetteer
        .lookup(name.of(text))
        .into_iter()
        .filter(|namesake| is_area(namesake) && namesake.wording == Wording::Primary)
        .map(|namesake| namesake.place)
        .collect();
    if !own.iter().any(|area| area.extent() >= Extent::Province) {
        return false;
    }
    if own.iter().any(|area| qualifier.holds(area)) {
        return false;
    }
    if own
        .iter()
        .chain(qualifier.areas.iter().map(|area| &area.place))
        .any(|area| area.extent() == Extent::Country)
    {
        return true;
    }
    let before = text.get(..name.start()).unwrap_or("").trim_end().strip_suffix(',');
    let word_before = before.and_then(|before| before.rsplit(' ').next());
    qualifier.is_listed || word_before.is_some_and(|word| gazetteer.lookup(word).iter().any(is_area))
}

/// Whether the text goes on with another area: " and Kentucky".
fn is_continued(gazetteer: &Gazetteer<'_>, after: &str) -> bool {
    let next = after.strip_prefix(',').unwrap_or(after);
    let next =
        next.strip_prefix(" and ").or_else(|| next.strip_prefix(" or ")).or_else(|| next.strip_prefix(' '));
    let is_begun = |next: &&str| next.len() < after.len() && next.starts_with(char::is_uppercase);
    let Some(next) = next.filter(is_begun) else { return false };
    let is_name = |name: Option<&str>| name.is_some_and(|name| gazetteer.lookup(name).iter().any(is_area));
    is_name(next.split([',', '.', ';', ')', '\n']).next()) || is_name(next.split(' ').next())
}
