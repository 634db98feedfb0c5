//! How much each kind of evidence counts when namesakes compete.

use super::words::PlaceTables;

/// The weights that ship with the program, `name<TAB>value<TAB>means` with a header line.
pub(super) const FILE: &str = "place/weights.tsv";
pub(super) const SHIPPED: &str = include_str!("../../../../data/place/weights.tsv");

/// The names of [`Weights`]' numbers that belong to features of an entry, in the order of [`Feature`].
const FEATURES: [&str; N_FEATURES] = [
    "population",
    "country",
    "province",
    "district",
    "capital",
    "region",
    "alternate",
    "abbreviation",
    "adjective",
    "kind",
    "qualified",
    "same_country",
    "same_division",
    "near",
    "dateline_country",
    "dateline_near",
    "domain",
    "short_form",
    "seated",
    "dateline_city",
    "home_capital",
    "bare_district",
];

/// The names of the other numbers.
const OTHERS: [&str; 5] = ["near_km", "background", "trust", "close", "close_bytes"];

/// The number of features.
pub(super) const N_FEATURES: usize = 22;

/// What speaks for or against an entry. The discriminant is the place in a feature vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feature {
    Population,
    Country,
    Province,
    District,
    Capital,
    Region,
    Alternate,
    Abbreviation,
    Adjective,
    Kind,
    Qualified,
    SameCountry,
    SameDivision,
    Near,
    DatelineCountry,
    DatelineNear,
    Domain,
    ShortForm,
    Seated,
    DatelineCity,
    HomeCapital,
    BareDistrict,
}

impl Feature {
    /// The name of a feature by its place in the vector.
    pub(super) fn name(idx: usize) -> &'static str {
        FEATURES.get(idx).copied().unwrap_or("unknown")
    }
}

/// How much each kind of evidence counts when namesakes compete.
///
/// The numbers live in `data/place/weights.tsv`, with what they mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub(super) features: [f64; N_FEATURES],
    pub(super) near_km: f64,
    pub(super) background: f64,
    pub(super) trust: f64,
    pub(super) close: f64,
    pub(super) close_bytes: f64,
}

/// What is wrong with a table of weights: the line, counted from 1, and what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightsError {
    pub(super) line: usize,
    pub(super) reason: String,
}

impl std::fmt::Display for WeightsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for WeightsError {}

impl Weights {
    /// The weights that ship with the program.
    pub fn embedded() -> &'static Self {
        PlaceTables::embedded().weights()
    }

    /// Reads a table of weights. Every weight must be there once; an unknown name is an error.
    pub fn parse(table: &str) -> Result<Self, WeightsError> {
        let nan = f64::NAN;
        let mut weights = Self {
            features: [nan; N_FEATURES],
            near_km: nan,
            background: nan,
            trust: nan,
            close: nan,
            close_bytes: nan,
        };
        let mut n_lines = 0;
        for (idx, line) in table.lines().enumerate().skip(1) {
            n_lines = idx + 1;
            let fail = |reason: String| WeightsError { line: idx + 1, reason };
            let mut cells = line.split('\t');
            let (name, value) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
            let value = value.parse::<f64>().ok().filter(|value| value.is_finite());
            let value = value.ok_or_else(|| fail(format!("the weight of `{name}` must be a number")))?;
            let held = weights.named(name).ok_or_else(|| fail(format!("no weight is called `{name}`")))?;
            if !held.is_nan() {
                return Err(fail(format!("the weight of `{name}` stands twice")));
            }
            *held = value;
        }
        let mut names = FEATURES.iter().chain(&OTHERS);
        match names.find(|name| weights.named(name).is_none_or(|held| held.is_nan())) {
            Some(name) => {
                Err(WeightsError { line: n_lines, reason: format!("the weight of `{name}` is missing") })
            }
            None => Ok(weights),
        }
    }

    fn named(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "near_km" => Some(&mut self.near_km),
            "background" => Some(&mut self.background),
            "trust" => Some(&mut self.trust),
            "close" => Some(&mut self.close),
            "close_bytes" => Some(&mut self.close_bytes),
            _ => FEATURES.iter().position(|feature| *feature == name).map(|at| &mut self.features[at]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_table_says_where_and_why() {
        assert_eq!(Weights::parse(SHIPPED).as_ref(), Ok(Weights::embedded()));
        let unknown = SHIPPED.replace("capital\t", "captial\t");
        assert!(Weights::parse(&unknown).is_err_and(|error| error.to_string().contains("`captial`")));
        let missing: String = SHIPPED
            .lines()
            .filter(|line| !line.starts_with("near\t"))
            .fold(String::new(), |t, l| t + l + "\n");
        assert!(Weights::parse(&missing).is_err_and(|error| error.to_string().contains("`near` is missing")));
        let twice = format!("{SHIPPED}near\t1\t\n");
        assert!(Weights::parse(&twice).is_err_and(|error| error.to_string().contains("stands twice")));
    }
}
