//! Runs the pages of `cases/time`.
//!
//! The format of the pages is told in `cases/time/README.md`. `UPDATE_CASES=1` writes what was found into them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use text::{Metadata, read};
use whimbrel_analysis::{Timex, find_timexes};

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
    assert!(failures.is_empty(), "{failures}help: mend data/time or the page");
}

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/time");
    let entries = fs::read_dir(folder).expect("cases/time is there");
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    pages
        .retain(|path| path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("README.md"));
    pages.sort();
    pages
}

/// The page with every block as it is found, and how many blocks were checked.
fn run(page: &str) -> (String, usize) {
    let (mut out, mut n_blocks, mut times) = (String::new(), 0, String::new());
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(kind) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match kind.split(' ').next() {
            Some("story") => {
                let published = kind.split_once("published=").map(|(_, date)| date.to_owned());
                times = shown(body.join("\n"), Metadata { published, ..Metadata::default() });
                body.iter().for_each(|line| out.push_str(&format!("{line}\n")));
            }
            Some("times") => {
                n_blocks += 1;
                out.push_str(&times);
            }
            _ => panic!("a block `{kind}` is unknown; story or times"),
        }
        out.push_str("```\n");
    }
    (out, n_blocks)
}

/// The times of a story, one a line.
fn shown(story: String, metadata: Metadata) -> String {
    let document = read(story, metadata);
    let mut lines = String::new();
    for timex in find_timexes(&document, &[]) {
        let kind = format!("{:?}", timex.kind).to_uppercase();
        let words = timex.span.of(&document.text);
        let _ = writeln!(lines, "{words} → {kind} {}{} ({})", timex.value, days(&timex), timex.rule);
    }
    lines
}

/// The window of a time, with its precision.
fn days(timex: &Timex) -> String {
    match (timex.earliest, timex.latest, timex.precision) {
        (Some(first), Some(last), Some(precision)) => {
            format!(", {first} to {last} by {precision:?}").to_lowercase()
        }
        _ => String::new(),
    }
}
