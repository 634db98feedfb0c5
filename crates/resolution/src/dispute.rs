//! Claims over stories that stand for or against one another.
//!
//! Two claims are about one proposition when their contents share enough words. Who denies and who asserts is said; who is
//! right never is.

use codebook::Act;

use crate::actor::Signature;
use crate::facts::{Saying, Story};
use crate::hash;
use crate::thresholds::ClaimThresholds;

/// How the later claim stands to the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stance {
    /// One source says that it is not so.
    Denies,
    /// One source contradicts a part of it.
    Disputes,
    /// Another source says the same.
    Confirms,
    /// The same source says it again, later.
    Updates,
    /// The same source takes it back.
    Retracts,
}

impl Stance {
    /// The word that stands for it in every record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Denies => "denies",
            Self::Disputes => "disputes",
            Self::Confirms => "confirms",
            Self::Updates => "updates",
            Self::Retracts => "retracts",
        }
    }
}

/// The keys under which claims of one proposition are found: pairs of the least usual words.
pub(crate) fn keys(saying: &Saying) -> Vec<u64> {
    let rare = &saying.rare;
    let pairs = (0..rare.len()).flat_map(|i| (0..i).map(move |j| (rare[i].min(rare[j]), rare[i].max(rare[j]))));
    pairs.map(|(a, b)| hash::joined(hash::joined(0xc1a1, u64::from(a)), u64::from(b))).collect()
}

/// How the later claim stands to the earlier, with the share of common words and why.
pub(crate) fn stance(later: (&Story, &Saying), earlier: (&Story, &Saying), least: &ClaimThresholds) -> Option<(Stance, f32, String)> {
    if let (Some(a), Some(b)) = (later.0.published, earlier.0.published)
        && (a - b).get_days() > least.days
    {
        return None;
    }
    let common = later.1.content.iter().filter(|word| earlier.1.content.binary_search(word).is_ok()).count();
    let overlap = common as f32 / later.1.content.len().min(earlier.1.content.len()).max(1) as f32;
    if common < least.common || overlap < least.disputes {
        return None;
    }
    let source = |of: (&Story, &Saying)| of.1.source.and_then(|idx| of.0.parties.get(idx).cloned());
    let same_source = matches!((source(later), source(earlier)), (Some(a), Some(b)) if a.is_named && b.is_named && Signature::agreement(&a, &b) >= 1.0);
    let opposite = (later.1.act == Act::Deny) != (earlier.1.act == Act::Deny);
    let stance = match (opposite, same_source, overlap >= least.overlap) {
        (true, true, true) => Stance::Retracts,
        (true, false, true) => Stance::Denies,
        (true, false, false) => Stance::Disputes,
        (false, true, true) => Stance::Updates,
        (false, false, true) => Stance::Confirms,
        (_, _, false) => return None,
    };
    let acts = format!("{} against {}", later.1.act, earlier.1.act);
    Some((stance, overlap, format!("{common} common words, {overlap:.2} of the shorter; {acts}")))
}
