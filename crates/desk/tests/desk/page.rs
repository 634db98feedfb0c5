//! Pages: what they hold, what they escape, with which headers they come.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::fixture::{HOSTILE, Stage, addresses, words};

#[tokio::test]
async fn the_first_page_lists_stories_and_runs_nothing_of_them() {
    let stage = Stage::new();
    let (status, page) = stage.get("/").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Gunmen") && page.contains("assault"), "{page}");
    assert!(!page.contains(HOSTILE) && !page.contains("<script>alert") && !page.contains("<svg onload"), "{page}");
}

#[tokio::test]
async fn every_answer_forbids_scripts_of_others() {
    let stage = Stage::new();
    for address in ["/", "/nowhere", "/api/v1/health"] {
        let request = Request::get(address).header("host", "localhost").body(Body::empty()).expect("it is a request");
        let response = stage.send(request).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("it is ASCII").to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{address}: {policy}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{address}");
    }
}

#[tokio::test]
async fn files_of_a_page_are_there_and_kept() {
    let stage = Stage::new();
    let (_, page) = stage.get("/").await;
    let links = addresses(&page, "href=\"/assets/");
    assert!(!links.is_empty());
    for link in links {
        let request = Request::get(format!("/assets/{link}")).header("host", "localhost").body(Body::empty()).expect("it is a request");
        let response = stage.send(request).await;
        assert_eq!(response.status(), StatusCode::OK, "{link}");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().expect("it is ASCII").contains("immutable"), "{link}");
    }
}

#[tokio::test]
async fn paths_lead_nowhere_else() {
    let stage = Stage::new();
    for address in ["/assets/0/../../Cargo.toml", "/assets/0/%2e%2e/%2e%2e/Cargo.toml", "/assets/0//etc/passwd", "/%00", "/..%2fdesk.whimbrel"] {
        let request = Request::get(address).header("host", "localhost").body(Body::empty()).expect("it is a request");
        let response = stage.send(request).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{address}");
        assert!(!words(response).await.contains("[package]"), "{address}");
    }
}
