//! Places by name: reads `data/place/gazetteer.bin` where it lies, without loading it.
//!
//! `training/gazetteer.py` writes the file. Grammar (integers little-endian, `u24` is three bytes; offsets of sections
//! count from the start of the file, all others from the start of their section):
//!
//! ```text
//! GAZETTEER := "WHIMGAZ1" { u32 start of section }×7, u32 end of file
//!              COUNTRY* DIVISION* CLASS* ENTRY* NAME* { u32 start of BLOCK }* BLOCK*
//! COUNTRY   := 2 bytes ISO alpha-2, 3 bytes ISO alpha-3, u24 its ENTRY
//! DIVISION  := u8 COUNTRY or 255, 4 bytes GeoNames code padded with 0, u24 its ENTRY or FFFFFF;
//!              number 0 is nowhere
//! CLASS     := 8 bytes "P.PPLC" padded with 0
//! ENTRY     := u24 (latitude + 90) / 180 × FFFFFF, u24 (longitude + 180) / 360 × FFFFFF, u16 DIVISION,
//!              u8 12 ln(population + 1), u8 CLASS, u24 GeoNames id or 0, u24 start of NAME
//! NAME      := u8 length, UTF-8
//! BLOCK     := KEY×16 (the last may be shorter); keys ascend bytewise; the first of a block shares nothing
//! KEY       := u8 bytes shared with the key before, u8 further bytes, the bytes, varint count, POSTING×count
//! POSTING   := u24: bits 0–20 ENTRY, 21 adjective, 22 abbreviation, 23 alternate name
//! ```
//!
//! Every read is bounded: in a damaged file names are missing or wrong, and nothing panics.

use std::cmp::Ordering;

use super::spelling::push_normalized;
use super::words::PlaceWords;

const MAGIC: &[u8; 8] = b"WHIMGAZ1";
const SECTIONS: usize = 7;
const COUNTRY: usize = 8;
const DIVISION: usize = 8;
const CLASS: usize = 8;
const ENTRY: usize = 16;
const NOWHERE: u32 = 0xFF_FFFF;
/// A file may repeat a name this often; more is damage.
const POSTINGS_MAX: usize = 4096;

/// The file that ships with the program.
pub(super) const FILE: &str = "place/gazetteer.bin";
pub(super) static EMBEDDED: &[u8] = include_bytes!("../../../../data/place/gazetteer.bin");

/// What is wrong with the bytes of a gazetteer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GazetteerError {
    /// The bytes do not open with `WHIMGAZ1`.
    Magic,
    /// A section starts before the one ahead of it, or ends beyond the bytes.
    Sections,
}

impl std::fmt::Display for GazetteerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Magic => "not a gazetteer: the bytes must open with WHIMGAZ1",
            Self::Sections => "the gazetteer is cut short or its section table is damaged",
        })
    }
}

impl std::error::Error for GazetteerError {}

/// Names of places, with where they are; a view of bytes.
#[derive(Clone, Copy, Debug)]
pub struct Gazetteer<'a> {
    countries: &'a [u8],
    divisions: &'a [u8],
    classes: &'a [u8],
    entries: &'a [u8],
    names: &'a [u8],
    index: &'a [u8],
    blocks: &'a [u8],
    words: &'a PlaceWords,
}

/// How a name is related to the entry that it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Wording {
    /// The entry's own name.
    Primary,
    /// Another name of it: "Kiev", "Burma".
    Alternate,
    /// A short form: "Ga.", "NSW".
    Abbreviation,
    /// Its adjective or its people: "Afghan", "Poles".
    Adjective,
}

/// How far a place extends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Extent {
    /// A square, a camp, a part of a town.
    Site,
    /// A city, town or village.
    City,
    /// A second-level division: a county or district.
    District,
    /// A first-level division: a state or province.
    Province,
    /// A country or dependent territory.
    Country,
    /// Everything else: seas, rivers, mountains, parts of the world.
    Region,
}

impl Extent {
    /// Its name in codings: `city`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::City => "city",
            Self::District => "district",
            Self::Province => "province",
            Self::Country => "country",
            Self::Region => "region",
        }
    }

    /// The extent of a GeoNames class and code, as `A.ADM1`.
    pub fn of_class(class: &str) -> Self {
        match class {
            "P.PPLX" => Self::Site,
            "A.PCLI" => Self::Country,
            "A.ADM1" | "L.TERR" => Self::Province,
            "A.ADM2" => Self::District,
            _ if class.starts_with("P.") => Self::City,
            _ => Self::Region,
        }
    }
}

/// An entry of the gazetteer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place<'a> {
    /// Its number in the file; the same number is the same entry.
    pub number: u32,
    /// Its name.
    pub name: &'a str,
    /// Latitude in degrees.
    pub latitude: f64,
    /// Longitude in degrees.
    pub longitude: f64,
    /// Inhabitants, to within a twelfth; 0 where nobody counted.
    pub population: f64,
    /// GeoNames class and code: `P.PPLC`.
    pub class: &'a str,
    /// GeoNames id, where known.
    pub geonames: Option<u32>,
    /// ISO 3166-1 alpha-3, for places that lie in one country.
    pub country: Option<&'a str>,
    /// GeoNames code of the first-level division.
    pub admin1: Option<&'a str>,
    // The division's number: equal numbers are equal country and division.
    pub(super) division: u16,
    pub(super) country_number: u8,
}

impl Place<'_> {
    /// How far it extends.
    pub fn extent(&self) -> Extent {
        Extent::of_class(self.class)
    }

    /// Great-circle distance to another place in kilometers.
    pub fn distance_km(&self, other: &Place<'_>) -> f64 {
        let (here, there) = (self.latitude.to_radians(), other.latitude.to_radians());
        let across = (other.longitude - self.longitude).to_radians() / 2.0;
        let h = ((there - here) / 2.0).sin().powi(2) + here.cos() * there.cos() * across.sin().powi(2);
        12742.0 * h.sqrt().min(1.0).asin()
    }
}

/// A place that bears a name, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Namesake<'a> {
    /// The place.
    pub place: Place<'a>,
    /// How the name is related to it.
    pub wording: Wording,
}

impl Gazetteer<'static> {
    /// The gazetteer that ships with the program.
    pub fn embedded() -> Self {
        Gazetteer::from_bytes(EMBEDDED)
            .expect("the shipped file is written by training/gazetteer.py and tested")
    }
}

impl<'a> Gazetteer<'a> {
    /// Reads a gazetteer in place: looks at the section table and at nothing else.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, GazetteerError> {
        if !bytes.starts_with(MAGIC) {
            return Err(GazetteerError::Magic);
        }
        let start = |idx: usize| u32_at(bytes, MAGIC.len() + 4 * idx).map(|at| at as usize);
        let section = |idx: usize| bytes.get(start(idx)?..start(idx + 1)?);
        let sections: Option<Vec<&'a [u8]>> = (0..SECTIONS).map(section).collect();
        match sections.as_deref() {
            Some(&[countries, divisions, classes, entries, names, index, blocks]) => {
                let words = PlaceWords::embedded();
                Ok(Self { countries, divisions, classes, entries, names, index, blocks, words })
            }
            _ => Err(GazetteerError::Sections),
        }
    }

    /// The same gazetteer with other words around its names.
    pub fn with_words(self, words: &'a PlaceWords) -> Self {
        Self { words, ..self }
    }

    /// The words around its names.
    pub(super) fn words(&self) -> &'a PlaceWords {
        self.words
    }

    /// Writes the key of a name into `key`, whose earlier content is dropped.
    pub(super) fn push_key(&self, name: &str, key: &mut String) {
        push_normalized(self.words, name, key);
    }

    /// The key of a name.
    pub(super) fn key(&self, name: &str) -> String {
        let mut key = String::with_capacity(name.len() + 4);
        self.push_key(name, &mut key);
        key
    }

    /// The places that bear a name, largest first among those of one wording. Any spelling of the name will do.
    ///
    /// ```
    /// # use whimbrel_analysis::toponym::Gazetteer;
    /// let found = Gazetteer::embedded().lookup("Kiev");
    /// assert_eq!((found[0].place.name, found[0].place.country), ("Kyiv", Some("UKR")));
    /// ```
    pub fn lookup(&self, name: &str) -> Vec<Namesake<'a>> {
        let mut found = self.lookup_key(&self.key(name));
        found.sort_by(|a, b| {
            let by_wording = (a.wording == Wording::Abbreviation).cmp(&(b.wording == Wording::Abbreviation));
            by_wording
                .then(b.place.population.total_cmp(&a.place.population))
                .then(a.wording.cmp(&b.wording))
                .then(a.place.number.cmp(&b.place.number))
        });
        found
    }

    /// The places of an already normalized name, in file order.
    pub(super) fn lookup_key(&self, key: &str) -> Vec<Namesake<'a>> {
        let mut found = Vec::new();
        let Some(mut at) = self.find_key(key.as_bytes()) else { return found };
        let Some(n_postings) = self.varint(&mut at) else { return found };
        for idx in 0..n_postings.min(POSTINGS_MAX) {
            let Some(posting) = u24_at(self.blocks, at + 3 * idx) else { break };
            let Some(place) = self.place(posting & 0x1F_FFFF) else { continue };
            let wording = match posting >> 21 {
                0 => Wording::Primary,
                1 => Wording::Adjective,
                2 | 3 => Wording::Abbreviation,
                _ => Wording::Alternate,
            };
            found.push(Namesake { place, wording });
        }
        found
    }

    /// The entry of a number, `None` beyond the last.
    pub fn place(&self, number: u32) -> Option<Place<'a>> {
        let at = number as usize * ENTRY;
        let entry = self.entries.get(at..at + ENTRY)?;
        let division = u16::from_le_bytes([entry[6], entry[7]]);
        let (country_number, admin1) = self.division(division)?;
        let country = self.country_code(country_number);
        let name_at = u24_at(entry, 13)? as usize;
        let n_bytes = usize::from(*self.names.get(name_at)?);
        Some(Place {
            number,
            name: self.names.get(name_at + 1..name_at + 1 + n_bytes).and_then(utf8)?,
            latitude: f64::from(u24_at(entry, 0)?) / f64::from(NOWHERE) * 180.0 - 90.0,
            longitude: f64::from(u24_at(entry, 3)?) / f64::from(NOWHERE) * 360.0 - 180.0,
            population: ((f64::from(entry[8]) / 12.0).exp() - 1.0).round(),
            class: self
                .classes
                .get(usize::from(entry[9]) * CLASS..)
                .and_then(|rest| padded(rest.get(..CLASS)?))?,
            geonames: u24_at(entry, 10).filter(|&id| id != 0),
            country,
            admin1,
            division,
            country_number,
        })
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len() / ENTRY
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of a country by its ISO 3166-1 code, alpha-2 or alpha-3.
    pub fn country(&self, code: &str) -> Option<Place<'a>> {
        let row = self.countries.chunks_exact(COUNTRY).find(|row| match code.len() {
            2 => row[..2].eq_ignore_ascii_case(code.as_bytes()),
            _ => row[2..5].eq_ignore_ascii_case(code.as_bytes()),
        })?;
        self.place(u24_at(row, 5)?)
    }

    /// The entry of the first-level division in which a place lies.
    pub fn division_of(&self, place: &Place<'_>) -> Option<Place<'a>> {
        let row = self.divisions.get(usize::from(place.division) * DIVISION..)?;
        self.place(u24_at(row, 5).filter(|&number| number != NOWHERE)?)
    }

    fn division(&self, number: u16) -> Option<(u8, Option<&'a str>)> {
        let at = usize::from(number) * DIVISION;
        let row = self.divisions.get(at..at + DIVISION)?;
        Some((row[0], padded(&row[1..5]).filter(|code| !code.is_empty())))
    }

    fn country_code(&self, number: u8) -> Option<&'a str> {
        let row = self.countries.get(usize::from(number) * COUNTRY..)?.get(..COUNTRY)?;
        utf8(&row[2..5])
    }

    /// Finds a key; gives the place of its posting count.
    fn find_key(&self, key: &[u8]) -> Option<usize> {
        let n_blocks = self.index.len() / 4;
        let (mut low, mut high) = (0, n_blocks);
        while low < high {
            let middle = usize::midpoint(low, high);
            let at = u32_at(self.index, middle * 4)? as usize;
            let n_bytes = usize::from(*self.blocks.get(at + 1)?);
            if self.blocks.get(at + 2..at + 2 + n_bytes)? <= key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let mut at = u32_at(self.index, low.checked_sub(1)? * 4)? as usize;
        let end = u32_at(self.index, low * 4).map_or(self.blocks.len(), |end| end as usize);
        // How far the key agrees with the one before it in the block.
        let mut agreed = 0;
        while at < end {
            let shared = usize::from(*self.blocks.get(at)?);
            let n_bytes = usize::from(*self.blocks.get(at + 1)?);
            let suffix = self.blocks.get(at + 2..at + 2 + n_bytes)?;
            at += 2 + n_bytes;
            if shared < agreed {
                return None;
            }
            if shared == agreed {
                let rest = key.get(agreed..)?;
                let same = suffix.iter().zip(rest).take_while(|(a, b)| a == b).count();
                match (same == suffix.len(), same == rest.len()) {
                    (true, true) => return Some(at),
                    (true, false) => agreed += same,
                    (false, _) if suffix.get(same).cmp(&rest.get(same)) == Ordering::Greater => return None,
                    (false, _) => agreed += same,
                }
            }
            let n_postings = self.varint(&mut at)?;
            at = at.checked_add(n_postings.checked_mul(3)?)?;
        }
        None
    }

    fn varint(&self, at: &mut usize) -> Option<usize> {
        let mut number = 0;
        for shift in (0..28).step_by(7) {
            let byte = *self.blocks.get(*at)?;
            *at += 1;
            number |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let raw = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(raw.try_into().ok()?))
}

fn u24_at(bytes: &[u8], at: usize) -> Option<u32> {
    let raw = bytes.get(at..at.checked_add(3)?)?;
    Some(u32::from_le_bytes([raw[0], raw[1], raw[2], 0]))
}

fn utf8(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn padded(bytes: &[u8]) -> Option<&str> {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    utf8(&bytes[..end])
}
