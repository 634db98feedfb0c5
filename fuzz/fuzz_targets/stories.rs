//! Any bytes as an input of stories: JSON lines, Markdown with front matter, plain text, or what the first bytes say.

#![no_main]

use intake::{Limits, Stories};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 4] = ["input.jsonl", "input.md", "input.txt", "input"];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let mut stories =
        Stories::from_reader(name, std::io::Cursor::new(rest.to_vec()), Limits { line_bytes: 1 << 12 });
    let mut n = 0;
    for story in &mut stories {
        n += 1;
        match story {
            Ok(story) => {
                assert!(
                    !story.metadata.id.is_empty() && !story.text.trim().is_empty(),
                    "a story has an id and a text"
                );
                for note in &story.notes {
                    assert!(
                        story.text.get(note.span.start()..note.span.end()).is_some(),
                        "{note:?} lies in the text"
                    );
                }
            }
            Err(failure) => {
                assert!(!failure.reason.is_empty() && failure.to_string().contains(name), "it says where")
            }
        }
    }
    assert!(n > 0, "an input gives a story or says why not");
    let _ = stories.take_remarks();
});
