//! Writing then reading gives the same records; the keys are the documented ones, in their order.

use jiff::civil::date;

use super::*;

const TEXT: &str = "Türkiye’s minister visited “Köln” on Monday. 🕊 He denied it.";

fn at(words: &str) -> Span {
    let start = TEXT.find(words).expect("the words are in the text");
    Span::new(start, start + words.len())
}

fn actor() -> Actor {
    Actor {
        id: "a1".into(),
        name: "Türkiye’s minister".into(),
        kind: ActorKind::Person,
        country: Some("TUR".into()),
        sector: Some("GOV".into()),
        roles: vec![RoleTitle {
            title: "minister".into(),
            of: Some("TUR".into()),
            status: Some(RoleStatus::Acting),
            span: at("minister"),
        }],
        wikidata: None,
        mentions: vec![at("Türkiye’s minister"), at("He")],
        reason: "title: minister = GOV".into(),
    }
}

fn event() -> Event {
    Event {
        id: "e1".into(),
        trigger: at("visited"),
        also: vec![],
        event_type: EventType::Consult,
        mode: Some("visit".into()),
        contexts: vec!["diplomatic".into()],
        quad: QuadClass::VerbalCooperation,
        score: 4.0,
        actors: vec!["a1".into()],
        recipients: vec![],
        place: Some(at("Köln")),
        place_name: Some("Cologne".into()),
        place_country: Some("DEU".into()),
        geonames: Some(2_886_242),
        lat: Some(50.93),
        lon: Some(6.95),
        place_precision: Some("city".into()),
        time: Some(at("Monday")),
        when: Some((date(2026, 11, 2), date(2026, 11, 2))),
        time_precision: Some("day".into()),
        killed: None,
        injured: Some(0),
        status: Status::Happened,
        claim: None,
        confidence: 0.93,
        reason: "trigger: visit".into(),
    }
}

fn claim() -> Claim {
    Claim {
        id: "c1".into(),
        source: Some(at("He")),
        source_actor: Some("a1".into()),
        source_kind: SourceKind::Named,
        cue: Some(at("denied")),
        content: vec![at("it")],
        manner: Manner::Indirect,
        act: Act::Deny,
        disputes: None,
        confidence: 0.9,
        reason: "cue: deny".into(),
    }
}

fn story() -> (Document, Coding) {
    let coding = Coding {
        model: "m1".into(),
        codebook: "plover-0".into(),
        actors: vec![actor()],
        events: vec![event()],
        claims: vec![claim()],
        timexes: vec![TimexRecord {
            span: at("Monday"),
            kind: "DATE".into(),
            value: "2026-11-02".into(),
            earliest: Some(date(2026, 11, 2)),
            latest: None,
        }],
        toponyms: vec![ToponymRecord {
            span: at("Köln"),
            name: "Cologne".into(),
            geonames: Some(2_886_242),
            country: Some("DEU".into()),
            lat: 50.93,
            lon: 6.95,
            class: "P.PPLA2".into(),
        }],
        notes: vec![Note { span: at("🕊"), kind: "not-coded".into(), text: "a \"dove\"".into() }],
    };
    let metadata = Metadata { id: "s1".into(), title: Some("A visit".into()), ..Metadata::default() };
    (Document { metadata, text: TEXT.to_string(), ..Document::default() }, coding)
}

#[test]
fn writing_then_reading_gives_the_same_records() {
    let (document, coding) = story();
    let line = write_line(&document, &coding);
    assert!(!line.contains('\n'));
    let (metadata, text, back) = read_line(&line).expect("the line was just written");
    assert_eq!((metadata, text), (document.metadata.clone(), document.text.clone()));
    assert_eq!(back, coding);
    assert_eq!(write_line(&document, &back), line, "the same coding must give the same bytes");
}

#[test]
fn spans_are_code_points_and_missing_is_null() {
    let (document, coding) = story();
    let line = write_line(&document, &coding);
    let value: serde_json::Value = serde_json::from_str(&line).expect("it is JSON");
    let chars: Vec<char> = document.text.chars().collect();
    let pair = &value["notes"][0]["span"];
    let (start, end) = (pair[0].as_u64().unwrap() as usize, pair[1].as_u64().unwrap() as usize);
    assert_eq!(chars[start..end].iter().collect::<String>(), "🕊");
    assert!(value["events"][0]["killed"].is_null());
    assert_eq!(value["events"][0]["injured"], 0);
    assert!(value["publisher"].is_null() && value["actors"][0]["wikidata"].is_null());
    assert_eq!(value["events"][0]["when"], serde_json::json!(["2026-11-02", "2026-11-02"]));
}

#[test]
fn keys_stand_in_the_documented_order() {
    let (document, coding) = story();
    let line = write_line(&document, &coding);
    for keys in [
        "id title text published publisher agency url language model codebook actors events claims timexes toponyms notes",
        "trigger also type mode contexts quad score recipients place place_name place_country geonames lat lon \
         place_precision time when time_precision killed injured status claim confidence",
        "source source_actor source_kind cue content manner act disputes",
    ] {
        let mut before = 0;
        for key in keys.split_whitespace() {
            let quoted = format!("\"{key}\":");
            let at =
                line[before..].find(&quoted).unwrap_or_else(|| panic!("`{key}` is missing or out of order"));
            before += at;
        }
    }
}

#[test]
fn faults_of_a_line_name_the_choices() {
    let (document, coding) = story();
    let line = write_line(&document, &coding);
    let fault = |from: &str, to: &str| read_line(&line.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(fault("\"CONSULT\"", "\"TALK\"").starts_with("no event type `TALK`; the choices are AGREE"));
    assert!(fault("\"happened\"", "\"maybe\"").contains("no status `maybe`"));
    assert!(fault("2026-11-02\",\"2026-11-02", "soon\",\"2026-11-02").contains("`soon` is no date"));
    assert_eq!(
        fault("\"span\":[", "\"span\":[9"),
        format!("the span [{}, {}] does not lie in the text", 910, 18)
    );
}
