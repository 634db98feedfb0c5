//! Holds the rules of the house as tests (`tests/house.rs`); here are only the readers that they share.
//!
//! It reads files of the workspace as text and builds nothing.

use std::path::{Path, PathBuf};

/// The floors of the workspace, ground first. A crate may depend only on crates of a lower floor; this table is the whole
/// rule. Neighbours on one floor never see each other.
pub const FLOORS: &[&[&str]] = &[
    &["text"],
    &["model", "codebook"],
    &["analysis", "ledger"],
    &["coder", "intake", "resolution", "query"],
    &["desk", "cluster"],
    &["whimbrel", "python"],
];

/// Crates that only tests use; they stand beside the house and not in it.
pub const BESIDE: &[&str] = &["tidy", "cases"];

/// The most lines that a file may have.
pub const LINES_MAX: usize = 600;

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").components().collect()
}

/// Files below a folder with one of these endings, sorted; build outputs, version control and work folders left out.
pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&at) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            if path.is_dir() {
                if !["target", ".git", "node_modules", "work", "venv", "__pycache__", "corpus"].contains(&name) {
                    open.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// The floor of a crate, if it is of the house and stands on one.
pub fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

/// Names of the house's own crates that a manifest depends on, tests and builds included.
pub fn leans_on(manifest: &str) -> Vec<String> {
    let mut section = "";
    let mut out = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if section.ends_with("dependencies")
            && let Some(name) = line.split(['.', ' ', '=']).next()
            && floor(name).is_some()
        {
            out.push(name.to_owned());
        }
    }
    out
}
