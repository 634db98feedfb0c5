//! What an input is: by its media type or ending, else by its first bytes.

use std::io::{self, BufRead};
use std::path::Path;

use crate::failure::{Failure, Stage};
use crate::packed::bare;
use crate::source::{About, empty};

/// First bytes that are looked at.
const HEAD_BYTES: usize = 8192;

/// The formats that intake reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A JSON object on each line.
    Lines,
    /// JSON values one after the other, or one list of them.
    Values,
    /// Plain text or Markdown: one story.
    Page,
    /// A page of the web: one story.
    Html,
    /// Rows with this byte between their fields; 0 is guessed from the first row.
    Rows(u8),
    /// An archive of the web.
    Warc,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A list of feeds.
    Opml,
    /// Columns.
    Parquet,
}

/// The first bytes of an input, enough to tell what it is: one read of a slow pipe, more only while nothing but space came.
pub(crate) fn read_head(reader: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while head.len() < HEAD_BYTES && head.iter().all(u8::is_ascii_whitespace) {
        let part = match reader.fill_buf() {
            Ok(part) => part,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let n_bytes = part.len();
        if n_bytes == 0 {
            break;
        }
        head.extend_from_slice(part);
        reader.consume(n_bytes);
    }
    Ok(head)
}

/// What an input is.
pub(crate) fn format_of(name: &str, about: &About, head: &[u8]) -> Result<Format, Failure> {
    if head.iter().all(u8::is_ascii_whitespace) && head.len() < HEAD_BYTES {
        return Err(empty(name));
    }
    if head.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if text::looks_binary(head) && !head.starts_with(b"WARC/") {
        let failure = Failure::new(name, 0, Stage::Decode, "the file is binary, no text");
        let failure = failure.valid("a format of docs/reference/intake.md, such as text, HTML, JSON lines, CSV, WARC or a feed");
        return Err(match head {
            [b'%', b'P', b'D', b'F', ..] => failure.hint("extract its text first, for example with pdftotext"),
            [b'B', b'Z', b'h', ..] => failure.hint("unpack it first: bzip2 -dc FILE | whimbrel read -"),
            [0xfd, b'7', b'z', b'X', b'Z', ..] => failure.hint("unpack it first: xz -dc FILE | whimbrel read -"),
            _ => failure,
        });
    }
    let format = by_ending(name, head).or_else(|| by_media(about, head)).unwrap_or_else(|| by_bytes(head));
    let is_wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if matches!(format, Format::Lines | Format::Values | Format::Rows(_)) && is_wide {
        let what = if matches!(format, Format::Rows(_)) { "rows in UTF-8" } else { "JSON lines in UTF-8" };
        return Err(Failure::new(name, 0, Stage::Decode, "the file is UTF-16")
            .valid(what)
            .hint("convert it first: iconv -f UTF-16 -t UTF-8 FILE"));
    }
    Ok(format)
}

fn by_ending(name: &str, head: &[u8]) -> Option<Format> {
    // An address has no ending that would say anything: `/index.php` gives HTML.
    if crate::input::is_address(name) {
        return None;
    }
    let ending = Path::new(bare(name)).extension()?.to_string_lossy().to_lowercase();
    Some(match ending.as_str() {
        "jsonl" | "ndjson" => Format::Lines,
        "json" => json(head),
        "txt" | "text" | "md" | "markdown" => Format::Page,
        "html" | "htm" | "xhtml" => Format::Html,
        "csv" => Format::Rows(0),
        "tsv" | "tab" => Format::Rows(b'\t'),
        "warc" => Format::Warc,
        "rss" | "atom" => Format::Feed,
        "opml" => Format::Opml,
        _ => return None,
    })
}

fn by_media(about: &About, head: &[u8]) -> Option<Format> {
    Some(match about.media.as_deref()? {
        "text/html" | "application/xhtml+xml" if !is_feed(head) => Format::Html,
        "application/rss+xml" | "application/atom+xml" | "application/feed+json" => Format::Feed,
        "application/x-ndjson" | "application/jsonl" | "application/x-jsonlines" => Format::Lines,
        "application/json" => json(head),
        "text/csv" => Format::Rows(0),
        "text/tab-separated-values" => Format::Rows(b'\t'),
        "text/markdown" => Format::Page,
        "application/warc" => Format::Warc,
        "text/x-opml" => Format::Opml,
        _ => return None,
    })
}

fn by_bytes(head: &[u8]) -> Format {
    let start = opening(head);
    match start {
        [b'{', ..] => json(head),
        [b'[', rest @ ..] if rest.trim_ascii_start().first() == Some(&b'{') => Format::Values,
        _ if start.starts_with(b"WARC/") => Format::Warc,
        [b'<', ..] if is_feed(head) => Format::Feed,
        [b'<', ..] if finds(head, b"<opml") => Format::Opml,
        [b'<', ..] if is_html(start) => Format::Html,
        _ => Format::Page,
    }
}

/// The first bytes behind a byte order mark and space.
fn opening(head: &[u8]) -> &[u8] {
    let head = head.trim_ascii_start();
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

/// Lines of JSON, JSON over several lines, or a feed in JSON.
fn json(head: &[u8]) -> Format {
    let start = opening(head);
    if start.first() != Some(&b'{') {
        return if start.first() == Some(&b'[') { Format::Values } else { Format::Lines };
    }
    if finds(head, b"jsonfeed.org/version") {
        return Format::Feed;
    }
    // An object that goes on in the next line is no line of JSON.
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or(start).trim_ascii_end();
    let goes_on = line.len() < start.len() && matches!(line.last(), Some(b'{' | b',' | b'[' | b':'));
    if goes_on { Format::Values } else { Format::Lines }
}

/// Whether the tag of a feed comes before any tag of HTML; a feed has titles of its own.
fn is_feed(head: &[u8]) -> bool {
    let start = opening(head);
    let tags = [&b"<rss"[..], b"<feed", b"<rdf:RDF"];
    let root = tags.iter().filter_map(|tag| start.windows(tag.len()).position(|part| part == *tag)).min();
    start.first() == Some(&b'<') && root.is_some_and(|at| !is_html(&start[..at]))
}

fn is_html(start: &[u8]) -> bool {
    let head = &start[..start.len().min(1024)];
    let finds = |tag: &[u8]| head.windows(tag.len()).any(|part| part.eq_ignore_ascii_case(tag));
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<meta ", b"<title", b"<article"].iter().any(|tag| finds(tag))
}

fn finds(head: &[u8], tag: &[u8]) -> bool {
    head.windows(tag.len()).any(|part| part == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_told_by_media_ending_and_bytes() {
        for (name, media, head, expected) in [
            ("a.json", None, "[{\"text\":\"a\"}]", Format::Values),
            ("a.json", None, "{\n  \"text\": \"a\"\n}\n", Format::Values),
            ("a.json.gz", None, "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", Format::Lines),
            ("a.json", None, "{\"version\": \"https://jsonfeed.org/version/1.1\"}", Format::Feed),
            ("-", None, "\u{feff} <!DOCTYPE HTML><html>", Format::Html),
            ("-", None, "<?xml version=\"1.0\"?>\n<rss version=\"2.0\">", Format::Feed),
            ("-", None, "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>A</title>", Format::Feed),
            ("-", None, "<html><title>A</title><body><feed>", Format::Html),
            ("-", None, "<?xml version=\"1.0\"?>\n<opml version=\"2.0\">", Format::Opml),
            ("-", None, "WARC/1.0\r\n", Format::Warc),
            ("-", None, "[1] Police fired.", Format::Page),
            ("a.csv", None, "text,date\n", Format::Rows(0)),
            ("http://h.example/a.csv", Some("text/html"), "<html>", Format::Html),
            ("http://h.example/", Some("text/html"), "<?xml?><feed xmlns=\"\">", Format::Feed),
        ] {
            let about = About { media: media.map(str::to_owned), ..About::default() };
            let found = format_of(name, &about, head.as_bytes()).expect("it is text");
            assert_eq!(found, expected, "{name} {head}");
        }
    }
}
