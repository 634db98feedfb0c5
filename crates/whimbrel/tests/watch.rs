//! `whimbrel watch` against a server of this process: what is new is kept, what is known of the feeds outlives the program.
//! Nothing depends on what the model predicts.

#[path = "../../intake/tests/server/mod.rs"]
mod server;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use intake::{FeedState, Health};
use ledger::Ledger;
use ledger::rusqlite::Connection;
use tempfile::TempDir;

use server::{Server, ok, rss, status};

fn command(folder: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whimbrel"));
    command.arg("watch").args(args).args(["--ledger", "desk.whimbrel", "--allow-private"]).current_dir(folder.path());
    command
}

/// Asks each feed once; gives what was told.
#[track_caller]
fn once(folder: &TempDir, args: &[&str], code: i32) -> String {
    let output: Output = command(folder, args).arg("--once").output().expect("the program runs");
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "standard error: {messages}");
    messages
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

fn count(folder: &TempDir, table: &str) -> u32 {
    let ledger = Connection::open(folder.path().join("desk.whimbrel")).expect("the ledger opens");
    ledger.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("the table is there")
}

/// What the ledger knows of a feed.
fn state(folder: &TempDir, url: &str) -> FeedState {
    let ledger = Ledger::open_read_only(&folder.path().join("desk.whimbrel")).expect("the ledger opens");
    let position = ledger.mark(url).expect("marks can be read").expect("the feed was asked");
    serde_json::from_str(&position).expect("it is the state of a feed")
}

#[test]
fn what_is_new_is_kept_and_resolved_and_only_changes_are_asked_for() {
    let (server, folder) = (Server::new(&[]), folder());
    let url = server.url("/feed");
    server.set("/feed", ok("ETag: \"v1\"\r\n", &rss(&server, &[2, 1])));
    let messages = once(&folder, &[&url], 0);
    assert!(messages.contains(&format!("{url}: 2 new; next in 1")), "{messages}");
    assert!(messages.contains("2 added"), "{messages}");
    assert_eq!((count(&folder, "stories"), count(&folder, "origins")), (2, 2), "what is kept is resolved");
    server.set("/feed", status("304 Not Modified", ""));
    // Without a list the feeds of the ledger are asked.
    let messages = once(&folder, &[], 0);
    assert!(messages.contains(&format!("{url}: unchanged")) && messages.contains("0 added"), "{messages}");
    assert_eq!(server.last().headers.get("if-none-match").map(String::as_str), Some("\"v1\""));
    server.set("/feed", ok("", &rss(&server, &[3, 2])));
    assert!(once(&folder, &[&url], 0).contains("1 new"));
    assert_eq!(count(&folder, "stories"), 3);
    let state = state(&folder, &url);
    assert_eq!((state.n_polls, state.n_stories, state.health()), (3, 3, Health::Sound));
}

#[test]
fn lists_moves_and_failures_are_told_in_one_line_each() {
    let (server, folder) = (Server::new(&[]), folder());
    server.set("/robots.txt", ok("", "User-agent: *\nDisallow: /closed\n"));
    server.set("/moved", status("301 Moved Permanently", "Location: /feed\r\n"));
    server.set("/feed", ok("", &rss(&server, &[1])));
    server.set("/busy", status("429 Too Many Requests", "Retry-After: 7200\r\n"));
    server.set("/broken", ok("Content-Type: application/rss+xml\r\n", "<rss><channel><item></channel>"));
    server.set("/gone", status("410 Gone", ""));
    let paths = ["/moved", "/busy", "/broken", "/gone", "/closed"];
    let outlines: String = paths.iter().map(|path| format!("<outline xmlUrl=\"{}\"/>", server.url(path))).collect();
    fs::write(folder.path().join("feeds.opml"), format!("<opml><body>{outlines}</body></opml>")).expect("it can be written");
    let messages = once(&folder, &["feeds.opml", "--failed-out", "failed.jsonl"], 3);
    for (path, what) in [
        ("/moved", format!("1 new, moved to {}; next in", server.url("/feed"))),
        ("/busy", "the host answered with status 429; next in 2 h".to_owned()),
        ("/broken", "no feed".to_owned()),
        ("/gone", "the host answered with status 410; gone, not asked again".to_owned()),
        ("/closed", "robots.txt of ".to_owned()),
    ] {
        let lines: Vec<&str> = messages.lines().filter(|line| line.starts_with(&format!("{}: ", server.url(path)))).collect();
        assert!(lines.len() == 1 && lines[0].contains(&what), "{path}: {lines:?} in\n{messages}");
    }
    assert!(!server.take_paths().contains(&"/closed".to_owned()), "what robots.txt forbids is not asked");
    assert_eq!((count(&folder, "stories"), count(&folder, "failures")), (1, 4));
    let failed = fs::read_to_string(folder.path().join("failed.jsonl")).expect("failures were written");
    assert_eq!(failed.lines().count(), 4, "{failed}");
    let busy = state(&folder, &server.url("/busy"));
    assert_eq!(busy.last_error.as_deref(), Some("the host answered with status 429"));
    // The pause that a host asks for outlives the program; what is gone is left alone; what moved is asked where it is.
    server.take_paths();
    once(&folder, &[], 0);
    assert_eq!(server.take_paths(), ["/feed"]);
}

#[test]
fn what_is_no_list_is_refused() {
    let folder = folder();
    fs::write(folder.path().join("feeds.opml"), "<opml><body/></opml>").expect("it can be written");
    for (args, message) in [
        (&["feeds.opml"][..], "feeds.opml: the list names no feed"),
        (&["none.opml"], "none.opml: no such list; valid is an http(s) address"),
        (&[], "the ledger knows no feed"),
    ] {
        let messages = once(&folder, args, 1);
        assert!(messages.contains(message), "{messages}");
    }
}

/// A watch that goes on, and its messages.
fn watching(folder: &TempDir, url: &str) -> (Child, BufReader<ChildStderr>) {
    let mut child = command(folder, &[url, "--every", "1s"]).stderr(Stdio::piped()).spawn().expect("the program runs");
    let messages = BufReader::new(child.stderr.take().expect("standard error is piped"));
    (child, messages)
}

#[track_caller]
fn wait_for(messages: &mut BufReader<ChildStderr>, what: &str) {
    let mut all = String::new();
    while !all.contains(what) {
        let n_bytes = messages.read_line(&mut all).expect("messages can be read");
        assert!(n_bytes > 0, "`{what}` never came:\n{all}");
    }
}

/// Waits until so many stories are in the ledger.
#[track_caller]
fn wait_until_kept(folder: &TempDir, n_stories: u32) {
    for _ in 0..300 {
        if count(folder, "stories") == n_stories {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{n_stories} stories were never kept");
}

#[test]
fn a_watch_that_was_killed_goes_on_where_it_was() {
    let (server, folder) = (Server::new(&[]), folder());
    server.set("/feed", ok("ETag: \"v1\"\r\n", &rss(&server, &[2, 1])));
    let (mut child, mut messages) = watching(&folder, &server.url("/feed"));
    wait_for(&mut messages, ": 2 new");
    wait_until_kept(&folder, 2);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    server.set("/feed", ok("ETag: \"v2\"\r\n", &rss(&server, &[3, 2])));
    let (mut child, mut messages) = watching(&folder, &server.url("/feed"));
    wait_for(&mut messages, ": 1 new");
    wait_until_kept(&folder, 3);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let etags: Vec<String> = {
        let requests = server.requests.lock().expect("nobody panicked");
        requests.iter().filter_map(|request| request.headers.get("if-none-match").cloned()).collect()
    };
    assert_eq!(etags.first().map(String::as_str), Some("\"v1\""), "the second watch asks only for changes");
    assert_eq!((count(&folder, "stories"), count(&folder, "revisions")), (3, 3));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_watch_once_its_stories_are_stored() {
    for signal in ["INT", "TERM"] {
        let (server, folder) = (Server::new(&[]), folder());
        server.set("/feed", ok("", &rss(&server, &[2, 1])));
        let (mut child, mut messages) = watching(&folder, &server.url("/feed"));
        wait_for(&mut messages, ": 2 new");
        let kill = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().expect("there is a shell");
        assert!(kill.success());
        wait_for(&mut messages, "desk.whimbrel: 2 added");
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "{signal}");
        assert_eq!(count(&folder, "stories"), 2);
        assert_eq!(count(&folder, "runs WHERE ended_on IS NULL"), 0, "the run has an end");
    }
}
