//! From our codes to those of the field's older formats: CAMEO with its scale, FIPS and COW countries, sectors.
//!
//! All of it is data, in `data/export/`; nothing is mapped in code.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use codebook::table::{optional, rows};
use codebook::{DataError, EventType};

/// A code of CAMEO.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cameo {
    /// Two digits of the root, a third of the base, sometimes a fourth.
    pub(crate) code: String,
    /// Its value on the scale from -10 to 10.
    pub(crate) goldstein: f64,
    /// 1 verbal and 2 material cooperation, 3 verbal and 4 material conflict.
    pub(crate) quad: u8,
}

impl Cameo {
    /// Its first three digits.
    pub(crate) fn base(&self) -> &str {
        &self.code[..3]
    }

    /// Its first two digits.
    pub(crate) fn root(&self) -> &str {
        &self.code[..2]
    }
}

/// What a sector is called elsewhere.
#[derive(Debug)]
struct Sector {
    /// Its code in CAMEO; empty where it has none.
    cameo: String,
    /// Its name in ICEWS.
    icews: String,
    /// What FollowTheMoney calls a body of it.
    ftm: String,
}

/// The tables of `data/export/`.
#[derive(Debug, Default)]
pub(crate) struct Crosswalk {
    // By type and mode; an empty mode is none.
    cameo: BTreeMap<(EventType, String), Cameo>,
    // What PLOVER makes of a planned event of a type.
    planned: BTreeMap<EventType, (EventType, Cameo)>,
    fips: BTreeMap<String, String>,
    cow: BTreeMap<String, String>,
    sectors: BTreeMap<String, Sector>,
}

impl Crosswalk {
    /// The tables that the program carries.
    ///
    /// # Panics
    /// Never once the tests have passed: they read the same tables.
    pub(crate) fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Crosswalk> = OnceLock::new();
        EMBEDDED.get_or_init(|| Self::read().unwrap_or_else(|error| panic!("{error}")))
    }

    fn read() -> Result<Self, DataError> {
        let mut tables = Self::default();
        let event_type = |file: &str, line: usize, word: &str| {
            EventType::from_word(word).ok_or_else(|| fault(file, line, format!("no event type `{word}`")))
        };
        let cameo = |file: &str, line: usize, code: &str, goldstein: &str, quad: &str| {
            let is_code = matches!(code.len(), 3 | 4) && code.bytes().all(|byte| byte.is_ascii_digit());
            match (goldstein.parse(), quad.parse()) {
                (Ok(goldstein), Ok(quad @ 1..=4)) if is_code => Ok(Cameo { code: code.to_owned(), goldstein, quad }),
                _ => Err(fault(file, line, "a code has three or four digits, a value on the scale and a quad from 1 to 4".to_owned())),
            }
        };
        let file = "export/cameo.tsv";
        let text = include_str!("../../../../data/export/cameo.tsv");
        for row in rows(file, text, ["type", "mode", "code", "goldstein", "quad", "from"])? {
            let [word, mode, code, goldstein, quad, _] = row.cells;
            let code = cameo(file, row.line, code, goldstein, quad)?;
            tables.cameo.insert((event_type(file, row.line, word)?, mode.to_owned()), code);
        }
        let file = "export/planned.tsv";
        let text = include_str!("../../../../data/export/planned.tsv");
        for row in rows(file, text, ["type", "folded", "code", "goldstein", "quad", "from"])? {
            let [word, folded, code, goldstein, quad, _] = row.cells;
            let code = cameo(file, row.line, code, goldstein, quad)?;
            tables.planned.insert(event_type(file, row.line, word)?, (event_type(file, row.line, folded)?, code));
        }
        let text = include_str!("../../../../data/export/country.tsv");
        for row in rows("export/country.tsv", text, ["code", "fips", "cow", "from"])? {
            let [code, fips, cow, _] = row.cells;
            tables.fips.extend(optional(fips).map(|fips| (code.to_owned(), fips.to_owned())));
            tables.cow.extend(optional(cow).map(|cow| (code.to_owned(), cow.to_owned())));
        }
        let text = include_str!("../../../../data/export/sector.tsv");
        for row in rows("export/sector.tsv", text, ["code", "cameo", "icews", "ftm", "from"])? {
            let [code, cameo, icews, ftm, _] = row.cells;
            let [cameo, icews, ftm] = [cameo, icews, ftm].map(str::to_owned);
            tables.sectors.insert(code.to_owned(), Sector { cameo, icews, ftm });
        }
        Ok(tables)
    }

    /// The code of a type and mode; the type's where the mode has none.
    pub(crate) fn cameo(&self, event_type: EventType, mode: Option<&str>) -> Option<&Cameo> {
        let by_mode = mode.and_then(|mode| self.cameo.get(&(event_type, mode.to_owned())));
        by_mode.or_else(|| self.cameo.get(&(event_type, String::new())))
    }

    /// What a planned event of a type is to a format that has no plans: its type and code there.
    pub(crate) fn planned(&self, event_type: EventType) -> Option<(EventType, &Cameo)> {
        self.planned.get(&event_type).map(|(folded, cameo)| (*folded, cameo))
    }

    /// The FIPS 10-4 code of a country; empty where there is none.
    pub(crate) fn fips(&self, country: Option<&str>) -> &str {
        country.and_then(|code| self.fips.get(code)).map_or("", String::as_str)
    }

    /// The Correlates of War number of a country.
    pub(crate) fn cow(&self, country: Option<&str>) -> Option<&str> {
        country.and_then(|code| self.cow.get(code)).map(String::as_str)
    }

    /// CAMEO's code of a sector; empty where it has none.
    pub(crate) fn role(&self, sector: Option<&str>) -> &str {
        self.sector(sector).map_or("", |sector| &sector.cameo)
    }

    /// The name that ICEWS has for a sector.
    pub(crate) fn sector_name(&self, sector: Option<&str>) -> Option<&str> {
        self.sector(sector).map(|sector| sector.icews.as_str())
    }

    /// What FollowTheMoney calls a body of a sector.
    pub(crate) fn schema(&self, sector: Option<&str>) -> Option<&str> {
        self.sector(sector).map(|sector| sector.ftm.as_str())
    }

    fn sector(&self, code: Option<&str>) -> Option<&Sector> {
        self.sectors.get(code?)
    }
}

fn fault(file: &str, line: usize, message: String) -> DataError {
    DataError { file: file.to_owned(), line, message }
}

#[cfg(test)]
mod tests {
    use codebook::Codebook;

    use super::*;

    #[test]
    fn the_tables_know_the_whole_codebook_and_nothing_else() {
        let (tables, codebook) = (Crosswalk::read().unwrap(), Codebook::bundled());
        let mut listed = tables.cameo.clone();
        for &event_type in EventType::ALL {
            let modes = codebook.ontology.event(event_type).modes.iter().map(|mode| mode.id.clone());
            for mode in modes.chain([String::new()]) {
                assert!(listed.remove(&(event_type, mode.clone())).is_some(), "cameo.tsv lacks {event_type} {mode}");
            }
        }
        assert!(listed.is_empty(), "no such types or modes: {listed:?}");
        for sector in &codebook.ontology.sectors {
            assert!(tables.sectors.contains_key(&sector.id), "sector.tsv lacks {}", sector.id);
        }
        assert_eq!(tables.sectors.len(), codebook.ontology.sectors.len());
        for code in tables.fips.keys().chain(tables.cow.keys()) {
            assert!(codebook.actors.country(code).is_some(), "no country {code}");
        }
    }

    #[test]
    fn what_the_manuals_say() {
        let tables = Crosswalk::embedded();
        let visit = tables.cameo(EventType::Consult, Some("visit")).unwrap();
        assert_eq!((visit.code.as_str(), visit.root(), visit.goldstein), ("042", "04", 1.9));
        let (folded, code) = tables.planned(EventType::Consult).unwrap();
        assert_eq!((folded, code.code.as_str()), (EventType::Agree, "036"));
        assert!(tables.planned(EventType::Assault).is_none());
        assert_eq!((tables.fips(Some("DEU")), tables.cow(Some("DEU"))), ("GM", Some("255")));
        assert_eq!(tables.role(Some("JRN")), "MED");
    }
}
