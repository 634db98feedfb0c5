//! `whimbrel read`: stories to codings.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use intake::{Failure, Limits, Stories, Story};
use whimbrel::{Reader, Reading};

use crate::args::{ReadArgs, ReadFormat};
use crate::progress::Progress;
use crate::{Outcome, output, page, table, work};

/// A reader with what the command line puts in place of what is built in.
pub(crate) fn reader(weights: Option<&Path>, data: Option<&Path>) -> anyhow::Result<Reader> {
    let reader = match weights {
        Some(file) => Reader::with_weights(file).with_context(|| file.display().to_string())?,
        None => Reader::bundled()?,
    };
    Ok(match data {
        Some(folder) => reader.with_codebook(folder)?,
        None => reader,
    })
}

/// Where failures go: messages, and a file if one was named.
pub(crate) struct Failures {
    file: Option<BufWriter<File>>,
}

impl Failures {
    /// Opens the file for failures, if any.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let create = |path: &Path| File::create(path).with_context(|| format!("cannot write {}", path.display()));
        Ok(Self { file: path.map(create).transpose()?.map(BufWriter::new) })
    }

    /// Tells of one failure.
    pub(crate) fn tell(&mut self, failure: &Failure) -> anyhow::Result<()> {
        output::message(&failure.to_string());
        if !failure.hint.is_empty() {
            output::message(&format!("hint: {}", failure.hint));
        }
        if let Some(file) = &mut self.file {
            let row = serde_json::json!({
                "input": failure.input, "line": failure.line, "id": failure.id, "stage": failure.stage.word(),
                "reason": failure.reason, "valid": failure.valid,
            });
            writeln!(file, "{row}")?;
        }
        Ok(())
    }

    /// Makes sure that all of them are on disk.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        match self.file {
            Some(mut file) => Ok(file.flush()?),
            None => Ok(()),
        }
    }
}

/// Runs the verb.
pub(crate) fn run(args: &ReadArgs) -> anyhow::Result<Outcome> {
    let format = args.format.unwrap_or(if output::is_terminal() { ReadFormat::Page } else { ReadFormat::Jsonl });
    let reader = reader(args.weights.as_deref(), args.data.as_deref())?;
    let mut failures = Failures::open(args.failed_out.as_deref())?;
    let mut out = output::stdout();
    let mut stories = Stories::open(&args.inputs, Limits::default());
    let mut progress = Progress::new(stories.meter());
    let style = page::Style { color: output::use_color(args.color), width: output::width() };
    let jobs = args.jobs.map_or_else(work::default_jobs, usize::from);
    let mut n_read = 0usize;
    let items = std::iter::from_fn(|| {
        let story = stories.next();
        stories.take_remarks().iter().for_each(|remark| output::message(&remark.to_string()));
        story
    });
    write_head(&mut out, format)?;
    let render = |item: Result<Story, Failure>| {
        item.map(|story| {
            let reading = reader.read_with_notes(story.text, story.metadata, story.notes);
            (render(&reading, format, style), reading.document.tokens.len())
        })
    };
    work::in_order(items, jobs, render, |item| -> anyhow::Result<()> {
        match item {
            Ok((text, n_words)) => {
                if format == ReadFormat::Json && n_read > 0 {
                    out.write_all(b",\n")?;
                }
                out.write_all(text.as_bytes())?;
                n_read += 1;
                progress.story(n_words);
            }
            Err(failure) => {
                progress.failed();
                failures.tell(&failure)?;
            }
        }
        Ok(())
    })?;
    if format == ReadFormat::Json {
        out.write_all(b"\n]\n")?;
    }
    out.flush()?;
    progress.end();
    failures.end()?;
    Ok(if progress.n_failed() > 0 { Outcome::SomeFailed } else { Outcome::Fine })
}

fn write_head(out: &mut impl Write, format: ReadFormat) -> std::io::Result<()> {
    match format {
        ReadFormat::Json => out.write_all(b"[\n"),
        ReadFormat::Csv => out.write_all(table::csv_head().as_bytes()),
        ReadFormat::Table => out.write_all(table::table_head().as_bytes()),
        ReadFormat::Page | ReadFormat::Jsonl => Ok(()),
    }
}

fn render(reading: &Reading, format: ReadFormat, style: page::Style) -> String {
    match format {
        ReadFormat::Page => page::render(reading, style),
        ReadFormat::Jsonl => reading.to_json() + "\n",
        ReadFormat::Json => reading.to_json(),
        ReadFormat::Csv => table::csv_rows(reading),
        ReadFormat::Table => table::table_rows(reading),
    }
}
