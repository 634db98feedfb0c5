//! Any bytes as a story: charset, cutting, dateline, credit, byline.

#![no_main]

use libfuzzer_sys::fuzz_target;
use text::Metadata;

fuzz_target!(|bytes: &[u8]| {
    let (story, notes) = text::decode(bytes);
    for note in &notes {
        assert!(story.get(note.span.start()..note.span.end()).is_some(), "{note:?} lies in the text");
    }
    let _ = text::looks_binary(bytes);
    // The last line serves as what came with the story, so that it is read too.
    let came_with = story.lines().next_back().map(str::to_owned);
    let metadata = Metadata {
        published: came_with.clone(),
        agency: came_with.clone(),
        url: came_with,
        ..Metadata::default()
    };
    let document = text::read(story.clone(), metadata);
    assert_eq!(document.text, story, "the text stays as it came");
    whimbrel_fuzz::check_document(&document);
});
