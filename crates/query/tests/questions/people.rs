//! What people say of codings, in questions and exports, and what is new in a search.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use codebook::Codebook;
use ledger::{Correction, Ledger, Moment, Stance, Target};
use tempfile::TempDir;
use whimbrel_query::{About, Export, Filter, Format, News, Record, Which, corrections, count_news, events, export, news};

use crate::{column, open, record};

fn say(folder: &TempDir, now: i64, event: i64, verb: Stance, field: Option<(&str, &str)>, note: Option<&str>) -> i64 {
    let mut ledger = Ledger::open(&folder.path().join("desk.whimbrel")).expect("it opens");
    let correction = Correction {
        target: Target::Event,
        target_id: event,
        verb,
        field: field.map(|(field, _)| field.to_owned()),
        value: field.map(|(_, value)| value.to_owned()),
        note: note.map(str::to_owned),
        by: "ada".into(),
    };
    ledger.correct(Moment(now), &correction).expect("it is kept").expect("the event is there")
}

/// The key of the attack as the first reading has it, and as the second.
fn attacks(folder: &TempDir) -> (i64, i64) {
    let key = |as_of| {
        let answer = events(&open(folder, as_of), &Filter::default()).expect("an answer");
        let row = column(&answer, "trigger").iter().zip(column(&answer, "id")).position(|(words, id)| words == "fired" && id == "s1");
        column(&answer, "event")[row.expect("it is there")].parse().expect("it is a key")
    };
    (key(Some(10)), key(None))
}

fn reviews(folder: &TempDir, as_of: Option<i64>) -> Vec<String> {
    column(&events(&open(folder, as_of), &Filter::default()).expect("an answer"), "review").into_iter().filter(|cell| cell != "-").collect()
}

#[test]
fn what_people_say_holds_for_newer_readings_and_as_it_was_known() {
    let folder = record();
    let (old, new) = attacks(&folder);
    assert_ne!(old, new);
    // Said of the first reading, after the second was made.
    let said = say(&folder, 30, old, Stance::Fix, Some(("mode", "firearms")), Some("see the video"));
    assert_eq!(reviews(&folder, None), ["fix"], "it stands on the same words");
    assert!(reviews(&folder, Some(25)).is_empty(), "it was not said by then");
    let about = About { target: Some((Target::Event, new)), ..About::default() };
    let listed = corrections(&open(&folder, None), &Filter::default(), about).expect("an answer");
    assert_eq!((column(&listed, "row"), column(&listed, "target_id")), (vec![new.to_string()], vec![old.to_string()]));
    assert_eq!(column(&listed, "value"), ["firearms"]);
    let mut ledger = Ledger::open(&folder.path().join("desk.whimbrel")).expect("it opens");
    assert!(ledger.undo_correction(Moment(40), said, "ada").expect("it is taken back"));
    assert!(reviews(&folder, None).is_empty());
    assert_eq!(reviews(&folder, Some(35)), ["fix"], "by then it was not taken back");
    let none = corrections(&open(&folder, None), &Filter::default(), About::default()).expect("an answer");
    let all = corrections(&open(&folder, None), &Filter::default(), About { with_undone: true, ..About::default() }).expect("an answer");
    assert_eq!((none.rows.len(), all.rows.len()), (0, 1), "what was taken back stays in the log");
}

/// What an export writes, kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody broke off").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn exported(record: &Record, format: Format) -> (String, u64) {
    let kept = Kept::default();
    let wanted = Export { format, filter: Filter::default(), include: Vec::new() };
    let mut open = |_: &str| Ok(Box::new(kept.clone()) as Box<dyn Write + Send>);
    let exported = export(record, Codebook::bundled(), &wanted, &mut open).expect("it is written");
    let bytes = kept.0.lock().expect("nobody broke off").clone();
    (String::from_utf8(bytes).expect("it is UTF-8"), exported.left_out.get("rejected by people").copied().unwrap_or(0))
}

#[test]
fn exports_carry_what_people_say_or_leave_out_what_they_reject() {
    let folder = record();
    let (_, attack) = attacks(&folder);
    let (before, _) = exported(&open(&folder, None), Format::Plover);
    say(&folder, 30, attack, Stance::Fix, Some(("mode", "firearms")), None);
    say(&folder, 31, attack, Stance::Reject, None, Some("=a drill"));
    let (csv, left_out) = exported(&open(&folder, None), Format::Csv);
    let row = csv.lines().find(|line| line.contains("mode = firearms")).unwrap_or_else(|| panic!("{csv}"));
    assert!(row.contains(",reject,mode = firearms,'=a drill") && left_out == 0, "{row}");
    let (after, left_out) = exported(&open(&folder, None), Format::Plover);
    assert_eq!((before.lines().count() - after.lines().count(), left_out), (1, 1));
}

#[test]
fn news_are_of_texts_that_came_since() {
    let folder = record();
    let all = Filter::default();
    let keys = |which: Which| column(&news(&open(&folder, None), News::Events, &all, &which).expect("an answer"), "key");
    assert_eq!(keys(Which::Since(Moment(0))).len(), 6);
    // At 20 the attack was read again, which is no news, and a hostile story came.
    let since = news(&open(&folder, None), News::Events, &all, &Which::Since(Moment(15))).expect("an answer");
    assert_eq!((column(&since, "what"), column(&since, "settled")), (vec!["ASSAULT denied".to_owned()], vec!["0".to_owned()]));
    assert_eq!(count_news(&open(&folder, None), News::Events, &all, &Which::Since(Moment(15))).expect("an answer"), 1);
    let newest: i64 = keys(Which::Since(Moment(15)))[0].parse().expect("it is a key");
    assert_eq!(keys(Which::Behind(newest - 1, Moment(15))), [newest.to_string()]);
    assert!(keys(Which::Behind(newest, Moment(15))).is_empty());
    assert_eq!(keys(Which::Keys(vec![newest, 999])), [newest.to_string()]);
    let claims = news(&open(&folder, None), News::Claims, &all, &Which::Since(Moment(0))).expect("an answer");
    assert_eq!(column(&claims, "who"), ["General Haddad", "The rebels"]);
    assert_eq!(count_news(&open(&folder, None), News::Claims, &all, &Which::Since(Moment(0))).expect("an answer"), 2);
}
