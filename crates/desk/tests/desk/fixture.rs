//! A ledger of invented stories, a reader that knows one word, and requests to a desk over them.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use codebook::{Actor, ActorKind, Codebook, Coding, Event, EventType, QuadClass, Status};
use http_body_util::BodyExt;
use jiff::civil::{Date, date};
use ledger::{Batch, Entry, Ledger, Moment, Program};
use tempfile::TempDir;
use text::{Document, Metadata, Span};
use tower::ServiceExt;
use whimbrel_desk::{Desk, Reader, Settings, router};

/// What browsers, terminals, spreadsheets or databases would obey.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script><svg onload=alert(2)>'; DROP TABLE events; -- \u{202e}drow\u{200b}\u{1b}[2J";

/// Reads the word `fired` as an assault by the words before it on the words after it.
pub(crate) struct OneWord;

impl Reader for OneWord {
    fn codebook(&self) -> &Codebook {
        Codebook::bundled()
    }

    fn model_name(&self) -> &str {
        "one word 1"
    }

    fn read(&self, text: String, metadata: Metadata) -> (Document, Coding) {
        let document = text::read(text, metadata);
        let coding = coding(&document.text, document.date);
        (document, coding)
    }

    fn settle(&self, _: &Path) -> Result<(), String> {
        Ok(())
    }
}

fn coding(text: &str, day: Option<Date>) -> Coding {
    let codebook = Codebook::bundled().version().to_owned();
    let mut coding = Coding { model: "one word 1".into(), codebook, ..Coding::default() };
    let Some(at) = text.find("fired") else { return coding };
    let at = text[..at].chars().count();
    let span = Span::new(at, at + "fired".len());
    let before: String = text.chars().take(at).collect();
    coding.actors.push(Actor {
        id: "a1".into(),
        name: before.trim().to_owned(),
        kind: ActorKind::Group,
        country: Some("AFG".into()),
        sector: Some("REB".into()),
        roles: Vec::new(),
        wikidata: None,
        mentions: vec![Span::new(0, before.trim_end().chars().count())],
        reason: "invented".into(),
    });
    coding.events.push(Event {
        id: "e1".into(),
        trigger: span,
        also: Vec::new(),
        event_type: EventType::Assault,
        mode: None,
        contexts: Vec::new(),
        quad: QuadClass::MaterialConflict,
        score: -9.0,
        actors: vec!["a1".into()],
        recipients: Vec::new(),
        place: None,
        place_name: Some("Dubar".into()),
        place_country: Some("PAK".into()),
        geonames: None,
        lat: None,
        lon: None,
        place_precision: None,
        time: None,
        when: day.map(|day| (day, day)),
        time_precision: None,
        killed: None,
        injured: None,
        status: Status::Happened,
        claim: None,
        confidence: 0.9,
        reason: "invented".into(),
    });
    coding
}

/// A story as an entry of a ledger.
pub(crate) fn entry(id: &str, title: &str, text: &str, day: Date) -> Entry {
    let metadata = Metadata {
        id: id.into(),
        title: Some(title.into()),
        published: Some(day.to_string()),
        publisher: Some("Harbour Post".into()),
        url: Some(format!("https://news.example/{id}")),
        ..Metadata::default()
    };
    let (document, coding) = OneWord.read(text.to_owned(), metadata);
    Entry::new(document, coding, "desk.jsonl".into(), 1)
}

/// A desk over a ledger that goes away with it.
pub(crate) struct Stage {
    pub(crate) folder: TempDir,
    pub(crate) desk: Desk,
    pub(crate) router: Router,
}

impl Stage {
    /// Two stories, one of which means harm.
    pub(crate) fn new() -> Self {
        Self::with(vec![
            entry("s1", "Shots at the pass", "Gunmen fired on an army convoy near Dubar.", date(2026, 11, 2)),
            entry("s2", HOSTILE, &format!("{HOSTILE} fired again."), date(2026, 11, 3)),
        ])
    }

    /// A desk over the given stories.
    pub(crate) fn with(entries: Vec<Entry>) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("desk.whimbrel");
        let mut ledger = Ledger::create(&path).expect("a ledger can be made");
        let program = Program { model: "one word 1", codebook: Codebook::bundled().version(), program: "test" };
        let run = ledger.begin_run(program, Moment(0)).expect("a run begins");
        ledger.append(run, Moment(10), &Batch { entries, ..Batch::default() }).expect("a batch is kept");
        let settings = Settings { allow_private: true, ..Settings::new(path) };
        let desk = Desk::open(settings, Arc::new(OneWord)).expect("the desk opens");
        Self { folder, router: router(desk.clone()), desk }
    }

    /// The ledger's file.
    pub(crate) fn ledger(&self) -> std::path::PathBuf {
        self.folder.path().join("desk.whimbrel")
    }

    /// The ledger, for writing.
    pub(crate) fn open(&self) -> Ledger {
        Ledger::open(&self.ledger()).expect("the ledger opens")
    }

    /// Status and JSON of an answer to a program.
    pub(crate) async fn json(&self, method: &str, address: &str, body: &str) -> (StatusCode, serde_json::Value) {
        let response = self.send(request(method, address, &[("content-type", "application/json")], body)).await;
        let (status, kind) = (response.status(), response.headers().get("content-type").cloned());
        let text = words(response).await;
        let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{address}: {kind:?} {error}: {text}"));
        (status, value)
    }

    /// An answer as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.expect("routes never fail")
    }

    /// Status and words of the page at an address.
    pub(crate) async fn get(&self, address: &str) -> (StatusCode, String) {
        let request = Request::get(address).header("host", "localhost:4177").body(Body::empty()).expect("it is a request");
        let response = self.send(request).await;
        (response.status(), words(response).await)
    }
}

/// A request with headers; a body is a form unless they say otherwise.
pub(crate) fn request(method: &str, address: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(address).header("host", "localhost:4177");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if method == "POST" && !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    request.body(Body::from(body.to_owned())).expect("it is a request")
}

/// The words of an answer.
pub(crate) async fn words(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.expect("the body comes whole").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("it is UTF-8")
}

/// The parts of an address inside double quotes that stand behind `before` in a page.
pub(crate) fn addresses<'p>(page: &'p str, before: &str) -> Vec<&'p str> {
    page.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}
