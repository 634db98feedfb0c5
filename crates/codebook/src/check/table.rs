//! The laws of flat tables: known header, sorted, no row twice, every code known, dates that do not overlap.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::example::IRREGULAR;
use crate::actor::{BODY, COUNTRY, COUNTRY_NAME, JOINT, NOUN, PERSON, ROLE_STATUS};
use crate::error::DataError;
use crate::files::Files;
use crate::lexicon::TRIGGER_COUNT;
use crate::ontology::Ontology;
use crate::table::{first_day, last_day};

/// What a table's columns mean to the laws.
struct Table {
    prefix: &'static str,
    columns: &'static [&'static str],
}

const TABLES: &[Table] = &[
    Table { prefix: "actor/country.tsv", columns: &COUNTRY },
    Table { prefix: "actor/country-name/", columns: &COUNTRY_NAME },
    Table { prefix: "actor/body/", columns: &BODY },
    Table { prefix: "actor/person/", columns: &PERSON },
    Table { prefix: "lexicon/agent.tsv", columns: &NOUN },
    Table { prefix: "lexicon/role.tsv", columns: &NOUN },
    Table { prefix: "lexicon/role-status.tsv", columns: &ROLE_STATUS },
    Table { prefix: "lexicon/joint.tsv", columns: &JOINT },
    Table { prefix: "lexicon/irregular.tsv", columns: &IRREGULAR },
    Table { prefix: "lexicon/trigger-count.tsv", columns: &TRIGGER_COUNT },
];

/// Whether a file is one of the known tables.
pub(super) fn is_table(file: &str) -> bool {
    TABLES.iter().any(|table| file.starts_with(table.prefix))
}

/// Applies the laws to every table.
pub(super) fn check_tables(files: &Files, ontology: &Ontology, faults: &mut Vec<DataError>) {
    let countries: BTreeSet<&str> = files
        .under("actor/country.tsv")
        .flat_map(|(_, text)| text.lines().skip(1))
        .filter_map(|line| line.split('\t').next())
        .collect();
    // For every name: file, line, code and days of each entry.
    let mut names: BTreeMap<(&str, &str), Vec<Entry<'_>>> = BTreeMap::new();
    for table in TABLES {
        for (file, text) in files.under(table.prefix) {
            check_order(file, text, faults);
            let header: Vec<&str> = text.lines().next().unwrap_or("").split('\t').collect();
            if header != table.columns {
                let wanted = table.columns.join("<TAB>");
                faults.push(DataError::new(file, 1, &format!("the header must read `{wanted}`")));
                continue;
            }
            for (idx, line) in text.lines().enumerate().skip(1) {
                let cells: Vec<&str> = line.split('\t').collect();
                let row = RowOf { file, line: idx + 1, columns: table.columns, cells: &cells };
                row.check(ontology, &countries, faults);
                if let Some(entry) = row.entry(faults) {
                    names.entry((table.prefix, cells[0])).or_default().push(entry);
                }
            }
        }
    }
    for ((_, name), entries) in names {
        check_overlap(name, entries, faults);
    }
}

fn check_order(file: &str, text: &str, faults: &mut Vec<DataError>) {
    let mut before = "";
    for (idx, line) in text.lines().enumerate().skip(1) {
        if line == before {
            faults.push(DataError::new(file, idx + 1, "this row stands twice"));
        } else if line < before {
            faults.push(DataError::new(file, idx + 1, "rows must be sorted; this one belongs further up"));
            return;
        }
        before = line;
    }
}

struct RowOf<'a, 'b> {
    file: &'a str,
    line: usize,
    columns: &'b [&'b str],
    cells: &'b [&'a str],
}

struct Entry<'a> {
    file: &'a str,
    line: usize,
    code: String,
    start: Date,
    end: Date,
}

impl<'a> RowOf<'a, '_> {
    fn cell(&self, column: &str) -> Option<&'a str> {
        let idx = self.columns.iter().position(|name| *name == column)?;
        self.cells.get(idx).copied()
    }

    fn fault(&self, message: &str) -> DataError {
        DataError::new(self.file, self.line, message)
    }

    fn check(&self, ontology: &Ontology, countries: &BTreeSet<&str>, faults: &mut Vec<DataError>) {
        if self.cells.len() != self.columns.len() {
            let message = format!("{} cells, the header has {}", self.cells.len(), self.columns.len());
            faults.push(self.fault(&message));
            return;
        }
        if self.cells[0].is_empty() || self.cell("from").is_none_or(str::is_empty) {
            faults.push(self.fault("the first cell and `from` must not be empty"));
        }
        if self.cells.iter().any(|cell| cell.trim() != *cell || cell.contains('"')) {
            faults.push(self.fault("cells carry no quotation marks and no blanks at their ends"));
        }
        if let Some(country) = self.cell("country").filter(|code| !code.is_empty())
            && !countries.contains(country)
        {
            faults.push(self.fault(&format!("no country `{country}` in data/actor/country.tsv")));
        }
        if let Some(sector) = self.cell("sector").filter(|code| !code.is_empty())
            && !ontology.has_sector(sector)
        {
            faults.push(self.fault(&format!("no sector `{sector}` in data/ontology/sector.toml")));
        }
        let wikidata = self.cell("wikidata").unwrap_or("");
        let digits = wikidata.strip_prefix('Q').unwrap_or(wikidata);
        if !wikidata.is_empty() && (digits == wikidata || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
            faults.push(self.fault(&format!("`{wikidata}` is no Wikidata id; they read Q42")));
        }
    }

    // The row's code with its days, for tables that have dates.
    fn entry(&self, faults: &mut Vec<DataError>) -> Option<Entry<'a>> {
        let (start, end) = (self.cell("start")?, self.cell("end")?);
        let (first, last) = match (first_day(start), last_day(end)) {
            (Ok(first), Ok(last)) => (first, last),
            (first, last) => {
                faults
                    .extend([first.err(), last.err()].into_iter().flatten().map(|wrong| self.fault(&wrong)));
                return None;
            }
        };
        let (start, end) = (first.unwrap_or(Date::MIN), last.unwrap_or(Date::MAX));
        if end < start {
            faults.push(self.fault("the end lies before the start"));
        }
        let code = format!("{}.{}", self.cell("country").unwrap_or(""), self.cell("sector").unwrap_or(""));
        Some(Entry { file: self.file, line: self.line, code, start, end })
    }
}

/// Two rows of one name may not claim the same day for two codes; a change of office within a month is one day's grace.
fn check_overlap(name: &str, mut entries: Vec<Entry<'_>>, faults: &mut Vec<DataError>) {
    entries.sort_by_key(|entry| (entry.start, entry.end));
    for pair in entries.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        let grace = jiff::Span::new().days(366);
        let overlaps = after.start.checked_add(grace).is_ok_and(|start| start <= before.end);
        if overlaps && before.code != after.code {
            let message = format!(
                "`{name}` is {} here and {} at data/{}:{} on the same days",
                after.code, before.code, before.file, before.line
            );
            faults.push(DataError::new(after.file, after.line, &message));
        }
    }
}
