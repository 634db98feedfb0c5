//! Every format comes out as stories with their metadata, from a file, from a packed file and from an archive.

use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use whimbrel_intake::{Failure, Limits, Mapping, Options, Stage, Stories, Story};
use zip::write::SimpleFileOptions;

type Taken = Vec<Result<Story, Failure>>;

const PAGE: &str = r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Talks off | The Paper</title>
<meta property="og:site_name" content="The Paper"><link rel="canonical" href="https://paper.example/talks">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"Talks off",
"datePublished":"2026-11-02T08:10:00Z","author":{"@type":"Person","name":"Jane Doe"}}</script></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Talks off</h1>
<p>Kabul said on Monday that talks with its neighbour were off, after weeks of shelling along the border between the two.</p>
<p>A spokesman said that the foreign minister would not travel to Islamabad, as had been planned for the end of the week.</p>
<p>Officials in Islamabad, who had prepared for the visit, said that they had not been told, and that the door was open.</p>
<script>document.write("bought")</script></article><footer>Subscribe to our newsletter</footer></body></html>"#;

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a file can be begun");
        archive.write_all(bytes).expect("memory can be written");
    }
    archive.finish().expect("the archive can be closed").into_inner()
}

fn warc_record(kind: &str, uri: &str, content: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nContent-Type: {content}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {status}\r\n{headers}\r\n").as_bytes(), body].concat()
}

fn taken(name: &str, bytes: impl Into<Vec<u8>>) -> Taken {
    Stories::from_reader(name, Cursor::new(bytes.into()), Limits::default()).collect()
}

#[track_caller]
fn stories(taken: Taken) -> Vec<Story> {
    taken.into_iter().map(|story| story.expect("all are sound")).collect()
}

#[track_caller]
fn only(taken: Taken) -> Story {
    let mut stories = stories(taken);
    assert_eq!(stories.len(), 1, "one story must come out");
    stories.remove(0)
}

#[test]
fn a_page_gives_its_article_and_its_metadata() {
    let story = only(taken("dir/talks.html", PAGE));
    assert!(story.text.contains("would not travel to Islamabad") && story.text.contains("door was open"), "{}", story.text);
    for stray in ["Home", "newsletter", "bought", "schema.org"] {
        assert!(!story.text.contains(stray), "`{stray}` is no part of the article: {}", story.text);
    }
    let it = &story.metadata;
    let fields = [&it.title, &it.published, &it.publisher, &it.url, &it.language, &it.byline];
    let fields = fields.map(|field| field.as_deref().unwrap_or("-"));
    assert_eq!(fields, ["Talks off", "2026-11-02T08:10:00Z", "The Paper", "https://paper.example/talks", "en", "Jane Doe"]);
    assert_eq!(it.id, "talks");
}

#[test]
fn a_page_is_read_in_the_charset_that_it_names() {
    let page = PAGE.replace("utf-8", "iso-8859-2").replace("Kabul said", "Łódź said");
    let (bytes, _, _) = encoding_rs::ISO_8859_2.encode(&page);
    let story = only(taken("a.html", bytes.into_owned()));
    assert!(story.text.starts_with("Łódź said") || story.text.contains("\nŁódź said"), "{}", story.text);
    assert_eq!(story.notes[0].kind, "charset");
}

#[test]
fn a_page_without_words_is_a_failure() {
    let failure = taken("a.html", "<html><body><img src=x></body></html>").remove(0).expect_err("there is no article");
    assert!(failure.reason.contains("no article"), "{failure}");
}

#[test]
fn json_lists_and_objects_over_lines_are_read_one_by_one() {
    let list = "\u{feff}[\n {\"id\": 1, \"text\": \"One [1] {2} \\\"3\\\".\"},\n {\"id\": 2, \"body\": 7},\n {\"id\": 3,\n  \"text\": \"Three.\"}\n]\n";
    let taken = taken("a.json", list);
    assert_eq!(taken.len(), 3);
    let first = taken[0].as_ref().expect("it is sound");
    assert_eq!((first.text.as_str(), first.line, first.record), ("One [1] {2} \"3\".", 2, 1));
    let second = taken[1].as_ref().expect_err("it has no text");
    assert_eq!((second.line, second.record), (3, 2));
    let third = taken[2].as_ref().expect("it is sound");
    assert_eq!((third.metadata.id.as_str(), third.line, third.record), ("3", 4, 3));
    let objects = "{\n \"text\": \"One.\"\n}\n{\n \"text\": \"Two.\"\n}\n";
    assert_eq!(stories(self::taken("a.json", objects)).len(), 2);
    let cut = self::taken("a.json", "[{\"text\": \"One.\"}, {\"text\": \"Tw");
    assert!(cut[0].is_ok() && cut[1].as_ref().is_err_and(|it| it.reason.contains("ends before its last bracket")), "{cut:?}");
}

#[test]
fn fields_are_mapped_or_guessed_and_told() {
    let lines = "{\"body\": \"Police fired.\", \"date\": \"2026-11-02\", \"source\": \"P\", \"text\": null, \"subject\": \"T\"}\n";
    let mapping = Mapping::parse("text=body,title=source").expect("it is sound");
    let options = Options { mapping: Some(mapping), ..Options::default() };
    let story = only(Stories::from_reader_with("a.jsonl", lines.as_bytes(), options).collect());
    assert_eq!((story.text.as_str(), story.metadata.title.as_deref()), ("Police fired.", Some("P")));
    assert_eq!(story.metadata.publisher, None, "a mapping that is given is not added to");
    let lines = lines.replace("\"text\": null, ", "");
    let mut stories = Stories::from_reader("a.jsonl", Cursor::new(lines), Limits::default());
    let story = stories.next().expect("a record").expect("a story");
    assert_eq!((story.text.as_str(), story.metadata.title.as_deref()), ("Police fired.", Some("T")));
    assert_eq!((story.metadata.publisher.as_deref(), story.metadata.published.as_deref()), (Some("P"), Some("2026-11-02")));
    let remarks: Vec<String> = stories.take_remarks().iter().map(ToString::to_string).collect();
    assert!(remarks[0].contains("text from `body`") && remarks[0].contains("--map text=body"), "{remarks:?}");
}

#[test]
fn rows_are_stories() {
    let rows = "id;Headline;Article Text;pubDate\ns1;T;\"Police; fired.\n\nTwice.\";2026-11-02\ns2;T;;\ns3;T;Three.;NA;5\ns4;;Four.;\n";
    let taken = taken("a.csv", rows);
    let first = taken[0].as_ref().expect("it is sound");
    assert_eq!((first.text.as_str(), first.line), ("Police; fired.\n\nTwice.", 2));
    assert_eq!((first.metadata.title.as_deref(), first.metadata.published.as_deref()), (Some("T"), Some("2026-11-02")));
    let second = taken[1].as_ref().expect_err("it has no text");
    assert_eq!((second.line, second.record, second.id.as_deref()), (5, 2, Some("s2")));
    assert!(taken[2].as_ref().is_err_and(|it| it.reason.contains("5 fields, more than the 4 columns")), "{taken:?}");
    assert_eq!(taken[3].as_ref().expect("it is sound").metadata.title, None, "empty is missing");
    assert_eq!(only(self::taken("a.tsv", "text\ttitle\nPolice, fired.\tT\n")).text, "Police, fired.");
    let failure = self::taken("a.csv", "a,b\n1,2\n").remove(0).expect_err("no column is known");
    assert!(failure.reason.contains("`a`, `b`") && failure.hint.contains("--map text="), "{failure}");
    let latin = self::taken("a.csv", &b"text\nBogot\xe1 said no.\n"[..]);
    assert_eq!(only(latin).text, "Bogotá said no.");
}

#[test]
fn pages_of_web_archives_are_stories() {
    let page = answer("200 OK", "Content-Type: text/html; charset=utf-8\r\n", PAGE.as_bytes());
    let packed = answer("200 OK", "Content-Type: text/html\r\nContent-Encoding: gzip\r\n", &gz(PAGE.as_bytes()));
    let chunk = [format!("{:x}\r\n", PAGE.len()).as_bytes(), PAGE.as_bytes(), b"\r\n0\r\n\r\n"].concat();
    let chunked = answer("200 OK", "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n", &chunk);
    let http = "application/http; msgtype=response";
    let records = [
        warc_record("warcinfo", "", "application/warc-fields", b"software: x\r\n"),
        warc_record("request", "https://a.example/1", "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
        warc_record("response", "https://a.example/1", http, &page),
        warc_record("response", "https://a.example/2", http, &packed),
        warc_record("response", "https://a.example/3", http, &answer("404 Not Found", "Content-Type: text/html\r\n", b"<p>No.")),
        warc_record("response", "https://a.example/4", http, &answer("200 OK", "Content-Type: image/png\r\n", b"\x89PNG")),
        warc_record("response", "https://a.example/5", http, &chunked),
        warc_record("resource", "https://a.example/6", "text/html", PAGE.as_bytes()),
    ];
    let members: Vec<u8> = records.iter().flat_map(|record| gz(record)).collect();
    for (name, bytes) in [("a.warc", records.concat()), ("a.warc.gz", members)] {
        let stories = stories(taken(name, bytes));
        let numbers: Vec<u64> = stories.iter().map(|story| story.record).collect();
        assert_eq!(numbers, [3, 4, 7, 8], "{name}");
        assert!(stories.iter().all(|story| story.text.contains("would not travel")), "{name}");
        assert!(stories.iter().all(|story| story.metadata.url.as_deref() == Some("https://paper.example/talks")));
    }
}

#[test]
fn a_broken_record_is_a_failure_and_the_next_is_found() {
    let page = answer("200 OK", "Content-Type: text/html\r\n", PAGE.as_bytes());
    let record = warc_record("response", "https://a.example/1", "application/http", &page);
    let mut archive = record.clone();
    archive.extend_from_slice(b"garbage\r\nmore of it\r\n");
    archive.extend_from_slice(&record);
    archive.extend_from_slice(b"WARC/1.0\r\nWARC-Type: response\r\n\r\n");
    archive.extend_from_slice(&record[..record.len() / 2]);
    let taken = taken("a.warc", archive);
    let shape: Vec<bool> = taken.iter().map(Result::is_ok).collect();
    assert_eq!(shape, [true, false, true, false, false], "{taken:?}");
    assert!(taken[4].as_ref().is_err_and(|it| it.reason.contains("ends within a record")), "{taken:?}");
}

const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Paper</title><language>en</language><item><title>Talks &amp;amp; tea</title><link>https://paper.example/1</link>
<guid>g1</guid><pubDate>Mon, 02 Nov 2026 08:10:00 GMT</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>Kabul said <b>no</b>.</p><p>It was <script>bad()</script>late.</p>]]></content:encoded></item>
<item><title>Empty</title><guid>g2</guid></item></channel></rss>"#;

#[test]
fn entries_of_feeds_are_stories() {
    let taken = taken("a.rss", RSS);
    let first = taken[0].as_ref().expect("it is sound");
    assert!(first.text.starts_with("Kabul said no.") && first.text.contains("late.") && !first.text.contains("bad"), "{}", first.text);
    let it = &first.metadata;
    let fields = [Some(it.id.as_str()), it.title.as_deref(), it.published.as_deref(), it.publisher.as_deref(), it.url.as_deref()];
    let expected = ["g1", "Talks & tea", "2026-11-02T08:10:00Z", "The Paper", "https://paper.example/1"];
    assert_eq!(fields, expected.map(Some));
    let second = taken[1].as_ref().expect_err("it has no text");
    assert_eq!((second.record, second.id.as_deref()), (2, Some("g2")));
    let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>A</title><id>f</id><updated>2026-11-02T00:00:00Z</updated><entry><id>e1</id>\
        <title>T</title><updated>2026-11-02T08:00:00Z</updated><author><name>Jane Doe</name></author><content>Police fired.</content></entry></feed>";
    let story = only(self::taken("-", atom));
    assert_eq!((story.text.as_str(), story.metadata.byline.as_deref()), ("Police fired.", Some("Jane Doe")));
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":"j1","content_text":"Police fired."}]}"#;
    assert_eq!(only(self::taken("-", json)).metadata.id, "j1");
}

#[test]
fn lists_of_feeds_are_not_fetched_unasked() {
    let list = r#"<opml version="2.0"><body><outline xmlUrl="https://a.example/rss"/></body></opml>"#;
    let failure = taken("a.opml", list).remove(0).expect_err("nothing is fetched");
    assert_eq!(failure.stage, Stage::Fetch);
    assert!(failure.hint.contains("--fetch"), "{}", failure.hint);
}

#[test]
fn packed_inputs_are_read_as_what_they_hold() {
    let lines = b"{\"text\":\"One.\"}\n{\"text\":\"Two.\"}\n";
    for (name, bytes) in [
        ("a.jsonl.gz", gz(lines)),
        ("a.jsonl.gz", [gz(&lines[..17]), gz(&lines[17..])].concat()),
        ("a.jsonl.zst", zst(lines)),
        ("a.jsonl.zst", [zst(&lines[..17]), zst(&lines[17..])].concat()),
        ("-", gz(lines)),
        ("a.zip", zip_of(&[("dir/a.jsonl", lines)])),
        ("-", gz(&zip_of(&[("a.jsonl.gz", &gz(lines))]))),
    ] {
        let texts: Vec<String> = stories(taken(name, bytes)).into_iter().map(|story| story.text).collect();
        assert_eq!(texts, ["One.", "Two."], "{name}");
    }
}

#[test]
fn archives_are_read_file_by_file_and_their_names_lead_nowhere() {
    let files: [(&str, &[u8]); 7] = [
        ("b/two.txt", b"Two."),
        ("../../../../etc/passwd.txt", b"Three."),
        ("/abs/four.html", PAGE.as_bytes()),
        ("dir/", b""),
        ("__MACOSX/._two.txt", b"\0\x05\x16"),
        (".hidden", b"no"),
        ("a.jsonl", b"{\"text\":\"One.\"}\n"),
    ];
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("news.zip");
    fs::write(&path, zip_of(&files)).expect("the archive can be written");
    let mut open = Stories::open(std::slice::from_ref(&path), Limits::default());
    let meter = open.meter();
    let stories = stories(open.by_ref().collect());
    let inputs: Vec<String> = stories.iter().map(|story| story.input.replace(&path.display().to_string(), "news.zip")).collect();
    assert_eq!(inputs, ["news.zip/b/two.txt", "news.zip/../../../../etc/passwd.txt", "news.zip//abs/four.html", "news.zip/a.jsonl"]);
    assert_eq!(stories[0].metadata.id, "b/two");
    assert_eq!((meter.records(), meter.item().as_str()), (4, ""));
    let names: Vec<_> = fs::read_dir(folder.path()).expect("the folder is there").flatten().collect();
    assert_eq!(names.len(), 1, "nothing is unpacked onto the disk");
}

#[test]
fn patterns_name_files() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for name in ["a/1.txt", "a/b/2.txt", "a/b/3.md", "a/.hidden.txt"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
        fs::write(&path, name).expect("the file can be written");
    }
    let ids = |pattern: &str| -> Vec<String> {
        let taken: Taken = Stories::open(&[folder.path().join(pattern)], Limits::default()).collect();
        taken.into_iter().map(|it| it.map_or_else(|failure| failure.reason, |story| story.metadata.id)).collect()
    };
    assert_eq!(ids("**/*.txt"), ["a/1", "a/b/2"]);
    assert_eq!(ids("a/?.txt"), ["1"]);
    assert_eq!(ids("*.txt"), ["no file matches the pattern"]);
}

/// A story of every format, as (input, bytes) with at least two records where the format has records.
fn every_format() -> Vec<(&'static str, Vec<u8>)> {
    let page = answer("200 OK", "Content-Type: text/html\r\n", PAGE.as_bytes());
    let record = warc_record("response", "https://a.example/1", "application/http", &page);
    vec![
        ("a.jsonl", b"{\"text\":\"One.\"}\nbroken\n{\"text\":\"Three.\"}\n".to_vec()),
        ("a.json", b"[{\"text\":\"One.\"},{\"text\":7},{\"text\":\"Three.\"}]".to_vec()),
        ("a.csv", b"text\nOne.\n\" \"\nThree.\n".to_vec()),
        ("a.warc", [record.clone(), b"x\r\n".to_vec(), record].concat()),
        ("a.rss", RSS.as_bytes().to_vec()),
        ("a.html", PAGE.as_bytes().to_vec()),
        ("a.txt", b"One.".to_vec()),
    ]
}

#[test]
fn what_is_done_is_passed_over() {
    for (name, bytes) in every_format() {
        let all = taken(name, bytes.clone());
        let number = |it: &Result<Story, Failure>| it.as_ref().map_or_else(|failure| failure.record, |story| story.record);
        for (at, last) in all.iter().enumerate() {
            let options = Options { done: [(name.to_owned(), number(last))].into(), ..Options::default() };
            let rest: Taken = Stories::from_reader_with(name, Cursor::new(bytes.clone()), options).collect();
            assert_eq!(rest, all[at + 1..], "{name} goes on behind record {}", number(last));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_inputs_are_stories_or_failures(pick in 0..14usize, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let (name, mut bytes) = every_format().swap_remove(pick % 7);
        if pick >= 7 {
            bytes = if pick % 2 == 0 { gz(&bytes) } else { zip_of(&[(name, &bytes)]) };
        }
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len()) + 1);
        let taken = taken(if pick >= 7 { "-" } else { name }, bytes);
        prop_assert!(taken.iter().flatten().all(|story| !story.text.trim().is_empty() && !story.metadata.id.is_empty()));
    }

    #[test]
    fn any_bytes_of_any_format_are_stories_or_failures(bytes in prop::collection::vec(any::<u8>(), 0..400), pick in 0..10usize) {
        let (name, magic): (&str, &[u8]) = [
            ("a.html", &b""[..]), ("a.csv", b"text,id\n"), ("a.json", b"[{"), ("a.warc", b"WARC/1.0\r\n"), ("a.rss", b"<rss version=\"2.0\">"),
            ("a.opml", b"<opml>"), ("-", b"\x1f\x8b\x08\0"), ("-", b"\x28\xb5\x2f\xfd"), ("-", b"PK\x03\x04"), ("a.tsv", b""),
        ][pick];
        let taken = taken(name, [magic, &bytes].concat());
        prop_assert!(taken.iter().flatten().all(|story| !story.text.trim().is_empty()));
    }
}

#[test]
fn paths_that_are_addresses_of_private_hosts_are_refused() {
    let taken: Taken = Stories::open(&[PathBuf::from("http://127.0.0.1:9/news")], Limits::default()).collect();
    let failure = taken[0].as_ref().expect_err("it is this machine");
    assert_eq!(failure.stage, Stage::Fetch);
    assert!(failure.hint.contains("--allow-private"), "{failure}");
}
