//! Any bytes as CoNLL-U.

#![no_main]

use intake::conllu::Documents;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for given in Documents::new("bank.conllu", bytes).flatten() {
        whimbrel_fuzz::check_document(&given.document);
        assert_eq!(given.sentence_ids.len(), given.document.sentences.len(), "an id a sentence");
    }
});
