//! What screens ask: clusters of copies, an event over its reports, issues, networks, facets, runs.

use codebook::{Act, Codebook, EventType, Status};
use jiff::civil::date;
use ledger::{
    Batch, ClaimRelation, Conclusions, Entity, EntityMember, Failure, Happening, HappeningReport, Ledger, Life, LifeStep, Moment, Origin,
    Relation, Step,
};
use tempfile::TempDir;
use whimbrel_query::{
    After, Answer, Error, Filter, Issues, Party, Record, Triage, actor, bearing, board, clusters, copies, differences, dyads, entity,
    facets, failures, gists, identities, inputs, names, neighbours, places, reading, reports, revisions, roles, runs, sources, stances,
    steps, story_of,
};

use crate::{PROGRAM, Writer, attack, column, open};

/// An attack of 1 November told by the Post, by the Echo (a copy with another toll) and by the Herald; a visit that was to come and came.
fn concluded() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut ledger = Ledger::create(&folder.path().join("desk.whimbrel")).expect("a ledger can be made");
    let run = ledger.begin_run(PROGRAM, Moment(1_000)).expect("a run begins");
    let fired = (EventType::Assault, Status::Happened, -9.0);
    let day = Some((date(2026, 11, 1), date(2026, 11, 1)));
    let mut first = attack("m 1").event(fired, "fired", ("a1", "a2"), day);
    first.coding.events[0].killed = Some(3);
    first.coding.events[0].claim = Some("c1".into());
    let mut copy = attack("m 1").event(fired, "fired", ("a1", "a2"), day);
    copy.coding.events[0].killed = Some(5);
    let own = Writer::new("m 1", "The Front struck a convoy at Dubar, the Herald's reporter saw.")
        .actor("Hills Front", ("AFG", "REB"), "The Front")
        .event(fired, "struck", ("a1", ""), None);
    let visit = Writer::new("m 1", "The minister will visit Kabul in December.")
        .actor("Ministry of the Vale", ("PAK", "GOV"), "minister")
        .actor("Kabul", ("AFG", "GOV"), "Kabul")
        .event((EventType::Consult, Status::Planned, 3.0), "visit", ("a1", "a2"), Some((date(2026, 12, 1), date(2026, 12, 31))));
    let batch = Batch {
        entries: vec![
            first.entry("s1", "Harbour Post", date(2026, 11, 2)),
            copy.entry("s2", "Echo", date(2026, 11, 3)),
            own.entry("s3", "Herald", date(2026, 11, 4)),
            visit.entry("s4", "The Desk", date(2026, 11, 5)),
        ],
        failures: vec![Failure { input: "desk.jsonl".into(), record: 9, id: None, stage: "charset".into(), reason: "no text".into() }],
        ..Batch::default()
    };
    ledger.append(run, Moment(2_000), &batch).expect("a batch is kept");
    ledger.end_run(run, Moment(3_000)).expect("a run ends");
    ledger.conclude(&conclusions()).expect("conclusions are kept");
    folder
}

/// Stories 1 to 4 have events 1 to 4; actors are 1 to 3, 4 to 6, 7, 8 and 9; claims 1 and 2, 3 and 4.
fn conclusions() -> Conclusions {
    let origin = |story_id, origin| Origin { story_id, origin, reason: "invented".into(), score: 1.0 };
    let member = |actor_id| EntityMember { actor_id, entity_id: 1, reason: "same name".into(), score: 1.0 };
    let report = |event_id| HappeningReport { event_id, happening_id: 1, reason: "same day".into(), score: 0.9 };
    let step = |step, event_id, day| LifeStep { step, event_id, day: Some(day), window: None, reason: "told".into(), score: 1.0 };
    Conclusions {
        origins: vec![origin(1, 1), origin(2, 1), origin(3, 3), origin(4, 4)],
        entities: vec![Entity {
            entity_id: 1,
            name: "Free Hills Front".into(),
            kind: codebook::ActorKind::Organization,
            country: Some("AFG".into()),
            sector: Some("REB".into()),
            wikidata: None,
            n_stories: 3,
            names: vec![("Free Hills Front".into(), 2), ("Hills Front".into(), 1)],
        }],
        members: vec![member(1), member(4), member(7)],
        happenings: vec![Happening {
            happening_id: 1,
            event_type: EventType::Assault,
            mode: None,
            status: Status::Happened,
            when: Some((date(2026, 11, 1), date(2026, 11, 1))),
            place_name: Some("Dubar".into()),
            place_country: Some("PAK".into()),
            geonames: None,
            killed: Some((3, 5)),
            injured: None,
            n_reports: 3,
            n_stories: 3,
            n_origins: 2,
        }],
        reports: vec![report(1), report(2), report(3)],
        lives: vec![Life {
            life_id: 4,
            status: Step::TookPlace,
            window: None,
            steps: vec![
                step(Step::Planned, Some(4), date(2026, 11, 5)),
                step(Step::Overdue, None, date(2027, 1, 1)),
            ],
        }],
        relations: vec![ClaimRelation {
            claim_id: 4,
            relation: Relation::Denies,
            other_id: 1,
            reason: "common words".into(),
            score: 0.7,
        }],
        ..Conclusions::default()
    }
}

fn ask<T>(folder: &TempDir, question: impl FnOnce(&Record) -> Result<T, Error>) -> T {
    question(&open(folder, None)).expect("an answer")
}

fn rows(answer: &Answer, names: &[&str]) -> Vec<String> {
    let columns: Vec<Vec<String>> = names.iter().map(|name| column(answer, name)).collect();
    (0..answer.rows.len()).map(|row| columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join(" | ")).collect()
}

#[test]
fn copies_are_one_cluster_at_the_place_of_the_newest() {
    let folder = concluded();
    let all = ask(&folder, |record| clusters(record, &Filter::default(), &Triage::default()));
    assert_eq!(
        rows(&all, &["story", "title", "first_day", "day", "stories", "publishers", "planned", "conflict", "accusations", "denials", "disputed"]),
        [
            "4 | Title of s4 | 2026-11-05 | 2026-11-05 | 1 | The Desk | 1 | 0 | 0 | 0 | 0",
            "3 | Title of s3 | 2026-11-04 | 2026-11-04 | 1 | Herald | 0 | 1 | 0 | 0 | 0",
            "1 | Title of s1 | 2026-11-02 | 2026-11-03 | 2 | Harbour Post,Echo | 0 | 1 | 1 | 1 | 1",
        ]
    );
    let of = ask(&folder, |record| copies(record, 2));
    assert_eq!(rows(&of, &["story", "publisher", "is_origin"]), ["1 | Harbour Post | 1", "2 | Echo | 0"]);
    let told = ask(&folder, |record| gists(record, &[1, 4], 1));
    assert_eq!(rows(&told, &["story", "actors", "type", "recipients"]), [
        "1 | Free Hills Front | ASSAULT | Army of the Vale",
        "4 | Ministry of the Vale | CONSULT | Kabul",
    ]);
}

#[test]
fn pages_of_clusters_join_without_a_gap() {
    let folder = concluded();
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let filter = Filter { limit: Some(1), ..Filter::default() };
        let page = ask(&folder, |record| clusters(record, &filter, &Triage { after, ..Triage::default() }));
        seen.extend(column(&page, "story"));
        let Some(row) = page.named().last() else { break };
        after = Some(After { day: row.day("day"), revision: row.integer("revision").expect("a key") });
        assert_eq!(page.cut, seen.len() < 3);
    }
    assert_eq!(seen, ["4", "3", "1"]);
}

#[test]
fn clusters_are_narrowed_by_all_of_their_stories() {
    let folder = concluded();
    let of = |filter: Filter, triage: Triage| column(&ask(&folder, |record| clusters(record, &filter, &triage)), "story").join(" ");
    let (none, all) = (Filter::default, Triage::default);
    assert_eq!(of(Filter { publisher: Some("harbour post".into()), ..none() }, all()), "1");
    assert_eq!(of(none(), Triage { words: Some("convoy".into()), ..all() }), "3 1");
    assert_eq!(of(none(), Triage { act: Some(Act::Deny), ..all() }), "1");
    assert_eq!(of(Filter { statuses: vec![Status::Planned], ..none() }, all()), "4");
    assert_eq!(of(Filter { party: Some(Party::Actor(7)), ..none() }, all()), "3 1");
    assert_eq!(of(Filter { since: Some(date(2026, 11, 4)), ..none() }, all()), "4 3");
    let wrong = clusters(&open(&folder, None), &none(), &Triage { words: Some("\"".into()), ..all() }).expect_err("no query");
    assert!(matches!(wrong, Error::Words { .. }), "{wrong:?}");
}

#[test]
fn an_event_has_reports_that_differ_and_claims_that_bear_on_it() {
    let folder = concluded();
    let told = ask(&folder, |record| reports(record, 2));
    assert_eq!(rows(&told, &["event", "publisher", "origin", "killed", "reason"]), [
        "1 | Harbour Post | 1 | 3 | same day",
        "2 | Echo | 1 | 5 | same day",
        "3 | Herald | 3 | - | same day",
    ]);
    assert_eq!(rows(&differences(&told), &["field", "value", "reports", "origins", "events"]), [
        "killed | 3 | 1 | 1 | 1",
        "killed | 5 | 1 | 1 | 2",
    ]);
    let claims = ask(&folder, |record| bearing(record, 3));
    assert_eq!(rows(&claims, &["claim", "bears"]), ["1 | tells", "2 | disputes", "4 | denies"]);
    let life = ask(&folder, |record| steps(record, 4));
    assert_eq!(rows(&life, &["step", "day", "event"]), ["planned | 2026-11-05 | 4", "overdue | 2027-01-01 | -"]);
    assert!(ask(&folder, |record| steps(record, 1)).rows.is_empty());
    assert!(matches!(reports(&open(&folder, None), 99), Err(Error::NoEvent(99))));
}

#[test]
fn an_issue_has_sides_and_origins_and_no_verdict() {
    let folder = concluded();
    let issues = ask(&folder, |record| board(record, &Filter::default(), Issues::Disputed, None));
    assert_eq!(rows(&issues, &["issue", "side", "claim", "source", "origin", "copies"]), [
        "1 | asserts | 1 | General Haddad | 1 | 1",
        "1 | denies | 2 | The rebels | 1 | 1",
        "1 | asserts | 3 | General Haddad | 1 | 1",
        "1 | denies | 4 | The rebels | 1 | 1",
    ]);
    assert_eq!(column(&issues, "proposition")[0], "blamed rebels");
    let accusations = Filter { actor: Some(Party::Name("Omar Haddad".into())), limit: Some(1), ..Filter::default() };
    let of = |after| ask(&folder, |record| board(record, &accusations, Issues::Of(Act::Accuse), after));
    let first = of(None);
    assert_eq!((first.rows.len(), first.cut), (4, false));
    let opens = first.named().last().map(|row| (Some(date(2026, 11, 3)), row.integer("opens").expect("a key")));
    assert_eq!(of(opens).rows.len(), 0, "an issue is on one page");
    let all = Filter { limit: Some(1), ..Filter::default() };
    assert_eq!(ask(&folder, |record| board(record, &all, Issues::All, None)).rows.len(), 4);
}

#[test]
fn a_reading_comes_whole_with_what_stands_against_it() {
    let folder = concluded();
    let stored = ask(&folder, |record| reading(record, 2));
    assert_eq!((stored.coding.events.len(), stored.claim_ids.as_slice()), (1, &[3, 4][..]));
    let stances = ask(&folder, |record| stances(record, 2));
    assert_eq!(rows(&stances, &["claim", "relation", "other", "story"]), [
        "3 | disputes | 4 | 2",
        "4 | denies | 1 | 1",
        "4 | disputes | 3 | 2",
    ]);
    assert_eq!(ask(&folder, |record| story_of(record, 2)), 2);
    assert_eq!(rows(&ask(&folder, |record| identities(record, &stored.actor_ids)), &["actor", "name"]), ["4 | Free Hills Front"]);
    assert_eq!(column(&ask(&folder, |record| revisions(record, 2)), "stands"), ["1"]);
    assert!(matches!(reading(&open(&folder, None), 99), Err(Error::NoStory(_))));
}

#[test]
fn an_actor_is_one_over_its_names() {
    let folder = concluded();
    let front = ask(&folder, |record| entity(record, 7));
    assert_eq!(rows(&front, &["entity", "name", "stories"]), ["1 | Free Hills Front | 3"]);
    assert_eq!(rows(&ask(&folder, |record| entity(record, 9)), &["entity", "name"]), ["- | Kabul"]);
    assert_eq!(rows(&ask(&folder, |record| names(record, 7)), &["name", "code", "stories"]), [
        "Free Hills Front | AFG.REB | 2",
        "Hills Front | AFG.REB | 1",
    ]);
    let haddad = ask(&folder, |record| roles(record, 3));
    assert_eq!(rows(&haddad, &["title", "first_day", "last_day", "stories"]), ["general | 2026-11-02 | 2026-11-02 | 1"]);
    let party = Party::read(Codebook::bundled(), "actor:7").expect("a row");
    assert_eq!(party.to_string(), "actor:7");
    let known = ask(&folder, |record| actor(record, &Filter::default(), &party));
    assert_eq!(column(&known, "part").iter().filter(|part| *part == "did").count(), 3);
}

#[test]
fn networks_count_both_directions_over_all_names() {
    let folder = concluded();
    let around = ask(&folder, |record| neighbours(record, &Filter::default(), &Party::Actor(7)));
    assert_eq!(rows(&around, &["name", "code", "did", "had_done", "conflict"]), [
        "Army of the Vale | PAK.MIL | 1 | 0 | 1",
        "Army of the Vale | PAK.MIL | 1 | 0 | 1",
    ]);
    let pairs = ask(&folder, |record| dyads(record, &Filter { limit: Some(1), ..Filter::default() }));
    assert!(pairs.cut);
    assert_eq!(rows(&pairs, &["actor_name", "recipient_name", "events"]), ["Free Hills Front | Army of the Vale | 1"]);
}

#[test]
fn facets_count_and_say_when_they_are_of_a_part() {
    let folder = concluded();
    let of = |limit| ask(&folder, |record| facets(record, &Filter { limit, ..Filter::default() }));
    let all = of(None);
    assert!(!all.cut);
    let shown = rows(&all, &["facet", "value", "events"]);
    for row in ["all | - | 4", "type | ASSAULT | 3", "status | planned | 1", "country | PAK | 4", "publisher | Echo | 1", "day | 2026-12-01 | 1"] {
        assert!(shown.iter().any(|other| other == row), "{row} of {shown:?}");
    }
    let part = of(Some(1));
    assert!(part.cut);
    assert_eq!(rows(&part, &["facet", "value", "events"])[..2], ["all | - | 1", "type | CONSULT | 1"]);
    let where_ = ask(&folder, |record| places(record, &Filter::default()));
    assert_eq!(rows(&where_, &["place", "country", "events", "conflict"]), ["Dubar | PAK | 4 | 3"]);
}

#[test]
fn runs_and_sources_say_what_came_in_and_what_did_not() {
    let folder = concluded();
    let of = ask(&folder, |record| runs(record, None, Some(5)));
    assert_eq!(rows(&of, &["run", "seconds", "per_second", "added", "failed"]), ["1 | 2 | 2 | 4 | 1"]);
    assert_eq!(column(&of, "started"), ["1970-01-01T00:00:01Z"]);
    assert_eq!(rows(&ask(&folder, |record| failures(record, None, None)), &["record", "stage", "reason"]), ["9 | charset | no text"]);
    let outlets = ask(&folder, |record| sources(record, None));
    assert_eq!(rows(&outlets, &["publisher", "stories", "republished"]), [
        "Echo | 1 | 1",
        "Harbour Post | 1 | 0",
        "Herald | 1 | 0",
        "The Desk | 1 | 0",
    ]);
    assert!(ask(&folder, |record| inputs(record, None)).columns.iter().any(|column| column.name == "input"));
}
