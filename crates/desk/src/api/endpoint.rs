//! Everything that can be asked under `/api/v1`: one list, of which routes and description are made.

use axum::routing::{MethodRouter, get, post};

use crate::api::{correction, export, question, story};
use crate::asked;
use crate::desk::Desk;
use crate::follow;

/// What an endpoint gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    /// Rows, a page at a time.
    Page,
    /// Rows, all of them.
    Rows,
    /// One object.
    Object(&'static str),
    /// One object of something that was made.
    Made(&'static str),
    /// A file in a format of the field.
    File,
}

/// Something that can be asked.
pub(crate) struct Endpoint {
    /// Its name in the description.
    pub(crate) id: &'static str,
    /// Its path, with what is named in it between braces.
    pub(crate) path: &'static str,
    /// Whether it takes a body (POST), and which schema that has.
    pub(crate) takes: Option<&'static str>,
    /// What it does, in one sentence.
    pub(crate) summary: &'static str,
    /// The parameters in its address.
    pub(crate) asks: &'static [&'static [&'static str]],
    /// What it gives.
    pub(crate) gives: Gives,
    /// Its route.
    pub(crate) route: fn() -> MethodRouter<Desk>,
}

/// Of every page of rows.
const PAGE: &[&str] = &["as_of", "limit", "after", "format"];
/// Of every answer that comes whole.
const WHOLE: &[&str] = &["as_of", "format"];
/// Which events a plan or a dyad is about.
const ABOUT: &[&str] = &["since", "until", "type", "mode", "place", "publisher"];
/// Of which days and outlets.
const SPAN: &[&str] = &["since", "until", "publisher"];

pub(crate) const EVENTS: &[&[&str]] = &[asked::EVENTS, PAGE];
pub(crate) const AGENDA: &[&[&str]] = &[ABOUT, &["party", "on"], PAGE];
pub(crate) const CLAIMS: &[&[&str]] = &[asked::CLAIMS, PAGE];
pub(crate) const SEARCH: &[&[&str]] = &[&["words"], SPAN, PAGE];
pub(crate) const TIMELINE: &[&[&str]] = &[&["left", "right", "by", "status"], ABOUT, WHOLE];
pub(crate) const ACTOR: &[&[&str]] = &[SPAN, WHOLE];
pub(crate) const STATS: &[&[&str]] = &[SPAN, WHOLE];
pub(crate) const STORY: &[&[&str]] = &[WHOLE];
pub(crate) const SCHEMA: &[&[&str]] = &[&["format"]];
pub(crate) const CORRECTIONS: &[&[&str]] = &[&["story", "target", "limit", "after", "format"]];
pub(crate) const EXPORT: &[&[&str]] = &[asked::EVENTS, &["include", "as_of"]];
pub(crate) const ALERTS: &[&[&str]] = &[&["before"]];
const NOTHING: &[&[&str]] = &[];

const fn asking(
    id: &'static str,
    path: &'static str,
    summary: &'static str,
    asks: &'static [&'static [&'static str]],
    gives: Gives,
    route: fn() -> MethodRouter<Desk>,
) -> Endpoint {
    Endpoint { id, path, takes: None, summary, asks, gives, route }
}

const fn taking(
    id: &'static str,
    path: &'static str,
    takes: &'static str,
    summary: &'static str,
    gives: Gives,
    route: fn() -> MethodRouter<Desk>,
) -> Endpoint {
    Endpoint { id, path, takes: Some(takes), summary, asks: NOTHING, gives, route }
}

/// All of them. A path that is asked and takes a body stands twice; its route stands for both and is mounted once.
pub(crate) const ALL: &[Endpoint] = &[
    asking("health", "/api/v1/health", "Says that the desk answers, and what it reads with.", NOTHING, Gives::Object("Health"), || {
        get(question::health)
    }),
    asking("events", "/api/v1/events", "Who did what to whom, when, where, according to whom; the newest first.", EVENTS, Gives::Page, || {
        get(question::events)
    }),
    asking("agenda", "/api/v1/agenda", "What is planned, in the order in which the windows open.", AGENDA, Gives::Page, || {
        get(question::agenda)
    }),
    asking("claims", "/api/v1/claims", "Who says what, and who stands against it; the newest first.", CLAIMS, Gives::Page, || {
        get(question::claims)
    }),
    asking("search", "/api/v1/search", "Stories that hold words, the closest match first.", SEARCH, Gives::Page, || {
        get(question::search)
    }),
    asking("timeline", "/api/v1/timeline", "How two parties deal with each other, by day, week or month.", TIMELINE, Gives::Rows, || {
        get(question::timeline)
    }),
    asking("actor", "/api/v1/actors/{name}", "Names, offices, deeds and words of someone.", ACTOR, Gives::Rows, || {
        get(question::actor)
    }),
    asking("story", "/api/v1/stories/{id}", "One story with its events and claims.", STORY, Gives::Rows, || get(question::story)),
    asking("stats", "/api/v1/stats", "How much is in the record.", STATS, Gives::Rows, || get(question::stats)),
    asking("schema", "/api/v1/schema", "Tables and views that SQL may ask.", SCHEMA, Gives::Rows, || get(question::schema)),
    taking("sql", "/api/v1/sql", "Sql", "Asks one SELECT; at most 10000 rows, and only for a few seconds.", Gives::Rows, || {
        post(question::sql)
    }),
    asking("export", "/api/v1/export/{format}", "Events in a format of the field, all of them.", EXPORT, Gives::File, || {
        get(export::export)
    }),
    asking("corrections", "/api/v1/corrections", "Notes and corrections by people, the newest first.", CORRECTIONS, Gives::Page, || {
        get(correction::list).post(correction::add)
    }),
    asking("searches", "/api/v1/follow", "The searches that one follows.", NOTHING, Gives::Object("Searches"), || {
        get(follow::list_searches).post(follow::add_search)
    }),
    asking("alerts", "/api/v1/follow/{id}/alerts", "What was new in a search, the newest first.", ALERTS, Gives::Object("Alerts"), || {
        get(follow::alerts_of)
    }),
    taking("unfollow", "/api/v1/follow/{id}/end", "Nothing", "Follows a search no more.", Gives::Object("Ended"), || {
        post(follow::end_search)
    }),
    taking("read", "/api/v1/read", "Story", "Reads a story and gives its coding; keeps nothing.", Gives::Object("Coding"), || {
        post(story::read)
    }),
    taking("add", "/api/v1/stories", "Stories", "Reads stories and keeps them in the ledger.", Gives::Object("Kept"), || {
        post(story::add)
    }),
    taking(
        "undo",
        "/api/v1/corrections/{id}/undo",
        "Nothing",
        "Takes a correction back; it stays in the log.",
        Gives::Object("Undone"),
        || post(correction::take_back),
    ),
];

/// What the routes of [`ALL`] answer besides: paths that are asked and take a body as well.
pub(crate) const ALSO: &[Endpoint] = &[
    taking(
        "correct",
        "/api/v1/corrections",
        "Correction",
        "Says something about a row: a note, or that it is right, should read otherwise, or is wrong.",
        Gives::Made("Corrected"),
        || post(correction::add),
    ),
    taking(
        "follow",
        "/api/v1/follow",
        "Search",
        "Follows a search; the secrets in the answer are told this once.",
        Gives::Made("Followed"),
        || post(follow::add_search),
    ),
];
