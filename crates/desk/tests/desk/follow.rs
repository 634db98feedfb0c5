//! What is followed: alerts once for an event, feeds behind a secret, requests that are signed and tried again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use axum::http::{StatusCode, header};
use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::date;
use ledger::{Batch, Entry, Ledger, Moment, Origin};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::fixture::{HOSTILE, Stage, entry, request, words};

/// Adds stories and concludes that each goes back to itself and tells an event of its own, but for those that copy the first.
fn add(stage: &Stage, entries: Vec<Entry>, copies: bool) {
    let mut ledger = stage.open();
    let program = ledger::Program { model: "one word 1", codebook: codebook::Codebook::bundled().version(), program: "test" };
    let run = ledger.begin_run(program, Moment(0)).expect("a run begins");
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    ledger.append(run, now, &Batch { entries, ..Batch::default() }).expect("a batch is kept");
    conclude(&mut ledger, copies);
}

fn conclude(ledger: &mut Ledger, copies: bool) {
    let rows: Vec<(i64, i64)> = {
        let mut statement =
            ledger.connection().prepare("SELECT event_id, story_id FROM current_events ORDER BY 1").expect("it can be asked");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("it can be asked");
        rows.collect::<Result<_, _>>().expect("it can be read")
    };
    let (first, first_story) = rows[2.min(rows.len() - 1)];
    let is_copy = |event: i64| copies && event > first;
    let conclusions = ledger::Conclusions {
        origins: rows
            .iter()
            .map(|(event, story)| Origin {
                story_id: *story,
                origin: if is_copy(*event) { first_story } else { *story },
                reason: "invented".into(),
                score: 1.0,
            })
            .collect(),
        happenings: rows
            .iter()
            .filter(|(event, _)| !is_copy(*event))
            .map(|(event, _)| ledger::Happening {
                happening_id: *event,
                event_type: codebook::EventType::Assault,
                mode: None,
                status: codebook::Status::Happened,
                when: None,
                place_name: None,
                place_country: None,
                geonames: None,
                killed: None,
                injured: None,
                n_reports: 1,
                n_stories: 1,
                n_origins: 1,
            })
            .collect(),
        reports: rows
            .iter()
            .map(|(event, _)| ledger::HappeningReport {
                event_id: *event,
                happening_id: if is_copy(*event) { first } else { *event },
                reason: "invented".into(),
                score: 1.0,
            })
            .collect(),
        ..ledger::Conclusions::default()
    };
    ledger.conclude_anew(&conclusions).expect("it is kept");
}

async fn follow(stage: &Stage, body: Value) -> Value {
    let (status, made) = stage.json("POST", "/api/v1/follow", &body.to_string()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made
}

fn shots(id: &str) -> Entry {
    entry(id, "Shots", &format!("Rebels {id} fired at a bridge."), date(2026, 11, 5))
}

#[tokio::test]
async fn a_preview_counts_and_a_search_alerts_for_what_is_new() {
    let stage = Stage::new();
    let (_, page) = stage.get("/follow?type=ASSAULT&actor=AFG").await;
    // What is in the ledger was known long ago.
    assert!(page.contains("alerted <strong>0</strong>"), "{page}");
    let made = follow(&stage, json!({ "name": "shots", "filter": "type=ASSAULT&actor=AFG" })).await;
    assert_eq!(stage.desk.look().await.expect("it looks"), 0, "what is there already is no news");
    add(&stage, vec![shots("n1"), shots("n2"), shots("n3")], true);
    let (_, page) = stage.get("/follow?type=ASSAULT&actor=AFG").await;
    assert!(page.contains("alerted <strong>1</strong>"), "{page}");
    assert_eq!(stage.desk.look().await.expect("it looks"), 1, "copies of one event alert once");
    assert_eq!(stage.desk.look().await.expect("it looks"), 0);
    let feed = made["feed"].as_str().expect("it has a feed");
    let (status, feed) = stage.get(feed).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(feed.matches("<entry>").count(), 1, "{feed}");
    assert!(feed.contains("Rebels n1") && feed.contains("/events/"), "{feed}");
    let (_, alerts) = stage.json("GET", &format!("/api/v1/follow/{}/alerts", made["search"]), "").await;
    assert_eq!(alerts["alerts"].as_array().map(Vec::len), Some(1), "{alerts}");
    assert!(alerts["alerts"][0]["found"]["who"] == json!("Rebels n1") && alerts["next"] == Value::Null, "{alerts}");
}

#[tokio::test]
async fn a_new_reading_of_an_old_story_is_no_news() {
    let stage = Stage::new();
    follow(&stage, json!({ "name": "all", "filter": "" })).await;
    let mut ledger = stage.open();
    let revision_id: i64 =
        ledger.connection().query_row("SELECT min(revision_id) FROM revisions", [], |row| row.get(0)).expect("it is there");
    let codebook = codebook::Codebook::bundled().version();
    let run = ledger.begin_run(ledger::Program { model: "one word 2", codebook, program: "test" }, Moment(0)).expect("a run begins");
    let coding = codebook::Coding { model: "one word 2".into(), ..shots("n1").coding };
    let rereads = vec![ledger::Reread { revision_id, coding }];
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    ledger.append(run, now, &Batch { rereads, ..Batch::default() }).expect("it is kept");
    conclude(&mut ledger, false);
    assert_eq!(stage.desk.look().await.expect("it looks"), 0);
}

#[tokio::test]
async fn what_nobody_has_concluded_on_waits() {
    let stage = Stage::new();
    follow(&stage, json!({ "name": "all", "filter": "" })).await;
    let run_stories = vec![shots("n1")];
    let mut ledger = stage.open();
    let program = ledger::Program { model: "one word 1", codebook: codebook::Codebook::bundled().version(), program: "test" };
    let run = ledger.begin_run(program, Moment(0)).expect("a run begins");
    let now = Moment(jiff::Timestamp::now().as_millisecond());
    ledger.append(run, now, &Batch { entries: run_stories, ..Batch::default() }).expect("a batch is kept");
    assert_eq!(stage.desk.look().await.expect("it looks"), 0, "it may turn out to be told already");
    conclude(&mut ledger, false);
    assert_eq!(stage.desk.look().await.expect("it looks"), 1);
}

#[tokio::test]
async fn feeds_open_to_their_secret_alone_and_are_sound_xml() {
    let stage = Stage::new();
    let made = follow(&stage, json!({ "name": HOSTILE, "filter": "" })).await;
    add(&stage, vec![entry("n1", HOSTILE, &format!("{HOSTILE} \u{fffe} fired."), date(2026, 11, 5))], false);
    stage.desk.look().await.expect("it looks");
    let feed = made["feed"].as_str().expect("it has a feed").to_owned();
    let text = stage.get(&feed).await.1;
    let mut reader = quick_xml::Reader::from_str(&text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}: {text}"),
        }
    }
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(is_allowed) && !text.contains("<script"), "{text}");
    for address in ["/feeds/", "/feeds/x", "/feeds/0000000000000000000000000000000000000000000000000000000000000000"] {
        assert_eq!(stage.get(address).await.0, StatusCode::NOT_FOUND, "{address}");
    }
    // Another address, and the old one is worth nothing.
    let response = stage.send(request("POST", &format!("/follow/{}/feed", made["search"]), &[], "")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(words(response).await.contains("/feeds/"));
    assert_eq!(stage.get(&feed).await.0, StatusCode::NOT_FOUND);
}

/// Answers one request with a status; hands over its head and body.
fn receiver(status: &'static str) -> (String, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened at");
    let address = format!("http://{}/hook", listener.local_addr().expect("it has an address"));
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("someone comes");
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        let (head, length) = loop {
            let n = stream.read(&mut buffer).expect("it can be read");
            bytes.extend_from_slice(&buffer[..n]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
                break (head.to_owned(), length.expect("a length is told"));
            }
        };
        while bytes.len() < head.len() + 4 + length {
            let n = stream.read(&mut buffer).expect("it can be read");
            bytes.extend_from_slice(&buffer[..n]);
        }
        stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes()).expect("it can be answered");
        let body = String::from_utf8(bytes[head.len() + 4..].to_vec()).expect("it is UTF-8");
        sender.send((head, body)).expect("the test waits");
    });
    (address, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_signed() {
    let stage = Stage::new();
    let (address, received) = receiver("204 No Content");
    let made = follow(&stage, json!({ "name": "shots", "filter": "type=ASSAULT", "webhook": address })).await;
    add(&stage, vec![shots("n1")], false);
    assert_eq!(stage.desk.look().await.expect("it looks"), 1);
    let (head, body) = received.recv().expect("a request came");
    let signature = head.lines().find_map(|line| line.strip_prefix("x-whimbrel-signature: ")).expect("it is signed");
    let (seconds, signature) = signature.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")).expect("it has two parts");
    let key = made["webhook_key"].as_str().expect("a key was told");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key may have any length");
    mac.update(format!("{seconds}.{body}").as_bytes());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(signature, expected);
    let told: Value = serde_json::from_str(&body).expect("it is JSON");
    assert_eq!((&told["search"]["name"], &told["found"]["publisher"]), (&json!("shots"), &json!("Harbour Post")), "{told}");
    let due = stage.open().due(Moment(i64::MAX), ledger::Channel::Webhook, 10).expect("it can be read");
    assert!(due.is_empty(), "what was taken is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_fails_is_tried_again_and_one_that_is_gone_is_not() {
    for (status, n_left) in [("503 Service Unavailable", 1), ("301 Moved Permanently", 1), ("410 Gone", 0)] {
        let stage = Stage::new();
        let (address, received) = receiver(status);
        follow(&stage, json!({ "name": "shots", "filter": "", "webhook": address })).await;
        add(&stage, vec![shots("n1")], false);
        stage.desk.look().await.expect("it looks");
        received.recv().expect("a request came");
        let due = stage.open().due(Moment(i64::MAX), ledger::Channel::Webhook, 10).expect("it can be read");
        assert_eq!(due.len(), n_left, "{status}");
        let now = Moment(jiff::Timestamp::now().as_millisecond());
        assert!(stage.open().due(now, ledger::Channel::Webhook, 10).expect("it can be read").is_empty(), "{status}: not at once");
        assert!(stage.get("/follow").await.1.contains("Could not be sent last"), "{status}");
    }
}

/// A mail server that takes one letter and hands it over.
fn mailbox() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened at");
    let address = format!("smtp://{}", listener.local_addr().expect("it has an address"));
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("someone comes");
        let mut lines = BufReader::new(stream.try_clone().expect("it can be cloned")).lines();
        stream.write_all(b"220 desk.example\r\n").expect("it can be written");
        let mut letter = String::new();
        let mut is_letter = false;
        while let Some(Ok(line)) = lines.next() {
            let answer: &[u8] = match line.as_str() {
                "." if is_letter => {
                    is_letter = false;
                    b"250 taken\r\n"
                }
                _ if is_letter => {
                    letter += &line;
                    letter.push('\n');
                    continue;
                }
                "DATA" => {
                    is_letter = true;
                    b"354 go on\r\n"
                }
                "QUIT" => break,
                _ => b"250 fine\r\n",
            };
            stream.write_all(answer).expect("it can be written");
        }
        sender.send(letter).expect("the test waits");
    });
    (address, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_gather_what_is_new_in_plain_words() {
    let (address, received) = mailbox();
    let stage = Stage::new();
    let mail = whimbrel_desk::Mail::new(&address, "Whimbrel <desk@news.example>").expect("it is a mail server");
    let settings = whimbrel_desk::Settings { mail: Some(mail), ..whimbrel_desk::Settings::new(stage.ledger()) };
    let desk = whimbrel_desk::Desk::open(settings, std::sync::Arc::new(crate::fixture::OneWord)).expect("it opens");
    let stage = Stage { router: whimbrel_desk::router(desk.clone()), desk, ..stage };
    let body = json!({ "name": "x", "filter": "", "mail": "ada@news.example\r\nbcc: eve@evil.example" }).to_string();
    assert_eq!(stage.json("POST", "/api/v1/follow", &body).await.0, StatusCode::BAD_REQUEST);
    follow(&stage, json!({ "name": "shots\r\nbcc: eve@evil.example", "filter": "", "mail": "ada@news.example" })).await;
    add(&stage, vec![shots("n1"), shots("n2")], false);
    stage.desk.look().await.expect("it looks");
    // Letters go once a day; this one is due now.
    stage.open().connection().execute("UPDATE deliveries SET due_on = 0", []).expect("it can be written");
    stage.desk.look().await.expect("it looks");
    let letter = tokio::task::spawn_blocking(move || received.recv().expect("a letter came")).await.expect("it can be waited for");
    assert!(letter.contains("To: ada@news.example") && letter.contains("Rebels n1") && letter.contains("Rebels n2"), "{letter}");
    assert!(!letter.lines().any(|line| line.to_lowercase().starts_with("bcc:")), "{letter}");
    assert!(stage.open().due(Moment(i64::MAX), ledger::Channel::Mail, 10).expect("it can be read").is_empty());
}

#[tokio::test]
async fn no_webhook_leads_into_a_private_network() {
    let stage = Stage::new();
    let settings = whimbrel_desk::Settings::new(stage.ledger());
    let desk = whimbrel_desk::Desk::open(settings, std::sync::Arc::new(crate::fixture::OneWord)).expect("it opens");
    let stage = Stage { router: whimbrel_desk::router(desk.clone()), desk, ..stage };
    for address in ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest", "http://10.0.0.1/", "ftp://x/", "file:///etc/passwd"] {
        let body = json!({ "name": "x", "filter": "", "webhook": address }).to_string();
        let (status, answer) = stage.json("POST", "/api/v1/follow", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{address}: {answer}");
    }
}

#[tokio::test]
async fn searches_belong_to_who_follows_them() {
    let stage = Stage::new();
    follow(&stage, json!({ "name": "mine", "filter": "" })).await;
    let hash = whimbrel_desk::hash_password("correct horse").expect("it is long enough");
    for (name, role) in [("ada", ledger::Role::Reader), ("bob", ledger::Role::Reader)] {
        let id = stage.open().open_account(Moment(1), name, role, &hash).expect("it opens");
        stage.open().begin_session(Moment(1), id, &whimbrel_desk::hash_secret(name), Moment(i64::MAX)).expect("it begins");
    }
    let page = |name: &str| request("GET", "/follow", &[("cookie", &format!("whimbrel={name}"))], "");
    let ada = words(stage.send(page("ada")).await).await;
    assert!(!ada.contains("mine"), "{ada}");
    let csrf = crate::fixture::addresses(&words(stage.send(request("GET", "/account", &[("cookie", "whimbrel=ada")], "")).await).await, "name=\"csrf\" value=\"")[0].to_owned();
    let form = format!("name=her+search&question=events&filter=type%3DASSAULT&csrf={csrf}");
    let response = stage.send(request("POST", "/follow", &[("cookie", "whimbrel=ada")], &form)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(words(stage.send(page("ada")).await).await.contains("her search"));
    assert!(!words(stage.send(page("bob")).await).await.contains("her search"));
    let response = stage.send(request("GET", "/api/v1/follow/2/alerts", &[("cookie", "whimbrel=bob")], "")).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn how_runs_go_on_is_told_as_it_happens() {
    let stage = Stage::new();
    let response = stage.send(request("GET", "/runs/events", &[], "")).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut body = response.into_body();
    let frame = http_body_util::BodyExt::frame(&mut body).await.expect("something is told").expect("it can be read");
    let text = String::from_utf8(frame.into_data().expect("it is data").to_vec()).expect("it is UTF-8");
    assert!(text.starts_with("event: runs\ndata: [{") && text.contains("one word 1"), "{text}");
}
