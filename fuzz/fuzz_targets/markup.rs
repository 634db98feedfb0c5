//! Any text as annotated stories.

#![no_main]

use codebook::markup;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &str| {
    let (stories, faults) = markup::read(file);
    for story in &stories {
        for tag in &story.tags {
            assert!(story.text.get(tag.start..tag.end).is_some(), "{tag:?} lies in the text");
        }
    }
    assert!(faults.iter().all(|fault| (1..=file.lines().count().max(1)).contains(&fault.line)), "{faults:?}");
});
