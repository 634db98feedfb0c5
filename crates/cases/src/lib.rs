//! Runs the pages of `cases/`: Markdown whose fenced blocks say what goes in and what must come out.
//!
//! Only tests use it. A page is read block by block; a test answers each block with what it finds, and a page that differs
//! from its answers fails, or is rewritten under `UPDATE_CASES=1`. Rooms: `console` (commands with what they print), `shown`
//! (a coding in few words), `draft` (a table for [`model::FakeModel`] to start from).

mod console;
mod draft;
mod shown;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use text::Metadata;

pub use console::Console;
pub use draft::draft_table;
pub use shown::{actors, claims, contexts, events, one_line};

/// A fenced block of a page.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// The page that it stands in, from the root of the repository: `cases/time/clock.md`.
    pub page: &'a str,
    /// The first word behind the fence: `story`, `events`.
    pub kind: &'a str,
    /// The lines between the fences, each with its end.
    pub body: String,
    attributes: Vec<(&'a str, &'a str)>,
}

impl Block<'_> {
    /// The metadata that a `story` block states behind its kind: `published=2026-11-02`.
    ///
    /// # Panics
    /// At an attribute that a story does not have.
    pub fn metadata(&self) -> Metadata {
        let mut metadata = Metadata::default();
        for (name, value) in &self.attributes {
            match *name {
                "published" => metadata.published = Some((*value).to_owned()),
                "agency" => metadata.agency = Some((*value).to_owned()),
                "publisher" => metadata.publisher = Some((*value).to_owned()),
                _ => panic!("a story has no `{name}`; published, agency or publisher"),
            }
        }
        metadata
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder `cases`.
pub fn folder() -> PathBuf {
    root().join("cases")
}

/// Whether pages are to be written instead of checked.
pub fn updates() -> bool {
    std::env::var_os("UPDATE_CASES").is_some()
}

/// Runs every page of a folder of `cases`. `answer` gets block after block and says what must stand in it; `None` leaves it
/// as it is.
///
/// # Panics
/// When a block differs from its answer, or when fewer than `n_least` were answered.
pub fn hold(pages: &str, n_least: usize, answer: impl FnMut(&Block<'_>) -> Option<String>) {
    hold_pages(&paths(&folder().join(pages)), n_least, answer);
}

/// Runs pages as [`hold`] does those of `cases`.
///
/// # Panics
/// When a block differs from its answer, or when fewer than `n_least` were answered.
pub fn hold_pages(pages: &[PathBuf], n_least: usize, mut answer: impl FnMut(&Block<'_>) -> Option<String>) {
    let (mut failures, mut n_answered) = (String::new(), 0);
    for path in pages {
        let page = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.strip_prefix(root()).unwrap_or(path).display().to_string();
        let mut found = String::with_capacity(page.len());
        let (mut heading, mut lines) = ("", page.lines());
        while let Some(line) = lines.next() {
            let _ = writeln!(found, "{line}");
            if line.starts_with('#') {
                heading = line;
            }
            let Some(opening) = line.strip_prefix("```") else { continue };
            let block = block(&name, opening, lines.by_ref().take_while(|line| *line != "```"));
            let answered = answer(&block);
            n_answered += usize::from(answered.is_some());
            if let Some(answered) = answered.as_ref().filter(|answered| **answered != block.body) {
                let _ = writeln!(failures, "{name}, {heading}, {}\nexpected:\n{}found:\n{answered}", block.kind, block.body);
            }
            let _ = writeln!(found, "{}```", answered.as_ref().unwrap_or(&block.body));
        }
        if updates() && found != page {
            fs::write(path, found).expect("a page can be written");
        }
    }
    assert!(n_answered >= n_least, "only {n_answered} blocks were found to run");
    assert!(updates() || failures.is_empty(), "{failures}help: mend the code, its data or the page");
}

/// The pages of a folder, sorted; its README is none.
///
/// # Panics
/// When there is no such folder.
pub fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("README.md"));
    paths.sort();
    paths
}

fn block<'a>(page: &'a str, opening: &'a str, lines: impl Iterator<Item = &'a str>) -> Block<'a> {
    let mut words = opening.split(' ');
    let kind = words.next().unwrap_or("");
    let attributes = words.map(|word| word.split_once('=').unwrap_or((word, ""))).collect();
    Block { page, kind, attributes, body: lines.map(|line| format!("{line}\n")).collect() }
}
