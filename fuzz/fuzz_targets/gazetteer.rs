//! Any bytes as a gazetteer; what opens must answer for any name.

#![no_main]

use analysis::toponym::{Gazetteer, Weights, find_place_names, resolve_names};
use libfuzzer_sys::fuzz_target;
use text::Metadata;

const STORY: &str =
    "ABA, Abia — Officials of Abadan met in Aachen and in northern Aba Province, A Coruña, on Friday.";

fuzz_target!(|bytes: &[u8]| {
    let Ok(gazetteer) = Gazetteer::from_bytes(bytes) else { return };
    for name in ["a", "aba", "Aachen", "1 de mayo", "A Coruña"] {
        for found in gazetteer.lookup(name) {
            let _ = (gazetteer.division_of(&found.place), found.place.distance_km(&found.place));
        }
    }
    for code in ["AF", "AFG"] {
        let _ = gazetteer.country(code);
    }
    for number in 0..64 {
        let _ = gazetteer.place(number);
    }
    let document = text::read(STORY.to_owned(), Metadata::default());
    let spans = find_place_names(&gazetteer, &document);
    let _ = resolve_names(&gazetteer, Weights::embedded(), &document, &spans);
});
