//! Where is this? Place names, resolved to entries of a gazetteer.
//!
//! Takes the place names of a document and gives [`Toponym`]s; [`Gazetteer`] answers for single names. Which of its
//! namesakes a name means is decided by the words after it ("Paris, Texas"), the other places and peoples of the story,
//! its dateline, the country of the outlet's address, and how well known each namesake is. It does not say what happened
//! at a place, and it does not move a name that stands for a government: [`stands_for_government`] tells.

mod spelling;

mod gazetteer;

mod kinds;
mod matcher;
mod surroundings;

mod choice;
mod weights;

mod government;

mod words;

use text::{Document, Span};

use self::choice::{Candidate, Name};
use self::surroundings::Qualifier;
use crate::{EntityKind, Form, Mention, Toponym};

pub use gazetteer::{Extent, Gazetteer, GazetteerError, Namesake, Place, Wording};
pub use government::stands_for_government;
pub use matcher::find_place_names;
pub use spelling::normalize;
pub use weights::{Weights, WeightsError};
pub(crate) use words::FILES;
pub use words::{PlaceTables, PlaceWords};

/// A name carries at most this many kind words: "northern Idlib province".
const KIND_WORDS_MAX: usize = 3;
/// A place that the gazetteer does not have is put into its area if at most this many areas bear the name.
const AREAS_MAX: usize = 2;
/// Capitals alone are a short form up to this length: "EU", "NSW".
const SHORT_MAX: usize = 4;

/// Finds the place names among the mentions and resolves them, in text order. Names that the gazetteer does not have
/// are left out.
///
/// Without mentions (no network has read the document) the gazetteer's own matcher finds the names.
pub fn find_toponyms(document: &Document, mentions: &[Mention]) -> Vec<Toponym> {
    find_toponyms_with(PlaceTables::embedded(), document, mentions)
}

/// Finds place names and resolves them by other tables; see [`find_toponyms`].
pub fn find_toponyms_with(tables: &PlaceTables, document: &Document, mentions: &[Mention]) -> Vec<Toponym> {
    let gazetteer = tables.gazetteer();
    let is_place = |mention: &&Mention| {
        mention.form == Form::Name
            && matches!(mention.kind, Some(EntityKind::Place | EntityKind::Facility))
            && !mention.tokens.is_empty()
            && mention.tokens.end <= document.tokens.len()
    };
    let spans: Vec<Span> = if mentions.is_empty() {
        find_place_names(&gazetteer, document)
    } else {
        mentions.iter().filter(is_place).map(|mention| document.span(mention.tokens.clone())).collect()
    };
    resolve_names(&gazetteer, tables.weights(), document, &spans)
}

/// Resolves the place names at `spans`, in their order. Names that the gazetteer does not have are left out.
pub fn resolve_names(
    gazetteer: &Gazetteer<'_>,
    weights: &Weights,
    document: &Document,
    spans: &[Span],
) -> Vec<Toponym> {
    let (mut names, name_of) = group_names(gazetteer, document, spans);
    let n_asked = names.len();
    add_background(gazetteer, weights, document, spans, &mut names);
    choice::choose(&mut names, weights, domain_country(gazetteer.words(), document));
    names.truncate(n_asked);
    let resolved = spans.iter().zip(name_of);
    resolved.filter_map(|(&span, name_idx)| to_toponym(&names[name_idx], weights, span)).collect()
}

fn to_toponym(name: &Name<'_>, weights: &Weights, span: Span) -> Option<Toponym> {
    let place = &name.best()?.namesake.place;
    Some(Toponym {
        span,
        name: place.name.to_owned(),
        geonames: place.geonames,
        country: place.country.map(str::to_owned),
        admin1: place.admin1.map(str::to_owned),
        latitude: place.latitude,
        longitude: place.longitude,
        class: place.class.to_owned(),
        reason: name.reason(weights),
    })
}

/// Groups the spans by what they say: one name for all mentions with one key, unless their qualifiers differ.
/// Gives the names and, for every span, the index of its name.
fn group_names<'a>(
    gazetteer: &Gazetteer<'a>,
    document: &Document,
    spans: &[Span],
) -> (Vec<Name<'a>>, Vec<usize>) {
    let text = &document.text;
    let dateline = document.dateline.as_ref().and_then(|dateline| dateline.place);
    let mut asked: Vec<(String, Option<Qualifier<'a>>)> = Vec::with_capacity(spans.len());
    let mut candidates: Vec<Vec<Candidate<'a>>> = Vec::with_capacity(spans.len());
    for &span in spans {
        let words = span.of(text);
        let split = surroundings::split_qualifier(gazetteer, words);
        let mut name = words.get(..split.as_ref().map_or(words.len(), |&(comma, _)| comma)).unwrap_or(words);
        let mut found = find_candidates(gazetteer, name);
        let mut qualifier = split.map(|(_, qualifier)| qualifier);
        // In "12 Mill Road, Cambridge" what can be found is the town.
        if let Some((_, town)) = words.rsplit_once(", ")
            && found.is_empty()
        {
            (name, qualifier) = (town, None);
            found = find_candidates(gazetteer, name);
        }
        let qualifier = qualifier.or_else(|| surroundings::find_qualifier(gazetteer, text, span));
        if let Some(qualifier) = qualifier.as_ref().filter(|qualifier| !is_held(&found, qualifier)) {
            found = within_area(found, qualifier);
        }
        let is_certain = |qualifier: &Qualifier<'_>| is_held(&found, qualifier);
        asked.push((gazetteer.key(name), qualifier.filter(is_certain)));
        candidates.push(found);
    }
    let mut names: Vec<Name<'a>> = Vec::new();
    let mut name_of = Vec::with_capacity(spans.len());
    for (idx, (key, qualifier)) in asked.iter().enumerate() {
        // A mention without a qualifier means what its first qualified mention means.
        let is_telling = |(other, held): &(String, Option<Qualifier<'a>>)| other == key && held.is_some();
        let teller = if qualifier.is_some() { Some(idx) } else { asked.iter().position(is_telling) };
        let qualifier = teller.and_then(|teller| asked[teller].1.as_ref());
        let is_same = |name: &Name<'a>| {
            name.key == *key
                && name.qualifier.as_ref().map(|held| &held.key) == qualifier.map(|held| &held.key)
        };
        let at = names.iter().position(is_same).unwrap_or_else(|| {
            names.push(Name {
                key: key.clone(),
                qualifier: qualifier.cloned(),
                candidates: candidates[teller.unwrap_or(idx)].clone(),
                weight: 0.0,
                mentions: Vec::new(),
                is_dateline: false,
            });
            names.len() - 1
        });
        names[at].weight += 1.0;
        names[at].mentions.push(spans[idx].start());
        names[at].is_dateline |= dateline.is_some_and(|dateline| dateline.overlaps(spans[idx]));
        name_of.push(at);
    }
    for name in &mut names {
        name.weight = name.weight.sqrt();
    }
    (names, name_of)
}

/// Whether one of the candidates lies where the qualifier says, or is the qualifier's area for want of an entry.
fn is_held(found: &[Candidate<'_>], qualifier: &Qualifier<'_>) -> bool {
    found.iter().any(|found| found.is_around || qualifier.holds(&found.namesake.place))
}

/// The candidates of a name whose qualifier holds none of them. A village that the gazetteer does not have lies in the
/// area that the text names; so does one whose namesakes all lie elsewhere, if the area is a division.
fn within_area<'a>(found: Vec<Candidate<'a>>, qualifier: &Qualifier<'a>) -> Vec<Candidate<'a>> {
    let is_trusted = |area: &Namesake<'_>| found.is_empty() || area.place.extent() == Extent::Province;
    let is_area = found.iter().any(|candidate| candidate.namesake.place.extent() >= Extent::Province);
    let areas: Vec<Namesake<'a>> = qualifier.areas.iter().copied().filter(is_trusted).collect();
    // "South" is the name of so many areas that it tells nothing.
    if areas.is_empty() || areas.len() > AREAS_MAX || is_area || qualifier.is_listed {
        return found;
    }
    areas.into_iter().map(Candidate::within).collect()
}

/// The places that a name may mean: those of the whole name, and those of the name without its kind word.
fn find_candidates<'a>(gazetteer: &Gazetteer<'a>, name: &str) -> Vec<Candidate<'a>> {
    let name = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s")).unwrap_or(name);
    let key = gazetteer.key(name);
    let mut found = to_candidates(gazetteer.lookup_key(&key), name);
    let mut rest = key.as_str();
    for _ in 0..KIND_WORDS_MAX {
        let Some(stripped) = kinds::strip_kind(gazetteer.words(), rest) else { break };
        rest = stripped.key;
        // "South Sudan" is no part of Sudan, for there is a place of that name.
        if stripped.class.is_empty() && !found.is_empty() {
            break;
        }
        let namesakes = gazetteer.lookup_key(rest);
        let is_meant = |namesake: &Namesake<'_>| namesake.place.class.starts_with(stripped.class);
        let any_meant = namesakes.iter().any(is_meant);
        if !any_meant && !found.is_empty() {
            continue;
        }
        for namesake in namesakes.into_iter().filter(|namesake| is_meant(namesake) || !any_meant) {
            if !found.iter().any(|candidate| candidate.namesake.place.number == namesake.place.number) {
                found.push(Candidate::new(namesake, true, false));
            }
        }
    }
    found
}

/// Makes candidates of the places that bear a name.
fn to_candidates<'a>(namesakes: Vec<Namesake<'a>>, name: &str) -> Vec<Candidate<'a>> {
    let looks_short = name.contains('.') || name.len() <= SHORT_MAX && !name.contains(char::is_lowercase);
    let mut found: Vec<Candidate<'a>> =
        namesakes.into_iter().map(|namesake| Candidate::new(namesake, false, looks_short)).collect();
    choice::mark_seated(&mut found);
    found
}

/// Adds what the text names outside the spans in question: it tells which countries the story is about.
fn add_background<'a>(
    gazetteer: &Gazetteer<'a>,
    weights: &Weights,
    document: &Document,
    spans: &[Span],
    names: &mut Vec<Name<'a>>,
) {
    let n_asked = names.len();
    let dateline = document.dateline.as_ref().and_then(|dateline| dateline.place);
    for known in matcher::find_known(gazetteer, document) {
        let at = spans.partition_point(|span| span.end() <= known.span.start());
        let is_asked = spans.get(at).is_some_and(|span| span.overlaps(known.span));
        if is_asked || names[..n_asked].iter().any(|name| name.key == known.key) {
            continue;
        }
        let is_dateline = dateline.is_some_and(|dateline| dateline.overlaps(known.span));
        match names[n_asked..].iter_mut().find(|name| name.key == known.key) {
            Some(name) => {
                name.weight += 1.0;
                name.mentions.push(known.span.start());
                name.is_dateline |= is_dateline;
            }
            None => names.push(Name {
                key: known.key,
                qualifier: None,
                candidates: to_candidates(known.namesakes, known.span.of(&document.text)),
                weight: 1.0,
                mentions: vec![known.span.start()],
                is_dateline,
            }),
        }
    }
    for name in &mut names[n_asked..] {
        name.weight = name.weight.sqrt() * weights.background;
    }
}

/// The country in whose domain the story's address lies: PAK for `https://www.dawn.com.pk/…`.
fn domain_country<'w>(words: &'w PlaceWords, document: &Document) -> Option<&'w str> {
    let url = document.metadata.url.as_deref()?;
    let host = url.split("://").nth(1).unwrap_or(url).split(['/', ':', '?']).next()?;
    let domain = host.rsplit('.').next()?;
    words.domains.get(&domain.to_lowercase()).map(String::as_str)
}
