//! Snapshots of whole readings: the stories of `examples/stories`, read with the bundled network.
//!
//! A change of weights, rules or data shows in `cases/stories` as a diff; `UPDATE_CASES=1` writes it. The network gives the
//! same bits on every machine, so the snapshots are exact.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use cases::one_line;
use intake::{Limits, Stories};
use whimbrel::{Reader, Reading};

#[test]
fn readings_stay_as_they_are() {
    let reader = Reader::bundled().expect("the bundled weights are of the program's format");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/stories");
    let (mut found, mut differing) = (Vec::new(), String::new());
    for story in Stories::open(&[examples], Limits::default()) {
        let story = story.expect("an example story can be read");
        let name = format!("{}.md", story.metadata.id);
        let snapshot = snapshot(&reader.read_with_notes(story.text, story.metadata, story.notes));
        let path = cases::folder().join("stories").join(&name);
        let known = fs::read_to_string(&path).unwrap_or_default();
        if cases::updates() && known != snapshot {
            fs::write(&path, &snapshot).expect("a snapshot can be written");
        } else if known != snapshot {
            let _ = writeln!(differing, "cases/stories/{name}:\n{}", changed(&known, &snapshot));
        }
        found.push(name);
    }
    assert!(found.len() >= 16, "only {} example stories were found", found.len());
    for entry in fs::read_dir(cases::folder().join("stories")).expect("cases/stories is there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(found.contains(&name), "cases/stories/{name} is of no story; help: remove it");
    }
    assert!(differing.is_empty(), "{differing}help: if this is meant, run with UPDATE_CASES=1 and read the diff");
}

/// Everything that a reading yields, in few words; without scores and without the model's name.
fn snapshot(reading: &Reading) -> String {
    let (text, coding) = (&reading.document.text, &reading.coding);
    let mut page = format!("# {}\n", one_line(reading.document.metadata.title.as_deref().unwrap_or("")));
    let mut section = |name: &str, lines: String| {
        let _ = write!(page, "\n## {name}\n\n```\n{lines}```\n");
    };
    section("Events", cases::events(text, coding));
    section("Contexts", cases::contexts(coding));
    section("Claims", cases::claims(text, coding));
    section("Actors", cases::actors(text, coding));
    let times = coding.timexes.iter().map(|timex| {
        let window = timex.earliest.zip(timex.latest).map(|(first, last)| format!(" {first}…{last}")).unwrap_or_default();
        format!("“{}” {} {}{window}\n", one_line(timex.span.of(text)), timex.kind, timex.value)
    });
    section("Times", times.collect());
    let places = coding.toponyms.iter().map(|place| {
        let country = place.country.as_deref().unwrap_or("–");
        format!("“{}” {}, {country} {}\n", one_line(place.span.of(text)), place.name, place.class)
    });
    section("Places", places.collect());
    let notes = coding.notes.iter().map(|note| format!("{}: {}\n", note.kind, one_line(&note.text)));
    section("Notes", notes.collect());
    page
}

/// The lines that are in one of two texts only.
fn changed(known: &str, found: &str) -> String {
    let without = |text: &str, other: &str, sign: char| -> String {
        text.lines().filter(|line| !other.lines().any(|same| same == *line)).map(|line| format!("{sign} {line}\n")).collect()
    };
    without(known, found, '-') + &without(found, known, '+')
}
