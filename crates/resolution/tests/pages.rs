//! The pages of `cases/resolution`: names that are one actor and names that are two.

use codebook::ActorKind;
use jiff::civil::date;
use whimbrel_resolution::{Party, Resolution, Story, Thresholds};

/// `person AFG* Amir Khan Muttaqi`: kind, country (a star where it is stated), name.
fn story(idx: usize, line: &str) -> Story {
    let mut cells = line.splitn(3, ' ');
    let mut cell = || cells.next().unwrap_or_else(|| panic!("`{line}` must read `kind country name`"));
    let (kind, country, name) = (cell(), cell(), cell());
    let code = country.trim_end_matches('*');
    let party = Party {
        id: "a1".to_owned(),
        name: name.to_owned(),
        kind: ActorKind::from_word(kind).expect("a kind of actor"),
        country: (code != "-").then(|| code.to_owned()),
        is_firm: country.ends_with('*'),
        sector: None,
        offices: Vec::new(),
        wikidata: None,
        is_named: kind != "group",
    };
    Story {
        id: format!("s{idx}"),
        published: Some(date(2026, 9, 1)),
        parties: vec![party],
        ..Story::default()
    }
}

#[test]
fn pages_of_names_hold() {
    cases::hold("resolution", 25, |block| {
        let expected = match block.kind {
            "same" => 1,
            "different" => block.body.lines().count(),
            _ => return None,
        };
        let mut resolution = Resolution::new(Thresholds::bundled());
        resolution.add(block.body.lines().enumerate().map(|(idx, line)| story(idx, line)));
        let n_found = resolution.conclusions(None).entities.len();
        let n_named = block.body.lines().filter(|line| !line.starts_with("group")).count();
        let holds = if block.body.starts_with("group") { n_found == n_named } else { n_found == expected };
        Some(if holds { block.body.clone() } else { format!("{}found: {n_found} actors\n", block.body) })
    });
}
