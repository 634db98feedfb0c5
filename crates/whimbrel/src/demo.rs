//! `whimbrel demo`: a new ledger of the stories that the program carries, and the questions that can be asked of it.
//!
//! Each question is shown as the command that asks it, and answered by that command.

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;
use include_dir::{Dir, include_dir};
use intake::{Limits, Stories};
use whimbrel::Reader;

use crate::args::{Args, DemoArgs};
use crate::keep::{Keeper, keep_all};
use crate::progress::Progress;
use crate::read::Failures;
use crate::{Outcome, output, work};

/// Invented reports of one autumn between two neighbours.
static STORIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../examples/stories");

/// What is asked, and how.
const QUESTIONS: &[(&str, &[&str])] = &[
    ("What happened? The attacks of the middle of September.", &["events", "--type", "ASSAULT", "--since", "2026-09-10", "--until", "2026-09-20"]),
    ("What is planned, and what became of it?", &["agenda", "--since", "2026-09-20", "--on", "2026-11-30"]),
    ("Who says what against whom? A ministry denies what officials said.", &["claims", "--since", "2026-09-05", "--until", "2026-09-05"]),
    ("Who is someone: names, offices, deeds, words?", &["actor", "Zadran"]),
    ("How do two countries deal with each other?", &["timeline", "AFG", "PAK"]),
    (
        "Which stories are copies of one source?",
        &[
            "sql",
            "SELECT origin, count(*) AS n_stories, group_concat(publisher, '; ') AS publishers FROM origins JOIN stories USING (story_id) \
             GROUP BY origin HAVING n_stories > 1",
        ],
    ),
];

/// Runs the verb.
pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<Outcome> {
    let ledger = &args.ledger;
    if args.serve {
        // One that is there is shown again.
        if !ledger.exists() {
            keep_stories(args)?;
        }
        return verb(["serve".into(), "--ledger".into(), ledger.clone().into(), "--addr".into(), args.addr.to_string().into()]);
    }
    keep_stories(args)?;
    for (question, words) in QUESTIONS {
        ask(args, question, words)?;
    }
    let mut out = output::stdout();
    writeln!(out, "\nThe same of your own stories: whimbrel add FOLDER --ledger FILE")?;
    writeln!(out, "As pages in a browser: whimbrel serve --ledger {}", ledger.display())?;
    Ok(Outcome::Fine)
}

/// Keeps the stories that the program carries in a new ledger.
fn keep_stories(args: &DemoArgs) -> anyhow::Result<()> {
    let ledger = &args.ledger;
    anyhow::ensure!(!ledger.exists(), "{} is there already; valid is a new file: --ledger FILE", ledger.display());
    let reader = Reader::bundled()?;
    let mut keeper = Keeper::begin(ledger, &reader)?;
    let mut files: Vec<_> = STORIES.files().collect();
    files.sort_by_key(|file| file.path());
    let items = files.into_iter().flat_map(|file| {
        let name = format!("examples/stories/{}", file.path().display());
        Stories::from_reader(&name, file.contents(), Limits::default())
    });
    let mut failures = Failures::open(None)?;
    keep_all(&mut keeper, &reader, work::default_jobs(), items, &mut Progress::new(std::sync::Arc::default()), &mut failures)?;
    let summary = keeper.end()?;
    output::message(&format!("{}: {summary}", ledger.display()));
    Ok(())
}

/// Runs another verb of the program.
fn verb(words: impl IntoIterator<Item = OsString>) -> anyhow::Result<Outcome> {
    let words = std::iter::once(OsString::from("whimbrel")).chain(words);
    crate::run(Args::try_parse_from(words)?.verb)
}

/// Shows a question with its command, and runs it.
fn ask(args: &DemoArgs, question: &str, words: &[&str]) -> anyhow::Result<()> {
    let mut out = output::stdout();
    let quoted = |word: &&str| if word.contains(' ') { format!("\"{word}\"") } else { (*word).to_owned() };
    let shown = words.iter().map(quoted).collect::<Vec<_>>().join(" ");
    writeln!(out, "\n{question}\n\n  $ whimbrel {shown} --ledger {}\n", args.ledger.display())?;
    // The answer has a buffer of its own, and comes behind this.
    out.flush()?;
    drop(out);
    let options = [OsString::from("--ledger"), args.ledger.clone().into(), "--format".into(), "table".into()];
    verb(words.iter().map(OsString::from).chain(options))?;
    Ok(())
}
