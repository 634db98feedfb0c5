//! Which of its namesakes a name means.
//!
//! Every name of a story has candidates with features; a weighted sum of them makes probabilities. Shares of countries
//! and divisions and nearness depend on what the other names mean, so the sum is taken a few times over. All mentions of
//! one name mean one place, unless their qualifiers differ.

use super::gazetteer::{Extent, Namesake, Place, Wording};
use super::surroundings::Qualifier;
use super::weights::{Feature, N_FEATURES, Weights};

/// Names settle after a few rounds; more change nothing but time.
const ROUNDS: usize = 4;
/// Beyond this many candidates the least likely are dropped after the first round.
const CANDIDATES_MAX: usize = 30;
/// What is believed less than this is not looked at.
const BELIEF_MIN: f64 = 0.02;
/// Kilometers in a degree of latitude.
const KM_A_DEGREE: f64 = 111.2;

/// A name of the story with the places that it may mean.
#[derive(Clone, Debug)]
pub(super) struct Name<'a> {
    pub(super) key: String,
    pub(super) qualifier: Option<Qualifier<'a>>,
    pub(super) candidates: Vec<Candidate<'a>>,
    /// How much it says of the story.
    pub(super) weight: f64,
    /// Where its mentions start.
    pub(super) mentions: Vec<usize>,
    pub(super) is_dateline: bool,
}

/// A place that a name may mean.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) namesake: Namesake<'a>,
    pub(super) features: [f64; N_FEATURES],
    pub(super) probability: f64,
    /// Whether the place is the area around the named one, which the gazetteer does not have.
    pub(super) is_around: bool,
}

impl<'a> Candidate<'a> {
    /// A candidate with what is known of it before the story is looked at.
    pub(super) fn new(namesake: Namesake<'a>, is_kind_dropped: bool, looks_short: bool) -> Self {
        let mut features = [0.0; N_FEATURES];
        let place = &namesake.place;
        features[Feature::Population as usize] = (place.population + 1.0).ln();
        let by_extent = match place.extent() {
            Extent::Country => Some(Feature::Country),
            Extent::Province => Some(Feature::Province),
            Extent::District => Some(Feature::District),
            Extent::Region => Some(Feature::Region),
            Extent::City | Extent::Site => None,
        };
        let by_wording = match namesake.wording {
            Wording::Primary => None,
            Wording::Alternate => Some(Feature::Alternate),
            Wording::Abbreviation if looks_short => Some(Feature::ShortForm),
            Wording::Abbreviation => Some(Feature::Abbreviation),
            Wording::Adjective => Some(Feature::Adjective),
        };
        for feature in [by_extent, by_wording].into_iter().flatten() {
            features[feature as usize] = 1.0;
        }
        let mut candidate = Self { namesake, features, probability: 0.0, is_around: false };
        candidate.set(Feature::Capital, place.class == "P.PPLC");
        let is_bare = namesake.wording == Wording::Alternate && place.extent() == Extent::District;
        candidate.set(Feature::BareDistrict, is_bare);
        candidate.set(Feature::Kind, is_kind_dropped);
        candidate
    }

    /// The area in which a place lies that the gazetteer does not have.
    pub(super) fn within(area: Namesake<'a>) -> Self {
        Self { is_around: true, ..Self::new(area, false, true) }
    }

    fn set(&mut self, feature: Feature, holds: bool) {
        self.features[feature as usize] = if holds { 1.0 } else { 0.0 };
    }

    fn score(&self, weights: &Weights) -> f64 {
        self.features.iter().zip(&weights.features).map(|(feature, weight)| feature * weight).sum()
    }
}

impl<'a> Name<'a> {
    /// The likeliest candidate.
    pub(super) fn best(&self) -> Option<&Candidate<'a>> {
        self.candidates.first()
    }

    /// How much another name says of this one: what its mentions say of the story, and more when they stand close.
    fn tie(&self, other: &Name<'_>, weights: &Weights) -> f64 {
        let gap = |here: usize| {
            other.mentions.iter().map(|&there| here.abs_diff(there)).min().unwrap_or(usize::MAX)
        };
        let closest = self.mentions.iter().map(|&here| gap(here)).min().unwrap_or(usize::MAX);
        #[expect(clippy::cast_precision_loss, reason = "texts are bounded to 4 GiB")]
        let closeness = 1.0 / (1.0 + closest as f64 / weights.close_bytes);
        other.weight * (1.0 + weights.close * closeness)
    }

    /// Recomputes probabilities and puts the likeliest first.
    fn settle(&mut self, weights: &Weights) {
        let scores: Vec<f64> = self.candidates.iter().map(|candidate| candidate.score(weights)).collect();
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = scores.iter().map(|score| (score - top).exp()).sum();
        for (candidate, score) in self.candidates.iter_mut().zip(&scores) {
            candidate.probability = (score - top).exp() / total;
        }
        self.candidates.sort_by(|a, b| {
            let by_probability = b.probability.total_cmp(&a.probability);
            by_probability.then(a.namesake.place.number.cmp(&b.namesake.place.number))
        });
    }

    /// Why the likeliest candidate was taken.
    pub(super) fn reason(&self, weights: &Weights) -> String {
        let Some(best) = self.candidates.first() else { return String::new() };
        if best.is_around {
            return format!("not in the gazetteer; in `{}`, as the text says", best.namesake.place.name);
        }
        let n_others = self.candidates.len() - 1;
        if let Some(qualifier) = &self.qualifier {
            return format!("qualified by `{}`", qualifier.key);
        }
        let Some(next) = self.candidates.get(1) else { return "the only place of that name".to_owned() };
        let gain = |idx: usize| (best.features[idx] - next.features[idx]) * weights.features[idx];
        let deciding = (0..N_FEATURES).max_by(|&a, &b| gain(a).total_cmp(&gain(b)).then(b.cmp(&a)));
        format!("preferred to {n_others} namesakes: {}", Feature::name(deciding.unwrap_or(0)))
    }
}

/// Marks divisions that have a city of their own name: the bare name means the city more often.
pub(super) fn mark_seated(candidates: &mut [Candidate<'_>]) {
    let cities: Vec<u16> = candidates
        .iter()
        .filter(|candidate| candidate.namesake.place.extent() == Extent::City)
        .map(|candidate| candidate.namesake.place.division)
        .collect();
    for candidate in candidates {
        let place = candidate.namesake.place;
        let is_division = matches!(place.extent(), Extent::District | Extent::Province);
        candidate.set(Feature::Seated, is_division && cities.contains(&place.division));
    }
}

/// Settles what the names of a story mean; afterwards the likeliest candidate of each stands first.
pub(super) fn choose(names: &mut [Name<'_>], weights: &Weights, domain_country: Option<&str>) {
    for name in names.iter_mut() {
        for candidate in &mut name.candidates {
            let place = candidate.namesake.place;
            let is_home = domain_country.is_some() && place.country == domain_country;
            candidate.set(Feature::Domain, is_home);
            candidate.set(
                Feature::Qualified,
                name.qualifier.as_ref().is_some_and(|qualifier| qualifier.holds(&place)),
            );
            candidate.set(Feature::DatelineCity, name.is_dateline && place.extent() <= Extent::City);
        }
        name.settle(weights);
    }
    for round in 0..ROUNDS {
        let story: Vec<Vec<Lead>> = names.iter().map(|name| leads_of(name, weights)).collect();
        for idx in 0..names.len() {
            let ties: Vec<f64> = names.iter().map(|other| names[idx].tie(other, weights)).collect();
            look_at_story(idx, &mut names[idx], &story, &ties, weights);
        }
        look_at_dateline(names, weights);
        for name in names.iter_mut() {
            name.settle(weights);
            if round == 0 {
                name.candidates.truncate(CANDIDATES_MAX);
            }
        }
    }
}

/// A place that another name may mean, with how far it is to be believed.
struct Lead {
    country_number: u8,
    division: u16,
    has_division: bool,
    /// Where it is, for places small enough to be near to something.
    spot: Option<Spot>,
    belief: f64,
}

/// A point, with what makes distances from it cheap.
#[derive(Clone, Copy)]
struct Spot {
    latitude: f64,
    longitude: f64,
    cosine: f64,
}

impl Spot {
    fn of(place: &Place<'_>) -> Self {
        let cosine = place.latitude.to_radians().cos();
        Self { latitude: place.latitude, longitude: place.longitude, cosine }
    }

    /// Nearness on a flattened earth: 1 here, a half at `near_km`; exact enough, and cheap.
    fn nearness(&self, other: &Spot, weights: &Weights) -> f64 {
        let across = (self.longitude - other.longitude).abs();
        let across = if across > 180.0 { 360.0 - across } else { across };
        let (up, across) = (self.latitude - other.latitude, across * self.cosine);
        let degrees = weights.near_km / KM_A_DEGREE;
        1.0 / (1.0 + (up * up + across * across) / (degrees * degrees))
    }
}

fn leads_of(name: &Name<'_>, weights: &Weights) -> Vec<Lead> {
    let mut leads: Vec<Lead> = Vec::with_capacity(name.candidates.len());
    for candidate in &name.candidates {
        let place = &candidate.namesake.place;
        let belief = candidate.probability.powf(weights.trust);
        if belief < BELIEF_MIN {
            break;
        }
        leads.push(Lead {
            country_number: place.country_number,
            division: place.division,
            has_division: place.admin1.is_some(),
            spot: (place.extent() <= Extent::Province).then(|| Spot::of(place)),
            belief,
        });
    }
    leads
}

/// Sets the features of a name's candidates that depend on the other names: what share of them agrees.
fn look_at_story(idx: usize, name: &mut Name<'_>, story: &[Vec<Lead>], ties: &[f64], weights: &Weights) {
    let total: f64 =
        1.0 + ties.iter().enumerate().filter(|&(other, _)| other != idx).map(|(_, tie)| tie).sum::<f64>();
    for candidate in &mut name.candidates {
        let place = candidate.namesake.place;
        let spot = (place.extent() <= Extent::Province).then(|| Spot::of(&place));
        let (mut country, mut division, mut near) = (0.0, 0.0, 0.0);
        for (other, leads) in story.iter().enumerate() {
            if other == idx {
                continue;
            }
            let (mut in_country, mut in_division, mut nearest) = (0.0_f64, 0.0_f64, 0.0_f64);
            for lead in leads {
                if lead.country_number == place.country_number {
                    in_country = in_country.max(lead.belief);
                    if lead.has_division && lead.division == place.division {
                        in_division = in_division.max(lead.belief);
                    }
                }
                if let (Some(here), Some(there)) = (&spot, &lead.spot) {
                    nearest = nearest.max(lead.belief * here.nearness(there, weights));
                }
            }
            country += ties[other] * in_country;
            division += ties[other] * in_division;
            near += ties[other] * nearest;
        }
        let has_country = if place.country.is_some() { 1.0 } else { 0.0 };
        candidate.features[Feature::SameCountry as usize] = has_country * country / total;
        let capital = candidate.features[Feature::Capital as usize];
        candidate.features[Feature::HomeCapital as usize] = capital * country / total;
        candidate.features[Feature::SameDivision as usize] = has_country * division / total;
        candidate.features[Feature::Near as usize] = near / total;
    }
}

fn look_at_dateline(names: &mut [Name<'_>], weights: &Weights) {
    let Some(dateline) = names.iter().find(|name| name.is_dateline) else { return };
    let Some(filed) = dateline.best().map(|best| best.namesake.place) else { return };
    let (filed_country, spot) = (filed.country_number, Spot::of(&filed));
    for candidate in names.iter_mut().filter(|name| !name.is_dateline).flat_map(|name| &mut name.candidates) {
        let place = candidate.namesake.place;
        let is_same = place.country.is_some() && place.country_number == filed_country;
        let nearness =
            if place.extent() <= Extent::Province { Spot::of(&place).nearness(&spot, weights) } else { 0.0 };
        candidate.set(Feature::DatelineCountry, is_same);
        candidate.features[Feature::DatelineNear as usize] = nearness;
    }
}
