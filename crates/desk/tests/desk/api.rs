//! The API: every question, pages, errors, stories that are handed in, corrections.

use axum::http::{StatusCode, header};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::fixture::{Stage, entry, request, words};

/// A desk over so many stories of one event each.
fn many(n: i8) -> Stage {
    let day = |n: i8| date(2026, 11, 1 + n % 20);
    Stage::with((0..n).map(|n| entry(&format!("s{n}"), "Shots", &format!("Gunmen {n} fired on a convoy."), day(n))).collect())
}

#[tokio::test]
async fn every_question_has_an_answer() {
    let stage = Stage::new();
    for (address, n_rows) in [
        ("/api/v1/events", Some(2)),
        ("/api/v1/events?type=ASSAULT&since=2026-11-03", Some(1)),
        ("/api/v1/events?type=PROTEST", Some(0)),
        ("/api/v1/agenda?on=2026-11-03", Some(0)),
        ("/api/v1/claims", Some(0)),
        ("/api/v1/search?words=convoy", Some(1)),
        ("/api/v1/timeline?left=AFG&right=PAK&by=week", Some(0)),
        ("/api/v1/actors/Gunmen", None),
        ("/api/v1/stories/s1", None),
        ("/api/v1/stats", None),
        ("/api/v1/schema", None),
        ("/api/v1/corrections", Some(0)),
    ] {
        let (status, answer) = stage.json("GET", address, "").await;
        assert_eq!(status, StatusCode::OK, "{address}: {answer}");
        let rows = answer["rows"].as_array().unwrap_or_else(|| panic!("{address}: {answer}"));
        match n_rows {
            Some(n) => assert_eq!(rows.len(), n, "{address}"),
            None => assert!(!rows.is_empty(), "{address}"),
        }
        assert!(!answer["columns"].as_array().expect("columns are told").is_empty(), "{address}");
    }
}

#[tokio::test]
async fn pages_together_are_the_whole() {
    let stage = many(23);
    let mut address = "/api/v1/events?type=ASSAULT&limit=5".to_owned();
    let mut events: Vec<i64> = Vec::new();
    let mut n_pages = 0;
    loop {
        let (_, page) = stage.json("GET", &address, "").await;
        events.extend(page["rows"].as_array().expect("rows").iter().filter_map(|row| row["event"].as_i64()));
        n_pages += 1;
        match page["next"].as_str() {
            Some(next) => address = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(n_pages, 5);
    let (_, whole) = stage.json("GET", "/api/v1/events?limit=100", "").await;
    let whole: Vec<i64> = whole["rows"].as_array().expect("rows").iter().filter_map(|row| row["event"].as_i64()).collect();
    assert_eq!(events, whole);
    let response = stage.send(request("GET", "/api/v1/events?limit=5", &[], "")).await;
    assert!(response.headers()[header::LINK].to_str().expect("it is ASCII").contains("rel=\"next\""));
}

#[tokio::test]
async fn the_same_rows_come_as_lines_and_as_csv() {
    let stage = Stage::new();
    let (_, lines) = stage.get("/api/v1/events?format=jsonl").await;
    assert_eq!(lines.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(), 2);
    let (_, csv) = stage.get("/api/v1/events?format=csv").await;
    assert!(csv.starts_with("day,type,mode,status,"), "{csv}");
    assert_eq!(csv.lines().count(), 3);
}

#[tokio::test]
async fn errors_are_problems_that_say_what_would_be_valid() {
    let stage = Stage::new();
    for (method, address, body, status, words) in [
        ("GET", "/api/v1/events?tpye=ASSAULT", "", 400, "valid are since"),
        ("GET", "/api/v1/events?type=KILL", "", 400, "ASSAULT"),
        ("GET", "/api/v1/events?limit=1000000", "", 400, "10000"),
        ("GET", "/api/v1/events?format=xml", "", 400, "jsonl"),
        ("GET", "/api/v1/events?as_of=yesterday", "", 400, "2026-11-02"),
        ("GET", "/api/v1/search", "", 400, "missing"),
        ("GET", "/api/v1/search?words=%22", "", 400, "phrases"),
        ("GET", "/api/v1/stories/none", "", 404, "no story"),
        ("GET", "/api/v1/actors/Nobody", "", 404, "no actor"),
        ("GET", "/api/v1/nothing", "", 404, "no page"),
        ("GET", "/api/v1/export/docx", "", 400, "csv"),
        ("POST", "/api/v1/events", "", 405, ""),
        ("POST", "/api/v1/sql", r#"{"sql":"DELETE FROM events"}"#, 400, "read"),
        ("POST", "/api/v1/sql", r#"{"sql":"SELECT 1; SELECT 2"}"#, 400, "several"),
        ("POST", "/api/v1/read", r#"{"txt":"x"}"#, 422, "txt"),
        ("POST", "/api/v1/read", "{", 400, ""),
        ("POST", "/api/v1/read", r#"{"text":" "}"#, 400, "empty"),
        ("POST", "/api/v1/stories", "[]", 400, "1 to 500"),
        ("POST", "/api/v1/stories", r#"{"text":"x","url":"javascript:alert(1)"}"#, 400, "http"),
        ("POST", "/api/v1/corrections", r#"{"target":"event:99","verb":"accept"}"#, 400, "no row"),
        ("POST", "/api/v1/corrections", r#"{"target":"event:1","verb":"fix","field":"type","value":"KILL"}"#, 400, "ASSAULT"),
        ("POST", "/api/v1/corrections", r#"{"target":"event:1","verb":"fix","field":"story_id","value":"1"}"#, 400, "mode"),
        ("POST", "/api/v1/corrections/x/undo", "", 400, ""),
    ] {
        let response = stage.send(request(method, address, &[("content-type", "application/json")], body)).await;
        assert_eq!(response.status().as_u16(), status, "{method} {address}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{method} {address}");
        let problem: Value = serde_json::from_str(&crate::fixture::words(response).await).expect("it is JSON");
        assert_eq!(problem["status"], json!(status), "{address}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{address}: {problem}");
    }
}

#[tokio::test]
async fn sql_sees_no_accounts_and_ends_in_time() {
    let stage = Stage::new();
    let (status, answer) = stage.json("POST", "/api/v1/sql", r#"{"sql":"SELECT count(*) AS n FROM current_events"}"#).await;
    assert_eq!((status, &answer["rows"][0]["n"]), (StatusCode::OK, &json!(2)));
    for table in ["accounts", "sessions", "tokens", "audit", "searches", "deliveries"] {
        let body = json!({ "sql": format!("SELECT * FROM {table}") }).to_string();
        let (status, answer) = stage.json("POST", "/api/v1/sql", &body).await;
        assert_ne!(status, StatusCode::OK, "{table}: {answer}");
    }
    let endless = r#"{"sql":"WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"}"#;
    let (status, answer) = stage.json("POST", "/api/v1/sql", endless).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    let huge = r#"{"sql":"SELECT hex(zeroblob(100000000))"}"#;
    let (status, answer) = stage.json("POST", "/api/v1/sql", huge).await;
    assert_ne!(status, StatusCode::OK, "{}", answer.to_string().len());
    // The desk goes on answering.
    assert_eq!(stage.json("GET", "/api/v1/events", "").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_story_that_is_read_is_not_kept_and_one_that_is_added_is() {
    let stage = Stage::new();
    let story = r#"{"text":"Rebels fired at a bridge.","id":"n1","title":"Bridge","published":"2026-11-05","publisher":"Desk"}"#;
    let (status, coding) = stage.json("POST", "/api/v1/read", story).await;
    assert_eq!((status, &coding["events"][0]["type"]), (StatusCode::OK, &json!("ASSAULT")), "{coding}");
    assert_eq!(stage.json("GET", "/api/v1/events", "").await.1["rows"].as_array().map(Vec::len), Some(2));
    let (status, kept) = stage.json("POST", "/api/v1/stories", story).await;
    assert_eq!((status, &kept["kept"][0]["outcome"]), (StatusCode::OK, &json!("added")), "{kept}");
    let (_, kept) = stage.json("POST", "/api/v1/stories", &format!("[{story}]")).await;
    assert_eq!(kept["kept"][0]["outcome"], json!("known"), "{kept}");
    assert_eq!(stage.json("GET", "/api/v1/events", "").await.1["rows"].as_array().map(Vec::len), Some(3));
    assert!(stage.open().doctor().expect("it can be examined").is_empty());
}

#[tokio::test]
async fn corrections_stand_beside_the_coding_and_show_in_events() {
    let stage = Stage::new();
    let review = async |stage: &Stage| stage.json("GET", "/api/v1/events?limit=1", "").await.1["rows"][0].clone();
    let before = review(&stage).await;
    let target = format!("event:{}", before["event"]);
    let fix = json!({ "target": target, "verb": "fix", "field": "status", "value": "denied", "note": "both sides deny it" });
    let (status, made) = stage.json("POST", "/api/v1/corrections", &fix.to_string()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let after = review(&stage).await;
    assert_eq!((&after["review"], &after["status"]), (&json!("fix"), &before["status"]), "the coding itself is as it was read");
    let (_, listed) = stage.json("GET", &format!("/api/v1/corrections?target={target}"), "").await;
    assert_eq!((&listed["rows"][0]["value"], &listed["rows"][0]["by"]), (&json!("denied"), &json!("desk")), "{listed}");
    let (_, undone) = stage.json("POST", &format!("/api/v1/corrections/{}/undo", made["correction"]), "").await;
    assert_eq!(undone["undone"], json!(true));
    assert_eq!(review(&stage).await["review"], Value::Null);
    let (_, listed) = stage.json("GET", "/api/v1/corrections", "").await;
    assert!(listed["rows"][0]["undone"].is_string(), "what was taken back stays in the log: {listed}");
}

#[tokio::test]
async fn pages_correct_by_forms_and_go_on() {
    let stage = Stage::new();
    let (_, account) = stage.get("/follow").await;
    assert!(account.contains("Preview"));
    let form = "target=event%3A1&verb=reject&next=%2Fstories%2F1";
    let response = stage.send(request("POST", "/corrections", &[], form)).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/stories/1");
    let response = stage.send(request("POST", "/corrections/1/undo", &[], "next=https%3A%2F%2Fevil.example")).await;
    assert_eq!(response.headers()[header::LOCATION], "/", "no form leads to another site");
}

#[tokio::test]
async fn exports_come_whole_in_every_format() {
    let stage = many(30);
    for format in query::Format::ALL {
        let response = stage.send(request("GET", &format!("/api/v1/export/{}?type=ASSAULT", format.word()), &[], "")).await;
        assert_eq!(response.status(), StatusCode::OK, "{}", format.word());
        let disposition = response.headers()[header::CONTENT_DISPOSITION].to_str().expect("it is ASCII").to_owned();
        assert!(disposition.starts_with("attachment"), "{disposition}");
        let body = http_body_util::BodyExt::collect(response.into_body()).await.expect("the body comes whole").to_bytes();
        if format.is_folder() {
            let archive = zip::ZipArchive::new(std::io::Cursor::new(body.to_vec())).expect("it is an archive");
            assert!(archive.file_names().count() > 1, "{}", format.word());
        } else {
            assert!(!body.is_empty(), "{}", format.word());
        }
    }
    let csv = words(stage.send(request("GET", "/api/v1/export/csv", &[], "")).await).await;
    assert_eq!(csv.lines().count(), 31, "{csv}");
}

#[tokio::test]
async fn the_description_names_every_path() {
    let stage = Stage::new();
    let (status, api) = stage.json("GET", "/api/v1/openapi.json", "").await;
    assert_eq!((status, &api["openapi"]), (StatusCode::OK, &json!("3.1.0")));
    let paths = api["paths"].as_object().expect("it has paths");
    assert!(paths.len() > 15, "{paths:?}");
    for (path, item) in paths {
        for method in item.as_object().expect("it has methods").keys() {
            let address = path.replace("{format}", "csv").replace("{id}", "1").replace("{name}", "Gunmen");
            let response = stage.send(request(&method.to_uppercase(), &address, &[("content-type", "application/json")], "{}")).await;
            let status = response.status();
            let is_answered = status != StatusCode::METHOD_NOT_ALLOWED && !status.is_server_error();
            assert!(is_answered, "{method} {path}: {status}");
        }
    }
    assert_eq!(stage.get("/api/v1").await.0, StatusCode::OK);
}
