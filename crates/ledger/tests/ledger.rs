//! What is handed over comes back: codings, revisions, readings, failures, marks, conclusions, decisions.

#[path = "../examples/generate/story.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod story;

use std::path::PathBuf;

use tempfile::TempDir;
use text::Document;
use whimbrel_ledger::{
    Batch, Conclusions, Decision, Entity, EntityMember, Entry, Error, Failure, Happening, HappeningReport, Layer, Ledger,
    Life, LifeStep, Mark, Moment, Origin, Outcome, Program, Reread, RunId, Step, Verb, rusqlite::Connection,
};

struct Desk {
    // Goes away with the test.
    folder: TempDir,
    ledger: Ledger,
    run: RunId,
}

const PROGRAM: Program<'_> = Program { model: story::MODEL, codebook: story::CODEBOOK, program: "test" };

fn desk() -> Desk {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut ledger = Ledger::create(&folder.path().join("desk.whimbrel")).expect("a ledger can be made");
    let run = ledger.begin_run(PROGRAM, Moment(0)).expect("a run begins");
    Desk { folder, ledger, run }
}

impl Desk {
    fn path(&self) -> PathBuf {
        self.folder.path().join("desk.whimbrel")
    }

    fn keep(&mut self, now: i64, entries: Vec<Entry>) -> Vec<(Outcome, i64)> {
        let batch = Batch { entries, ..Batch::default() };
        let receipt = self.ledger.append(self.run, Moment(now), &batch).expect("a batch is kept");
        receipt.kept.iter().map(|kept| (kept.outcome, kept.story_id)).collect()
    }

    fn count(&self, sql: &str) -> i64 {
        self.ledger.connection().query_row(sql, [], |row| row.get(0)).expect("rows can be counted")
    }

    #[track_caller]
    fn sound(&self) {
        assert_eq!(self.ledger.doctor().expect("the ledger can be examined"), [], "the ledger is sound");
    }
}

/// A story of few words.
fn brief(id: &str, url: Option<&str>, text: &str) -> Entry {
    let metadata = text::Metadata {
        id: id.into(),
        url: url.map(Into::into),
        publisher: Some("The Desk".into()),
        ..text::Metadata::default()
    };
    let coding =
        codebook::Coding { model: story::MODEL.into(), codebook: story::CODEBOOK.into(), ..codebook::Coding::default() };
    Entry::new(text::read(text.into(), metadata), coding, "desk.jsonl".into(), 1)
}

#[test]
fn codings_come_back_byte_for_byte() {
    let mut desk = desk();
    desk.keep(1, (0..40).map(|number| story::entry(number, "generated")).collect());
    let keys = desk.ledger.current_codings_after(0, 100).expect("keys can be read");
    assert_eq!(keys.len(), 40);
    for (number, key) in keys.into_iter().enumerate() {
        let entry = story::entry(number as u64, "generated");
        let stored = desk.ledger.coding(key).expect("it can be read").expect("it is there");
        assert_eq!(stored.coding, entry.coding);
        assert_eq!(stored.event_ids.len(), entry.coding.events.len());
        let document = Document { metadata: entry.metadata, text: entry.text, ..Document::default() };
        assert_eq!(stored.to_json(), codebook::json::write_line(&document, &entry.coding), "story {number}");
    }
    assert!(desk.ledger.coding(4_000).expect("it can be read").is_none());
    desk.sound();
}

#[test]
fn the_same_text_of_the_same_publisher_is_no_new_story() {
    let mut desk = desk();
    let (a, spaced) = (brief("a", None, "Police fired."), brief("b", None, "Police \n fired."));
    let other = Entry { metadata: text::Metadata { publisher: Some("Other".into()), ..a.metadata.clone() }, ..a.clone() };
    let kept = desk.keep(1, vec![a, spaced, other]);
    assert_eq!(kept, [(Outcome::Added, 1), (Outcome::Known, 1), (Outcome::Added, 2)]);
    assert_eq!(desk.count("SELECT n_added * 10 + n_known FROM runs"), 21);
    desk.sound();
}

#[test]
fn an_edited_story_is_a_new_revision_and_both_are_kept() {
    let mut desk = desk();
    let url = Some("https://desk.example/1");
    desk.keep(10, vec![brief("a", url, "At least 12 people died.")]);
    assert_eq!(desk.keep(20, vec![brief("a", url, "At least 14 people died.")]), [(Outcome::Revised, 1)]);
    // The old text, found late in another copy, is known and changes nothing.
    assert_eq!(desk.keep(30, vec![brief("a", url, "At least 12 people died.")]), [(Outcome::Known, 1)]);
    let revisions = desk.ledger.revisions(1).expect("revisions can be read");
    let [(_, old), (_, new)] = revisions.as_slice() else { panic!("two revisions, not {revisions:?}") };
    let changes = whimbrel_ledger::diff(old, new);
    assert_eq!(changes.iter().map(|c| (c.before.of(old), c.after.of(new))).collect::<Vec<_>>(), [("12", "14")]);
    assert_eq!(desk.count("SELECT count(*) FROM codings WHERE retired_on = 20 AND known_on = 10"), 1);
    desk.sound();
}

#[test]
fn the_record_answers_as_of_an_earlier_moment() {
    let mut desk = desk();
    let url = Some("https://desk.example/1");
    desk.keep(10, vec![brief("a", url, "At least 12 people died.")]);
    desk.keep(20, vec![brief("a", url, "At least 14 people died."), brief("b", None, "More.")]);
    // A clock that went back does not reach into what was known.
    desk.keep(5, vec![brief("c", None, "Later.")]);
    let reader = Ledger::open_read_only(&desk.path()).expect("it opens for reading");
    let ids = |moment: Option<i64>| -> String {
        moment.map_or_else(|| reader.now(), |moment| reader.as_of(Moment(moment))).expect("views can be made");
        let sql = "SELECT coalesce(group_concat(id || substr(text, 10, 2), ' '), '') FROM (SELECT * FROM current_stories ORDER BY id)";
        reader.connection().query_row(sql, [], |row| row.get(0)).expect("stories can be read")
    };
    assert_eq!(ids(Some(9)), "");
    assert_eq!(ids(Some(10)), "a12");
    assert_eq!(ids(Some(19)), "a12");
    assert_eq!(ids(None), "a14 b c");
    assert_eq!(ids(Some(20)), "a14 b c");
}

#[test]
fn a_new_reading_retires_the_old() {
    let mut desk = desk();
    desk.keep(10, vec![story::entry(0, "generated"), story::entry(1, "generated")]);
    let newer = Program { model: "generated 2", ..PROGRAM };
    let run = desk.ledger.begin_run(newer, Moment(15)).expect("a run begins");
    let pending = desk.ledger.pending(newer.model, newer.codebook, 0, 10).expect("it can be read");
    assert_eq!(pending.len(), 2);
    let mut coding = story::entry(0, "generated").coding;
    coding.model = newer.model.into();
    coding.events.truncate(1);
    let rereads = vec![Reread { revision_id: pending[0].revision_id, coding: coding.clone() }];
    let receipt = desk.ledger.append(run, Moment(20), &Batch { rereads, ..Batch::default() }).expect("it is kept");
    let stored = desk.ledger.coding(receipt.coding_ids[0]).expect("it can be read").expect("it is there");
    assert_eq!(stored.coding, coding);
    assert_eq!(desk.ledger.pending(newer.model, newer.codebook, 0, 10).expect("it can be read").len(), 1);
    assert_eq!(desk.count("SELECT count(*) FROM current_events WHERE story_id = 1"), 1);
    desk.ledger.as_of(Moment(19)).expect("views can be made");
    assert_eq!(desk.count("SELECT count(*) FROM current_events WHERE story_id = 1"), 6);
    desk.sound();
}

#[test]
fn a_batch_is_kept_whole_or_not_at_all() {
    let mut desk = desk();
    let mut dangling = story::entry(1, "generated");
    dangling.coding.events[0].actors = vec!["a77".into()];
    let batch = Batch { entries: vec![story::entry(0, "generated"), dangling], ..Batch::default() };
    let error = desk.ledger.append(desk.run, Moment(1), &batch).expect_err("an actor is missing");
    assert_eq!(error.to_string(), "actors of story `g1` names `a77`, which its coding does not hold");
    let mut other = story::entry(2, "generated");
    other.coding.model = "other".into();
    let batch = Batch { entries: vec![other], ..Batch::default() };
    assert!(matches!(desk.ledger.append(desk.run, Moment(1), &batch), Err(Error::OtherRun { .. })));
    assert_eq!(desk.count("SELECT count(*) FROM stories") + desk.count("SELECT count(*) FROM actors"), 0);
    desk.sound();
}

#[test]
fn a_reader_never_waits_and_never_sees_half_a_batch() {
    let mut desk = desk();
    let path = desk.path();
    desk.keep(1, vec![story::entry(0, "generated")]);
    let done = std::sync::atomic::AtomicBool::new(false);
    let n_looks = std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let reader = Ledger::open_read_only(&path).expect("it opens for reading");
            reader.connection().busy_timeout(std::time::Duration::ZERO).expect("a reader may refuse to wait");
            let mut n_looks = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let sql = "SELECT (SELECT count(*) FROM stories), (SELECT count(*) FROM current_codings),
                           (SELECT count(*) FROM events)";
                let row = |row: &whimbrel_ledger::rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                let (stories, codings, events): (i64, i64, i64) =
                    reader.connection().query_row(sql, [], row).expect("a reader never waits");
                assert_eq!((stories % 20, codings, events), (1, stories, stories * 6), "batches are of 20 stories");
                n_looks += 1;
            }
            n_looks
        });
        for batch in 0..15 {
            desk.keep(2, (0..20).map(|number| story::entry(1 + batch * 20 + number, "generated")).collect());
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        reading.join().expect("the reader saw whole batches")
    });
    assert!(n_looks > 0);
    assert_eq!(desk.count("SELECT count(*) FROM stories"), 301);
    let reader = Ledger::open_read_only(&path).expect("it opens for reading");
    assert!(reader.connection().execute("DELETE FROM events", []).is_err(), "a reader cannot write");
}

#[test]
fn failures_and_marks_are_kept_with_their_batch() {
    let mut desk = desk();
    let failure = Failure {
        input: "desk.jsonl".into(),
        record: 3,
        id: None,
        stage: "parse".into(),
        reason: "the story has no text".into(),
    };
    let mark = |position: &str| Mark { input: "desk.jsonl".into(), position: position.into() };
    assert_eq!(desk.ledger.mark("desk.jsonl").expect("it can be read"), None);
    for position in ["100", "250"] {
        let batch = Batch { failures: vec![failure.clone()], marks: vec![mark(position)], ..Batch::default() };
        desk.ledger.append(desk.run, Moment(4), &batch).expect("a batch is kept");
    }
    assert_eq!(desk.ledger.mark("desk.jsonl").expect("it can be read").as_deref(), Some("250"));
    assert_eq!(desk.count("SELECT count(*) FROM failures WHERE record = 3"), 1, "told twice, listed once");
    desk.ledger.end_run(desk.run, Moment(9)).expect("the run ends");
    assert_eq!(desk.count("SELECT ended_on * 10 + n_failed FROM runs"), 91);
}

#[test]
fn words_are_found_in_any_form() {
    let mut desk = desk();
    desk.keep(1, vec![brief("a", None, "Erdoğan met the ministers."), brief("b", None, "Nothing.")]);
    for words in ["erdogan", "minister", "\"met the\""] {
        let sql = format!("SELECT group_concat(rowid) FROM revisions_words WHERE revisions_words MATCH '{words}'");
        assert_eq!(desk.count(&format!("SELECT CAST(({sql}) AS INTEGER)")), 1, "{words}");
    }
}

fn entity(entity_id: i64, name: &str) -> Entity {
    Entity {
        entity_id,
        name: name.into(),
        kind: codebook::ActorKind::Person,
        country: Some("AFG".into()),
        sector: None,
        wikidata: None,
        n_stories: 2,
        names: vec![(name.into(), 2)],
    }
}

fn happening(happening_id: i64, n_reports: u32) -> Happening {
    Happening {
        happening_id,
        event_type: codebook::EventType::Consult,
        mode: None,
        status: codebook::Status::Happened,
        when: None,
        place_name: None,
        place_country: None,
        geonames: None,
        killed: Some((3, 5)),
        injured: None,
        n_reports,
        n_stories: n_reports,
        n_origins: 1,
    }
}

#[test]
fn conclusions_take_each_others_place() {
    let mut desk = desk();
    desk.keep(1, (0..2).map(|number| story::entry(number, "generated")).collect());
    let member = |actor_id, entity_id| EntityMember { actor_id, entity_id, reason: "name".into(), score: 0.9 };
    let report =
        |event_id, happening_id| HappeningReport { event_id, happening_id, reason: "place and day".into(), score: 0.8 };
    let step = |step| LifeStep { step, event_id: Some(1), day: None, window: None, reason: "status".into(), score: 1.0 };
    let apart = Conclusions {
        origins: (1..=2).map(|id| Origin { story_id: id, origin: id, reason: "alone".into(), score: 1.0 }).collect(),
        entities: vec![entity(1, "Muttaqi"), entity(6, "Motaqi")],
        members: vec![member(1, 1), member(6, 6)],
        happenings: vec![happening(1, 1), happening(7, 1)],
        reports: vec![report(1, 1), report(7, 7)],
        lives: vec![Life { life_id: 1, status: Step::Planned, window: None, steps: vec![step(Step::Planned)] }],
        ..Conclusions::default()
    };
    desk.ledger.conclude(&apart).expect("conclusions are kept");
    let together = Conclusions {
        entities: vec![entity(1, "Amir Khan Muttaqi")],
        members: vec![member(6, 1)],
        happenings: vec![happening(1, 2)],
        reports: vec![report(7, 1)],
        lives: vec![Life {
            life_id: 1,
            status: Step::TookPlace,
            window: None,
            steps: vec![step(Step::Planned), step(Step::TookPlace)],
        }],
        ..Conclusions::default()
    };
    desk.ledger.conclude(&together).expect("conclusions are kept");
    assert_eq!(desk.count("SELECT count(*) FROM entities"), 1);
    assert_eq!(desk.count("SELECT count(*) FROM entity_members WHERE entity_id = 1"), 2);
    assert_eq!(desk.count("SELECT count(*) FROM happenings WHERE n_reports = 2 AND killed_max = 5"), 1);
    assert_eq!(desk.count("SELECT count(*) FROM life_steps"), 2);
    desk.sound();
    desk.ledger.conclude_anew(&apart).expect("conclusions are kept");
    assert_eq!(desk.count("SELECT count(*) FROM entities"), 2);
    desk.sound();
}

#[test]
fn decisions_outlive_rebuilds() {
    let mut desk = desk();
    let decision = Decision {
        by: "desk".into(),
        layer: Layer::Entity,
        verb: Verb::Split,
        left: "actor:1".into(),
        right: "actor:6".into(),
        reason: "two ministers of one name".into(),
    };
    let key = desk.ledger.decide(Moment(5), &decision).expect("it is logged");
    desk.ledger.conclude_anew(&Conclusions::default()).expect("a rebuild");
    assert_eq!(desk.ledger.decisions().expect("they can be read"), [(key, decision)]);
    assert!(desk.ledger.undo(Moment(6), key).expect("it can be taken back"));
    assert!(!desk.ledger.undo(Moment(7), key).expect("once"), "it was taken back already");
    assert_eq!(desk.ledger.decisions().expect("they can be read"), []);
    assert_eq!(desk.count("SELECT count(*) FROM decisions"), 1, "the log keeps it");
}

#[test]
fn the_doctor_finds_what_is_broken() {
    for (check, harm) in [
        ("spans", "UPDATE events SET trigger_end = 99999 WHERE event_id = 3"),
        ("spans", "UPDATE claim_contents SET \"end\" = 99999 WHERE claim_id = 2"),
        ("keys", "DELETE FROM actors WHERE actor_id = 2"),
        ("words", "INSERT INTO revisions_words (revisions_words) VALUES ('delete-all')"),
        ("identity", "UPDATE revisions SET text = replace(text, '.', '!') WHERE revision_id = 1"),
        ("retiring", "UPDATE codings SET retired_on = 50 WHERE coding_id = 1"),
        ("retiring", "UPDATE events SET known_on = 7 WHERE event_id = 1"),
        ("codings", "UPDATE event_actors SET country = 'XXX' WHERE event_id = 4"),
        ("tallies", "UPDATE tallies SET n = n + 1 WHERE what = 'claims'"),
        ("words", "DELETE FROM names WHERE name_id = 1"),
        ("derived", "INSERT INTO happenings (happening_id, type, status, n_reports, n_stories, n_origins) VALUES (9, 'AID', 'happened', 1, 1, 1)"),
        ("version", "PRAGMA user_version = 0"),
    ] {
        let mut desk = desk();
        desk.keep(1, (0..3).map(|number| story::entry(number, "generated")).collect());
        desk.sound();
        let connection = Connection::open(desk.path()).expect("SQLite opens it");
        connection.execute_batch("PRAGMA foreign_keys = OFF").expect("harm needs it off");
        connection.execute_batch(harm).expect(harm);
        let findings = desk.ledger.doctor().expect("the ledger can be examined");
        assert!(findings.iter().any(|finding| finding.check == check), "{harm}: {findings:?}");
    }
}

#[test]
fn what_is_no_ledger_is_refused() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("other.db");
    assert!(matches!(Ledger::open(&path), Err(Error::Missing(_))), "there is no file");
    let other = Connection::open(&path).expect("SQLite opens it");
    other.execute_batch("CREATE TABLE t (x)").expect("a table can be made");
    assert!(matches!(Ledger::open(&path), Err(Error::NoLedger { .. })));
    assert!(matches!(Ledger::create(&path), Err(Error::Exists(_))));
    std::fs::write(folder.path().join("text"), "no database at all, but a text of some length").expect("a file");
    assert!(Ledger::open(&folder.path().join("text")).is_err());
    let desk = desk();
    desk.ledger.connection().execute_batch("PRAGMA user_version = 99").expect("the version can be set");
    let error = Ledger::open(&desk.path()).expect_err("it is newer");
    assert!(error.to_string().ends_with("has schema version 99; this program knows versions up to 4"), "{error}");
}
