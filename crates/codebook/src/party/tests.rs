//! Phrases and the parties that they mean.

use super::*;

struct Case {
    phrase: &'static str,
    date: Option<(i16, i8, i8)>,
    code: &'static str,
}

fn code_of(phrase: &str, date: Option<(i16, i8, i8)>) -> String {
    let words: Vec<&str> = phrase.split(' ').collect();
    let date = date.map(|(year, month, day)| jiff::civil::date(year, month, day));
    match Codebook::bundled().party(&words, date) {
        Some(party) => {
            format!("{}.{}", party.country.as_deref().unwrap_or("-"), party.sector.as_deref().unwrap_or("-"))
        }
        None => "none".to_string(),
    }
}

#[test]
fn phrases_tell_country_and_sector() {
    let cases = [
        ("Pakistani soldiers", "PAK.MIL"),
        ("acting Afghan foreign minister", "AFG.GOV"),
        ("the Kremlin", "RUS.GOV"),
        ("Islamabad", "PAK.GOV"),
        ("Boko Haram", "NGA.REB"),
        ("Boko Haram gunmen", "NGA.REB"),
        ("police in Nairobi", "KEN.COP"),
        ("former president of Brazil", "BRA.ELI"),
        ("US Senate", "USA.LEG"),
        ("UN peacekeepers", "-.IGO"),
        ("the U.S. military", "USA.MIL"),
        ("US - backed Syrian rebels", "SYR.REB"),
        ("a Somalia - based paramilitary group", "SOM.REB"),
        ("members of the opposition in Georgia", "GEO.OPP"),
        ("a spokesman for the Lebanese army", "LBN.MIL"),
        ("more than 5,500 people", "-.CVL"),
        ("Canadian Ambassador to the United Nations", "CAN.GOV"),
        ("Al - Qa'ida", "-.REB"),
        ("turkey", "none"),
        ("the who of it", "none"),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .map(|&(phrase, code)| Case { phrase, date: None, code })
        .filter_map(|Case { phrase, date, code }| {
            let found = code_of(phrase, date);
            (found != code).then(|| format!("{phrase}: wanted {code}, found {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn offices_and_bodies_change_with_the_day() {
    let cases = [
        ("the Taliban", (2010, 5, 1), "AFG.REB"),
        ("the Taliban government", (2023, 5, 1), "AFG.GOV"),
        ("Donald Trump", (2018, 1, 1), "USA.GOV"),
        ("Donald Trump", (2022, 1, 1), "USA.ELI"),
        ("Keir Starmer", (2022, 1, 1), "GBR.OPP"),
        ("Keir Starmer", (2025, 1, 1), "GBR.GOV"),
        ("the Rapid Support Forces", (2020, 1, 1), "SDN.MIL"),
        ("the Rapid Support Forces", (2024, 1, 1), "SDN.REB"),
    ];
    for (phrase, date, code) in cases {
        assert_eq!(code_of(phrase, Some(date)), code, "{phrase} on {date:?}");
    }
}

#[test]
fn a_party_says_why_and_where() {
    let words = ["the", "acting", "Afghan", "foreign", "minister", "Amir", "Khan", "Muttaqi"];
    let party = Codebook::bundled().party(&words, None).expect("a known party");
    let title = party.title.expect("the phrase gives an office");
    assert_eq!((title.words, title.status), (1..5, Some(RoleStatus::Acting)));
    assert_eq!(title.of.as_deref(), Some("AFG"));
    assert_eq!(party.name.as_deref(), Some("Amir Khan Muttaqi"));
    assert!(party.reason.contains("Afghan = AFG"), "{}", party.reason);
}

#[test]
fn a_story_in_one_case_may_be_read_without_capitals() {
    let codebook = Codebook::bundled();
    assert_eq!(codebook.party(&["the", "vhp"], None), None);
    let party = codebook.party_among(&["the", "vhp"], &Surroundings { is_caseless: true, ..Surroundings::default() }).expect("a known party");
    assert_eq!(party.sector.as_deref(), Some("REL"));
}
