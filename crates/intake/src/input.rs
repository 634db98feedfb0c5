//! Which inputs: paths as given, patterns, folders walked in sorted order, addresses.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Stage};
use crate::packed::bare;

/// Where bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Standard input.
    Stdin,
    /// An address of the web.
    Address(String),
    /// A file, with the id that its story has unless it says otherwise.
    File { path: PathBuf, id: String },
}

/// The files that paths mean, in the order of the paths, with what could not be listed in its place. `-` is standard input.
pub(crate) fn list(paths: &[PathBuf]) -> Vec<Result<Input, Failure>> {
    let mut out = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            out.push(Ok(Input::Stdin));
            continue;
        }
        if let Some(address) = path.to_str().filter(|path| is_address(path)) {
            out.push(Ok(Input::Address(address.to_owned())));
            continue;
        }
        match fs::metadata(path) {
            Err(_) if is_pattern(path) => match_pattern(path, &mut out),
            Ok(about) if about.is_dir() => {
                let before = out.len();
                walk(path, path, &mut out);
                if out.len() == before {
                    let failure = Failure::new(&shown(path), 0, Stage::Open, "the folder holds no files");
                    out.push(Err(failure.valid("a folder with files of stories")));
                }
            }
            Ok(_) => out.push(Ok(file(path, path.parent().unwrap_or(Path::new(""))))),
            Err(error) => out.push(Err(unreadable(path, &error))),
        }
    }
    out
}

/// Whether an input is an address of the web and no path.
pub(crate) fn is_address(input: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| input.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme)))
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

/// The files that a pattern such as `news/**/*.jsonl` means, sorted.
fn match_pattern(pattern: &Path, out: &mut Vec<Result<Input, Failure>>) {
    let shown = shown(pattern);
    let fail = |reason: String| {
        Failure::new(&shown, 0, Stage::Open, reason).valid("a pattern such as news/**/*.jsonl, with `*`, `**`, `?` and `[a-z]`")
    };
    let options = glob::MatchOptions { require_literal_leading_dot: true, require_literal_separator: true, ..glob::MatchOptions::new() };
    let found = match glob::glob_with(&shown, options) {
        Ok(found) => found,
        Err(error) => return out.push(Err(fail(format!("the pattern is broken: {}", error.msg)))),
    };
    let before = out.len();
    // Ids are paths below the part of the pattern that has no marks.
    let root: PathBuf = pattern.components().take_while(|part| !is_pattern(Path::new(part))).collect();
    for path in found {
        match path {
            Ok(path) if path.is_dir() => {}
            Ok(path) => out.push(Ok(file(&path, &root))),
            Err(error) => out.push(Err(unreadable(error.path(), error.error()))),
        }
    }
    if out.len() == before {
        out.push(Err(fail("no file matches the pattern".to_owned())));
    }
}

/// A path as messages name it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Why a path cannot be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(&shown(path), 0, Stage::Open, error.to_string())
        .valid("a file or folder that can be read, or `-` for standard input")
}

/// Files below a folder, sorted by name level by level; hidden ones are left out, and links to folders are not followed, so
/// that no walk goes round in a ring.
fn walk(folder: &Path, root: &Path, out: &mut Vec<Result<Input, Failure>>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return out.push(Err(unreadable(folder, &error))),
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        let is_link = path.symlink_metadata().is_ok_and(|about| about.is_symlink());
        match fs::metadata(&path) {
            Ok(about) if about.is_dir() && is_link => {}
            Ok(about) if about.is_dir() => walk(&path, root, out),
            Ok(_) => out.push(Ok(file(&path, root))),
            Err(error) => out.push(Err(unreadable(&path, &error))),
        }
    }
}

/// A file whose story is named for its path below `root`, without the ending.
fn file(path: &Path, root: &Path) -> Input {
    let below = path.strip_prefix(root).unwrap_or(path);
    // `a.html.gz` is the story `a`.
    let below = Path::new(bare(&below.to_string_lossy())).with_extension("");
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Input::File { path: path.to_path_buf(), id: parts.join("/") }
}
