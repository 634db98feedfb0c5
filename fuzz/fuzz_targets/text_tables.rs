//! Any text as one of the tables of `data/text`: the first line names the file, the rest is its content.

#![no_main]

use libfuzzer_sys::fuzz_target;
use text::{Metadata, Tables};

const STORY: &str = "KABUL, Jan. 5 (AP) — Gonna go, Mr. Smith's non-profit said at 5 p.m. :-) www.x.com\n\nBy Jane Doe, Reuters";

fuzz_target!(|input: &str| {
    let Some((name, content)) = input.split_once('\n') else { return };
    let replace = |file: &str| (file == name).then(|| content.to_owned());
    if let Ok(tables) = Tables::load(replace) {
        whimbrel_fuzz::check_document(&text::read_with(
            &tables,
            format!("{STORY} {content}"),
            Metadata::default(),
        ));
    }
});
