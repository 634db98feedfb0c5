//! What comes in, comes out; what does not, is a failure with its place; and no bytes stop the stream.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use whimbrel_intake::{Failure, Limits, Stage, Stories, Story};

type Taken = Vec<Result<Story, Failure>>;

fn taken(name: &str, bytes: &[u8]) -> Taken {
    Stories::from_reader(name, std::io::Cursor::new(bytes.to_vec()), Limits::default()).collect()
}

#[track_caller]
fn only(taken: Taken) -> Story {
    let [Ok(story)] = &taken[..] else { panic!("one story must come out: {taken:?}") };
    story.clone()
}

#[track_caller]
fn failure(name: &str, bytes: &[u8]) -> Failure {
    let taken = taken(name, bytes);
    taken.into_iter().find_map(Result::err).expect("there must be a failure")
}

#[test]
fn a_line_gives_a_story_with_its_metadata() {
    let line = r#"{"id":"s1","text":"Police fired.","title":"T","published":"2026-11-02","publisher":"P","url":"u","agency":"A","byline":"B","language":"en"}"#;
    let story = only(taken("a.jsonl", line.as_bytes()));
    let metadata = &story.metadata;
    assert_eq!((metadata.id.as_str(), story.text.as_str(), story.line), ("s1", "Police fired.", 1));
    let fields = [
        &metadata.title,
        &metadata.published,
        &metadata.publisher,
        &metadata.url,
        &metadata.agency,
        &metadata.byline,
        &metadata.language,
    ];
    assert_eq!(fields.map(|field| field.as_deref().unwrap_or("-")), ["T", "2026-11-02", "P", "u", "A", "B", "en"]);
}

#[test]
fn missing_ids_name_the_line_and_missing_fields_stay_missing() {
    let taken = taken("dir/a.jsonl", b"\n{\"text\":\"One.\",\"title\":null,\"date\":\"2026-01-02\"}\r\n{\"id\":7,\"text\":\"Two.\"}\n");
    let stories: Vec<&Story> = taken.iter().map(|it| it.as_ref().expect("both are sound")).collect();
    assert_eq!((stories[0].metadata.id.as_str(), stories[1].metadata.id.as_str()), ("a.jsonl:2", "7"));
    assert_eq!(stories[0].metadata.title, None);
    assert_eq!(stories[0].metadata.published.as_deref(), Some("2026-01-02"));
}

#[test]
fn failures_name_line_and_reason_and_the_stream_goes_on() {
    let mut lines = vec!["{\"id\":\"x\",\"text\":\"Fine.\"}"; 9];
    lines[6] = "{\"id\":\"x\",\"text\":\"Broken}";
    let taken = taken("a.jsonl", lines.join("\n").as_bytes());
    assert_eq!(taken.iter().filter(|it| it.is_ok()).count(), 8);
    let failure = taken[6].as_ref().expect_err("line 7 is broken");
    assert_eq!((failure.line, failure.stage), (7, Stage::Parse));
    assert!(failure.reason.starts_with("invalid JSON at column"), "{failure}");
}

#[test]
fn each_kind_of_bad_input_says_what_is_wrong() {
    for (name, bytes, line, stage, reason) in [
        ("a.jsonl", &b""[..], 0, Stage::Parse, "empty"),
        ("a.jsonl", b" \n\n", 0, Stage::Parse, "empty"),
        ("a.txt", b"", 0, Stage::Parse, "empty"),
        ("a.txt", b"---\nid: x\n---\n", 4, Stage::Parse, "no text"),
        ("a.jsonl", b"{\"id\":\"x\"}", 1, Stage::Parse, "no text"),
        ("a.jsonl", b"{\"id\":\"x\",\"text\":\" \"}", 1, Stage::Parse, "no text"),
        ("a.jsonl", b"{\"text\":[\"a\"]}", 1, Stage::Parse, "the field `text` is a list"),
        ("a.jsonl", b"{\"id\":1.5,\"text\":\"a\"}", 1, Stage::Parse, "the field `id` is a number"),
        ("a.jsonl", b"{\"text\":\"a\",\"url\":{}}", 1, Stage::Parse, "the field `url` is an object"),
        ("a.jsonl", b"{\"text\":\"a\",\"text\":\"b\"}", 1, Stage::Parse, "stands twice"),
        ("a.jsonl", b"[{\"text\":\"a\"}]", 1, Stage::Parse, "invalid JSON"),
        ("a.jsonl", b"{\"text\":\"a\"} x", 1, Stage::Parse, "invalid JSON"),
        ("a.jsonl", b"{\"text\":\"caf\xe9\"}", 1, Stage::Decode, "broken UTF-8 at byte 13"),
        ("a.jsonl", b"\xff\xfe{\0}\0", 0, Stage::Decode, "UTF-16"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", 0, Stage::Decode, "binary"),
        ("a.txt", b"abc\0def", 0, Stage::Decode, "binary"),
    ] {
        let failure = failure(name, bytes);
        assert!(failure.reason.contains(reason), "{name}: {failure}");
        assert_eq!((failure.line, failure.stage), (line, stage), "{failure}");
        assert!(!failure.valid.is_empty(), "{failure} does not say what is valid");
    }
}

#[test]
fn a_line_over_the_limit_fails_alone() {
    let limits = Limits { line_bytes: 100, ..Limits::default() };
    let lines = format!("{{\"text\":\"{}\"}}\n{{\"text\":\"Fine.\"}}\n", "long ".repeat(1000));
    let taken: Taken = Stories::from_reader("a.jsonl", std::io::Cursor::new(lines), limits).collect();
    assert!(taken[0].as_ref().is_err_and(|failure| failure.line == 1 && failure.reason.contains("KiB long")));
    assert!(taken[1].as_ref().is_ok_and(|story| story.line == 2));
    let page = Stories::from_reader("a.txt", std::io::Cursor::new("long ".repeat(1000)), limits).next();
    assert!(page.is_some_and(|page| page.is_err_and(|failure| failure.reason.contains("longer than"))));
}

#[test]
fn pages_carry_front_matter_headings_and_charsets() {
    let story = only(taken("a.md", b"---\nid: s1\nagency: NPS\n---\n\n# Talks off\n\nKabul said no.\n"));
    assert_eq!((story.metadata.id.as_str(), story.metadata.title.as_deref()), ("s1", Some("Talks off")));
    assert_eq!((story.metadata.agency.as_deref(), story.text.as_str()), (Some("NPS"), "Kabul said no.\n"));
    let story = only(taken("dir/b.txt", b"# Not a heading\nBogot\xe1 said no.\n"));
    assert_eq!((story.metadata.id.as_str(), story.text.as_str()), ("b", "# Not a heading\nBogotá said no.\n"));
    assert_eq!(story.notes[0].kind, "charset");
}

#[test]
fn inputs_without_an_ending_are_told_by_their_first_bytes() {
    assert_eq!(only(taken("-", b"  {\"id\":\"s1\",\"text\":\"One.\"}")).metadata.id, "s1");
    assert_eq!(only(taken("-", b"Police fired.")).text, "Police fired.");
}

#[test]
fn remarks_name_unread_fields_once_and_ids_that_come_again() {
    let line = "{\"id\":\"s1\",\"text\":\"One.\",\"score\":[1,{\"a\":2}],\"lang\":\"en\"}\n";
    let mut stories = Stories::from_reader("a.jsonl", std::io::Cursor::new(line.repeat(3)), Limits::default());
    assert_eq!(stories.by_ref().filter(Result::is_ok).count(), 3);
    let remarks: Vec<String> = stories.take_remarks().iter().map(ToString::to_string).collect();
    assert_eq!(remarks.len(), 4, "{remarks:?}");
    assert!(remarks[0].starts_with("a.jsonl:1: reading language from `lang`"), "{remarks:?}");
    assert!(remarks[1].starts_with("a.jsonl:1: the field `score` is not read"), "{remarks:?}");
    assert!(remarks[2].starts_with("a.jsonl:2: the id `s1` came before"), "{remarks:?}");
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder can be made");
    fs::write(path, text).expect("the file can be written");
}

#[test]
fn folders_are_walked_in_order() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(&folder.path().join("b/2.txt"), "Two.");
    write(&folder.path().join("b/.hidden.txt"), "Hidden.");
    write(&folder.path().join("a.jsonl"), "{\"id\":\"j\",\"text\":\"J.\"}");
    write(&folder.path().join("c.md"), "Three.");
    let empty = folder.path().join("b/none");
    fs::create_dir(&empty).expect("the folder can be made");
    let ids: Vec<String> = Stories::open(&[folder.path().to_path_buf()], Limits::default())
        .map(|story| story.expect("all are sound").metadata.id)
        .collect();
    assert_eq!(ids, ["j", "b/2", "c"]);
    let paths = [empty, folder.path().join("missing.txt"), folder.path().join("c.md")];
    let taken: Taken = Stories::open(&paths, Limits::default()).collect();
    assert!(taken[0].as_ref().is_err_and(|failure| failure.reason.contains("no files")));
    assert!(taken[1].as_ref().is_err_and(|failure| failure.stage == Stage::Open));
    assert!(taken[2].as_ref().is_ok_and(|story| story.metadata.id == "c"));
}

#[test]
fn the_meter_reaches_the_end() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(&folder.path().join("a.jsonl"), &"{\"text\":\"J.\"}\n".repeat(5000));
    let mut stories = Stories::open(&[PathBuf::from(folder.path())], Limits::default());
    let meter = stories.meter();
    assert_eq!(stories.by_ref().count(), 5000);
    assert_eq!((meter.read_bytes(), meter.total_bytes()), (14 * 5000, 14 * 5000));
}

proptest! {
    #[test]
    fn any_bytes_come_out_as_stories_or_failures(bytes in prop::collection::vec(any::<u8>(), 0..600), pick in 0..4usize) {
        let name = ["a.jsonl", "a.txt", "a.md", "-"][pick];
        let taken = taken(name, &bytes);
        prop_assert!(!taken.is_empty());
        for story in taken.into_iter().flatten() {
            prop_assert!(!story.text.trim().is_empty() && !story.metadata.id.is_empty());
        }
    }

    #[test]
    fn any_text_comes_out_unchanged(text in "\\PC{1,80}") {
        prop_assume!(!text.trim().is_empty());
        let line = format!("{}\n", serde_json::json!({ "id": "s1", "text": text }));
        prop_assert_eq!(only(taken("a.jsonl", line.as_bytes())).text, text);
    }

    #[test]
    fn any_lines_are_documents_or_failures(bank in "([0-9.-]{1,3}\t[a-z]{0,3}(\t_){7,9}\n|# newdoc\n|\n|# newpar\n){0,20}") {
        for document in whimbrel_intake::conllu::Documents::new("bank", bank.as_bytes()).flatten() {
            let document = document.document;
            for sentence in &document.sentences {
                prop_assert!(!sentence.tokens.is_empty());
            }
            prop_assert_eq!(document.sentences.last().map(|sentence| sentence.tokens.end), Some(document.tokens.len()));
        }
    }
}
