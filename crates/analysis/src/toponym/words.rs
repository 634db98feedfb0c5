//! The words around places, and all that resolves them, as one value: `data/place` made once and passed on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::gazetteer::{self, Gazetteer};
use super::kinds::{self, Kind};
use super::spelling;
use super::weights::{self, Weights};
use text::TableError;

use crate::tables::{Source, Tables, rows};

/// Countries with the domains of their addresses among other things.
const COUNTRIES_FILE: &str = "place/countries.tsv";
const COUNTRIES: &str = include_str!("../../../../data/place/countries.tsv");

/// The files of this room.
pub(crate) const FILES: [&str; 5] =
    [gazetteer::FILE, weights::FILE, kinds::FILE, spelling::FILE, COUNTRIES_FILE];

/// Words that are no names of places and help to read them.
#[derive(Clone, Debug, Default)]
pub struct PlaceWords {
    /// "province", "city of", "northern".
    pub(super) kinds: Vec<Kind>,
    /// Short words and what they stand for: "st", "saint".
    pub(super) short_words: Vec<(String, String)>,
    /// The country of a domain: `pk`, `PAK`.
    pub(super) domains: BTreeMap<String, String>,
}

impl PlaceWords {
    /// The words that ship with the program.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<PlaceWords> = LazyLock::new(|| {
            PlaceWords::of_source(&Source::EMBEDDED).expect("the embedded tables are checked by a test")
        });
        &EMBEDDED
    }

    fn of_source(source: &Source<'_>) -> Result<Self, TableError> {
        Ok(Self {
            kinds: kinds::read(source)?,
            short_words: spelling::read(source)?,
            domains: domains(source)?,
        })
    }
}

fn domains(source: &Source<'_>) -> Result<BTreeMap<String, String>, TableError> {
    let columns = [
        "name",
        "aliases",
        "adjectives",
        "iso3",
        "iso2",
        "capital",
        "lat",
        "lon",
        "geonames",
        "domain",
        "neighbours",
    ];
    let text = source.text(COUNTRIES_FILE, COUNTRIES)?;
    let mut domains = BTreeMap::new();
    for (line, row) in rows(COUNTRIES_FILE, &text, columns)? {
        let (iso3, domain) = (row[3], row[9]);
        if iso3.len() != 3 || !iso3.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let message = format!("`{iso3}` is no ISO 3166-1 code of three letters, such as PAK");
            return Err(TableError::new(COUNTRIES_FILE, line, message));
        }
        if !domain.is_empty() {
            domains.entry(domain.to_lowercase()).or_insert_with(|| iso3.to_owned());
        }
    }
    Ok(domains)
}

/// The gazetteer with all that tells its places apart.
#[derive(Clone, Debug)]
pub struct PlaceTables {
    /// Known to be a gazetteer.
    bytes: Cow<'static, [u8]>,
    words: PlaceWords,
    weights: Weights,
}

impl PlaceTables {
    /// The tables that ship with the program.
    pub fn embedded() -> &'static Self {
        &Tables::embedded().place
    }

    pub(crate) fn of_source(source: &Source<'_>) -> Result<Self, TableError> {
        let bytes = source.bytes(gazetteer::FILE, gazetteer::EMBEDDED);
        Gazetteer::from_bytes(&bytes)
            .map_err(|fault| TableError::new(gazetteer::FILE, 0, fault.to_string()))?;
        let weights = Weights::parse(&source.text(weights::FILE, weights::SHIPPED)?)
            .map_err(|fault| TableError::new(weights::FILE, fault.line, fault.reason))?;
        Ok(Self { bytes, words: PlaceWords::of_source(source)?, weights })
    }

    /// The places by name.
    pub fn gazetteer(&self) -> Gazetteer<'_> {
        Gazetteer::from_bytes(&self.bytes).expect("it was one when it was loaded").with_words(&self.words)
    }

    /// How much each kind of evidence counts.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }
}
