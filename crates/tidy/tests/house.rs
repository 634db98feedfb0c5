//! The rules of the house. Each test names what it found, so that a failure says what to mend.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use whimbrel_tidy::{BESIDE, LINES_MAX, files, floor, leans_on, root};

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[track_caller]
fn none(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n  {}", faults.join("\n  "));
}

#[test]
fn crates_lean_only_on_lower_floors() {
    let mut faults = Vec::new();
    for manifest in files(&root().join("crates"), &["Cargo.toml"]) {
        let folder = manifest.parent().expect("a manifest lies in a folder");
        let name = folder.file_name().and_then(|name| name.to_str()).expect("crate folders have names");
        if BESIDE.contains(&name) || folder.parent().is_none_or(|above| !above.ends_with("crates")) {
            continue;
        }
        let Some(own) = floor(name) else {
            faults.push(format!("{name} stands on no floor of crates/tidy/src/lib.rs"));
            continue;
        };
        for other in leans_on(&read(&manifest)) {
            if other != name && floor(&other).is_none_or(|other| other >= own) {
                faults.push(format!("{name} may not lean on {other}"));
            }
        }
    }
    none("arrows that do not point down", &faults);
}

#[test]
fn a_sideways_arrow_is_seen() {
    let manifest = "[dependencies]\nintake.workspace = true\nserde = \"1\"\n[lints]\nworkspace = true\n";
    assert_eq!(leans_on(manifest), ["intake"]);
    assert_eq!(floor("intake"), floor("coder"));
}

#[test]
fn files_have_headers_and_stay_short() {
    let mut faults = Vec::new();
    for path in files(&root().join("crates"), &[".rs"]) {
        let text = read(&path);
        if !text.starts_with("//!") {
            faults.push(format!("{} does not begin with what the room is for (//!)", shown(&path)));
        }
        let n_lines = text.lines().count();
        if n_lines > LINES_MAX {
            faults.push(format!("{} has {n_lines} lines, more than {LINES_MAX}", shown(&path)));
        }
    }
    none("files", &faults);
}

#[test]
fn no_loose_ends_in_code() {
    let mut faults = Vec::new();
    // Written in halves, so that this file does not find itself.
    let banned = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["unimplemented", "!("]].map(|halves| halves.concat());
    for path in files(&root().join("crates"), &[".rs"]) {
        for (idx, line) in read(&path).lines().enumerate() {
            if let Some(word) = banned.iter().find(|word| line.contains(word.as_str())) {
                faults.push(format!("{}:{}: {word}", shown(&path), idx + 1));
            }
            if line.ends_with(' ') {
                faults.push(format!("{}:{}: trailing space", shown(&path), idx + 1));
            }
        }
    }
    none("loose ends", &faults);
}

#[test]
fn every_outside_dependency_has_its_reason() {
    let own = |line: &str| line.contains("path = ") || line.contains("workspace = true") || floor(line.split(['.', ' ', '=']).next().unwrap_or("")).is_some();
    let mut faults = Vec::new();
    let mut manifests = files(&root().join("crates"), &["Cargo.toml"]);
    manifests.push(root().join("Cargo.toml"));
    for manifest in manifests {
        let text = read(&manifest);
        let (mut section, mut explained) = (String::new(), false);
        for (idx, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']').to_owned();
                explained = false;
            } else if line.starts_with('#') {
                explained = true;
            } else if line.is_empty() {
                explained = false;
            } else if section.ends_with("dependencies") && line.contains('=') {
                if !explained && !own(line) && !line.starts_with([' ', '"', ']']) {
                    faults.push(format!("{}:{}: no reason beside `{line}`", shown(&manifest), idx + 1));
                }
                explained = false;
            }
        }
    }
    none("dependencies", &faults);
}

#[test]
fn links_in_pages_lead_somewhere() {
    let mut faults = Vec::new();
    for page in files(&root(), &[".md"]) {
        let text = read(&page);
        let folder = page.parent().expect("a page lies in a folder");
        for part in text.split("](").skip(1) {
            let link = part.split(')').next().unwrap_or("");
            let path = link.split('#').next().unwrap_or("");
            let outside = path.is_empty() || path.contains("://") || path.contains(' ') || path.starts_with("mailto:");
            if !outside && !folder.join(path).exists() {
                faults.push(format!("{}: dead link {link}", shown(&page)));
            }
        }
    }
    none("links", &faults);
}

#[test]
fn the_architecture_page_names_every_crate() {
    let page = read(&root().join("ARCHITECTURE.md"));
    let mut faults = Vec::new();
    for entry in fs::read_dir(root().join("crates")).expect("crates/ is there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !page.contains(&format!("`{name}`")) {
            faults.push(name);
        }
    }
    none("crates that ARCHITECTURE.md does not name", &faults);
}

#[test]
fn file_names_say_what_is_inside() {
    let banned: BTreeSet<&str> =
        ["util", "utils", "common", "core", "misc", "helper", "helpers", "manager", "handler", "processor", "base", "info"].into();
    let faults: Vec<String> = files(&root().join("crates"), &[".rs"])
        .iter()
        .filter(|path| path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| banned.contains(stem)))
        .map(|path| shown(path))
        .collect();
    none("names that say nothing", &faults);
}
