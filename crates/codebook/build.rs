//! Embeds the codebook's data: walks the folders of `data/` that this crate reads and lists every file in them.
//!
//! Files are found by walking, so that adding one needs no second edit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The rooms of `data/` that belong to the codebook; the others are embedded by the crates that read them.
const ROOMS: &[&str] = &["ontology", "lexicon", "actor", "glossary.toml"];

fn main() {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let data = manifest.join("../../data").canonicalize().expect("the repository has a folder `data`");
    let mut files = Vec::new();
    for room in ROOMS {
        walk(&data, &data.join(room), &mut files);
    }
    // Sorted by name with forward slashes, as folders read at run time are.
    let name_of = |file: &PathBuf| {
        file.strip_prefix(&data).expect("walked below it").to_string_lossy().replace('\\', "/")
    };
    files.sort_by_key(name_of);
    let mut list = String::from("&[\n");
    for file in files {
        let name = name_of(&file);
        writeln!(list, "    ({name:?}, include_str!({:?})),", file.to_string_lossy()).expect("strings grow");
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("files.rs"), list).expect("the output folder can be written");
}

fn walk(data: &Path, path: &Path, files: &mut Vec<PathBuf>) {
    // Relative to the package: checkouts that share a target folder must each look at their own files.
    let below = path.strip_prefix(data).expect("walked below it");
    println!("cargo:rerun-if-changed={}", Path::new("../../data").join(below).display());
    if path.is_file() {
        if path.extension().is_some_and(|end| end == "toml" || end == "tsv") {
            files.push(path.to_path_buf());
        }
        return;
    }
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        walk(data, &entry.path(), files);
    }
}
