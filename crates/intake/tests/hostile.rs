//! Inputs that are made to do harm end in a failure that says why, in little memory.

use std::io::{self, Cursor, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use whimbrel_intake::{Failure, Limits, Stage, Stories, Story};
use zip::write::SimpleFileOptions;

type Taken = Vec<Result<Story, Failure>>;

fn taken(name: &str, reader: impl Read + Send + 'static, limits: Limits) -> Taken {
    Stories::from_reader(name, reader, limits).collect()
}

fn limits() -> Limits {
    Limits { line_bytes: 1 << 20, ..Limits::default() }
}

#[track_caller]
fn refused(taken: &Taken, stage: Stage, reason: &str) {
    let failure = taken.last().expect("there is a record").as_ref().expect_err("it must be refused");
    assert_eq!(failure.stage, stage, "{failure}");
    assert!(failure.reason.contains(reason), "`{failure}` must say `{reason}`");
    assert!(!failure.valid.is_empty(), "{failure} does not say what is valid");
}

/// So many bytes, made as they are read.
fn endless(byte: u8, n_bytes: u64) -> impl Read + Send {
    io::repeat(byte).take(n_bytes)
}

#[test]
fn bombs_are_refused_where_they_pass_the_limit() {
    let mut gz = GzEncoder::new(Vec::new(), Compression::best());
    io::copy(&mut endless(b'a', 64 << 20), &mut gz).expect("memory can be written");
    let gz = gz.finish().expect("memory can be written");
    refused(&taken("a.jsonl.gz", Cursor::new(gz.clone()), limits()), Stage::Unpack, "more than 200 times its size");
    let small = Limits { unpacked_bytes: 1 << 20, ..limits() };
    refused(&taken("a.jsonl.gz", Cursor::new(gz.clone()), small), Stage::Unpack, "more than 1 MiB");

    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("a.txt", SimpleFileOptions::default()).expect("a file can be begun");
    io::copy(&mut endless(b'a', 64 << 20), &mut archive).expect("memory can be written");
    let zip = archive.finish().expect("the archive can be closed").into_inner();
    refused(&taken("a.zip", Cursor::new(zip), limits()), Stage::Unpack, "times its size");
}

#[test]
fn archives_within_archives_end() {
    let mut bytes = b"Police fired.".to_vec();
    for _ in 0..10 {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(&bytes).expect("memory can be written");
        bytes = gz.finish().expect("memory can be written");
    }
    refused(&taken("a.gz", Cursor::new(bytes), limits()), Stage::Unpack, "too deep");
}

#[test]
fn archives_of_too_many_files_are_refused() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..20 {
        archive.start_file(format!("{number}.txt"), SimpleFileOptions::default()).expect("a file can be begun");
    }
    let zip = archive.finish().expect("the archive can be closed").into_inner();
    let few = Limits { archive_files: 10, ..limits() };
    refused(&taken("a.zip", Cursor::new(zip), few), Stage::Unpack, "20 files");
}

#[test]
fn cut_archives_keep_what_came_before() {
    let lines: String = (0..20_000).map(|number| format!("{{\"text\":\"Story {number} of {}.\"}}\n", number * 7919 % 10_007)).collect();
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(lines.as_bytes()).expect("memory can be written");
    let mut gz = gz.finish().expect("memory can be written");
    gz.truncate(gz.len() / 2);
    let taken = taken("a.jsonl.gz", Cursor::new(gz), limits());
    assert!(taken.len() > 5000, "what came before the cut is kept: {}", taken.len());
    refused(&taken, Stage::Unpack, "cut short");
    let taken = self::taken("a.zip", Cursor::new(b"PK\x03\x04 and nothing".to_vec()), limits());
    refused(&taken, Stage::Unpack, "no directory");
}

#[test]
fn one_long_line_is_not_held() {
    let line = endless(b'a', 100 << 20);
    refused(&taken("a.jsonl", line, limits()), Stage::Parse, "the line is 100 MiB long");
    let object = Cursor::new(b"[{\"text\":\"".to_vec()).chain(endless(b'a', 100 << 20)).chain(Cursor::new(b"\"}]".to_vec()));
    refused(&taken("a.json", object, limits()), Stage::Parse, "the object is 100 MiB long");
    let row = Cursor::new(b"text\n\"".to_vec()).chain(endless(b'a', 100 << 20));
    refused(&taken("a.csv", row, limits()), Stage::Parse, "a row is too long");
    for name in ["a.txt", "a.html", "a.rss", "a.opml"] {
        refused(&taken(name, endless(b'a', 100 << 20), limits()), Stage::Parse, "longer than 1 MiB");
    }
    let record = Cursor::new(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 104857600\r\n\r\n".to_vec());
    refused(&taken("a.warc", record.chain(endless(b'a', 100 << 20)), limits()), Stage::Parse, "the record is 100 MiB long");
}

#[test]
fn headers_without_end_are_refused() {
    let record = Cursor::new(b"WARC/1.0\r\n".to_vec()).chain(endless(b'a', 10 << 20));
    refused(&taken("a.warc", record, limits()), Stage::Parse, "too long");
    let length = b"WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 18446744073709551615\r\n\r\nshort".to_vec();
    refused(&taken("a.warc", Cursor::new(length), limits()), Stage::Parse, "ends within a record");
}

#[test]
fn elements_within_each_other_do_not_fill_the_stack() {
    let page = format!("<html><body>{}Police fired.", "<div>".repeat(100_000));
    refused(&taken("a.html", Cursor::new(page), limits()), Stage::Parse, "within each other");
    let feed = format!("<rss version=\"2.0\"><channel><item><description>{}", "<a>".repeat(100_000));
    let taken = taken("a.rss", Cursor::new(feed), limits());
    assert!(taken.iter().all(Result::is_err), "{taken:?}");
    let json = format!("[{{\"text\":{}", "[".repeat(500_000));
    refused(&self::taken("a.json", Cursor::new(json), limits()), Stage::Parse, "invalid JSON");
    let json = format!("{{\"text\":\"a\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    refused(&self::taken("a.jsonl", Cursor::new(json), limits()), Stage::Parse, "invalid JSON");
}

#[test]
fn entities_are_not_multiplied() {
    let laughs = r#"<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
        <rss version="2.0"><channel><title>T</title><item><guid>g</guid><description>&c;</description></item></channel></rss>"#;
    for story in taken("a.rss", Cursor::new(laughs), limits()).into_iter().flatten() {
        assert!(story.text.len() < 200, "{}", story.text.len());
    }
}
