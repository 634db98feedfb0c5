//! Which files: paths as given, folders walked in sorted order.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Stage};

/// Where bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Standard input.
    Stdin,
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
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => {
                let before = out.len();
                walk(path, path, &mut out);
                if out.len() == before {
                    let failure = Failure::new(&shown(path), 0, Stage::Open, "the folder holds no files");
                    out.push(Err(failure.valid("a folder with .jsonl, .txt or .md files")));
                }
            }
            Ok(_) => out.push(Ok(file(path, path.parent().unwrap_or(Path::new(""))))),
            Err(error) => out.push(Err(unreadable(path, &error))),
        }
    }
    out
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
    let below = path.strip_prefix(root).unwrap_or(path).with_extension("");
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    Input::File { path: path.to_path_buf(), id: parts.join("/") }
}
