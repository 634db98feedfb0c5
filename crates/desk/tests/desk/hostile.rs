//! Stories, forms and addresses that mean harm: what they say is shown as words, and does nothing.

use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::json;

use crate::fixture::{HOSTILE, Stage, entry, request, words};

/// What must not stand in a page as it is.
const BANNED: [&str; 4] = ["<script>alert", "<svg onload", "<img src=x", "javascript:alert"];

fn harmful() -> Stage {
    let stories = [
        HOSTILE.to_owned(),
        "<img src=x onerror=alert(1)> fired.".to_owned(),
        "\"><script>alert(1)</script> fired.".to_owned(),
        "{{ 7 * 7 }} ${7*7} <%= 7*7 %> fired.".to_owned(),
        "\u{202e}\u{2066}\u{200b}\u{feff}evil\u{0} fired.".to_owned(),
        "</textarea></title><svg onload=alert(2)> fired.".to_owned(),
    ];
    Stage::with(stories.iter().enumerate().map(|(n, text)| entry(&format!("h{n}"), text, &format!("{text} fired"), date(2026, 11, 2))).collect())
}

#[tokio::test]
async fn pages_show_hostile_words_and_run_none() {
    let stage = harmful();
    for address in ["/", "/follow", "/follow?actor=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/account", "/admin", "/api/v1", "/login?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"] {
        let (status, page) = stage.get(address).await;
        assert_eq!(status, StatusCode::OK, "{address}: {page}");
        for banned in BANNED {
            assert!(!page.contains(banned), "{address} holds {banned}: {page}");
        }
    }
    for address in ["/%3Cscript%3Ealert(1)%3C/script%3E", "/stories/%3Csvg%20onload=alert(1)%3E"] {
        let (status, page) = stage.get(address).await;
        assert!(status.is_client_error(), "{address}");
        assert!(BANNED.iter().all(|banned| !page.contains(banned)), "{address}: {page}");
    }
}

#[tokio::test]
async fn answers_for_programs_and_spreadsheets_are_inert() {
    let stage = Stage::with(vec![entry("h1", "=HYPERLINK(\"http://evil.example\")", "=1+1 fired.", date(2026, 11, 2))]);
    let (_, csv) = stage.get("/api/v1/events?format=csv").await;
    assert!(csv.contains("'=1+1") && !csv.contains(",=1+1"), "{csv}");
    let (_, lines) = harmful().get("/api/v1/events?format=jsonl").await;
    assert!(!lines.contains('\u{202e}') && !lines.contains('\u{1b}') && !lines.contains('\0'), "{lines}");
}

#[tokio::test]
async fn parameters_are_values_and_nothing_else() {
    let stage = harmful();
    let tricks = ["'; DROP TABLE events; --", "' OR '1'='1", "%' OR 1=1 --", "x\u{0}y", "../../etc/passwd", "\u{202e}", "1e999"];
    for trick in tricks {
        let value: String = trick.bytes().map(|byte| format!("%{byte:02x}")).collect();
        for address in [
            format!("/api/v1/events?actor={value}&publisher={value}&place={value}"),
            format!("/api/v1/events?after={value}"),
            format!("/api/v1/search?words={value}"),
            format!("/api/v1/stories/{value}"),
            format!("/api/v1/actors/{value}"),
            format!("/api/v1/timeline?left={value}&right={value}"),
            format!("/api/v1/export/{value}"),
        ] {
            let (status, answer) = stage.json("GET", &address, "").await;
            assert!(!status.is_server_error(), "{address}: {answer}");
        }
    }
    assert_eq!(stage.json("GET", "/api/v1/events", "").await.1["rows"].as_array().map(Vec::len), Some(6));
}

#[tokio::test]
async fn what_is_too_long_is_refused_and_told() {
    let stage = Stage::new();
    let title = "A".repeat(5 << 20);
    let story = json!({ "text": "Rebels fired.", "title": title }).to_string();
    for address in ["/api/v1/read", "/api/v1/stories"] {
        let (status, answer) = stage.json("POST", address, &story).await;
        assert!(status.is_client_error(), "{address}: {answer}");
    }
    let (status, _) = stage.json("POST", "/api/v1/read", &json!({ "text": "fired ".repeat(400_000) }).to_string()).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let (status, _) = stage.json("POST", "/api/v1/read", &"[".repeat(20 << 20)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    // A name of which only the beginning is remembered.
    let form = format!("name={}&password=x", "A".repeat(1 << 19));
    let response = stage.send(request("POST", "/login", &[], &form)).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_title_of_five_megabytes_is_shown_without_harm() {
    let stage = Stage::with(vec![entry("long", &"<b>".repeat(5 << 19), "Rebels fired.", date(2026, 11, 2))]);
    for address in ["/", "/api/v1/events", "/api/v1/stories/long", "/api/v1/search?words=rebels"] {
        let request = request("GET", address, &[], "");
        let response = stage.send(request).await;
        assert_eq!(response.status(), StatusCode::OK, "{address}");
        assert!(!words(response).await.contains("<b><b>") || address.starts_with("/api"), "{address}");
    }
}
