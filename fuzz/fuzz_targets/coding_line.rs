//! Any line as a coding; what can be read is written and read back as the same.

#![no_main]

use codebook::json::{read_line, write_line};
use libfuzzer_sys::fuzz_target;
use text::Document;

fuzz_target!(|line: &str| {
    let Ok((metadata, text, coding)) = read_line(line) else { return };
    let document = Document { metadata, text, ..Document::default() };
    let written = write_line(&document, &coding);
    let (metadata, text, again) = read_line(&written).expect("what was written can be read");
    assert_eq!((metadata, text, again), (document.metadata, document.text, coding));
});
