//! The screens over three of the bundled stories, as they were once coded: pages are compared with those in `pages/`, which
//! `UPDATE_EXPECT=1` writes anew; whatever is shown comes as JSON and CSV too; nothing of a story runs.

use axum::http::StatusCode;
use codebook::Codebook;
use expect_test::expect_file;
use ledger::{ClaimRelation, Conclusions, Entry, Happening, HappeningReport, Life, LifeStep, Origin, Relation, Step};

use crate::fixture::{HOSTILE, Stage};

/// Every screen, with a name for its picture.
const SCREENS: [&str; 12] = [
    "/",
    "/stories/1",
    "/events/1",
    "/actors/2",
    "/agenda?on=2026-09-10",
    "/claims",
    "/explore",
    "/explore?tab=timeline",
    "/explore?tab=map",
    "/explore?tab=network",
    "/explore?tab=sql&sql=SELECT+count(*)+AS+n+FROM+events",
    "/runs",
];

/// A story, its copy, and a denial; the two visits are one event, and the denial stands against the announcement.
fn stage() -> Stage {
    let entry = |line: &str| {
        let (metadata, text, mut coding) = codebook::json::read_line(line).expect("a coding");
        // The stage's one run takes them all.
        coding.model = "one word 1".into();
        coding.codebook = Codebook::bundled().version().to_owned();
        Entry::new(text::read(text, metadata), coding, "stories.jsonl".into(), 1)
    };
    let stage = Stage::with(include_str!("stories.jsonl").lines().map(entry).collect());
    let mut ledger = stage.open();
    let keys = |sql: &str| {
        let mut statement = ledger.connection().prepare(sql).expect("it is SQL");
        let rows = statement.query_map([], |row| row.get::<_, i64>(0)).expect("it can be asked");
        rows.collect::<Result<Vec<_>, _>>().expect("it is there")
    };
    let visits = keys("SELECT min(event_id) FROM events WHERE status = 'planned' AND mode = 'visit' GROUP BY story_id ORDER BY 1");
    let claims = keys("SELECT min(claim_id) FROM claims GROUP BY story_id ORDER BY 1");
    let origin = |story_id, origin| Origin { story_id, origin, reason: "containment 0.87".into(), score: 0.9 };
    let report = |event_id| HappeningReport { event_id, happening_id: visits[0], reason: "same word".into(), score: 1.0 };
    let day = jiff::civil::date(2026, 9, 2);
    let step = |event_id| LifeStep { step: Step::Planned, event_id: Some(event_id), day: Some(day), window: None, reason: "reported as planned".into(), score: 1.0 };
    let conclusions = Conclusions {
        origins: vec![origin(1, 1), origin(2, 1), origin(3, 3)],
        happenings: vec![Happening {
            happening_id: visits[0],
            event_type: codebook::EventType::Consult,
            mode: Some("visit".into()),
            status: codebook::Status::Planned,
            when: None,
            place_name: None,
            place_country: None,
            geonames: None,
            killed: None,
            injured: None,
            n_reports: 2,
            n_stories: 2,
            n_origins: 1,
        }],
        reports: vec![report(visits[0]), report(visits[1])],
        lives: vec![Life { life_id: visits[0], status: Step::Planned, window: None, steps: vec![step(visits[0])] }],
        relations: vec![ClaimRelation { claim_id: claims[2], relation: Relation::Denies, other_id: claims[0], reason: "6 common words".into(), score: 0.7 }],
        ..Conclusions::default()
    };
    ledger.conclude(&conclusions).expect("conclusions are kept");
    stage
}

/// A page without what differs from run to run.
fn settled(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    let cuts = [("/assets/", '/'), ("name=\"csrf\" value=\"", '"')];
    while let Some((at, (before, end))) = cuts.iter().filter_map(|cut| Some((rest.find(cut.0)?, *cut))).min_by_key(|(at, _)| *at) {
        let (kept, tail) = rest.split_at(at + before.len());
        out.push_str(kept);
        out.push('…');
        rest = tail.find(end).map_or("", |at| &tail[at..]);
    }
    out.push_str(rest);
    out.replace(Codebook::bundled().version(), "CODEBOOK")
}

#[tokio::test]
async fn pages_are_as_they_were() {
    let stage = stage();
    let page = async |address: &str| {
        let (status, page) = stage.get(address).await;
        assert_eq!(status, StatusCode::OK, "{address}: {page}");
        settled(&page)
    };
    expect_file!["pages/desk.html"].assert_eq(&page("/").await);
    expect_file!["pages/reader.html"].assert_eq(&page("/stories/1").await);
    expect_file!["pages/event.html"].assert_eq(&page("/events/1").await);
    expect_file!["pages/agenda.html"].assert_eq(&page("/agenda?on=2026-09-10").await);
    expect_file!["pages/claims.html"].assert_eq(&page("/claims").await);
    expect_file!["pages/explore.html"].assert_eq(&page("/explore").await);
    expect_file!["pages/map.html"].assert_eq(&page("/explore?tab=map").await);
}

#[tokio::test]
async fn every_screen_has_its_other_forms() {
    let stage = stage();
    for address in SCREENS {
        let (status, page) = stage.get(address).await;
        assert_eq!(status, StatusCode::OK, "{address}: {page}");
        let link = |kind: &str| {
            let twins = page.find("class=\"twins\"").expect("it says where");
            let end = page[twins..].find(&format!(">{kind}</a>")).unwrap_or_else(|| panic!("{address} has no {kind}")) + twins;
            let start = page[..end].rfind("href=\"").expect("a link") + 6;
            page[start..end].trim_end_matches('"').replace("&#38;", "&").replace("&amp;", "&")
        };
        let (status, json) = stage.get(&link("JSON")).await;
        assert_eq!(status, StatusCode::OK, "{address}: {json}");
        let parts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).expect("it is JSON");
        let n_rows: usize = parts.values().filter_map(|rows| rows.as_array()).map(Vec::len).sum();
        assert!(n_rows > 0, "{address} has no rows");
        let (status, csv) = stage.get(&link("CSV")).await;
        assert_eq!(status, StatusCode::OK, "{address}: {csv}");
        // Cells are on one line each, so lines are rows.
        assert_eq!(csv.lines().count(), n_rows + 1, "{address}: {csv}");
    }
}

#[tokio::test]
async fn nothing_of_a_story_runs_on_any_screen() {
    let stage = Stage::new();
    for address in SCREENS.iter().copied().chain(["/stories/2", "/events/2"]) {
        let (_, page) = stage.get(address).await;
        for word in ["<script>alert", "<svg onload", "onerror=", "style=\"", "javascript:"] {
            assert!(!page.contains(word), "{address} has {word}");
        }
        assert!(!page.contains(HOSTILE), "{address}");
        assert_eq!(page.matches("<script").count(), 2, "{address}: scripts of the desk alone");
    }
}

#[tokio::test]
async fn what_is_not_there_and_not_valid_is_told() {
    let stage = stage();
    for (address, status, words) in [
        ("/stories/99", 404, "no story"),
        ("/stories/x", 404, "no page"),
        ("/events/99.json", 404, "no event"),
        ("/actors/9999", 404, "no actor"),
        ("/?tpye=ASSAULT", 400, "tpye"),
        ("/?range=year", 400, "day, week, month"),
        ("/?act=shout", 400, "accuse"),
        ("/?words=%22", 400, "phrases"),
        ("/claims?view=lies", 400, "accusations"),
        ("/explore?tab=globe", 400, "timeline"),
        ("/explore?type=KILL", 400, "ASSAULT"),
        ("/agenda?month=soon", 400, "2026-11"),
        ("/explore?tab=sql&sql=DELETE+FROM+events", 200, "may only read"),
    ] {
        let (found, page) = stage.get(address).await;
        assert_eq!(found.as_u16(), status, "{address}: {page}");
        assert!(page.contains(words), "{address}: {page}");
    }
}

#[tokio::test]
async fn a_copy_is_folded_into_its_origin_and_found_by_its_publisher() {
    let stage = stage();
    let (_, page) = stage.get("/").await;
    assert!(page.contains("2 stories · 1 origin"), "{page}");
    assert_eq!(page.matches("data-seen-key").count(), 2, "{page}");
    let (_, json) = stage.get("/desk.json?words=hamdard&act=deny").await;
    assert!(json.contains("\"story\":3") && !json.contains("\"story\":1,"), "{json}");
}
