//! Any text as the weights of `data/place`; what loads must resolve the places of a story.

#![no_main]

use analysis::toponym::{Gazetteer, Weights, find_place_names, resolve_names};
use libfuzzer_sys::fuzz_target;
use text::Metadata;

const STORY: &str =
    "PARIS, Texas — Officials of Georgia met in Kyiv, Tbilisi and northern Idlib province on Friday.";

fuzz_target!(|table: &str| {
    if let Ok(weights) = Weights::parse(table) {
        let gazetteer = Gazetteer::embedded();
        let document = text::read(STORY.to_owned(), Metadata::default());
        let spans = find_place_names(&gazetteer, &document);
        for toponym in resolve_names(&gazetteer, &weights, &document, &spans) {
            assert!(toponym.latitude.abs() <= 90.0 && toponym.longitude.abs() <= 180.0);
        }
    }
});
