//! Snapshots of datelines, and openings that are none.

use std::fmt::Write;

use expect_test::expect;

use crate::{Metadata, read};

fn datelines(stories: &[&str]) -> String {
    let mut out = String::new();
    for story in stories {
        let document = read((*story).to_owned(), Metadata::default());
        let of = |span: Option<crate::Span>| span.map_or("–", |span| span.of(&document.text));
        match &document.dateline {
            None => writeln!(out, "{}", format!("none: {story}").trim_end()),
            Some(found) => writeln!(
                out,
                "[{}] place: {} | date: {} | agency: {}",
                found.span.of(&document.text),
                of(found.place),
                of(found.date),
                of(found.agency)
            ),
        }
        .expect("writing to a string does not fail");
    }
    out
}

#[test]
fn datelines_of_the_agencies() {
    expect![[r#"
        [ISLAMABAD, Jan 11 (Reuters) -] place: ISLAMABAD | date: Jan 11 | agency: Reuters
        [KABUL, Afghanistan (AP) —] place: KABUL, Afghanistan | date: – | agency: AP
        [KABUL (AP) —] place: KABUL | date: – | agency: AP
        [BEIJING, Jan. 11 (Xinhua) --] place: BEIJING | date: Jan. 11 | agency: Xinhua
        [Berlin (dpa) -] place: Berlin | date: – | agency: dpa
        [New Delhi [India], January 11 (ANI):] place: New Delhi | date: January 11 | agency: ANI
        [New Delhi, Jan 11 (PTI)] place: New Delhi | date: Jan 11 | agency: PTI
        [MOSCOW, January 11. /TASS/.] place: MOSCOW | date: January 11 | agency: TASS
        [Jan 11 (Reuters) -] place: – | date: Jan 11 | agency: Reuters
        [(Reuters) -] place: – | date: – | agency: Reuters
        [JERUSALEM/GAZA, Jan 11 (Reuters) -] place: JERUSALEM/GAZA | date: Jan 11 | agency: Reuters
        [PORT-AU-PRINCE, Haiti (AP) _] place: PORT-AU-PRINCE, Haiti | date: – | agency: AP
        [KABUL (Pajhwok):] place: KABUL | date: – | agency: Pajhwok
        [BAMAKO (Studio Tamani) -] place: BAMAKO | date: – | agency: Studio Tamani
    "#]]
    .assert_eq(&datelines(&[
        "ISLAMABAD, Jan 11 (Reuters) - Pakistan said no.",
        "KABUL, Afghanistan (AP) — A bomb went off.",
        "KABUL (AP) — A bomb went off.",
        "BEIJING, Jan. 11 (Xinhua) -- China said no.",
        "Berlin (dpa) - Germany said no.",
        "New Delhi [India], January 11 (ANI): India said no.",
        "New Delhi, Jan 11 (PTI) The minister said no.",
        "MOSCOW, January 11. /TASS/. Russia said no.",
        "Jan 11 (Reuters) - Acme Corp said no.",
        "(Reuters) - Acme Corp said no.",
        "JERUSALEM/GAZA, Jan 11 (Reuters) - Israel said no.",
        "PORT-AU-PRINCE, Haiti (AP) _ A storm hit.",
        "KABUL (Pajhwok): The governor said no.",
        "BAMAKO (Studio Tamani) - Mali said no.",
    ]));
}

#[test]
fn datelines_of_newspapers() {
    expect![[r#"
        [NEW DELHI:] place: NEW DELHI | date: – | agency: –
        [New Delhi:] place: New Delhi | date: – | agency: –
        [Lagos, Nigeria, 3 March 2014 –] place: Lagos, Nigeria | date: 3 March 2014 | agency: –
        [WASHINGTON —] place: WASHINGTON | date: – | agency: –
        [N'DJAMENA, Chad, March 3, 2014 —] place: N'DJAMENA, Chad | date: March 3, 2014 | agency: –
        [St. Petersburg, Russia, March 3 —] place: St. Petersburg, Russia | date: March 3 | agency: –
        [PONCHATOULA, La. --] place: PONCHATOULA, La. | date: – | agency: –
        [KABUL, Monday (AFP) –] place: KABUL | date: – | agency: AFP
        [Dar es Salaam —] place: Dar es Salaam | date: – | agency: –
        [SANA'A, 3 March –] place: SANA'A | date: 3 March | agency: –
    "#]]
    .assert_eq(&datelines(&[
        "NEW DELHI: The minister said no.",
        "New Delhi: The minister said no.",
        "Lagos, Nigeria, 3 March 2014 – Police said no.",
        "WASHINGTON — The Senate voted.",
        "N'DJAMENA, Chad, March 3, 2014 — Rebels fled.",
        "St. Petersburg, Russia, March 3 — A shop burned.",
        "PONCHATOULA, La. -- Deputies came.",
        "KABUL, Monday (AFP) – A bomb went off.",
        "Dar es Salaam — The port is shut.",
        "SANA'A, 3 March – The Houthis said no.",
    ]));
}

#[test]
fn openings_that_are_no_dateline() {
    expect![[r#"
        none: BREAKING: Rebels take Goma.
        none: WATCH — The minister speaks.
        none: Rebels took Goma on Monday - and left.
        none: TRUMP: We will see.
        none: The President (Republican) said no.
        none: On Jan 11, Reuters said so.
        none: Analysis: What the vote means.
        none: UN - The council met.
        none: A ceasefire, 11 days old (and weak) - held.
        none:
    "#]]
    .assert_eq(&datelines(&[
        "BREAKING: Rebels take Goma.",
        "WATCH — The minister speaks.",
        "Rebels took Goma on Monday - and left.",
        "TRUMP: We will see.",
        "The President (Republican) said no.",
        "On Jan 11, Reuters said so.",
        "Analysis: What the vote means.",
        "UN - The council met.",
        "A ceasefire, 11 days old (and weak) - held.",
        "",
    ]));
}

#[test]
fn a_headline_and_a_byline_may_stand_before() {
    let story = "Rebels take Goma\n\nBy Jane Doe\n\nGOMA, Congo (AP) — Rebels took the city.";
    let document = read(story.to_owned(), Metadata::default());
    let dateline = document.dateline.as_ref().expect("the third paragraph opens with it");
    assert_eq!(dateline.place.map(|place| place.of(story)), Some("GOMA, Congo"));
    assert_eq!(document.byline.map(|byline| byline.of(story)), Some("By Jane Doe"));
}
