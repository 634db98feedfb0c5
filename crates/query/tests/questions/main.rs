//! Every question over a ledger of invented stories: its values, its filters, what was known before and after a new reading.

mod dataset;
mod money;
mod people;
mod screens;

use codebook::{
    Act, Actor, ActorKind, Claim, Codebook, Coding, Event, EventType, Manner, QuadClass, RoleTitle, SourceKind, Status,
};
use jiff::civil::{Date, date};
use ledger::{Batch, Entry, Ledger, Moment, Outcome, Program, Reread};
use tempfile::TempDir;
use text::Span;
use whimbrel_query::{
    Answer, Cell, Error, Filter, Party, Period, Place, Record, actor, agenda, claims, event_type, events, schema, search, sql,
    stats, story, timeline,
};

const PROGRAM: Program<'_> = Program { model: "m 1", codebook: "c 1", program: "test" };
/// What a terminal or a statement would obey.
const HOSTILE: &str = "'; DROP TABLE events; --\u{1b}[2J";

struct Writer {
    text: &'static str,
    coding: Coding,
}

impl Writer {
    fn new(model: &str, text: &'static str) -> Self {
        Self { text, coding: Coding { model: model.into(), codebook: "c 1".into(), ..Coding::default() } }
    }

    #[track_caller]
    fn span(&self, words: &str) -> Span {
        let start = self.text.find(words).expect("the words are in the text");
        Span::new(start, start + words.len())
    }

    fn actor(mut self, name: &str, code: (&str, &str), words: &str) -> Self {
        let id = format!("a{}", self.coding.actors.len() + 1);
        let mentions = vec![self.span(words)];
        let roles = match name {
            "Omar Haddad" => vec![RoleTitle { title: "General".into(), of: None, status: None, span: mentions[0] }],
            _ => Vec::new(),
        };
        self.coding.actors.push(Actor {
            id,
            name: name.into(),
            kind: ActorKind::Organization,
            country: Some(code.0.into()),
            sector: Some(code.1.into()),
            roles,
            wikidata: None,
            mentions,
            reason: "invented".into(),
        });
        self
    }

    fn event(mut self, what: (EventType, Status, f64), words: &str, sides: (&str, &str), when: Option<(Date, Date)>) -> Self {
        let (event_type, status, score) = what;
        let quad = match event_type {
            EventType::Assault => QuadClass::MaterialConflict,
            EventType::Accuse => QuadClass::VerbalConflict,
            _ => QuadClass::VerbalCooperation,
        };
        let id = format!("e{}", self.coding.events.len() + 1);
        let trigger = self.span(words);
        let side = |ids: &str| ids.split_whitespace().map(str::to_owned).collect();
        self.coding.events.push(Event {
            id,
            trigger,
            also: Vec::new(),
            event_type,
            mode: None,
            contexts: Vec::new(),
            quad,
            score,
            actors: side(sides.0),
            recipients: side(sides.1),
            place: None,
            place_name: Some("Dubar".into()),
            place_country: Some("PAK".into()),
            geonames: None,
            lat: None,
            lon: None,
            place_precision: None,
            time: None,
            when,
            time_precision: None,
            killed: None,
            injured: None,
            status,
            claim: None,
            confidence: 0.9,
            reason: "invented".into(),
        });
        self
    }

    fn claim(mut self, source: &str, actor: Option<&str>, act: Act, content: &str, disputes: Option<&str>) -> Self {
        let id = format!("c{}", self.coding.claims.len() + 1);
        let (source, content) = (self.span(source), self.span(content));
        self.coding.claims.push(Claim {
            id,
            source: Some(source),
            source_actor: actor.map(str::to_owned),
            source_kind: SourceKind::Named,
            cue: None,
            content: vec![content],
            manner: Manner::Indirect,
            act,
            disputes: disputes.map(str::to_owned),
            confidence: 0.8,
            reason: "invented".into(),
        });
        self
    }

    fn entry(self, id: &str, publisher: &str, day: Date) -> Entry {
        let metadata = text::Metadata {
            id: id.into(),
            title: Some(format!("Title of {id}")),
            published: Some(day.to_string()),
            publisher: Some(publisher.into()),
            url: Some(format!("https://news.example/{id}")),
            ..text::Metadata::default()
        };
        Entry::new(text::read(self.text.to_owned(), metadata), self.coding, "desk.jsonl".into(), 1)
    }
}

fn attack(model: &str) -> Writer {
    Writer::new(model, "“Größe” first. Gunmen fired on an army convoy. General Haddad blamed rebels. The rebels denied the attack.")
        .actor("Free Hills Front", ("AFG", "REB"), "Gunmen")
        .actor("Army of the Vale", ("PAK", "MIL"), "army")
        .actor("Omar Haddad", ("PAK", "MIL"), "General Haddad")
        .claim("General Haddad", Some("a3"), Act::Accuse, "blamed rebels", None)
        .claim("The rebels", Some("a1"), Act::Deny, "the attack", Some("c1"))
}

/// The ledger at 10: an attack, a visit to come; at 20: the attack read again, and a hostile story.
pub(crate) fn record() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut ledger = Ledger::create(&folder.path().join("desk.whimbrel")).expect("a ledger can be made");
    let run = ledger.begin_run(PROGRAM, Moment(0)).expect("a run begins");
    let fired = (EventType::Assault, Status::Happened, -9.0);
    let first = attack("m 1").event(fired, "fired", ("a1", "a2"), Some((date(2026, 11, 1), date(2026, 11, 1))));
    let visit = Writer::new("m 1", "The minister will visit Kabul in December. Talks may follow. Envoys met the front.")
        .actor("Ministry of the Vale", ("PAK", "GOV"), "minister")
        .actor("Kabul", ("AFG", "GOV"), "Kabul")
        .event((EventType::Consult, Status::Planned, 3.0), "visit", ("a1", "a2"), Some((date(2026, 12, 1), date(2026, 12, 31))))
        .event((EventType::Consult, Status::Planned, 3.0), "Talks", ("a1", "a2"), None)
        .event((EventType::Consult, Status::Happened, 3.0), "met", ("a1", "a2"), Some((date(2026, 11, 4), date(2026, 11, 4))));
    let entries =
        vec![first.entry("s1", "Harbour Post", date(2026, 11, 2)), visit.entry("s2", "The Desk", date(2026, 11, 5))];
    let receipt = ledger.append(run, Moment(10), &Batch { entries, ..Batch::default() }).expect("a batch is kept");
    assert!(receipt.kept.iter().all(|kept| kept.outcome == Outcome::Added));
    let run = ledger.begin_run(Program { model: "m 2", ..PROGRAM }, Moment(15)).expect("a run begins");
    let reread = attack("m 2")
        .event(fired, "fired", ("a1", "a2"), Some((date(2026, 11, 1), date(2026, 11, 1))))
        .event((EventType::Accuse, Status::Happened, -2.0), "blamed", ("a3", "a1"), None);
    let hostile = Writer::new("m 2", "'; DROP TABLE events; --\u{1b}[2J fired =1+1.")
        .actor(HOSTILE, ("IRN", "CIV"), "'; DROP TABLE events; --")
        .event((EventType::Assault, Status::Denied, -9.0), "fired", ("a1", ""), Some((date(2026, 11, 7), date(2026, 11, 7))))
        .entry("s3", HOSTILE, date(2026, 11, 7));
    let rereads = vec![Reread { revision_id: receipt.kept[0].revision_id, coding: reread.coding }];
    ledger.append(run, Moment(20), &Batch { entries: vec![hostile], rereads, ..Batch::default() }).expect("it is kept");
    folder
}

pub(crate) fn open(folder: &TempDir, as_of: Option<i64>) -> Record {
    Record::open(&folder.path().join("desk.whimbrel"), as_of.map(Moment)).expect("it opens")
}

fn party(words: &str) -> Party {
    Party::read(Codebook::bundled(), words).expect("it is a party")
}

/// Cells of a column as they print.
pub(crate) fn column(answer: &Answer, name: &str) -> Vec<String> {
    let show = |row: usize| match answer.cell(row, name).unwrap_or_else(|| panic!("no column {name}")) {
        Cell::Text(text) => text.clone(),
        Cell::Integer(n) => n.to_string(),
        Cell::Real(x) => x.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Missing => "-".to_owned(),
    };
    (0..answer.rows.len()).map(show).collect()
}

#[test]
fn events_come_with_their_words_and_story() {
    let folder = record();
    let all = events(&open(&folder, None), &Filter::default()).expect("an answer");
    // The newest first; an accusation without a time counts on its story's day; what nobody dated comes last.
    assert_eq!(column(&all, "trigger"), ["visit", "fired", "met", "blamed", "fired", "Talks"]);
    assert_eq!(column(&all, "day"), ["2026-12-01", "2026-11-07", "2026-11-04", "2026-11-02", "2026-11-01", "-"]);
    let filter = Filter { until: Some(date(2026, 11, 1)), ..Filter::default() };
    let one = events(&open(&folder, None), &filter).expect("an answer");
    assert_eq!(one.rows.len(), 1);
    for (name, value) in [
        ("type", "ASSAULT"),
        ("actors", "Free Hills Front"),
        ("actor_codes", "AFG.REB"),
        ("recipient_codes", "PAK.MIL"),
        ("score", "-9"),
        ("quote", "“Größe” first. Gunmen fired on an army convoy. General Haddad blamed rebels. The rebels denied the attack."),
        ("id", "s1"),
        ("publisher", "Harbour Post"),
        ("story_day", "2026-11-02"),
        ("url", "https://news.example/s1"),
    ] {
        assert_eq!(column(&one, name), [value], "{name}");
    }
    assert_eq!(one.cell(0, "day"), Some(&Cell::Day(date(2026, 11, 1))));
    assert_eq!(one.cell(0, "mode"), Some(&Cell::Missing));
}

#[test]
fn every_filter_narrows() {
    let folder = record();
    let record = open(&folder, None);
    let ids = |filter: Filter| column(&events(&record, &filter).expect("an answer"), "trigger").join(" ");
    let none = Filter::default;
    assert_eq!(ids(Filter { actor: Some(party("AFG.REB")), ..none() }), "fired");
    assert_eq!(ids(Filter { actor: Some(party("MIL")), ..none() }), "blamed");
    assert_eq!(ids(Filter { party: Some(party("AFG.REB")), ..none() }), "blamed fired");
    assert_eq!(ids(Filter { actor: Some(party("haddad")), ..none() }), "blamed");
    assert_eq!(ids(Filter { actor: Some(party("hadda")), ..none() }), "");
    assert_eq!(ids(Filter { actor: Some(party("%")), ..none() }), "");
    assert_eq!(ids(Filter { recipient: Some(party("AFG")), types: vec![EventType::Consult], ..none() }), "visit met Talks");
    assert_eq!(ids(Filter { statuses: vec![Status::Denied], ..none() }), "fired");
    assert_eq!(ids(Filter { publisher: Some("harbour post".into()), ..none() }), "blamed fired");
    assert_eq!(ids(Filter { place: Some(Place::Name("dubar".into())), since: Some(date(2026, 12, 1)), ..none() }), "visit");
    assert_eq!(ids(Filter { place: Some(Place::read(Codebook::bundled(), "IRN")), ..none() }), "");
    assert_eq!(ids(Filter { mode: Some("aerial".into()), ..none() }), "");
    let cut = events(&record, &Filter { limit: Some(2), ..none() }).expect("an answer");
    assert_eq!((cut.rows.len(), cut.cut), (2, true));
    assert!(!events(&record, &Filter { limit: Some(6), ..none() }).expect("an answer").cut);
}

#[test]
fn the_record_answers_as_it_was_known() {
    let folder = record();
    let n = |as_of| events(&open(&folder, as_of), &Filter::default()).expect("an answer").rows.len();
    assert_eq!((n(Some(9)), n(Some(19)), n(Some(20)), n(None)), (0, 4, 6, 6));
    let blamed = Filter { actor: Some(party("Omar Haddad")), ..Filter::default() };
    assert_eq!(events(&open(&folder, Some(19)), &blamed).expect("an answer").rows.len(), 0);
    // The claims were read twice, and each reading counts in its time alone.
    for as_of in [Some(19), None] {
        assert_eq!(claims(&open(&folder, as_of), &Filter::default()).expect("an answer").rows.len(), 2);
    }
}

#[test]
fn the_agenda_lists_windows_and_what_is_overdue() {
    let folder = record();
    let record = open(&folder, None);
    let ask = |filter: &Filter, on| agenda(&record, filter, on).expect("an answer");
    let all = ask(&Filter::default(), date(2026, 11, 5));
    assert_eq!(column(&all, "trigger"), ["visit", "Talks"]);
    assert_eq!(column(&all, "standing"), ["ahead", "unknown"]);
    assert_eq!(column(&ask(&Filter::default(), date(2026, 12, 31)), "standing"), ["running", "unknown"]);
    assert_eq!(column(&ask(&Filter::default(), date(2027, 1, 1)), "standing"), ["overdue", "unknown"]);
    let meets = |since, until| {
        let filter = Filter { since: Some(since), until: Some(until), ..Filter::default() };
        column(&ask(&filter, date(2026, 11, 5)), "trigger").join(" ")
    };
    assert_eq!(meets(date(2026, 12, 31), date(2027, 6, 1)), "visit");
    assert_eq!(meets(date(2026, 11, 1), date(2026, 12, 1)), "visit");
    assert_eq!(meets(date(2027, 1, 1), date(2027, 6, 1)), "");
}

#[test]
fn claims_say_who_stands_against_them() {
    let folder = record();
    let record = open(&folder, None);
    let all = claims(&record, &Filter::default()).expect("an answer");
    assert_eq!(column(&all, "source"), ["General Haddad", "The rebels"]);
    assert_eq!(column(&all, "act"), ["accuse", "deny"]);
    assert_eq!(column(&all, "content"), ["blamed rebels", "the attack"]);
    let keys = column(&all, "claim");
    assert_eq!(column(&all, "disputed_by"), [format!("claim {}: The rebels", keys[1]), "-".to_owned()]);
    assert_eq!(column(&all, "disputes"), ["-".to_owned(), keys[0].clone()]);
    for (words, source) in [("AFG.REB", "The rebels"), ("general", "General Haddad"), ("Omar Haddad", "General Haddad")] {
        let filter = Filter { actor: Some(party(words)), ..Filter::default() };
        assert_eq!(column(&claims(&record, &filter).expect("an answer"), "source"), [source], "{words}");
    }
    let filter = Filter { source_kind: Some(SourceKind::Anonymous), ..Filter::default() };
    assert_eq!(claims(&record, &filter).expect("an answer").rows.len(), 0);
}

#[test]
fn a_timeline_has_both_directions_and_tells_conflict_from_cooperation() {
    let folder = record();
    let record = open(&folder, None);
    let ask = |period| timeline(&record, &Filter::default(), &party("PAK"), &party("AFG"), period).expect("an answer");
    let months = ask(Period::Month);
    assert_eq!(column(&months, "from"), ["2026-11-01", "2026-11-01"]);
    assert_eq!(column(&months, "actor"), ["PAK", "AFG"]);
    assert_eq!(column(&months, "events"), ["2", "1"]);
    assert_eq!(column(&months, "mean_score"), ["0.5", "-9"]);
    assert_eq!(column(&months, "verbal_cooperation"), ["1", "0"]);
    assert_eq!(column(&months, "verbal_conflict"), ["1", "0"]);
    assert_eq!(column(&months, "material_conflict"), ["0", "1"]);
    assert_eq!(column(&months, "conflict_score"), ["-2", "-9"]);
    // 1 November 2026 is a Sunday, 2 November a Monday.
    assert_eq!(column(&ask(Period::Week), "from"), ["2026-10-26", "2026-11-02"]);
    assert_eq!(column(&ask(Period::Day), "from"), ["2026-11-01", "2026-11-02", "2026-11-04"]);
    let planned = Filter { statuses: vec![Status::Planned], ..Filter::default() };
    let days = timeline(&record, &planned, &party("PAK.GOV"), &party("AFG"), Period::Day).expect("an answer");
    assert_eq!(column(&days, "from"), ["2026-12-01"]);
}

#[test]
fn an_actor_has_names_roles_deeds_and_words() {
    let folder = record();
    let record = open(&folder, None);
    let all = actor(&record, &Filter::default(), &party("haddad")).expect("an answer");
    assert_eq!(column(&all, "part"), ["name", "role", "did", "said"]);
    assert_eq!(column(&all, "what"), ["Omar Haddad", "General", "ACCUSE happened", "accuse"]);
    assert_eq!(column(&all, "detail"), ["PAK.MIL", "-", "Free Hills Front", "blamed rebels"]);
    let front = actor(&record, &Filter::default(), &party("Free Hills Front")).expect("an answer");
    assert_eq!(column(&front, "part"), ["name", "did", "had done", "said"]);
    let nobody = actor(&record, &Filter::default(), &party("Nobody")).expect_err("nobody is there");
    assert!(nobody.to_string().contains("no actor `Nobody`"), "{nobody}");
}

#[test]
fn searches_mark_what_matched_and_refuse_what_is_no_query() {
    let folder = record();
    let record = open(&folder, None);
    let found = search(&record, &Filter::default(), "convoys").expect("an answer");
    assert_eq!(column(&found, "id"), ["s1"]);
    assert!(column(&found, "snippet")[0].contains("army [convoy]"), "{found:?}");
    assert_eq!(column(&search(&record, &Filter::default(), "visit OR große").expect("an answer"), "id").len(), 2);
    let since = Filter { since: Some(date(2026, 11, 6)), ..Filter::default() };
    assert_eq!(search(&record, &since, "convoy").expect("an answer").rows.len(), 0);
    for words in ["\"open", "AND", "nocolumn: x", ""] {
        let error = search(&record, &Filter::default(), words).expect_err("it is no query");
        assert!(matches!(error, Error::Words { .. }), "{words}: {error:?}");
    }
}

#[test]
fn a_story_is_shown_whole() {
    let folder = record();
    let record = open(&folder, None);
    let whole = story(&record, "s1").expect("an answer");
    assert_eq!(whole, story(&record, "1").expect("an answer"));
    let parts = column(&whole, "part");
    let n = |part: &str| parts.iter().filter(|other| *other == part).count();
    assert_eq!((n("event"), n("claim")), (2, 2));
    assert!(column(&whole, "words").iter().any(|words| words.starts_with("“Größe” first.")));
    assert!(matches!(story(&record, "s9"), Err(Error::NoStory(_))));
}

#[test]
fn statistics_count_what_stands() {
    let folder = record();
    let all = stats(&open(&folder, None), &Filter::default()).expect("an answer");
    let of = |what: &str, value: &str| {
        (0..all.rows.len()).find(|&row| column(&all, "what")[row] == what && column(&all, "value")[row] == value).map(|row| column(&all, "n")[row].clone())
    };
    assert_eq!(of("stories", "-").as_deref(), Some("3"));
    assert_eq!(of("events", "-").as_deref(), Some("6"));
    assert_eq!(of("events by type", "ASSAULT").as_deref(), Some("2"));
    assert_eq!(of("days", "2026-11-02 to 2026-11-07").as_deref(), Some("3"));
    assert_eq!(of("stories by publisher", HOSTILE).as_deref(), Some("1"));
}

#[test]
fn sql_reads_and_does_nothing_else() {
    let folder = record();
    let record = open(&folder, None);
    let answer = sql(&record, "SELECT type AS t, count(*) FROM current_events GROUP BY 1 ORDER BY 1", Some(2)).expect("an answer");
    assert_eq!(column(&answer, "t"), ["ACCUSE", "ASSAULT"]);
    assert!(answer.cut);
    for text in [
        "DELETE FROM events",
        "ATTACH 'other' AS o",
        "PRAGMA query_only = 0",
        "SELECT 1; DROP TABLE events",
        "WITH x AS (SELECT 1) DELETE FROM events",
        "CREATE TEMP VIEW current_events AS SELECT 1",
        "",
    ] {
        let error = sql(&record, text, None).expect_err("it is no question");
        assert!(matches!(error, Error::Forbidden(_)), "{text}: {error:?}");
    }
    assert!(sql(&record, "SELECT nothing FROM nowhere", None).is_err());
    assert_eq!(events(&record, &Filter::default()).expect("an answer").rows.len(), 6);
    assert!(column(&schema(&record).expect("an answer"), "name").contains(&"events".to_owned()));
}

#[test]
fn a_question_can_be_ended() {
    let folder = record();
    let record = open(&folder, None);
    let interrupter = record.interrupter();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let ender = std::thread::spawn(move || {
        // Again and again, as the first call may come before the question.
        while stopped.recv_timeout(std::time::Duration::from_millis(5)).is_err() {
            interrupter.interrupt();
        }
    });
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let error = sql(&record, endless, None).expect_err("it never ends by itself");
    assert!(matches!(error, Error::TooLong), "{error:?}");
    stop.send(()).expect("the other thread listens");
    ender.join().expect("the other thread ends");
}

#[test]
fn hostile_words_are_values_and_nothing_else() {
    let folder = record();
    let record = open(&folder, None);
    let filter = Filter { actor: Some(Party::Name(HOSTILE.into())), publisher: Some(HOSTILE.into()), ..Filter::default() };
    let answer = events(&record, &filter).expect("an answer");
    assert_eq!(column(&answer, "actors"), [HOSTILE]);
    assert_eq!(events(&record, &Filter::default()).expect("an answer").rows.len(), 6);
}

#[test]
fn what_is_no_ledger_and_no_code_is_told() {
    let folder = record();
    let missing = Record::open(&folder.path().join("none.whimbrel"), None).expect_err("it is not there");
    assert!(matches!(missing, Error::Missing(_)), "{missing:?}");
    let other = folder.path().join("other.txt");
    std::fs::write(&other, "Police fired. ".repeat(200)).expect("it can be written");
    let error = Record::open(&other, None).expect_err("it is no ledger");
    assert!(matches!(error, Error::NoLedger(_)), "{error:?}");
    assert_eq!(event_type("assault").expect("a type"), EventType::Assault);
    let error = event_type("ATTACK").expect_err("no type").to_string();
    assert!(error.contains("AGREE, CONSULT") && error.contains("ASSAULT"), "{error}");
    let error = Party::read(Codebook::bundled(), "PAK.XYZ").expect_err("no sector").to_string();
    assert!(error.contains("GOV"), "{error}");
    assert!(Party::read(Codebook::bundled(), "XQZ.GOV").is_err());
}

#[test]
fn pages_together_are_the_whole() {
    let folder = record();
    let record = open(&folder, None);
    type Ask = fn(&Record, &Filter) -> Answer;
    let questions: [(&str, Ask); 4] = [
        ("event", |record, filter| events(record, filter).expect("an answer")),
        ("event", |record, filter| agenda(record, filter, date(2026, 11, 20)).expect("an answer")),
        ("claim", |record, filter| claims(record, filter).expect("an answer")),
        ("story", |record, filter| search(record, filter, "fired OR visit").expect("an answer")),
    ];
    for (key, ask) in questions {
        let whole = ask(&record, &Filter::default());
        assert!(whole.rows.len() >= 2 && whole.last.is_none(), "{key}");
        let mut filter = Filter { limit: Some(1), ..Filter::default() };
        let mut rows = Vec::new();
        loop {
            let page = ask(&record, &filter);
            assert_eq!(page.cut, page.last.is_some(), "{key}");
            rows.extend(page.rows);
            filter.after = page.last;
            if filter.after.is_none() {
                break;
            }
        }
        assert_eq!(rows, whole.rows, "{key}");
    }
}
