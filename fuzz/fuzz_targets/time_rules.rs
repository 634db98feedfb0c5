//! Any text as a file of `data/time`: the first line names the file, the rest is its content. What loads must find times
//! in any text.

#![no_main]

use analysis::TimexGrammar;
use libfuzzer_sys::fuzz_target;
use text::Metadata;

const WORDS: &str = include_str!("../../data/time/words.toml");
const STORY: &str = "On Friday, 3 March 2014, at 5.30 p.m., two years after the last of the 1990s, he said it would end next week.";

fuzz_target!(|input: &str| {
    let Some((name, content)) = input.split_once('\n') else { return };
    let loaded = match name {
        "words.toml" => TimexGrammar::load(&[(name, content)]),
        _ => TimexGrammar::load(&[("words.toml", WORDS), (name, content)]),
    };
    if let Ok(grammar) = loaded {
        let metadata = Metadata { published: Some("2014-03-05".to_owned()), ..Metadata::default() };
        let document = text::read(format!("{STORY} {content}"), metadata);
        for timex in grammar.find(&document, &[]) {
            assert!(
                document.text.get(timex.span.start()..timex.span.end()).is_some(),
                "{timex:?} lies in the text"
            );
        }
    }
});
