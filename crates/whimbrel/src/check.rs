//! `whimbrel check`: the laws of a codebook or of annotated stories.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use codebook::markup;

use crate::args::CheckArgs;
use crate::{Outcome, output};

/// Runs the verb: a folder with rooms or tables of `data/` is data, any other holds annotated stories.
pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Outcome> {
    let folder = &args.folder;
    if whimbrel::is_data(folder) {
        let faults = whimbrel::check_data(folder);
        for fault in &faults {
            // A line of 0 means the file itself.
            let line = if fault.line == 0 { String::new() } else { format!(":{}", fault.line) };
            output::message(&format!("{}{line}: {}", folder.join(&fault.file).display(), fault.message));
        }
        output::message(&format!("{}: codebook, {}", folder.display(), counted(faults.len(), "fault")));
        return Ok(outcome(faults.len()));
    }
    let mut files = Vec::new();
    collect(folder, &mut files).with_context(|| format!("cannot read {}", folder.display()))?;
    anyhow::ensure!(
        !files.is_empty(),
        "{}: neither a codebook (no folder ontology/ or lexicon/) nor annotated stories (no .txt files with lines `=== id | date | publisher`)",
        folder.display()
    );
    let (mut n_stories, mut n_events, mut n_claims, mut n_faults) = (0, 0, 0, 0);
    let mut taken: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in files {
        let bytes = fs::read(&file).with_context(|| file.display().to_string())?;
        let Ok(text) = String::from_utf8(bytes) else {
            output::message(&format!("{}: broken UTF-8", file.display()));
            n_faults += 1;
            continue;
        };
        let (stories, mut faults) = markup::read(&text);
        if stories.is_empty() {
            let message = "no story; one opens with `=== id | date or - | publisher or -`".to_owned();
            faults.push(markup::MarkupFault { line: 1, message });
        }
        faults.sort_by_key(|fault| fault.line);
        for fault in &faults {
            output::message(&format!("{}:{}: {}", file.display(), fault.line, fault.message));
        }
        for story in &stories {
            if let Some(before) = taken.insert(story.id.clone(), file.clone()).filter(|before| *before != file) {
                let before = before.display();
                output::message(&format!("{}: the id `{}` is already in {before}", file.display(), story.id));
                n_faults += 1;
            }
        }
        n_stories += stories.len();
        n_events += stories.iter().map(|story| story.n_events).sum::<usize>();
        n_claims += stories.iter().map(|story| story.n_claims).sum::<usize>();
        n_faults += faults.len();
    }
    output::message(&format!(
        "{}: {}, {}, {}, {}",
        folder.display(),
        if n_stories == 1 { "1 story".to_owned() } else { format!("{n_stories} stories") },
        counted(n_events, "event"),
        counted(n_claims, "claim"),
        counted(n_faults, "fault")
    ));
    Ok(outcome(n_faults))
}

fn outcome(n_faults: usize) -> Outcome {
    if n_faults == 0 { Outcome::Fine } else { Outcome::SomeFailed }
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if folder.is_file() {
        files.push(folder.to_path_buf());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "txt") {
            files.push(path);
        }
    }
    Ok(())
}
