//! Articles of a folder of pages as one JSON object, `{"NAME": {"articleBody": "…"}}`, which is what the scorer of the
//! scrapinghub benchmark reads. Usage: `articles FOLDER > output/whimbrel.json`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use whimbrel_intake::{Limits, Stories};

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("usage: articles FOLDER"));
    let begun = Instant::now();
    let mut out = BTreeMap::new();
    for story in Stories::open(&[folder], Limits::default()) {
        let (input, text) = match story {
            Ok(story) => (story.input, story.text),
            Err(failure) => {
                eprintln!("{failure}");
                (failure.input, String::new())
            }
        };
        let name = Path::new(&input).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let name = name.split('.').next().unwrap_or(&name).to_owned();
        out.insert(name, serde_json::json!({ "articleBody": text }));
    }
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("{} pages in {seconds:.1} s, {:.0} pages/s", out.len(), out.len() as f64 / seconds);
    println!("{}", serde_json::json!(out));
}
