//! A ledger from the command line: kept once, gone on with, revised, read again, sound. Nothing depends on what the model
//! predicts.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use ledger::rusqlite::Connection;
use tempfile::TempDir;

fn whimbrel(folder: &TempDir, args: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_whimbrel");
    Command::new(program).args(args).current_dir(folder.path()).output().expect("the program runs")
}

#[track_caller]
fn ends(output: &Output, code: i32) -> String {
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "standard error: {messages}");
    messages
}

fn story(id: u32, text: &str) -> String {
    format!(r#"{{"id":"s{id}","text":"{text}","published":"2026-11-02","publisher":"Desk","url":"https://desk.example/{id}"}}"#)
}

fn folder(lines: &[String]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("news.jsonl"), lines.join("\n") + "\n").expect("the file can be written");
    folder
}

fn count(folder: &TempDir, table: &str) -> u32 {
    let ledger = Connection::open(folder.path().join("desk.whimbrel")).expect("the ledger opens");
    ledger.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("the table is there")
}

const ADD: [&str; 4] = ["add", "news.jsonl", "--ledger", "desk.whimbrel"];

#[test]
fn a_story_is_kept_once_however_often_it_is_added() {
    let lines: Vec<String> = (0..30).map(|n| story(n, &format!("Police detained {n} protesters in Nairobi."))).collect();
    let folder = folder(&lines);
    assert!(ends(&whimbrel(&folder, &ADD), 0).contains("30 added"));
    // A file that has not changed is passed over, one that has is read again and known already.
    assert!(ends(&whimbrel(&folder, &ADD), 0).contains("30 records passed over"));
    let more = story(30, "Police freed the protesters.");
    fs::write(folder.path().join("news.jsonl"), lines.join("\n") + "\n" + &more + "\n").expect("the file can be written");
    let messages = ends(&whimbrel(&folder, &ADD), 0);
    assert!(messages.contains("1 added") && messages.contains("30 known already"), "{messages}");
    assert_eq!(count(&folder, "stories"), 31);
    assert_eq!(count(&folder, "codings"), 31);
    ends(&whimbrel(&folder, &["doctor", "--ledger", "desk.whimbrel"]), 0);
}

#[test]
fn another_text_at_the_same_address_is_a_revision() {
    let folder = folder(&[story(1, "Kenya recalled its envoy.")]);
    ends(&whimbrel(&folder, &ADD), 0);
    fs::write(folder.path().join("news.jsonl"), story(1, "Kenya recalled its envoy from Kampala.")).expect("the file can be written");
    assert!(ends(&whimbrel(&folder, &ADD), 0).contains("1 revised"));
    assert_eq!((count(&folder, "stories"), count(&folder, "revisions"), count(&folder, "current_revisions")), (1, 2, 1));
}

#[test]
fn what_cannot_be_read_stands_in_the_ledger_and_the_rest_goes_on() {
    let folder = folder(&[story(1, "Kenya recalled its envoy."), "{broken".to_owned(), story(2, "Uganda protested.")]);
    let messages = ends(&whimbrel(&folder, &ADD), 3);
    assert!(messages.contains("news.jsonl:2"), "{messages}");
    assert_eq!((count(&folder, "stories"), count(&folder, "failures")), (2, 1));
}

#[test]
fn copies_have_one_origin_and_a_rebuild_changes_nothing() {
    let wire = "NAIROBI, Nov 2 (AFP) - Police fired tear gas at teachers who marched on parliament on Monday to demand higher pay, \
                witnesses said. The teachers union said that twelve of its members were detained and that the strike would go on \
                until the government signs the agreement of last year.";
    let folder = folder(&[
        story(1, wire),
        story(2, wire).replace("Desk", "Post"),
        story(3, "Peru and Chile signed a border agreement in Lima on Friday, their foreign ministers said."),
    ]);
    ends(&whimbrel(&folder, &ADD), 0);
    let resolve = ["resolve", "--ledger", "desk.whimbrel"];
    let settled = ends(&whimbrel(&folder, &resolve), 0);
    assert!(settled.contains("0 codings resolved; 3 stories of 2 origins"), "adding settles: {settled}");
    let rebuilt = ends(&whimbrel(&folder, &[&resolve[..], &["--rebuild"]].concat()), 0);
    assert_eq!(rebuilt, settled.replace("0 codings", "3 codings"));
    ends(&whimbrel(&folder, &["doctor", "--ledger", "desk.whimbrel"]), 0);
}

#[test]
fn rereading_with_the_same_model_has_nothing_to_do() {
    let folder = folder(&[story(1, "Kenya recalled its envoy.")]);
    ends(&whimbrel(&folder, &ADD), 0);
    assert!(ends(&whimbrel(&folder, &["reread", "--ledger", "desk.whimbrel"]), 0).contains("0 read again"));
    assert_eq!(count(&folder, "codings"), 1);
}

#[test]
fn what_is_no_ledger_is_refused_by_name() {
    let folder = folder(&[story(1, "Kenya recalled its envoy.")]);
    for verb in ["doctor", "resolve", "reread"] {
        for file in ["nowhere.whimbrel", "news.jsonl"] {
            let messages = ends(&whimbrel(&folder, &[verb, "--ledger", file]), 1);
            assert!(messages.contains(file), "{verb}: {messages}");
        }
    }
    assert!(!Path::new(&folder.path().join("nowhere.whimbrel")).exists());
}
