//! The tables of `data/text`: agencies, abbreviations, contractions and the other words that this crate knows.
//!
//! They are embedded in the program; [`Tables::load`] takes others in their place. All look-ups are by exact or
//! ASCII-folded form and none allocates, so that the tokenizer may ask for every word.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::LazyLock;

/// The tables that ship with the program.
static EMBEDDED: LazyLock<Tables> =
    LazyLock::new(|| Tables::load(|_| None).expect("the embedded tables are checked by a test"));

/// Name, columns and embedded content of every table.
const FILES: &[(&str, &[&str], &str)] = &[
    ("agency.tsv", &["name", "aliases", "country", "from"], include_str!("../../../data/text/agency.tsv")),
    ("abbreviation.tsv", &["abbreviation", "kind", "from"], include_str!("../../../data/text/abbreviation.tsv")),
    ("contraction.tsv", &["contraction", "kind", "from"], include_str!("../../../data/text/contraction.tsv")),
    ("compound.tsv", &["part", "kind", "from"], include_str!("../../../data/text/compound.tsv")),
    ("unit.tsv", &["unit", "from"], include_str!("../../../data/text/unit.tsv")),
    ("emoticon.tsv", &["emoticon", "from"], include_str!("../../../data/text/emoticon.tsv")),
    ("domain.tsv", &["ending", "from"], include_str!("../../../data/text/domain.tsv")),
    ("starter.tsv", &["word", "from"], include_str!("../../../data/text/starter.tsv")),
    ("month.tsv", &["month", "number", "short", "from"], include_str!("../../../data/text/month.tsv")),
    ("city.tsv", &["city", "from"], include_str!("../../../data/text/city.tsv")),
    ("weekday.tsv", &["weekday", "from"], include_str!("../../../data/text/weekday.tsv")),
    ("caption.tsv", &["word", "from"], include_str!("../../../data/text/caption.tsv")),
    ("reporting.tsv", &["word", "from"], include_str!("../../../data/text/reporting.tsv")),
    ("label.tsv", &["label", "from"], include_str!("../../../data/text/label.tsv")),
    ("byline.tsv", &["word", "kind", "from"], include_str!("../../../data/text/byline.tsv")),
    ("credit.tsv", &["phrase", "side", "from"], include_str!("../../../data/text/credit.tsv")),
];

/// What this crate knows about words and wire services.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    agencies: Vec<Agency>,
    agency_names: HashMap<String, usize>,
    pub(crate) agency_words_max: usize,
    abbreviations: HashMap<String, (Abbreviation, bool)>,
    cuts: HashMap<String, Vec<u8>>,
    clitics: HashSet<String>,
    elisions: HashSet<String>,
    prefixes: HashSet<String>,
    suffixes: HashSet<String>,
    wholes: HashSet<String>,
    units: HashSet<String>,
    emoticons: HashSet<String>,
    domains: HashSet<String>,
    starters: HashSet<String>,
    months: HashMap<String, i8>,
    cities: HashSet<String>,
    labels: HashSet<String>,
    weekdays: HashSet<String>,
    captions: HashSet<String>,
    reporting: HashSet<String>,
    pub(crate) credit_before: Vec<String>,
    pub(crate) credit_after: Vec<String>,
    credit_beside: HashSet<String>,
    particles: HashSet<String>,
    byline_ends: HashSet<String>,
    pub(crate) reports: Vec<String>,
}

/// A wire service, or a broadcaster whose reports others run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// The name it goes by: "Press Trust of India".
    pub name: String,
    /// Other names: "PTI".
    pub aliases: Vec<String>,
    /// ISO 3166 code of its seat.
    pub country: String,
}

/// How an abbreviation takes its full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Abbreviation {
    /// Keeps it and never ends a sentence: "Mr."
    Title,
    /// Keeps it before a figure only: "No. 5".
    Number,
    /// Keeps it where no capital follows: "Sat. night".
    Inside,
    /// Keeps it, and ends a sentence where a starter follows: "Inc."
    End,
    /// Keeps it, and ends a sentence where a capital follows: "etc."
    Stop,
}

/// A table that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableError {
    /// The file, below `data/`: `text/abbreviation.tsv`.
    pub file: String,
    /// The line, from 1; 0 where the file as a whole is at fault.
    pub line: usize,
    /// What is wrong, and what would be valid.
    pub message: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "data/{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for TableError {}

impl TableError {
    /// What is wrong with a line of a file below `data/`.
    pub fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}

impl Tables {
    /// The tables that ship with the program.
    pub fn embedded() -> &'static Tables {
        &EMBEDDED
    }

    /// The files of `data/text`, each of which can be replaced.
    pub fn file_names() -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(name, ..)| *name)
    }

    /// Builds tables from `replace(file name)` where it gives a content, else from the embedded one.
    pub fn load(replace: impl Fn(&str) -> Option<String>) -> Result<Tables, TableError> {
        let mut tables = Tables::default();
        for &(file, columns, embedded) in FILES {
            let at = |line: usize, message: String| TableError::new(&format!("text/{file}"), line, message);
            let replaced = replace(file);
            let content = replaced.as_deref().unwrap_or(embedded);
            let mut lines = content.lines().enumerate();
            if lines.next().is_none_or(|(_, header)| header.split('\t').ne(columns.iter().copied())) {
                let message = format!("the header must read `{}`", columns.join("<TAB>"));
                return Err(at(1, message));
            }
            for (idx, line) in lines.filter(|(_, line)| !line.is_empty()) {
                let row: Vec<&str> = line.split('\t').collect();
                let result = if row.len() != columns.len() {
                    Err(format!("has {} columns, its header {}", row.len(), columns.len()))
                } else if row[0].is_empty() {
                    Err("the first cell is empty".to_owned())
                } else {
                    tables.add(file, &row)
                };
                result.map_err(|message| at(idx + 1, message))?;
            }
        }
        Ok(tables)
    }

    fn add(&mut self, file: &str, row: &[&str]) -> Result<(), String> {
        let word = row[0].to_lowercase();
        let kind = row.get(1).copied().unwrap_or("");
        match file {
            "agency.tsv" => return self.add_agency(row),
            "abbreviation.tsv" => {
                let kind = match kind {
                    "title" => Abbreviation::Title,
                    "number" => Abbreviation::Number,
                    "inside" => Abbreviation::Inside,
                    "end" => Abbreviation::End,
                    "stop" => Abbreviation::Stop,
                    _ => return Err(format!("no kind `{kind}`; one of title, number, inside, end, stop")),
                };
                let capital = row[0].starts_with(|first: char| first.is_ascii_uppercase());
                self.abbreviations.insert(word, (kind, capital));
            }
            "contraction.tsv" => match kind {
                "cut" => {
                    let parts: Vec<&str> = word.split('|').collect();
                    if parts.iter().any(|part| part.is_empty()) || word.len() > Folded::BYTES_MAX {
                        return Err(format!("`{word}` must be parts of letters with `|` between them, {} bytes at most", Folded::BYTES_MAX));
                    }
                    let cuts = parts[..parts.len() - 1].iter().scan(0u8, |at, part| {
                        // The whole word is as short as the check above says.
                        *at += part.len() as u8;
                        Some(*at)
                    });
                    self.cuts.insert(parts.concat(), cuts.collect());
                }
                "clitic" => drop(self.clitics.insert(word)),
                "elision" => drop(self.elisions.insert(word)),
                _ => return Err(format!("no kind `{kind}`; one of cut, clitic, elision")),
            },
            "compound.tsv" => match kind {
                "prefix" => drop(self.prefixes.insert(word)),
                "suffix" => drop(self.suffixes.insert(word)),
                "whole" => drop(self.wholes.insert(word)),
                _ => return Err(format!("no kind `{kind}`; one of prefix, suffix, whole")),
            },
            "unit.tsv" => drop(self.units.insert(word)),
            "emoticon.tsv" => drop(self.emoticons.insert(row[0].to_owned())),
            "domain.tsv" => drop(self.domains.insert(word)),
            "starter.tsv" => drop(self.starters.insert(word)),
            "month.tsv" => {
                let number = kind.parse().ok().filter(|number| (1..=12).contains(number));
                let number = number.ok_or_else(|| format!("`{kind}` is no month number; those are 1 to 12"))?;
                let shorts = row[2].split('|').filter(|short| !short.is_empty());
                for name in std::iter::once(word.as_str()).chain(shorts) {
                    self.months.insert(name.to_owned(), number);
                }
            }
            "city.tsv" => drop(self.cities.insert(word)),
            "weekday.tsv" => drop(self.weekdays.insert(word)),
            "caption.tsv" => drop(self.captions.insert(word)),
            "reporting.tsv" => drop(self.reporting.insert(word)),
            "label.tsv" => drop(self.labels.insert(word)),
            "byline.tsv" => match kind {
                "particle" => drop(self.particles.insert(word)),
                "end" => drop(self.byline_ends.insert(word)),
                "report" => self.reports.push(word),
                _ => return Err(format!("no kind `{kind}`; one of particle, end, report")),
            },
            _ => match kind {
                "before" => self.credit_before.push(word),
                "after" => self.credit_after.push(word),
                "beside" => drop(self.credit_beside.insert(word)),
                _ => return Err(format!("no side `{kind}`; one of before, after, beside")),
            },
        }
        Ok(())
    }

    fn add_agency(&mut self, row: &[&str]) -> Result<(), String> {
        let aliases: Vec<String> =
            row[1].split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        for name in std::iter::once(row[0]).chain(aliases.iter().map(String::as_str)) {
            self.agency_words_max = self.agency_words_max.max(name.split_whitespace().count());
            if self
                .agency_names
                .insert(agency_key(name), self.agencies.len())
                .is_some_and(|other| other != self.agencies.len())
            {
                return Err(format!("the name `{name}` is taken by another agency"));
            }
        }
        self.agencies.push(Agency { name: row[0].to_owned(), aliases, country: row[2].to_owned() });
        Ok(())
    }

    /// Every agency of the table, in its order.
    pub fn agencies(&self) -> &[Agency] {
        &self.agencies
    }

    /// The agency that goes by a name. Short names must be written as in the table ("AP", not "ap").
    pub fn agency(&self, name: &str) -> Option<&Agency> {
        self.agency_names.get(&agency_key(name.trim())).map(|&idx| &self.agencies[idx])
    }

    /// Whether the words before a full stop are an abbreviation. `word` comes with its stop.
    pub(crate) fn abbreviation(&self, word: &str) -> Option<Abbreviation> {
        let (kind, capital) = Folded::new(word)?.look_up(&self.abbreviations)?;
        (!capital || word.starts_with(|first: char| first.is_uppercase())).then_some(*kind)
    }

    /// Where a word written as one is cut: "gonna" at 3.
    pub(crate) fn cuts(&self, word: &str) -> Option<&[u8]> {
        Folded::new(word)?.look_up(&self.cuts).map(Vec::as_slice)
    }

    /// Whether an ending with its apostrophe ("'s", "n't") is a word.
    pub(crate) fn is_clitic(&self, ending: &str) -> bool {
        Folded::new(ending).is_some_and(|folded| folded.is_in(&self.clitics))
    }

    pub(crate) fn is_elision(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.elisions))
    }

    pub(crate) fn is_prefix(&self, part: &str) -> bool {
        Folded::new(part).is_some_and(|folded| folded.is_in(&self.prefixes))
    }

    pub(crate) fn is_suffix(&self, part: &str) -> bool {
        Folded::new(part).is_some_and(|folded| folded.is_in(&self.suffixes))
    }

    pub(crate) fn is_whole(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.wholes))
    }

    pub(crate) fn is_unit(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.units))
    }

    pub(crate) fn is_emoticon(&self, marks: &str) -> bool {
        self.emoticons.contains(marks)
    }

    pub(crate) fn is_domain(&self, ending: &str) -> bool {
        Folded::new(ending).is_some_and(|folded| folded.is_in(&self.domains))
    }

    pub(crate) fn is_starter(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.starters))
    }

    /// The month that a word names, with or without a full stop.
    pub(crate) fn month(&self, word: &str) -> Option<i8> {
        Folded::new(word.trim_end_matches('.'))?.look_up(&self.months).copied()
    }

    pub(crate) fn is_city(&self, place: &str) -> bool {
        self.cities.contains(&place.to_lowercase())
    }

    pub(crate) fn is_weekday(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.weekdays))
    }

    pub(crate) fn is_caption(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.captions))
    }

    pub(crate) fn is_reporting(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.reporting))
    }

    pub(crate) fn is_beside(&self, words: &str) -> bool {
        self.credit_beside.contains(&words.to_lowercase())
    }

    pub(crate) fn is_particle(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.particles))
    }

    pub(crate) fn is_byline_end(&self, word: &str) -> bool {
        Folded::new(word).is_some_and(|folded| folded.is_in(&self.byline_ends))
    }

    pub(crate) fn is_label(&self, words: &str) -> bool {
        self.labels.contains(&words.to_lowercase())
    }
}

/// Names of up to four bytes keep their case: "AP" is an agency, "ap" and "una" are not.
fn agency_key(name: &str) -> String {
    if name.len() <= 4 { name.to_owned() } else { name.to_lowercase() }
}

/// A short word with ASCII lower-cased and curly apostrophes made straight, on the stack.
struct Folded {
    bytes: [u8; Folded::BYTES_MAX],
    n: usize,
}

impl Folded {
    /// No word of a table is longer.
    const BYTES_MAX: usize = 24;

    /// `None` if the word is too long or too foreign to be in a table of short English words.
    fn new(word: &str) -> Option<Self> {
        let mut folded = Self { bytes: [0; Self::BYTES_MAX], n: 0 };
        let bytes = word.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            let (kept, width) = match byte {
                b'`' => (b'\'', 1),
                0..=127 => (byte.to_ascii_lowercase(), 1),
                // ‘ and ’ are E2 80 98 and E2 80 99.
                0xE2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0x98 | 0x99])) => (b'\'', 3),
                _ => return None,
            };
            *folded.bytes.get_mut(folded.n)? = kept;
            folded.n += 1;
            at += width;
        }
        Some(folded)
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.n]).unwrap_or("")
    }

    fn look_up<'t, T>(&self, table: &'t HashMap<String, T>) -> Option<&'t T> {
        table.get(self.as_str())
    }

    fn is_in(&self, table: &HashSet<String>) -> bool {
        table.contains(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_tables_load_and_are_sorted() {
        let tables = Tables::load(|_| None).expect("every row of data/text must be well formed");
        assert!(tables.agencies().len() >= 60, "only {} agencies", tables.agencies().len());
        for (file, _, content) in FILES.iter().filter(|(file, ..)| *file != "month.tsv") {
            let words: Vec<String> = content
                .lines()
                .skip(1)
                .map(|line| line.split('\t').next().unwrap_or("").to_lowercase())
                .collect();
            assert!(words.is_sorted(), "{file} is not sorted by its first column");
        }
    }

    #[test]
    fn agencies_go_by_their_aliases_and_keep_the_case_of_short_ones() {
        let tables = Tables::embedded();
        let name = |alias| tables.agency(alias).map(|agency| agency.name.as_str());
        assert_eq!(name("PTI"), Some("Press Trust of India"));
        assert_eq!(name("REUTERS"), Some("Reuters"));
        assert_eq!(name("ap"), None);
        assert_eq!(name("The Daily Planet"), None);
    }

    #[test]
    fn a_bad_row_names_its_line() {
        let error =
            Tables::load(|file| (file == "unit.tsv").then(|| "unit\tfrom\nkm\n".to_owned())).unwrap_err();
        assert_eq!(error.to_string(), "data/text/unit.tsv:2: has 1 columns, its header 2");
    }

    #[test]
    fn damaged_tables_are_refused() {
        for (file, content, message) in [
            ("month.tsv", "month\tnumber\nMay\t5\n", "1: the header must read `month<TAB>number<TAB>short<TAB>from`"),
            ("month.tsv", "month\tnumber\tshort\tfrom\nMay\t13\t\thand\n", "2: `13` is no month number; those are 1 to 12"),
            ("agency.tsv", "", "1: the header must read `name<TAB>aliases<TAB>country<TAB>from`"),
            ("unit.tsv", "unit\tfrom\n\thand\n", "2: the first cell is empty"),
            ("contraction.tsv", "contraction\tkind\tfrom\n|na\tcut\thand\n", "2: `|na` must be parts of letters"),
        ] {
            let error = Tables::load(|name| (name == file).then(|| content.to_owned())).unwrap_err().to_string();
            assert!(error.starts_with(&format!("data/text/{file}:{message}")), "{error}");
        }
        // Lengths of parts add up beyond a byte.
        let long = format!("contraction\tkind\tfrom\n{0}|{0}\tcut\thand\n", "a".repeat(200));
        assert!(Tables::load(|name| (name == "contraction.tsv").then(|| long.clone())).is_err());
    }

    #[test]
    fn abbreviations_with_a_capital_need_one() {
        let tables = Tables::embedded();
        assert_eq!(tables.abbreviation("Sat."), Some(Abbreviation::Inside));
        assert_eq!(tables.abbreviation("sat."), None);
        assert_eq!(tables.abbreviation("GEN."), Some(Abbreviation::Title));
    }
}
