//! The program as people run it: help, exit codes, messages, formats. Nothing here depends on what the model predicts.
//!
//! `UPDATE_EXPECT=1 cargo test -p whimbrel --test cli` writes the reference page of the command line anew.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Runs the program with nothing on standard input.
fn whimbrel(args: &[&str]) -> Output {
    fed(args, "")
}

/// Runs the program with this on standard input.
fn fed(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_whimbrel"))
        .args(args)
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built");
    let mut stdin = child.stdin.take().expect("standard input is piped");
    // A program that ends early does not read all of it.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the output is UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn ends(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "standard error: {}", err(output));
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
    }
    folder
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().expect("paths of tests are plain").to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const STORIES: &str = r#"{"id":"s1","title":"Truce talks","published":"2026-11-02","publisher":"Harbour Post","text":"PORT VALE, Nov 2 (NPS) - Rebel gunmen fired on an army convoy near Dubar on Sunday, killing four soldiers, a police officer said.\n\n\"We will answer,\" General Omar Haddad said. The rebels denied the attack."}
{"id":"s2","published":"2026-11-03T08:00:00Z","text":"The foreign minister of Ukraine will visit Warsaw next week for talks on grain, two officials said."}
{"id":"s3","text":"Nothing happened here."}
{"id":"s4","published":"2026-11-04","text":"Thousands protested in Nairobi against a new tax. Police arrested 30 people, witnesses said."}
"#;

#[test]
fn the_reference_page_is_the_help() {
    let mut page = String::from(
        "# The command line\n\nWhat `--help` says, verb by verb. [Reading stories](../guides/reading.md) shows it at work.\n",
    );
    let asking = ["events", "agenda", "claims", "timeline", "actor", "search", "story", "stats", "sql"];
    let keeping = ["", "read", "analyze", "explain", "add", "watch", "demo", "resolve", "reread", "doctor"];
    for verb in keeping.into_iter().chain(asking).chain(["check"]) {
        let args: Vec<&str> = [verb, "--help"].into_iter().filter(|arg| !arg.is_empty()).collect();
        let help = whimbrel(&args);
        ends(&help, 0);
        let name = if verb.is_empty() { "whimbrel".to_owned() } else { format!("whimbrel {verb}") };
        // Trailing spaces of clap's columns are no part of the page.
        let text: Vec<String> = out(&help).lines().map(|line| line.trim_end().to_owned()).collect();
        page.push_str(&format!("\n## `{name}`\n\n```text\n{}\n```\n", text.join("\n").trim_end()));
    }
    assert!(page.contains("Exit codes:") && page.contains("Examples:"));
    expect_test::expect_file!["../../../docs/reference/cli.md"].assert_eq(&page);
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_valid() {
    for (args, message) in [
        (&[][..], "Usage"),
        (&["reed", "x.txt"], "read"),
        (&["read"], "INPUT"),
        (&["read", "x.txt", "--format", "xml"], "jsonl"),
        (&["read", "x.txt", "--jobs", "0"], "1..=256"),
        (&["explain", "x.txt", "--stage", "parse"], "analysis"),
    ] {
        let output = whimbrel(args);
        ends(&output, 2);
        assert!(err(&output).contains(message), "{args:?}: {}", err(&output));
    }
}

#[test]
fn a_run_that_cannot_begin_ends_with_1() {
    let files = folder(&[("s.jsonl", STORIES.as_bytes()), ("data/ontology/event/assault.toml", b"id = 'ASSAULT'\n")]);
    let story = path(&files, "s.jsonl");
    for (option, value, message) in [
        ("--data", path(&files, "data"), "data cannot be loaded: data/ontology/event/assault.toml"),
        ("--data", path(&files, "none"), "no data files in this folder"),
        ("--weights", story.clone(), "model"),
        ("--weights", path(&files, "none"), "weights"),
        ("--failed-out", path(&files, "none/failed.jsonl"), "cannot write"),
    ] {
        let output = whimbrel(&["read", &story, option, &value]);
        ends(&output, 1);
        assert!(err(&output).starts_with("error: ") && err(&output).contains(message), "{option}: {}", err(&output));
        assert_eq!(out(&output), "", "{option}");
    }
}

#[test]
fn bad_inputs_are_named_and_the_others_are_read() {
    let mut lines: Vec<&str> = STORIES.lines().collect();
    lines.extend(["{\"id\":\"s5\",\"text\":5}", "{\"id\":\"s6\"}", "{\"id\":\"s7\",\"text\":\"cut off", "{\"id\":\"s8\",\"text\":\"Fine.\"}"]);
    let files = folder(&[
        ("a.jsonl", lines.join("\n").as_bytes()),
        ("b.jsonl", b"{\"text\":\"caf\xe9\"}\n"),
        ("c.txt", b""),
        ("d.png", b"\x89PNG\r\n\x1a\n\0\0"),
        ("e.md", b"---\nid: good\npublished: someday\n---\nPolice fired in Lagos.\n"),
        ("f.md", b"---\nid: bad\nwhat is this\n---\nText.\n"),
    ]);
    let failed = path(&files, "../failed.jsonl");
    let failed_file = tempfile::NamedTempFile::new().expect("a file can be made");
    let failed_path = failed_file.path().to_str().expect("paths of tests are plain");
    let all = folder_path(&files);
    let output = whimbrel(&["read", &all, &path(&files, "missing.txt"), "--format", "jsonl", "--failed-out", failed_path]);
    ends(&output, 3);
    let ids: Vec<String> = out(&output).lines().map(|line| json(line)["id"].as_str().unwrap_or("").to_owned()).collect();
    assert_eq!(ids, ["s1", "s2", "s3", "s4", "s8", "good"]);
    let messages = err(&output);
    for message in [
        "a.jsonl:5: the field `text` is a number; valid is a string",
        "a.jsonl:6: the story has no text; valid is a field `text`",
        "a.jsonl:7: invalid JSON at column",
        "b.jsonl:1: broken UTF-8 at byte 13 of the line; valid is UTF-8",
        "c.txt: the file is empty",
        "d.png: the file is binary, no text",
        "e.md:5: the publication time `someday` is no date; write it as 2026-11-02",
        "f.md:3: the front matter has no key in `what is this`; valid is lines of the form `key: value`",
        "missing.txt: ",
        "8 failed",
    ] {
        assert!(messages.contains(message), "`{message}` is missing in:\n{messages}");
    }
    let rows: Vec<Value> = fs::read_to_string(failed_path).expect("failures were written").lines().map(json).collect();
    assert_eq!(rows.len(), 8, "{failed}");
    assert_eq!((&rows[0]["line"], &rows[0]["id"], &rows[0]["stage"]), (&5.into(), &"s5".into(), &"parse".into()));
    assert!(rows.iter().all(|row| !row["reason"].as_str().unwrap_or("").is_empty()));
}

fn folder_path(folder: &TempDir) -> String {
    folder.path().to_str().expect("paths of tests are plain").to_owned()
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn remarks_do_not_fail_a_run() {
    let line = "{\"id\":\"s1\",\"text\":\"Fine.\",\"score\":1}\n";
    let output = fed(&["read", "-", "--format", "jsonl"], &line.repeat(3));
    ends(&output, 0);
    assert_eq!(err(&output).matches("`score` is not read").count(), 1);
    assert_eq!(err(&output).matches("the id `s1` came before").count(), 2);
}

#[test]
fn the_number_of_jobs_changes_no_byte() {
    let files = folder(&[("s.jsonl", STORIES.repeat(6).as_bytes())]);
    let story = path(&files, "s.jsonl");
    for format in ["jsonl", "json", "csv", "table", "page"] {
        let run = |jobs: &str| whimbrel(&["read", &story, "--format", format, "--jobs", jobs]);
        let (one, four) = (run("1"), run("4"));
        ends(&one, 0);
        assert!(!one.stdout.is_empty() && one.stdout == four.stdout, "{format}");
    }
}

#[test]
fn codings_carry_the_documented_keys_and_spans_in_code_points() {
    let text = "🕊🕊 “Größe” zählt. Rebels fired on Kyiv on Sunday, Erdoğan said. Second one.";
    let line = serde_json::json!({"id": "s1", "title": "T", "published": "2026-11-02", "text": text}).to_string();
    let coding = json(&out(&fed(&["read", "-", "--format", "jsonl"], &line)));
    assert_eq!((coding["text"].as_str(), coding["title"].as_str()), (Some(text), Some("T")));
    for key in ["id", "published", "publisher", "agency", "url", "language", "model", "codebook"] {
        assert!(coding.get(key).is_some(), "{key}");
    }
    for key in ["actors", "events", "claims", "timexes", "toponyms", "notes"] {
        assert!(coding[key].is_array(), "{key}");
    }
    let layers = json(&out(&fed(&["analyze", "-", "--format", "json"], &line)));
    let letters: Vec<char> = text.chars().collect();
    let slice = |span: &Value| -> String {
        let at = |idx: usize| usize::try_from(span[idx].as_u64().expect("a span has two numbers")).expect("it is small");
        letters.get(at(0)..at(1)).expect("the span lies in the text").iter().collect()
    };
    let sentences: Vec<String> = layers["sentences"].as_array().expect("a list").iter().map(slice).collect();
    assert_eq!(sentences.last().map(String::as_str), Some("Second one."));
    for list in ["mentions", "timexes", "toponyms"] {
        for item in layers[list].as_array().expect("a list") {
            let words = slice(&item["span"]);
            assert!(!words.is_empty() && words.trim() == words, "{list}: {words:?}");
        }
    }
    for event in coding["events"].as_array().expect("a list") {
        assert!(!slice(&event["trigger"]).trim().is_empty());
    }
}

/// What a terminal or a spreadsheet would obey.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}Rebels \u{9b}31mfired\u{202e} on Kyiv\u{2066}.\u{e000} =1+1";

#[test]
fn hostile_stories_move_no_cursor_and_run_no_formula() {
    let story = |id: &str| {
        let metadata = serde_json::json!({
            "id": id, "title": format!("@SUM(A1){HOSTILE}"), "publisher": "=cmd|' /C calc'!A0", "url": "-2+3", "agency": "+1\t@x",
            "text": format!("{HOSTILE}\nPolice arrested 30 people in Lagos on Sunday. Rebels killed four soldiers, {HOSTILE} said."),
        });
        metadata.to_string()
    };
    let files = folder(&[("s.jsonl", format!("{}\n{}\n", story("=x\u{1b}[0m"), story("y")).as_bytes())]);
    let input = path(&files, "s.jsonl");
    for format in ["page", "table", "csv", "jsonl", "json"] {
        let output = whimbrel(&["read", &input, "--format", format, "--color", "never"]);
        ends(&output, 0);
        let bad: Vec<char> = out(&output).chars().filter(|&c| obeyed(c)).collect();
        assert_eq!(bad, [], "{format}");
    }
    let colored = out(&whimbrel(&["read", &input, "--format", "page", "--color", "always"]));
    // Colours of the page itself are of the form ESC [ figures m; the story's have lost their ESC.
    for part in colored.split('\u{1b}').skip(1) {
        let code: String = part.chars().take_while(|&c| c != 'm').collect();
        assert!(code.len() < 8 && code.starts_with('[') && code[1..].bytes().all(|b| b.is_ascii_digit() || b == b';'), "{part:?}");
    }
    assert!(!colored.contains("\u{1b}[2J"));
    let csv = out(&whimbrel(&["read", &input, "--format", "csv"]));
    for cell in cells(&csv) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']) || cell.parse::<f64>().is_ok(), "{cell:?}");
    }
    let failing = whimbrel(&["read", &path(&files, "none\u{1b}[2J.txt")]);
    ends(&failing, 3);
    assert!(!err(&failing).contains('\u{1b}'));
}

fn obeyed(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cells of a CSV, read by RFC 4180.
fn cells(csv: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = csv.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => cells.push(std::mem::take(&mut cell)),
            '\r' if !quoted && letters.peek() == Some(&'\n') => {}
            c => cell.push(c),
        }
    }
    cells
}

#[test]
fn csv_rows_are_as_long_as_their_header() {
    let csv = out(&fed(&["read", "-", "--format", "csv"], STORIES));
    assert!(csv.ends_with("\r\n") && csv.starts_with("story_id,title,"));
    let n_columns = csv.lines().next().map_or(0, |head| head.split(',').count());
    for row in csv.split_inclusive("\r\n") {
        assert_eq!(cells(row).len(), n_columns, "{row}");
    }
}

#[test]
fn json_is_one_array() {
    for (input, n) in [(STORIES, 4), ("{\"text\":5}", 0)] {
        let array = json(&out(&fed(&["read", "-", "--format", "json"], input)));
        assert_eq!(array.as_array().map(Vec::len), Some(n));
    }
}

const BANK: &str = "# newdoc id = bank\n# sent_id = b1\n# text = I can't.\n1\tI\t_\t_\t_\t_\t_\t_\t_\t_\n\
    2-3\tcan't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n2\tca\t_\t_\t_\t_\t_\t_\t_\t_\n3\tn't\t_\t_\t_\t_\t_\t_\t_\t_\n\
    4\t.\t_\t_\t_\t_\t_\t_\t_\t_\n\n# sent_id = b2\n1\tSt. Petersburg\t_\t_\t_\t_\t_\t_\t_\t_\n2\tfell\t_\t_\t_\t_\t_\t_\t_\t_\n\n";

/// Ids of sentences, words of each, and heads of each.
fn sentences(conllu: &str) -> Vec<(String, Vec<String>, Vec<usize>)> {
    let mut out = Vec::new();
    for block in conllu.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let mut sentence = (String::new(), Vec::new(), Vec::new());
        for line in block.lines() {
            if let Some(id) = line.strip_prefix("# sent_id = ") {
                sentence.0 = id.to_owned();
            }
            let columns: Vec<&str> = line.split('\t').collect();
            if columns.len() == 10 && !columns[0].contains('-') {
                sentence.1.push(columns[1].to_owned());
                sentence.2.push(columns[6].parse().expect("a head is a number"));
            }
        }
        out.push(sentence);
    }
    out
}

#[test]
fn given_words_and_sentences_are_kept() {
    let output = fed(&["analyze", "-", "--pretokenized", "--format", "conllu"], BANK);
    ends(&output, 0);
    let found = sentences(&out(&output));
    let words: Vec<(&str, Vec<&str>)> =
        found.iter().map(|(id, words, _)| (id.as_str(), words.iter().map(String::as_str).collect())).collect();
    assert_eq!(words, [("b1", vec!["I", "ca", "n't", "."]), ("b2", vec!["St. Petersburg", "fell"])]);
    assert!(out(&output).contains("# newdoc id = bank\n") && out(&output).contains("2-3\tcan't\t"));
    for (id, words, heads) in &found {
        assert_eq!(heads.iter().filter(|&&head| head == 0).count(), 1, "{id} has one root");
        assert!(heads.iter().all(|&head| head <= words.len()), "{id}: {heads:?}");
    }
    let broken = fed(&["analyze", "-", "--pretokenized", "--format", "conllu"], "1\tI\t_\n");
    ends(&broken, 3);
    assert!(err(&broken).contains("-:1: the word has 3 columns; valid is ten columns"), "{}", err(&broken));
}

#[test]
fn conllu_of_a_story_covers_its_words() {
    let output = fed(&["analyze", "-", "--format", "conllu"], STORIES);
    ends(&output, 0);
    let found = sentences(&out(&output));
    assert!(found.iter().any(|(id, words, _)| id == "s3-1" && words.join(" ") == "Nothing happened here ."));
    assert_eq!(out(&output).matches("# newdoc id = ").count(), 4);
}

#[test]
fn explain_shows_the_stages_that_were_asked_for() {
    let heads = |stage: &str| -> Vec<String> {
        let output = fed(&["explain", "-", "--stage", stage], STORIES.lines().next().unwrap_or(""));
        ends(&output, 0);
        out(&output).lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect()
    };
    assert_eq!(heads("all"), ["text", "analysis", "coding"]);
    assert_eq!(heads("text"), ["text"]);
    assert_eq!(heads("coding"), ["coding"]);
}

#[test]
fn check_tells_codebooks_and_corpora_apart() {
    let data = root().join("data");
    let sound = whimbrel(&["check", data.to_str().expect("the path is plain")]);
    ends(&sound, 0);
    assert!(err(&sound).contains("codebook, 0 faults"), "{}", err(&sound));
    let corpus = folder(&[("a.txt", b"=== a-1 | 2026-01-02 | -\n[[A1=TUR.MIL|Jets]] [[E1 ASSAULT/aerial happened|bombed]] it.\n")]);
    let sound = whimbrel(&["check", &folder_path(&corpus)]);
    ends(&sound, 0);
    assert!(err(&sound).contains("1 story, 1 event, 0 claims, 0 faults"), "{}", err(&sound));
    let broken = folder(&[
        ("a.txt", b"=== a-1 | - | -\nfine\n[[E1 ATTACK happened|hit]] and [[A2=TUR.XYZ|a]]\n[[Q1|said\n"),
        ("b.txt", b"=== a-1 | - | -\n[[S1~friend|he]] [[E1 ASSAULT/kick happened|hit]]\n"),
        ("c.txt", b"=== c-1 | - | -\n[[Q1|said]] [[A2=TUR.MIL|jets]]\n"),
    ]);
    let faults = whimbrel(&["check", &folder_path(&broken)]);
    ends(&faults, 3);
    for message in [
        "a.txt:3: `E1 ATTACK happened`: no event type `ATTACK`; valid are AGREE",
        "a.txt:3: `A2=TUR.XYZ`: no sector `XYZ`",
        "a.txt:4: the tag `Q1` is not closed",
        "b.txt: the id `a-1` is already in",
        "b.txt:2: `S1~friend`: no kind of source `friend`; valid are named",
        "b.txt:2: `E1 ASSAULT/kick happened`: ASSAULT has no mode `kick`; valid are ",
        "claim 1 has no content",
        "event 2 has 0 triggers",
    ] {
        assert!(err(&faults).contains(message), "`{message}` is missing in:\n{}", err(&faults));
    }
    let neither = folder(&[("readme.md", b"Nothing.")]);
    let output = whimbrel(&["check", &folder_path(&neither)]);
    ends(&output, 1);
    assert!(err(&output).contains("neither a codebook"), "{}", err(&output));
}

#[test]
fn tables_are_replaced_file_by_file() {
    let files = folder(&[
        ("s.jsonl", b"{\"id\":\"s\",\"published\":\"2026-01-02\",\"text\":\"He left on the umpteenthday of May.\"}\n"),
        ("empty/time/relative.toml", b"# no rules\n"),
        ("ours/text/starter.tsv", b"word\tfrom\nhe\ttest\n"),
        ("bad/time/date.toml", b"\n[[rulle]]\n"),
        ("bad/text/unit.tsv", b"unit\tfrom\nkm\n"),
        ("bad/grammar/verb.tsv", b"verb\n"),
    ]);
    let story = path(&files, "s.jsonl");
    for data in ["empty", "ours"] {
        ends(&whimbrel(&["read", &story, "--data", &path(&files, data)]), 0);
        let sound = whimbrel(&["check", &path(&files, data)]);
        ends(&sound, 0);
        assert!(err(&sound).contains("0 faults"), "{}", err(&sound));
    }
    let refused = whimbrel(&["read", &story, "--data", &path(&files, "bad")]);
    ends(&refused, 1);
    assert!(err(&refused).contains("data cannot be loaded: data/text/unit.tsv:2: has 1 columns"), "{}", err(&refused));
    let faults = whimbrel(&["check", &path(&files, "bad")]);
    ends(&faults, 3);
    for message in [
        "bad/grammar/verb.tsv:1: the header must read `lemma<TAB>from`",
        "bad/text/unit.tsv:2: has 1 columns, its header 2",
        "bad/time/date.toml:2: unknown field `rulle`",
        "3 faults",
    ] {
        assert!(err(&faults).contains(message), "`{message}` is missing in:\n{}", err(&faults));
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let files = folder(&[("s.jsonl", STORIES.repeat(200).as_bytes())]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_whimbrel"))
        .args(["read", &path(&files, "s.jsonl"), "--format", "jsonl"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    ends(&output, 0);
    assert!(!err(&output).contains("panicked"), "{}", err(&output));
}
