//! Runs the pages of `cases/place`, and holds the gazetteer and its tables to their laws.
//!
//! The format of the pages is told in `cases/place/README.md`. `UPDATE_CASES=1` writes what was found into them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use text::{Metadata, Span, read};
use whimbrel_analysis::toponym::{
    Extent, Gazetteer, GazetteerError, Weights, find_place_names, find_toponyms, normalize, resolve_names,
};

const COUNTRIES: &str = include_str!("../../../data/place/countries.tsv");
const REGIONS: &str = include_str!("../../../data/place/regions.tsv");
const ACTS: &str = include_str!("../../../data/place/acts.tsv");
const GAZETTEER: &[u8] = include_bytes!("../../../data/place/gazetteer.bin");

#[test]
fn pages_hold() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let (mut failures, mut n_blocks) = (String::new(), 0);
    for path in pages() {
        let page = fs::read_to_string(&path).expect("a page can be read");
        let (found, n) = run(&page);
        n_blocks += n;
        if update && found != page {
            fs::write(&path, &found).expect("a page can be written");
        } else if found != page {
            let _ = writeln!(failures, "{}:", path.display());
            for (expected, found) in
                page.lines().zip(found.lines()).filter(|(expected, found)| expected != found)
            {
                let _ = writeln!(failures, "  expected {expected}\n  found    {found}");
            }
        }
    }
    assert!(n_blocks >= 20, "only {n_blocks} blocks were found to run");
    assert!(failures.is_empty(), "{failures}help: mend data/place or the page");
}

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/place");
    let entries = fs::read_dir(folder).expect("cases/place is there");
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    pages
        .retain(|path| path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("README.md"));
    pages.sort();
    pages
}

/// The page with every block as it is found, and how many blocks were checked.
fn run(page: &str) -> (String, usize) {
    let (mut out, mut n_blocks, mut places) = (String::new(), 0, String::new());
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(kind) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match kind.split(' ').next() {
            Some("story") => {
                let url = kind.split_once("url=").map(|(_, url)| url.to_owned());
                places = resolve_marked(&body.join("\n"), Metadata { url, ..Metadata::default() });
                body.iter().for_each(|line| out.push_str(&format!("{line}\n")));
            }
            Some("places") => {
                n_blocks += 1;
                out.push_str(&places);
            }
            _ => panic!("a block `{kind}` is unknown; story or places"),
        }
        out.push_str("```\n");
    }
    (out, n_blocks)
}

/// Resolves the names in brackets, or the names that the matcher finds where there are none.
fn resolve_marked(marked: &str, metadata: Metadata) -> String {
    let (mut text, mut spans, mut start) = (String::new(), Vec::new(), 0);
    for char in marked.chars() {
        match char {
            '[' => start = text.len(),
            ']' => spans.push(Span::new(start, text.len())),
            _ => text.push(char),
        }
    }
    let gazetteer = Gazetteer::embedded();
    let document = read(text, metadata);
    let spans = if spans.is_empty() { find_place_names(&gazetteer, &document) } else { spans };
    let mut shown = String::new();
    for toponym in resolve_names(&gazetteer, Weights::embedded(), &document, &spans) {
        let country = toponym.country.as_deref().unwrap_or("–");
        let admin1 = toponym.admin1.as_deref().unwrap_or("–");
        let extent = Extent::of_class(&toponym.class).name();
        let words = toponym.span.of(&document.text);
        let _ = writeln!(shown, "{words} → {} {country} {admin1} {extent}", toponym.name);
    }
    shown
}

fn rows(table: &str) -> Vec<Vec<&str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect()).collect()
}

#[test]
fn countries_have_codes_points_and_entries() {
    let rows = rows(COUNTRIES);
    assert!(rows.len() >= 245, "every country and territory has a row");
    assert!(rows.windows(2).all(|pair| pair[0][3] < pair[1][3]), "rows are sorted by ISO code, none twice");
    let gazetteer = Gazetteer::embedded();
    for row in &rows {
        assert_eq!(row.len(), 11, "row of {}", row[0]);
        let place = gazetteer.country(row[3]).unwrap_or_else(|| panic!("{} has no entry", row[3]));
        assert_eq!((place.name, place.country, place.class), (row[0], Some(row[3]), "A.PCLI"));
        let names = row[1].split('|').chain(row[2].split('|')).filter(|name| !name.is_empty());
        for name in names {
            let found = gazetteer.lookup(name);
            assert!(
                found.iter().any(|found| found.place.number == place.number),
                "{name} must find {}",
                row[0]
            );
        }
        let neighbors = row[10].split('|').filter(|code| !code.is_empty());
        for code in neighbors {
            assert!(rows.iter().any(|row| row[4] == code), "{} has no neighbor {code}", row[0]);
        }
    }
}

#[test]
fn regions_are_sorted_and_found() {
    let rows = rows(REGIONS);
    assert!(rows.len() >= 700, "first-level divisions, seas, rivers, contested areas");
    let sorting = |row: &[&str]| [row[6], row[4], row[0]].map(str::to_owned);
    assert!(
        rows.windows(2).all(|pair| sorting(&pair[0]) < sorting(&pair[1])),
        "sorted by class, country, name; none twice"
    );
    let gazetteer = Gazetteer::embedded();
    let mut ids = BTreeSet::new();
    for row in &rows {
        assert_eq!(row.len(), 11, "row of {}", row[0]);
        let (latitude, longitude): (f64, f64) =
            (row[7].parse().expect("a latitude"), row[8].parse().expect("a longitude"));
        assert!(latitude.abs() <= 90.0 && longitude.abs() <= 180.0, "{} lies on the earth", row[0]);
        assert!(
            row[4].is_empty() || gazetteer.country(row[4]).is_some(),
            "{} is in no known country {}",
            row[0],
            row[4]
        );
        assert!(!row[10].is_empty(), "{} must say where the row is from", row[0]);
        assert!(row[9].is_empty() || ids.insert(row[9]), "the GeoNames id of {} stands twice", row[0]);
        for name in [row[0]].into_iter().chain(row[1].split('|')).filter(|name| !name.is_empty()) {
            let found = gazetteer.lookup(name).into_iter().any(|found| {
                (found.place.latitude - latitude).abs() < 0.3
                    && (found.place.longitude - longitude).abs() < 0.3
            });
            assert!(found, "{name} must find the entry of {}", row[0]);
        }
    }
}

#[test]
fn every_entry_is_whole_and_found_by_its_name() {
    let gazetteer = Gazetteer::embedded();
    assert!(gazetteer.len() > 240_000, "{} entries", gazetteer.len());
    for number in (0..u32::try_from(gazetteer.len()).expect("few")).step_by(7) {
        let place = gazetteer.place(number).unwrap_or_else(|| panic!("entry {number} is damaged"));
        assert!(place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0);
        assert!(
            place.country.is_none_or(|code| gazetteer.country(code).is_some()),
            "country of {}",
            place.name
        );
        let key = normalize(place.name);
        assert!(
            gazetteer.lookup(place.name).iter().any(|found| found.place.number == number),
            "{} (key `{key}`) must find itself: gazetteer.py and spelling.rs must agree",
            place.name
        );
    }
    assert_eq!(gazetteer.place(u32::MAX), None);
}

#[test]
fn acts_are_sorted() {
    let lemmas: Vec<&str> = ACTS.lines().skip(1).collect();
    assert!(lemmas.windows(2).all(|pair| pair[0] < pair[1]), "one lemma a line, sorted");
}

#[test]
fn bytes_that_are_no_gazetteer_are_refused() {
    assert_eq!(Gazetteer::from_bytes(b"WHIMGAZ2").unwrap_err(), GazetteerError::Magic);
    assert_eq!(Gazetteer::from_bytes(b"WHIMGAZ1").unwrap_err(), GazetteerError::Sections);
    assert_eq!(
        Gazetteer::from_bytes(&GAZETTEER[..GAZETTEER.len() - 1]).unwrap_err(),
        GazetteerError::Sections
    );
}

/// A small file of the same grammar: the head of every section, so that damage hits what is read.
fn small_gazetteer() -> Vec<u8> {
    let start = |idx: usize| {
        let at = 8 + 4 * idx;
        u32::from_le_bytes(GAZETTEER[at..at + 4].try_into().expect("four bytes")) as usize
    };
    let sections: Vec<&[u8]> =
        (0..7).map(|idx| &GAZETTEER[start(idx)..start(idx + 1).min(start(idx) + 4096)]).collect();
    let mut bytes = b"WHIMGAZ1".to_vec();
    let mut at = u32::try_from(8 + 4 * 8).expect("small");
    for section in &sections {
        bytes.extend(at.to_le_bytes());
        at += u32::try_from(section.len()).expect("small");
    }
    bytes.extend(at.to_le_bytes());
    sections.iter().for_each(|section| bytes.extend(*section));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_bytes_never_panic(
        hits in prop::collection::vec((0_usize..29_000, any::<u8>()), 0..60),
        cut in 0_usize..29_000,
        name in "[a-z]{1,6}( [a-z]{1,6})?",
    ) {
        let mut bytes = small_gazetteer();
        let n_bytes = bytes.len();
        for (at, byte) in hits {
            bytes[at % n_bytes] = byte;
        }
        for bytes in [&bytes[..], &bytes[..cut % n_bytes]] {
            let Ok(gazetteer) = Gazetteer::from_bytes(bytes) else { continue };
            for name in [name.as_str(), "a", "aa", "aachen", "1 de mayo"] {
                for found in gazetteer.lookup(name) {
                    let _ = gazetteer.division_of(&found.place);
                }
            }
            for number in 0..300 {
                let _ = gazetteer.place(number);
            }
            let _ = gazetteer.country("AFG");
        }
    }

    #[test]
    fn any_text_can_be_resolved(text in "(\\PC|Paris, |Texas|, Ga\\.|St\\. |Georgia |[\u{e0}-\u{17f}]){0,40}", cuts in prop::collection::vec(0_usize..200, 0..8)) {
        let document = read(text, Metadata::default());
        let bound = |at: usize| document.text.floor_char_boundary(at.min(document.text.len()));
        let mut spans: Vec<Span> = cuts.windows(2).map(|pair| {
            let (a, b) = (bound(pair[0]), bound(pair[1]));
            Span::new(a.min(b), a.max(b))
        }).collect();
        spans.sort_unstable();
        let gazetteer = Gazetteer::embedded();
        let toponyms = resolve_names(&gazetteer, Weights::embedded(), &document, &spans);
        prop_assert!(toponyms.len() <= spans.len());
        prop_assert_eq!(&toponyms, &resolve_names(&gazetteer, Weights::embedded(), &document, &spans), "the same bytes out");
        for toponym in find_toponyms(&document, &[]) {
            prop_assert!(!toponym.reason.is_empty() && toponym.latitude.abs() <= 90.0 && toponym.longitude.abs() <= 180.0);
        }
    }
}
