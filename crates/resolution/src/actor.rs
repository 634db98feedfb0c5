//! Actors over stories: which names mean one person, body or state.
//!
//! What is compared are signatures: a name with the country that is stated of it or guessed for it. Two signatures with two
//! stated countries never meet, and neither do two full names that are not alike.

use codebook::ActorKind;
use serde::{Deserialize, Serialize};

use crate::facts::Party;
use crate::thresholds::ActorThresholds;
use crate::{hash, keeping, name};

/// A name as stories use it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Signature {
    pub(crate) name: String,
    words: Vec<String>,
    #[serde(with = "keeping::kind")]
    pub(crate) kind: ActorKind,
    pub(crate) country: Option<String>,
    pub(crate) is_firm: bool,
    pub(crate) wikidata: Option<String>,
}

impl Signature {
    /// The signature of a named party.
    pub(crate) fn of(party: &Party) -> Option<Self> {
        // A state is its code, whatever it is called.
        if let (ActorKind::Country, Some(code)) = (party.kind, &party.country) {
            return party.is_named.then(|| Self {
                name: code.clone(),
                words: vec![code.clone()],
                kind: party.kind,
                country: Some(code.clone()),
                is_firm: true,
                wikidata: None,
            });
        }
        let words = name::naming_words(&party.name);
        party.is_named.then(|| Self {
            name: words.join(" "),
            words,
            kind: party.kind,
            country: party.country.clone(),
            is_firm: party.is_firm && party.country.is_some(),
            wikidata: party.wikidata.clone(),
        })
    }

    /// The key of the signature: a hash of all of it.
    pub(crate) fn key(&self) -> u64 {
        let country = self.country.as_deref().unwrap_or("");
        let firm = if self.is_firm { "stated" } else { "guessed" };
        hash::of_parts(&[self.kind.word(), &self.words.join(" "), country, firm, self.wikidata.as_deref().unwrap_or("")])
    }

    /// The keys under which other spellings are found.
    pub(crate) fn keys(&self) -> Vec<u64> {
        let bones = |word: &String| hash::of_parts(&["name", &name::skeleton(word)]);
        let mut keys: Vec<u64> = self.words.first().into_iter().chain(self.words.last()).map(bones).collect();
        keys.push(hash::of_parts(&["name", &name::skeleton(&self.words.concat())]));
        keys.extend(self.wikidata.iter().map(|id| hash::of_parts(&["wikidata", id])));
        if self.kind == ActorKind::Organization {
            let short = if self.words.len() == 1 { self.words[0].clone() } else { self.initials() };
            keys.push(hash::of_parts(&["initials", &short]));
        }
        keys
    }

    fn initials(&self) -> String {
        self.words.iter().filter(|word| !["of", "for", "and", "in"].contains(&word.as_str())).filter_map(|word| word.chars().next()).collect()
    }

    fn stated(&self) -> Option<&str> {
        self.country.as_deref().filter(|_| self.is_firm)
    }

    /// How surely two signatures mean one actor, 0 when they are not taken to; and why.
    pub(crate) fn score(&self, other: &Self, least: &ActorThresholds) -> (f32, String) {
        if self.wikidata.is_some() && self.wikidata == other.wikidata {
            return (1.0, format!("wikidata {}", self.wikidata.as_deref().unwrap_or("")));
        }
        if self.kind != other.kind || self.contradicts(other) {
            return (0.0, String::new());
        }
        let same_country = self.country.is_some() && self.country == other.country;
        let (factor, why) = match (self.is_firm && other.is_firm, same_country) {
            (true, _) => (1.0, "same country stated"),
            (false, true) => (least.agreeing, "same country"),
            (false, false) => (least.guessed, "no other country stated"),
        };
        let alike = name::full_likeness(&self.words, &other.words);
        let (short, long) = if self.words.len() == 1 { (self, other) } else { (other, self) };
        if self.kind == ActorKind::Organization && same_country && short.words.len() == 1 && long.words.len() > 1 && long.initials() == short.words[0] {
            return (least.acronym, format!("initials of {}; {why}", long.name));
        }
        if alike < least.name { (0.0, String::new()) } else { (alike * factor, format!("name {alike:.2}; {why}")) }
    }

    /// Whether two signatures can never mean one actor.
    pub(crate) fn contradicts(&self, other: &Self) -> bool {
        let countries = matches!((self.stated(), other.stated()), (Some(a), Some(b)) if a != b);
        let ids = matches!((&self.wikidata, &other.wikidata), (Some(a), Some(b)) if a != b);
        let names = self.words.len() > 1 && other.words.len() > 1 && self.wikidata.is_none() && name::full_likeness(&self.words, &other.words) < 0.5;
        countries || ids || names
    }

    /// Whether two parties of stories are the same: 1 by name, a half by country and sector where a name is missing, -1 when
    /// they are others, 0 when nobody can say.
    pub(crate) fn agreement(a: &Party, b: &Party) -> f32 {
        let same_country = a.country.is_some() && a.country == b.country;
        if a.kind == ActorKind::Country && b.kind == ActorKind::Country {
            return if same_country { 1.0 } else { -1.0 };
        }
        if a.is_named && b.is_named && a.kind == b.kind {
            let (x, y) = (name::naming_words(&a.name), name::naming_words(&b.name));
            // A last name alone may stand for the whole.
            let short = (x.len() == 1) != (y.len() == 1) && x.last() == y.last();
            return if short || name::full_likeness(&x, &y) >= 0.8 { 1.0 } else { -1.0 };
        }
        let other_country = a.country.is_some() && b.country.is_some() && !same_country;
        let other_sector = a.sector.is_some() && b.sector.is_some() && a.sector != b.sector;
        match (other_country || other_sector && a.kind == b.kind, same_country && a.sector.is_some() && a.sector == b.sector) {
            (true, _) => -1.0,
            (false, true) => 0.5,
            (false, false) => 0.0,
        }
    }
}
