//! Accounts, corrections and what is followed: what holds of each, and that no question reads what is private.

use codebook::{Coding, Event, EventType, QuadClass, Status};
use jiff::civil::date;
use tempfile::TempDir;
use text::{Metadata, Span};
use whimbrel_ledger::{
    Batch, Channel, Conclusions, Correction, Entry, Error, Happening, HappeningReport, Ledger, Moment, NewSearch, Origin, PRIVATE_TABLES,
    Program, Question, Reread, Role, Stance, Target,
};

const PROGRAM: Program<'_> = Program { model: "m 1", codebook: "c 1", program: "test" };

fn ledger() -> (TempDir, Ledger) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let ledger = Ledger::create(&folder.path().join("desk.whimbrel")).expect("a ledger can be made");
    (folder, ledger)
}

fn coding(model: &str) -> Coding {
    let event = Event {
        id: "e1".into(),
        trigger: Span::new(7, 12),
        also: Vec::new(),
        event_type: EventType::Assault,
        mode: None,
        contexts: Vec::new(),
        quad: QuadClass::MaterialConflict,
        score: -9.0,
        actors: Vec::new(),
        recipients: Vec::new(),
        place: None,
        place_name: None,
        place_country: None,
        geonames: None,
        lat: None,
        lon: None,
        place_precision: None,
        time: None,
        when: None,
        time_precision: None,
        killed: None,
        injured: None,
        status: Status::Happened,
        claim: None,
        confidence: 0.9,
        reason: "invented".into(),
    };
    Coding { model: model.into(), codebook: "c 1".into(), events: vec![event], ..Coding::default() }
}

/// Adds a story of one event; gives the keys of story, revision and event.
fn add(ledger: &mut Ledger, id: &str, at: i64) -> (i64, i64, i64) {
    let run = ledger.begin_run(PROGRAM, Moment(at)).expect("a run begins");
    let metadata = Metadata { id: id.into(), publisher: Some(id.into()), published: Some("2026-11-02".into()), ..Metadata::default() };
    let document = text::read(format!("Police fired on marchers. {id}"), metadata);
    let entry = Entry::new(document, coding("m 1"), "desk.txt".into(), 1);
    let receipt = ledger.append(run, Moment(at), &Batch { entries: vec![entry], ..Batch::default() }).expect("it is kept");
    let kept = receipt.kept[0];
    (kept.story_id, kept.revision_id, newest_event(ledger))
}

fn newest_event(ledger: &Ledger) -> i64 {
    ledger.connection().query_row("SELECT max(event_id) FROM events", [], |row| row.get(0)).expect("there are events")
}

#[test]
fn accounts_open_once_and_close_for_good() {
    let (_folder, mut ledger) = ledger();
    assert!(!ledger.has_accounts().expect("it can be read"));
    let ada = ledger.open_account(Moment(1), "Ada", Role::Editor, "hash").expect("it opens");
    assert!(matches!(ledger.open_account(Moment(2), "ADA", Role::Admin, "x"), Err(Error::Taken { .. })));
    assert_eq!(ledger.account("ada").expect("it can be read").map(|account| (account.account_id, account.role)), Some((ada, Role::Editor)));
    ledger.begin_session(Moment(3), ada, b"secret", Moment(100)).expect("it begins");
    ledger.add_token(Moment(3), ada, "script", b"token", "read").expect("it is kept");
    assert!(ledger.session(Moment(99), b"secret").expect("it can be read").is_some());
    assert!(ledger.session(Moment(100), b"secret").expect("it can be read").is_none(), "a session ends by itself");
    assert!(ledger.token(b"token").expect("it can be read").is_some());
    ledger.set_password(ada, "another").expect("it is set");
    assert!(ledger.session(Moment(4), b"secret").expect("it can be read").is_none(), "another password ends sessions");
    ledger.close_account(Moment(5), ada).expect("it closes");
    assert!(ledger.token(b"token").expect("it can be read").is_none());
    assert!(!ledger.has_accounts().expect("it can be read"));
    ledger.open_account(Moment(6), "Ada", Role::Reader, "hash").expect("the name is free again");
}

#[test]
fn no_question_reads_what_is_private() {
    let (folder, mut ledger) = ledger();
    ledger.open_account(Moment(1), "Ada", Role::Admin, "hash").expect("it opens");
    let mut reader = Ledger::open_read_only(&folder.path().join("desk.whimbrel")).expect("it opens");
    reader.keep_private().expect("the rule is taken");
    for table in PRIVATE_TABLES {
        for sql in [
            format!("SELECT * FROM {table}"),
            format!("SELECT count(*) FROM main.{}", table.to_uppercase()),
            format!("WITH x AS (SELECT rowid, * FROM \"{table}\") SELECT * FROM x"),
            format!("SELECT 1 WHERE EXISTS (SELECT 1 FROM {table})"),
        ] {
            let asked = reader.connection().prepare(&sql).and_then(|mut statement| statement.query_row([], |_| Ok(())));
            assert!(asked.is_err(), "{sql}");
        }
    }
    assert!(reader.connection().execute_batch("ATTACH 'other.db' AS other").is_err());
    reader.connection().query_row("SELECT count(*) FROM corrections", [], |_| Ok(())).expect("corrections are for all");
}

#[test]
fn corrections_stand_beside_a_coding_and_can_be_taken_back() {
    let (_folder, mut ledger) = ledger();
    let (story, _, event) = add(&mut ledger, "s1", 10);
    let fix = Correction {
        target: Target::Event,
        target_id: event,
        verb: Stance::Fix,
        field: Some("mode".into()),
        value: Some("firearms".into()),
        note: None,
        by: "ada".into(),
    };
    let key = ledger.correct(Moment(20), &fix).expect("it is kept").expect("the event is there");
    let place: (i64, i64, i64) = ledger
        .connection()
        .query_row("SELECT story_id, start, \"end\" FROM corrections", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .expect("it is there");
    assert_eq!(place, (story, 7, 12), "it names the words of the trigger");
    assert_eq!(ledger.correct(Moment(20), &Correction { target_id: 99, ..fix.clone() }).expect("it can be asked"), None);
    assert!(ledger.undo_correction(Moment(30), key, "ada").expect("it can be taken back"));
    assert!(!ledger.undo_correction(Moment(31), key, "ada").expect("it can be asked"), "only once");
    // A fix without a field, or a field without a fix, says nothing.
    assert!(ledger.correct(Moment(40), &Correction { field: None, ..fix }).is_err());
}

#[test]
fn a_search_alerts_once_for_an_event() {
    let (_folder, mut ledger) = ledger();
    let (_, _, old) = add(&mut ledger, "s1", 10);
    let search = NewSearch {
        account_id: None,
        name: "shots",
        question: Question::Events,
        filter: "type=ASSAULT",
        feed: b"feed",
        mail: None,
        webhook: Some("https://hook.example/"),
        webhook_key: Some("key"),
    };
    ledger.follow(Moment(15), &search).expect("it is followed");
    let search = ledger.search_of_feed(b"feed").expect("it can be read").expect("it is followed");
    assert_eq!(search.seen, old, "what is there already is not new");
    let (first_story, first_revision, first) = add(&mut ledger, "s2", 20);
    let (copy_story, _, copy) = add(&mut ledger, "s3", 20);
    let (_, _, other) = add(&mut ledger, "s4", 20);
    let due = [(Channel::Webhook, Moment(25))];
    assert_eq!(ledger.alert(Moment(25), &search, &[first], first, &due).expect("it is kept"), 1);
    // Concluded since: the second tells the same event, the third another.
    let happening = |key| Happening {
        happening_id: key,
        event_type: EventType::Assault,
        mode: None,
        status: Status::Happened,
        when: Some((date(2026, 11, 2), date(2026, 11, 2))),
        place_name: None,
        place_country: None,
        geonames: None,
        killed: None,
        injured: None,
        n_reports: 2,
        n_stories: 2,
        n_origins: 1,
    };
    let report = |event_id, happening_id| HappeningReport { event_id, happening_id, reason: "invented".into(), score: 1.0 };
    let origin = |story_id| Origin { story_id, origin: first_story, reason: "invented".into(), score: 1.0 };
    let conclusions = Conclusions {
        origins: vec![origin(first_story), origin(copy_story)],
        happenings: vec![happening(first), happening(other)],
        reports: vec![report(first, first), report(copy, first), report(other, other)],
        ..Conclusions::default()
    };
    ledger.conclude_anew(&conclusions).expect("it is kept");
    assert_eq!(ledger.alert(Moment(26), &search, &[first, copy, other], other, &due).expect("it is kept"), 1);
    let keys: Vec<i64> = ledger.alerts(search.search_id, None, 10).expect("they can be read").iter().map(|alert| alert.key).collect();
    assert_eq!(keys, [other, first]);
    // A new reading of the same words is no news.
    let run = ledger.begin_run(Program { model: "m 2", ..PROGRAM }, Moment(30)).expect("a run begins");
    let rereads = vec![Reread { revision_id: first_revision, coding: coding("m 2") }];
    ledger.append(run, Moment(30), &Batch { rereads, ..Batch::default() }).expect("it is kept");
    let reread = newest_event(&ledger);
    assert_eq!(ledger.alert(Moment(31), &search, &[reread], reread, &due).expect("it is kept"), 0);
}

#[test]
fn what_could_not_be_sent_is_tried_again_until_it_is_given_up() {
    let (_folder, mut ledger) = ledger();
    let search = NewSearch {
        account_id: None,
        name: "all",
        question: Question::Events,
        filter: "",
        feed: b"feed",
        mail: None,
        webhook: Some("https://hook.example/"),
        webhook_key: Some("key"),
    };
    ledger.follow(Moment(5), &search).expect("it is followed");
    let search = ledger.searches().expect("they can be read").remove(0);
    let (_, _, event) = add(&mut ledger, "s1", 10);
    ledger.alert(Moment(20), &search, &[event], event, &[(Channel::Webhook, Moment(20))]).expect("it is kept");
    assert!(ledger.due(Moment(19), Channel::Webhook, 10).expect("it can be read").is_empty());
    let delivery = ledger.due(Moment(20), Channel::Webhook, 10).expect("it can be read")[0];
    ledger.undelivered(Moment(21), delivery.delivery_id, "status 500", Some(Moment(50))).expect("it is kept");
    assert!(ledger.due(Moment(49), Channel::Webhook, 10).expect("it can be read").is_empty());
    assert_eq!(ledger.due(Moment(50), Channel::Webhook, 10).expect("it can be read")[0].n_tries, 1);
    assert_eq!(ledger.fault_of(search.search_id).expect("it can be read").as_deref(), Some("status 500"));
    ledger.undelivered(Moment(51), delivery.delivery_id, "status 500", None).expect("it is kept");
    assert!(ledger.due(Moment(9_000), Channel::Webhook, 10).expect("it can be read").is_empty());
    assert!(ledger.unfollow(Moment(9_001), search.search_id).expect("it ends"));
    assert!(ledger.search_of_feed(b"feed").expect("it can be read").is_none());
}
