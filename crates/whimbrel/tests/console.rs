//! The `console` blocks of the guides, of the README and of `cases/query`, run through the program: what a page shows is what
//! comes out.
//!
//! Each page has a folder of its own, in which its blocks run one after the other; `examples` and `data` lie there as in the
//! repository, and for `cases/query` a ledger of the example stories. What guides fetch from `news.example` comes from a server
//! of this process. `UPDATE_CASES=1` writes the pages anew.

#![cfg(unix)]

#[path = "../../intake/tests/server/mod.rs"]
mod server;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use cases::{Block, Console};
use tempfile::TempDir;

use server::{Server, ok, status};

const PROGRAM: &str = env!("CARGO_BIN_EXE_whimbrel");

/// A folder with what the commands of a page find in the repository.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for name in ["examples", "data"] {
        symlink(cases::root().canonicalize().expect("the repository is there").join(name), folder.path().join(name))
            .expect("a link can be made");
    }
    folder
}

/// A feed of a paper.
const FEED: &str = "<rss version=\"2.0\"><channel><title>Indus Courier</title>\
    <item><guid>c2</guid><title>Envoy recalled</title><link>https://news.example/2</link><pubDate>Tue, 03 Nov 2026 09:00:00 GMT</pubDate>\
    <description>Kenya recalled its ambassador from Kampala on Tuesday after soldiers crossed the border.</description></item>\
    <item><guid>c1</guid><title>Teachers march</title><link>https://news.example/1</link><pubDate>Mon, 02 Nov 2026 18:00:00 GMT</pubDate>\
    <description>Police fired tear gas at teachers who marched on parliament in Nairobi on Monday.</description></item></channel></rss>";

/// Answers what `news.example` is asked for.
fn news() -> Server {
    let server = Server::new(&[("/robots.txt", ok("", "User-agent: *\nDisallow: /archive\n"))]);
    server.set("/rss", ok("Content-Type: application/rss+xml\r\nETag: \"v1\"\r\n", FEED));
    server.set("/old/rss", status("301 Moved Permanently", "Location: /rss\r\n"));
    server.set("/busy/rss", status("429 Too Many Requests", "Retry-After: 7200\r\n"));
    server
}

/// Runs pages, each in a folder that `prepare` has filled.
fn hold(pages: &[PathBuf], n_least: usize, prepare: impl Fn(&Path)) {
    let news = news();
    let mut open: Option<(String, TempDir)> = None;
    cases::hold_pages(pages, n_least, |block: &Block<'_>| {
        if block.kind != "console" {
            return None;
        }
        if open.as_ref().is_none_or(|(page, _)| page != block.page) {
            let folder = folder();
            prepare(folder.path());
            open = Some((block.page.to_owned(), folder));
        }
        let (_, folder) = open.as_ref().expect("it was made above");
        let console = Console::new(folder.path(), Path::new(PROGRAM)).calling("https://news.example", &news.url(""));
        // What a page fetches from the web, its test fetches from this machine.
        Some(console.calling("whimbrel watch", "whimbrel watch --allow-private").run(&block.body))
    });
}

#[test]
fn guides_show_what_comes_out() {
    let root = cases::root();
    let mut pages = cases::paths(&root.join("docs/guides"));
    pages.push(root.join("README.md"));
    hold(&pages, 8, |_| {});
}

#[test]
fn questions_are_answered_in_every_format() {
    let made = folder();
    let add = "$ whimbrel add examples/stories --ledger desk.whimbrel\n";
    let told = Console::new(made.path(), Path::new(PROGRAM)).run(add);
    assert!(told.contains("16 added"), "{told}");
    hold(&cases::paths(&cases::folder().join("query")), 20, |folder| {
        fs::copy(made.path().join("desk.whimbrel"), folder.join("desk.whimbrel")).expect("the ledger can be copied");
    });
}
