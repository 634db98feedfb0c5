//! Killed at any moment, the ledger holds every acknowledged story once and whole.
//!
//! A child process appends small batches and says after each that it is kept; it is killed without warning at random
//! points. `WHIMBREL_CRASHES=1000` sets how often; the points are the same in every run of the test.

#[path = "../examples/generate/story.rs"]
#[allow(dead_code, reason = "shared with the example")]
mod story;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use story::Random;
use whimbrel_ledger::{Batch, Ledger, Mark, Moment, Outcome, Program};

const LEDGER: &str = "WHIMBREL_CRASH_LEDGER";
const INPUT: &str = "generated";
const BATCH: u64 = 3;

fn position(ledger: &Ledger) -> u64 {
    let mark = ledger.mark(INPUT).expect("marks can be read");
    mark.map_or(0, |mark| mark.parse().expect("the mark is a number"))
}

/// The child: appends until it is killed. Without a ledger in the environment it is no test.
#[test]
fn writer() {
    let Some(path) = std::env::var_os(LEDGER) else { return };
    let path = Path::new(&path);
    let mut ledger = if path.exists() { Ledger::open(path) } else { Ledger::create(path) }.expect("the ledger opens");
    let program = Program { model: story::MODEL, codebook: story::CODEBOOK, program: "crash" };
    let run = ledger.begin_run(program, Moment(0)).expect("a run begins");
    // The last batch again, as someone does who did not get the receipt.
    let mut first = position(&ledger).saturating_sub(BATCH);
    loop {
        let entries = (first..first + BATCH).map(|number| story::entry(number, INPUT)).collect();
        let marks = vec![Mark { input: INPUT.into(), position: (first + BATCH).to_string() }];
        let batch = Batch { entries, marks, ..Batch::default() };
        ledger.append(run, Moment(first as i64), &batch).expect("a batch is kept");
        first += BATCH;
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nkept {first}").and_then(|()| out.flush()).expect("someone listens");
    }
}

/// Lets the child append and kills it; gives the number of stories that it said were kept.
fn kill_at_a_random_point(path: &Path, random: &mut Random) -> u64 {
    let mut child = Command::new(std::env::current_exe().expect("the test knows itself"))
        .args(["--exact", "writer", "--nocapture"])
        .env(LEDGER, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts");
    let lines = BufReader::new(child.stdout.take().expect("the child's output is piped")).lines();
    let mut kept = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("kept ")?.parse::<u64>().ok());
    // Sometimes before the first batch, in the making of the file.
    let n_receipts = random.below(6);
    let mut acknowledged = kept.by_ref().take(n_receipts as usize).last().unwrap_or(0);
    std::thread::sleep(Duration::from_micros(random.below(if n_receipts == 0 { 20_000 } else { 4_000 })));
    child.kill().expect("the child can be killed");
    child.wait().expect("the child ends");
    // What it said between the last line read and its end counts too.
    acknowledged = kept.last().unwrap_or(acknowledged);
    acknowledged
}

fn check(path: &Path, before: u64, acknowledged: u64) -> u64 {
    let ledger = Ledger::open(path).expect("a ledger whose writer was killed opens");
    let n_marked = position(&ledger);
    assert!(n_marked >= acknowledged.max(before), "{acknowledged} stories were acknowledged, {n_marked} are kept");
    let count = |sql: &str| -> u64 {
        let n: i64 = ledger.connection().query_row(sql, [], |row| row.get(0)).expect("rows can be counted");
        n.unsigned_abs()
    };
    assert_eq!(count("SELECT count(*) FROM stories"), n_marked, "each story is there once, and no batch in part");
    assert_eq!(count("SELECT count(DISTINCT id) FROM current_stories"), n_marked, "each story is there once");
    assert_eq!(count("SELECT count(*) FROM codings"), n_marked, "each story has one coding");
    for number in before.saturating_sub(BATCH)..n_marked {
        let expected = story::entry(number, INPUT);
        let coding_id = i64::try_from(number).expect("small") + 1;
        let stored = ledger.coding(coding_id).expect("it can be read").expect("it is there");
        assert_eq!((&stored.text, &stored.coding), (&expected.text, &expected.coding), "story {number} is whole");
    }
    n_marked
}

#[test]
fn acknowledged_stories_outlive_the_process() {
    if std::env::var_os(LEDGER).is_some() {
        return;
    }
    let n_crashes = std::env::var("WHIMBREL_CRASHES").map_or(200, |n| n.parse().expect("WHIMBREL_CRASHES is a number"));
    let mut random = Random::new(7);
    let (mut n_done, mut n_kept) = (0, 0);
    while n_done < n_crashes {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("crash.whimbrel");
        let mut before = 0;
        // The same ledger is killed again and again, so that recovering from a recovery is tried too.
        for _ in 0..20.min(n_crashes - n_done) {
            let acknowledged = kill_at_a_random_point(&path, &mut random);
            if path.exists() {
                before = check(&path, before, acknowledged);
            }
            n_done += 1;
        }
        let ledger = Ledger::open(&path).expect("the ledger opens");
        assert_eq!(ledger.doctor().expect("the ledger can be examined"), [], "the ledger is sound");
        n_kept += before;
    }
    assert!(n_kept > n_crashes, "{n_crashes} crashes with {n_kept} stories kept tried next to nothing");
}

#[test]
fn a_batch_handed_over_again_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut ledger = Ledger::create(&folder.path().join("again.whimbrel")).expect("a ledger can be made");
    let program = Program { model: story::MODEL, codebook: story::CODEBOOK, program: "crash" };
    let run = ledger.begin_run(program, Moment(0)).expect("a run begins");
    let batch = Batch { entries: (0..9).map(|number| story::entry(number, INPUT)).collect(), ..Batch::default() };
    let first = ledger.append(run, Moment(1), &batch).expect("a batch is kept");
    let again = ledger.append(run, Moment(2), &batch).expect("a batch is kept");
    assert!(first.kept.iter().all(|kept| kept.outcome == Outcome::Added));
    assert!(again.kept.iter().all(|kept| kept.outcome == Outcome::Known));
    assert!(again.coding_ids.is_empty(), "what is known is not coded again");
}
