//! Any bytes as a weight file; what loads must read a window.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{Model, Network, Window};

fuzz_target!(|file: &[u8]| {
    let Ok(network) = Network::from_bytes(file) else { return };
    let words = vec!["ba", "Deba", "17", ".", "Kugo", "é東", "left", "!"];
    let window = Window { words, sentences: vec![0..4, 4..8] };
    let labels = network.labels();
    let prediction = &network.predict(&[window])[0];
    assert_eq!(prediction.words.len(), 8);
    for word in &prediction.words {
        assert!(
            usize::from(word.upos.label) < labels.upos.len()
                && usize::from(word.deprel.label) < labels.deprel.len()
        );
        assert!(word.head.is_none_or(|head| head < 8));
    }
});
