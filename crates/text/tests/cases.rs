//! Runs the pages of `cases/text`: each case is a story with the tokens, sentences or places that must be found.
//!
//! The format is told in `cases/text/README.md`. `UPDATE_CASES=1` writes what was found into the pages.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use whimbrel_text::{Document, Metadata, Span, read};

#[test]
fn pages_hold() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut failures = String::new();
    let (mut n_pages, mut n_blocks) = (0, 0);
    for path in pages() {
        let page = fs::read_to_string(&path).expect("a page can be read");
        let (found, n) = run(&page);
        n_pages += 1;
        n_blocks += n;
        if update && found != page {
            fs::write(&path, &found).expect("a page can be written");
        } else {
            report(&path, &page, &found, &mut failures);
        }
    }
    assert!(n_pages >= 8 && n_blocks >= 40, "only {n_blocks} blocks on {n_pages} pages were found to run");
    assert!(failures.is_empty(), "{failures}help: mend the table in data/text or the page");
}

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/text");
    let entries = fs::read_dir(folder).expect("cases/text is there");
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    pages
        .retain(|path| path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("README.md"));
    pages.sort();
    pages
}

/// The page with every block as it is found, and how many blocks were checked.
fn run(page: &str) -> (String, usize) {
    let (mut out, mut n_blocks, mut document) = (String::new(), 0, None);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(kind) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let shown = match (kind.split(' ').next().unwrap_or(""), &document) {
            ("story", _) => {
                document = Some(read(body.join("\n"), metadata(kind)));
                body.iter().map(|line| format!("{line}\n")).collect()
            }
            ("tokens", Some(document)) => show(document, tokens),
            ("sentences", Some(document)) => show(document, |document, idx| {
                document.sentences[idx].span.of(&document.text).replace('\n', " ")
            }),
            ("places", Some(document)) => places(document),
            _ => panic!("a block `{kind}` is unknown or stands before its story"),
        };
        n_blocks += usize::from(!kind.starts_with("story"));
        out.push_str(&shown);
        out.push_str("```\n");
    }
    (out, n_blocks)
}

fn metadata(line: &str) -> Metadata {
    let mut metadata = Metadata::default();
    for pair in line.split(' ').skip(1) {
        match pair.split_once('=') {
            Some(("published", value)) => metadata.published = Some(value.to_owned()),
            Some(("agency", value)) => metadata.agency = Some(value.to_owned()),
            _ => panic!("no metadata `{pair}`; published=… or agency=…"),
        }
    }
    metadata
}

/// One line a sentence, an empty line between paragraphs.
fn show(document: &Document, line: impl Fn(&Document, usize) -> String) -> String {
    let mut out = String::new();
    for (idx, sentence) in document.sentences.iter().enumerate() {
        if idx > 0 && document.sentences[idx - 1].paragraph != sentence.paragraph {
            out.push('\n');
        }
        writeln!(out, "{}", line(document, idx)).expect("a string can be written to");
    }
    out
}

fn tokens(document: &Document, sentence: usize) -> String {
    let mut out = String::new();
    for idx in document.sentences[sentence].tokens.clone() {
        if !out.is_empty() {
            out.push(if document.tokens[idx].joined { '|' } else { ' ' });
        }
        out.push_str(&document.word(idx).replace(char::is_whitespace, "␣"));
    }
    out
}

fn places(document: &Document) -> String {
    let mut out = String::new();
    let mut show = |kind: &str, span: Option<Span>| {
        if let Some(span) = span {
            writeln!(out, "{kind} {}", span.of(&document.text)).expect("a string can be written to");
        }
    };
    let dateline = document.dateline.as_ref();
    show("dateline", dateline.map(|dateline| dateline.span));
    show("place", dateline.and_then(|dateline| dateline.place));
    show("date", dateline.and_then(|dateline| dateline.date));
    show("agency", dateline.and_then(|dateline| dateline.agency));
    show("byline", document.byline);
    show("credit", document.credit.as_ref().map(|credit| credit.span));
    show("credit-agency", document.credit.as_ref().map(|credit| credit.agency));
    if let Some(day) = document.date {
        writeln!(out, "day {day}").expect("a string can be written to");
    }
    for note in &document.notes {
        writeln!(out, "note {}", note.kind).expect("a string can be written to");
    }
    out
}

/// Adds the lines that differ, each with its heading.
fn report(path: &Path, expected: &str, found: &str, failures: &mut String) {
    if expected == found {
        return;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let cases = |page: &str| page.split("\n# ").map(str::to_owned).collect::<Vec<_>>();
    for (expected, found) in
        cases(expected).iter().zip(cases(found)).filter(|(expected, found)| *expected != found)
    {
        writeln!(failures, "cases/text/{name}\nexpected: # {expected}\nfound: # {found}\n")
            .expect("a string can be written to");
    }
}
