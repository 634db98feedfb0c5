//! The desk from the command line: it starts where it may, answers, takes stories, and ends when it is told to.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

fn whimbrel(folder: &TempDir, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_whimbrel"))
        .args(args)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it can be written");
    child.wait_with_output().expect("it ends")
}

#[track_caller]
fn ends(output: &Output, code: i32) -> String {
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "standard error: {messages}");
    messages
}

fn ledger() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let line = r#"{"id":"s1","text":"Police detained three protesters in Nairobi.","published":"2026-11-02","publisher":"Desk"}"#;
    fs::write(folder.path().join("news.jsonl"), line).expect("the file can be written");
    ends(&whimbrel(&folder, &["add", "news.jsonl", "--ledger", "desk.whimbrel"], ""), 0);
    folder
}

/// A desk that listens at a port of its own choice; it is killed when the test ends badly.
struct Running {
    child: Child,
    address: String,
    messages: BufReader<std::process::ChildStderr>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Running {
    fn start(folder: &TempDir) -> Self {
        Self::start_with(folder, &["serve", "--ledger", "desk.whimbrel", "--addr", "127.0.0.1:0"])
    }

    fn start_with(folder: &TempDir, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_whimbrel"))
            .args(args)
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut messages = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        while !line.contains("http://") {
            line.clear();
            assert!(messages.read_line(&mut line).expect("it says where it is") > 0, "it ended before it listened");
        }
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_else(|| panic!("{line}"));
        Self { address: address.to_owned(), child, messages }
    }

    fn send(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it can be set");
        stream.write_all(request.as_bytes()).expect("it can be written");
        stream
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let (host, length) = (&self.address, body.len());
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        let request = format!("{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
        let mut answer = String::new();
        self.send(&request).read_to_string(&mut answer).expect("it answers");
        answer
    }

    #[cfg(unix)]
    fn end(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("it can be told").success());
        let began = Instant::now();
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        assert!(began.elapsed() < Duration::from_secs(8), "it took {:?} to end", began.elapsed());
        let mut rest = String::new();
        self.messages.read_to_string(&mut rest).expect("messages are words");
        rest
    }
}

#[cfg(unix)]
#[test]
fn a_desk_answers_takes_stories_and_ends_while_someone_listens() {
    let folder = ledger();
    let desk = Running::start(&folder);
    let health = desk.ask("GET", "/api/v1/health", "");
    assert!(health.starts_with("HTTP/1.1 200") && health.contains("whimbrel"), "{health}");
    let story = r#"{"text":"Soldiers arrested four reporters in Kampala on Tuesday.","published":"2026-11-03","publisher":"Desk"}"#;
    let kept = desk.ask("POST", "/api/v1/stories", story);
    assert!(kept.contains("\"added\""), "{kept}");
    let found = desk.ask("GET", "/api/v1/search?words=reporters", "");
    assert!(found.contains("reporters"), "{found}");
    // Someone who listens to how runs go on does not keep the desk from ending.
    let mut listener = desk.send(&format!("GET /runs/events HTTP/1.1\r\nhost: {}\r\n\r\n", desk.address));
    let mut first = [0; 64];
    listener.read_exact(&mut first).expect("something is told");
    desk.end();
    ends(&whimbrel(&folder, &["doctor", "--ledger", "desk.whimbrel"], ""), 0);
}

#[cfg(unix)]
#[test]
fn the_demo_is_shown_in_the_browser() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let args = ["demo", "--serve", "--addr", "127.0.0.1:0"];
    let desk = Running::start_with(&folder, &args);
    let found = desk.ask("GET", "/api/v1/stats", "");
    assert!(found.starts_with("HTTP/1.1 200") && found.contains("\"n\":16"), "{found}");
    assert!(desk.ask("GET", "/", "").starts_with("HTTP/1.1 200"));
    desk.end();
    // One that is there is shown again.
    Running::start_with(&folder, &args).end();
}

#[cfg(unix)]
#[test]
fn accounts_close_the_desk_to_everybody_else() {
    let folder = ledger();
    let refused = ends(&whimbrel(&folder, &["serve", "--ledger", "desk.whimbrel", "--addr", "0.0.0.0:0"], ""), 1);
    assert!(refused.contains("whimbrel account add"), "{refused}");
    let short = whimbrel(&folder, &["account", "add", "ada", "--password-stdin", "--ledger", "desk.whimbrel"], "short\n");
    assert!(ends(&short, 1).contains("10 to 1000"));
    let add = ["account", "add", "ada", "--role", "admin", "--password-stdin", "--ledger", "desk.whimbrel"];
    ends(&whimbrel(&folder, &add, "correct horse\n"), 0);
    assert!(ends(&whimbrel(&folder, &add, "correct horse\n"), 1).contains("already"));
    let token = ["account", "token", "ada", "--scope", "read", "--ledger", "desk.whimbrel"];
    let secret = ends(&whimbrel(&folder, &token, ""), 0).lines().last().expect("it is shown").to_owned();
    assert!(ends(&whimbrel(&folder, &["account", "list", "--ledger", "desk.whimbrel"], ""), 0).contains("ada  admin"));
    let desk = Running::start(&folder);
    assert!(desk.ask("GET", "/api/v1/events", "").starts_with("HTTP/1.1 401"));
    assert!(desk.ask("GET", "/", "").starts_with("HTTP/1.1 303"));
    let mut answer = String::new();
    let request = format!("GET /api/v1/events HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {secret}\r\nconnection: close\r\n\r\n", desk.address);
    desk.send(&request).read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    desk.end();
    // Nobody reads who has an account by asking the ledger.
    let sql = ["sql", "SELECT * FROM accounts", "--ledger", "desk.whimbrel"];
    ends(&whimbrel(&folder, &sql, ""), 1);
}
