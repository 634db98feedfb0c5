//! Who comes in and what they may do: hosts, accounts, forged requests, forged secrets, tries without end.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode, header};
use ledger::{Moment, Role};
use whimbrel_desk::{Desk, Error, Hosts, Settings, hash_password, hash_secret, serve};

use crate::fixture::{OneWord, Stage, addresses, request, words};

const PASSWORD: &str = "correct horse";

/// A desk with one account of each role; their names are the roles'.
fn guarded() -> Stage {
    let stage = Stage::new();
    let hash = hash_password(PASSWORD).expect("it is long enough");
    for role in Role::ALL {
        stage.open().open_account(Moment(1), role.word(), *role, &hash).expect("it opens");
    }
    stage
}

async fn login(stage: &Stage, name: &str, password: &str) -> Response<Body> {
    stage.send(request("POST", "/login", &[], &format!("name={name}&password={password}&next=%2Fagenda"))).await
}

/// The cookie of a session of an account.
async fn session(stage: &Stage, name: &str) -> String {
    let response = login(stage, name, PASSWORD).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let cookie = response.headers()[header::SET_COOKIE].to_str().expect("it is ASCII").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().expect("it has a value").to_owned()
}

/// What a page of a session gives forms to send back.
async fn csrf(stage: &Stage, cookie: &str) -> String {
    let page = words(stage.send(request("GET", "/account", &[("cookie", cookie)], "")).await).await;
    addresses(&page, "name=\"csrf\" value=\"").first().expect("forms have it").to_string()
}

#[tokio::test]
async fn only_this_host_is_answered() {
    let stage = Stage::new();
    for (host, status) in [
        ("localhost:4177", StatusCode::OK),
        ("127.0.0.1:4177", StatusCode::OK),
        ("[::1]:4177", StatusCode::OK),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("localhost.evil.example:4177", StatusCode::MISDIRECTED_REQUEST),
        ("192.168.1.5:4177", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let request = Request::get("/api/v1/health").header("host", host).body(Body::empty()).expect("it is a request");
        assert_eq!(stage.send(request).await.status(), status, "{host}");
    }
}

#[tokio::test]
async fn without_accounts_no_other_site_changes_anything() {
    let stage = Stage::new();
    let forged: [&[(&str, &str)]; 5] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "http://localhost:4177")],
        &[("origin", "http://localhost:9999"), ("x-csrf-token", "0")],
    ];
    for headers in forged {
        let response = stage.send(request("POST", "/logout", headers, "csrf=guessed")).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{headers:?}");
    }
}

#[tokio::test]
async fn with_accounts_everybody_logs_in() {
    let stage = guarded();
    let response = stage.send(request("GET", "/?x=1", &[], "")).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/login?next=%2F%3Fx%3D1");
    let response = stage.send(request("GET", "/api/v1/events", &[], "")).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(login(&stage, "reader", "wrong password").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(login(&stage, "nobody", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
    let cookie = session(&stage, "READER").await;
    assert_eq!(stage.send(request("GET", "/", &[("cookie", &cookie)], "")).await.status(), StatusCode::OK);
    // Once logged out the cookie is worth nothing.
    let csrf = csrf(&stage, &cookie).await;
    let out = stage.send(request("POST", "/logout", &[("cookie", &cookie)], &format!("csrf={csrf}"))).await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert_eq!(stage.send(request("GET", "/", &[("cookie", &cookie)], "")).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn forged_cookies_and_tokens_open_nothing() {
    let stage = guarded();
    let zeros = "0".repeat(64);
    for cookie in ["whimbrel=", &format!("whimbrel={zeros}"), "whimbrel=' OR 1=1 --", "__Host-whimbrel=x"] {
        let status = stage.send(request("GET", "/", &[("cookie", cookie)], "")).await.status();
        assert_eq!(status, StatusCode::SEE_OTHER, "{cookie}");
    }
    for token in ["", &zeros, "' OR 1=1 --", "admin"] {
        let header = format!("Bearer {token}");
        let status = stage.send(request("GET", "/api/v1/events", &[("authorization", &header)], "")).await.status();
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{token}");
    }
}

#[tokio::test]
async fn forms_of_a_session_need_its_own_secret() {
    let stage = guarded();
    let (one, other) = (session(&stage, "admin").await, session(&stage, "editor").await);
    let (of_one, of_other) = (csrf(&stage, &one).await, csrf(&stage, &other).await);
    assert_ne!(of_one, of_other);
    let open = |csrf: &str| request("POST", "/admin/accounts", &[("cookie", &one)], &format!("name=eve&role=admin&csrf={csrf}"));
    for forged in ["", "0", &of_other] {
        assert_eq!(stage.send(open(forged)).await.status(), StatusCode::FORBIDDEN, "{forged}");
    }
    assert!(stage.open().account("eve").expect("it can be read").is_none());
    let response = stage.send(open(&of_one)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(words(response).await.contains("shown this once"));
    assert!(stage.open().account("eve").expect("it can be read").is_some());
    let deeds = stage.open().deeds(None, 10).expect("they can be read");
    assert!(deeds.iter().any(|deed| deed.by == "admin" && deed.action == "account opened" && deed.target.contains("eve")), "{deeds:?}");
}

#[tokio::test]
async fn roles_bound_what_one_may_do() {
    let stage = guarded();
    for (name, admin) in [("reader", StatusCode::FORBIDDEN), ("editor", StatusCode::FORBIDDEN), ("admin", StatusCode::OK)] {
        let cookie = session(&stage, name).await;
        assert_eq!(stage.send(request("GET", "/admin", &[("cookie", &cookie)], "")).await.status(), admin, "{name}");
    }
    // The last one who may open accounts stays.
    let cookie = session(&stage, "admin").await;
    let csrf = csrf(&stage, &cookie).await;
    let id = stage.open().account("admin").expect("it can be read").expect("it is open").account_id;
    let close = request("POST", &format!("/admin/accounts/{id}/close"), &[("cookie", &cookie)], &format!("csrf={csrf}"));
    assert_eq!(stage.send(close).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn tokens_do_what_their_scopes_say() {
    let stage = guarded();
    let editor = stage.open().account("editor").expect("it can be read").expect("it is open").account_id;
    stage.open().add_token(Moment(1), editor, "script", &hash_secret("s3cret"), "read").expect("it is kept");
    let header = [("authorization", "Bearer s3cret"), ("content-type", "application/json")];
    // The same as the password of basic authentication: `ada:s3cret`, and a wrong one.
    let basic = |pair| request("GET", "/api/v1/events", &[("authorization", pair)], "");
    assert_eq!(stage.send(basic("Basic YWRhOnMzY3JldA==")).await.status(), StatusCode::OK);
    for wrong in ["Basic YWRhOng=", "Basic ====", "Basic", "Digest YWRhOnMzY3JldA=="] {
        assert_eq!(stage.send(basic(wrong)).await.status(), StatusCode::UNAUTHORIZED, "{wrong}");
    }
    assert_eq!(stage.send(request("GET", "/", &header, "")).await.status(), StatusCode::OK);
    let read = request("POST", "/api/v1/read", &[("authorization", "Basic YWRhOnMzY3JldA=="), ("content-type", "application/json")], "{}");
    assert_eq!(stage.send(read).await.status(), StatusCode::FORBIDDEN, "browsers send basic authentication by themselves");
    for (method, address) in [("POST", "/api/v1/stories"), ("POST", "/corrections"), ("GET", "/account"), ("POST", "/account/tokens")] {
        let status = stage.send(request(method, address, &header, "{}")).await.status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{address}");
    }
}

#[tokio::test]
async fn wrong_logins_have_to_wait_and_the_right_one_too() {
    let stage = guarded();
    for _ in 0..5 {
        assert_eq!(login(&stage, "reader", "wrong password").await.status(), StatusCode::UNAUTHORIZED);
    }
    let response = login(&stage, "reader", PASSWORD).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(response.headers().contains_key(header::RETRY_AFTER));
    assert_eq!(login(&stage, "editor", PASSWORD).await.status(), StatusCode::SEE_OTHER, "others are not kept waiting");
}

#[tokio::test]
async fn one_address_is_not_answered_without_end() {
    let stage = Stage::new();
    let address: SocketAddr = "192.0.2.7:5000".parse().expect("it is an address");
    let mut refused = 0;
    for _ in 0..700 {
        let mut request = request("GET", "/api/v1/health", &[], "");
        request.extensions_mut().insert(ConnectInfo(address));
        refused += usize::from(stage.send(request).await.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!((1..=200).contains(&refused), "{refused}");
}

#[test]
fn no_desk_is_open_to_other_machines_without_accounts() {
    let stage = Stage::new();
    let settings = Settings { hosts: Hosts::Any, ..Settings::new(stage.ledger()) };
    let desk = Desk::open(settings, Arc::new(OneWord)).expect("it opens");
    for address in ["0.0.0.0:0", "[::]:0", "127.0.0.1:0"] {
        let refused = serve(&desk, address.parse().expect("it is an address"), |_| panic!("it listens at {address}"), |_| {});
        assert!(matches!(refused, Err(Error::NoAccounts { .. })), "{address}: {refused:?}");
    }
    let desk = Desk::open(Settings::new(stage.ledger()), Arc::new(OneWord)).expect("it opens");
    let refused = serve(&desk, "0.0.0.0:0".parse().expect("it is an address"), |_| panic!("it listens"), |_| {});
    assert!(matches!(refused, Err(Error::NoAccounts { .. })), "{refused:?}");
}

#[tokio::test]
async fn behind_tls_cookies_are_held_to_it() {
    let stage = guarded();
    let public = Some("https://desk.example".to_owned());
    let settings = Settings { hosts: Hosts::Named(vec!["desk.example".into()]), public, ..Settings::new(stage.ledger()) };
    let router = whimbrel_desk::router(Desk::open(settings, Arc::new(OneWord)).expect("it opens"));
    let stage = Stage { router, ..stage };
    // The proxy speaks for the site, and hands on a host of its own.
    let login = Request::post("/login")
        .header("host", "127.0.0.1:4177")
        .header("origin", "https://desk.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("name=reader&password={PASSWORD}")))
        .expect("it is a request");
    let response = stage.send(login).await;
    let cookie = response.headers()[header::SET_COOKIE].to_str().expect("it is ASCII");
    assert!(cookie.starts_with("__Host-whimbrel=") && cookie.contains("Secure"), "{cookie}");
}
