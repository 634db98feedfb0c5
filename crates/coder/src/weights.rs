//! Fitted weights: a table of `data/` with a feature and its weight a line, and the sum that they give.

use std::collections::BTreeMap;

/// Names of features with their values.
pub type Features = BTreeMap<String, f32>;

/// Weights by name of feature; a feature without a weight counts nothing.
pub(crate) struct Weights(BTreeMap<&'static str, f32>);

impl Weights {
    /// Reads the lines of a table after its header.
    pub(crate) fn read(table: &'static str) -> Self {
        let cells = table.lines().skip(1).filter_map(|line| line.split_once('\t'));
        Self(cells.filter_map(|(name, weight)| Some((name, weight.parse().ok()?))).collect())
    }

    /// What one feature adds to the sum.
    pub(crate) fn share(&self, name: &str, value: f32) -> f32 {
        self.0.get(name).copied().unwrap_or(0.0) * value
    }

    /// The weighted sum of features.
    pub(crate) fn sum(&self, features: &Features) -> f32 {
        features.iter().map(|(name, value)| self.share(name, *value)).sum()
    }
}
