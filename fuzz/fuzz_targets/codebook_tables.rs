//! Any text as a file of the codebook: the first line names the file, the rest is its content. Around it stand the
//! ontology, the countries and the glossary.

#![no_main]

use std::sync::LazyLock;

use codebook::{Codebook, check_texts};
use libfuzzer_sys::fuzz_target;

/// The small files that all others lean on.
static AROUND: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let data = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../data"));
    let mut names = vec!["actor/country.tsv".to_owned(), "glossary.toml".to_owned()];
    names.extend(
        ["ontology/context.toml", "ontology/sector.toml", "lexicon/irregular.tsv"].map(str::to_owned),
    );
    for entry in std::fs::read_dir(data.join("ontology/event")).expect("the data is there").flatten() {
        names.push(format!("ontology/event/{}", entry.file_name().to_string_lossy()));
    }
    names.sort();
    let text = |name: String| (std::fs::read_to_string(data.join(&name)).expect("the data is there"), name);
    names.into_iter().map(text).map(|(text, name)| (name, text)).collect()
});

fuzz_target!(|input: &str| {
    let Some((name, content)) = input.split_once('\n') else { return };
    let around =
        AROUND.iter().filter(|(known, _)| known != name).map(|(name, text)| (name.as_str(), text.as_str()));
    let texts: Vec<(&str, &str)> = around.chain([(name, content)]).collect();
    if let Ok(codebook) = Codebook::from_texts(&texts) {
        let words: Vec<&str> = content.split_whitespace().take(8).collect();
        let _ = codebook.party(&words, None);
        let _ = codebook.trigger(&words, codebook::Pos::Verb);
        let _ = codebook.cue(&words, codebook::Pos::Verb);
    }
    for fault in check_texts(&texts) {
        assert!(!fault.message.is_empty(), "{fault:?} says what is wrong");
    }
});
