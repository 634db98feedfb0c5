//! Who there is: countries and their names, bodies, persons with their dates of office, and the nouns and titles that
//! tell a sector.
//!
//! All of it is flat tables under `data/actor/` and `data/lexicon/*.tsv`; every table is read by one function here, and
//! all names meet in one trie, so that a phrase is walked once.

use jiff::civil::Date;

use crate::RoleStatus;
use crate::error::DataError;
use crate::files::Files;
use crate::phrase::{Case, Phrases, Pieces};
use crate::table::{Row, first_day, last_day, list, optional, rows};

/// A state or territory.
#[derive(Clone, Debug)]
pub struct Country {
    /// ISO 3166-1 alpha-3.
    pub code: String,
    /// ISO 3166-1 alpha-2; empty where there is none.
    pub alpha2: String,
    /// English short name.
    pub name: String,
}

/// What a name says about a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// A name of the country: "Iran".
    Name,
    /// Its adjective: "Iranian".
    Adjective,
    /// Its people: "Iranians".
    Demonym,
    /// A capital or seat that stands for its government: "Tehran", "the Kremlin".
    Seat,
    /// A town or region in it: "Lahore".
    Town,
}

/// A body: government office, international organization, court, party, armed group, outlet, company.
#[derive(Clone, Debug)]
pub struct Body {
    /// Its name.
    pub name: String,
    /// Country that it belongs to; `None` for international bodies.
    pub country: Option<String>,
    /// Sector code.
    pub sector: String,
    /// First day on which it has this sector.
    pub start: Option<Date>,
    /// Last day on which it has this sector.
    pub end: Option<Date>,
    /// Wikidata id, where sure.
    pub wikidata: Option<String>,
    /// Whether the party of a phrase with this body is the body whatever noun follows: "UN peacekeepers" is IGO.
    pub dominant: bool,
}

/// An office that a person held.
#[derive(Clone, Debug)]
pub struct Office {
    /// The person's name.
    pub person: String,
    /// The office: "president".
    pub title: String,
    /// Country of the office; `None` for international ones.
    pub country: Option<String>,
    /// Sector code while in office.
    pub sector: String,
    /// First day in office.
    pub start: Option<Date>,
    /// Last day in office.
    pub end: Option<Date>,
    /// Wikidata id, where sure.
    pub wikidata: Option<String>,
}

/// How much a noun says about the sector of its phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Force {
    /// Only when nothing else in the phrase says more: "officials", "spokesman", "leader".
    Weak,
    /// An office that any body has: it decides alone ("the president"), but a body named with it decides over it ("BJP
    /// president", "president of the VHP").
    Headship,
    /// The rightmost noun of this force decides: "soldiers".
    Plain,
    /// It decides over a plain noun to its right: "opposition" in "opposition lawmakers".
    Strong,
}

/// A noun or title that tells a sector.
#[derive(Clone, Debug)]
pub struct Noun {
    /// The noun as listed.
    pub name: String,
    /// Sector code; `None` for a weak noun that tells none by itself.
    pub sector: Option<String>,
    /// How much it says.
    pub force: Force,
    /// Whether it is an office rather than a kind of people.
    pub is_title: bool,
}

/// How a small word joins the parts of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joint {
    /// "of": what follows belongs to the head.
    Of,
    /// "in", "from": what follows is where the head is.
    Place,
    /// "and": another party follows.
    And,
    /// "to", "with", "who": what follows tells nothing of the party.
    Break,
    /// "-backed": the name before it is not the party's own.
    Attached,
    /// "-based": the name before it is where the party is.
    Located,
}

/// What a phrase of the names' trie stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Country(u32, NameKind),
    Body(u32),
    Office(u32),
    Noun(u32),
    Status(RoleStatus),
    Joint(Joint),
}

/// A meaning with the capitals that a text must show for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    pub meaning: Meaning,
    pub case: Case,
}

/// All tables of actors.
#[derive(Clone, Debug, Default)]
pub struct Actors {
    /// Countries by code.
    pub countries: Vec<Country>,
    /// Bodies in file order.
    pub bodies: Vec<Body>,
    /// Offices in file order.
    pub offices: Vec<Office>,
    /// Sector nouns and titles in file order.
    pub nouns: Vec<Noun>,
    pub(crate) names: Phrases<Name>,
}

pub(crate) const COUNTRY: [&str; 4] = ["code", "alpha2", "name", "from"];
pub(crate) const COUNTRY_NAME: [&str; 4] = ["code", "kind", "name", "from"];
pub(crate) const BODY: [&str; 8] =
    ["name", "aliases", "country", "sector", "start", "end", "wikidata", "from"];
pub(crate) const PERSON: [&str; 9] =
    ["name", "aliases", "title", "country", "sector", "start", "end", "wikidata", "from"];
pub(crate) const NOUN: [&str; 5] = ["noun", "plural", "sector", "force", "from"];
pub(crate) const ROLE_STATUS: [&str; 3] = ["word", "status", "from"];
pub(crate) const JOINT: [&str; 3] = ["word", "joint", "from"];

/// Sectors whose bodies decide over the noun that follows them.
const DOMINANT: [&str; 2] = ["IGO", "NGO"];

impl Actors {
    pub(crate) fn read(files: &Files) -> Result<Self, DataError> {
        let mut actors = Self::default();
        actors.read_countries(files)?;
        for (file, text) in files.under("actor/body/") {
            for row in rows(file, text, BODY)? {
                actors.add_body(file, row)?;
            }
        }
        for (file, text) in files.under("actor/person/") {
            for row in rows(file, text, PERSON)? {
                actors.add_office(file, row)?;
            }
        }
        for (prefix, is_title) in [("lexicon/agent.tsv", false), ("lexicon/role.tsv", true)] {
            for (file, text) in files.under(prefix) {
                for row in rows(file, text, NOUN)? {
                    actors.add_noun(file, row, is_title)?;
                }
            }
        }
        actors.read_small_words(files)?;
        Ok(actors)
    }

    fn read_countries(&mut self, files: &Files) -> Result<(), DataError> {
        for (file, text) in files.under("actor/country.tsv") {
            for Row { cells: [code, alpha2, name, _], .. } in rows(file, text, COUNTRY)? {
                self.countries.push(Country { code: code.into(), alpha2: alpha2.into(), name: name.into() });
            }
        }
        self.countries.sort_by(|a, b| a.code.cmp(&b.code));
        for (file, text) in files.under("actor/country-name/") {
            for Row { line, cells: [code, kind, name, _] } in rows(file, text, COUNTRY_NAME)? {
                let kind = match kind {
                    "name" => NameKind::Name,
                    "adjective" => NameKind::Adjective,
                    "demonym" => NameKind::Demonym,
                    "seat" => NameKind::Seat,
                    "town" => NameKind::Town,
                    _ => {
                        let message =
                            format!("no kind `{kind}`; write name, adjective, demonym, seat or town");
                        return Err(DataError::new(file, line, &message));
                    }
                };
                let Ok(idx) = self.countries.binary_search_by(|country| country.code.as_str().cmp(code))
                else {
                    let message = format!("no country `{code}` in data/actor/country.tsv");
                    return Err(DataError::new(file, line, &message));
                };
                self.add_name(name, Meaning::Country(narrow(idx), kind));
            }
        }
        Ok(())
    }

    fn add_body(&mut self, file: &str, row: Row<'_, 8>) -> Result<(), DataError> {
        let [name, aliases, country, sector, start, end, wikidata, _] = row.cells;
        let (start, end) = days(file, row.line, start, end)?;
        let idx = narrow(self.bodies.len());
        self.add_name(name, Meaning::Body(idx));
        for alias in list(aliases) {
            self.add_name(alias, Meaning::Body(idx));
        }
        self.bodies.push(Body {
            name: name.into(),
            country: optional(country).map(Into::into),
            sector: sector.into(),
            start,
            end,
            wikidata: optional(wikidata).map(Into::into),
            dominant: DOMINANT.contains(&sector),
        });
        Ok(())
    }

    fn add_office(&mut self, file: &str, row: Row<'_, 9>) -> Result<(), DataError> {
        let [name, aliases, title, country, sector, start, end, wikidata, _] = row.cells;
        let (start, end) = days(file, row.line, start, end)?;
        let idx = narrow(self.offices.len());
        self.add_name(name, Meaning::Office(idx));
        for alias in list(aliases) {
            self.add_name(alias, Meaning::Office(idx));
        }
        self.offices.push(Office {
            person: name.into(),
            title: title.into(),
            country: optional(country).map(Into::into),
            sector: sector.into(),
            start,
            end,
            wikidata: optional(wikidata).map(Into::into),
        });
        Ok(())
    }

    fn add_noun(&mut self, file: &str, row: Row<'_, 5>, is_title: bool) -> Result<(), DataError> {
        let [noun, plurals, sector, force, _] = row.cells;
        let force = match force {
            "weak" => Force::Weak,
            "headship" => Force::Headship,
            "plain" => Force::Plain,
            "strong" => Force::Strong,
            _ => {
                let message = format!("no force `{force}`; write weak, headship, plain or strong");
                return Err(DataError::new(file, row.line, &message));
            }
        };
        let meaning = Meaning::Noun(narrow(self.nouns.len()));
        self.add_name(noun, meaning);
        match plurals {
            "-" => {}
            "" => self.add_name(&plural(noun), meaning),
            _ => list(plurals).for_each(|form| self.add_name(form, meaning)),
        }
        let sector = optional(sector).map(Into::into);
        self.nouns.push(Noun { name: noun.into(), sector, force, is_title });
        Ok(())
    }

    fn read_small_words(&mut self, files: &Files) -> Result<(), DataError> {
        for (file, text) in files.under("lexicon/role-status.tsv") {
            for Row { line, cells: [word, status, _] } in rows(file, text, ROLE_STATUS)? {
                let Some(status) = RoleStatus::from_word(status) else {
                    let message = format!("no status `{status}`; write acting, former or designate");
                    return Err(DataError::new(file, line, &message));
                };
                self.add_name(word, Meaning::Status(status));
            }
        }
        for (file, text) in files.under("lexicon/joint.tsv") {
            for Row { line, cells: [word, joint, _] } in rows(file, text, JOINT)? {
                let joint = match joint {
                    "of" => Joint::Of,
                    "place" => Joint::Place,
                    "and" => Joint::And,
                    "break" => Joint::Break,
                    "attached" => Joint::Attached,
                    "located" => Joint::Located,
                    _ => {
                        let message =
                            format!("no joint `{joint}`; write of, place, and, break, attached or located");
                        return Err(DataError::new(file, line, &message));
                    }
                };
                self.add_name(word, Meaning::Joint(joint));
            }
        }
        Ok(())
    }

    fn add_name(&mut self, name: &str, meaning: Meaning) {
        let pieces = Pieces::new([name]);
        // An all-capital name ("WHO") is found in capitals only, a capitalised one ("Turkey") not in lower case.
        let case = match pieces.len() {
            0 => return,
            1 => pieces.case(0),
            n => (0..n).map(|idx| pieces.case(idx)).max().unwrap_or(Case::Lower).min(Case::Title),
        };
        self.names.insert_pieces(&pieces, Name { meaning, case });
    }

    /// The country with this code.
    pub fn country(&self, code: &str) -> Option<&Country> {
        let idx = self.countries.binary_search_by(|country| country.code.as_str().cmp(code)).ok()?;
        self.countries.get(idx)
    }
}

impl Body {
    /// Whether the entry holds on a day; open ends hold for ever, and so does a story without a date.
    pub fn holds_on(&self, date: Option<Date>) -> bool {
        holds(self.start, self.end, date)
    }
}

impl Office {
    /// Whether the office was held on a day.
    pub fn holds_on(&self, date: Option<Date>) -> bool {
        holds(self.start, self.end, date)
    }
}

fn holds(start: Option<Date>, end: Option<Date>, date: Option<Date>) -> bool {
    date.is_none_or(|date| start.is_none_or(|start| start <= date) && end.is_none_or(|end| date <= end))
}

fn days(file: &str, line: usize, start: &str, end: &str) -> Result<(Option<Date>, Option<Date>), DataError> {
    let wrong = |message: String| DataError::new(file, line, &message);
    Ok((first_day(start).map_err(wrong)?, last_day(end).map_err(wrong)?))
}

fn narrow(idx: usize) -> u32 {
    u32::try_from(idx).expect("fewer entries than 2^32")
}

/// The regular English plural of a noun phrase's last word.
pub(crate) fn plural(noun: &str) -> String {
    let cut = |n: usize| &noun[..noun.len() - n];
    if let Some(stem) = noun.strip_suffix("man")
        && !stem.ends_with("hu")
    {
        return format!("{stem}men");
    }
    let is_vowel_before_y = ["ay", "ey", "oy", "uy"].iter().any(|end| noun.ends_with(end));
    if noun.ends_with('y') && !is_vowel_before_y {
        format!("{}ies", cut(1))
    } else if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) {
        format!("{noun}es")
    } else {
        format!("{noun}s")
    }
}
