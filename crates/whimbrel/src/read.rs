//! `whimbrel read`: stories to codings.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use anyhow::Context;
use intake::{Failure, Remark, Stage, Stories, Story};
use whimbrel::{Reader, Reading};

use crate::args::{ReadArgs, ReadFormat, ReadingArgs};
use crate::progress::Progress;
use crate::work::{self, Step};
use crate::{Outcome, output, page, table};

impl ReadingArgs {
    /// A reader with what the command line puts in place of what is built in.
    pub(crate) fn reader(&self) -> anyhow::Result<Reader> {
        reader(self.weights.as_deref(), self.data.as_deref())
    }

    /// How many stories are read at once.
    pub(crate) fn jobs(&self) -> usize {
        self.jobs.map_or_else(work::default_jobs, usize::from)
    }
}

/// A reader with these weights and this data in place of what is built in.
pub(crate) fn reader(weights: Option<&Path>, data: Option<&Path>) -> anyhow::Result<Reader> {
    let reader = match weights {
        Some(file) => Reader::with_weights(file).with_context(|| file.display().to_string())?,
        None => Reader::bundled()?,
    };
    Ok(match data {
        Some(folder) => reader.with_data(folder)?,
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
        self.write(failure)
    }

    /// Writes a failure that was told already.
    pub(crate) fn write(&mut self, failure: &Failure) -> anyhow::Result<()> {
        if let Some(file) = &mut self.file {
            let row = serde_json::json!({
                "input": failure.input, "line": failure.line, "record": failure.record, "id": failure.id, "stage": failure.stage.word(),
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
    let reader = args.reading.reader()?;
    let mut failures = Failures::open(args.intake.failed_out.as_deref())?;
    let mut out = output::stdout();
    let mut stories = Stories::open_with(&args.inputs, args.intake.options());
    let mut progress = Progress::new(stories.meter());
    let style = page::Style { color: output::use_color(args.color), width: output::width() };
    let mut n_read = 0usize;
    let items = std::iter::from_fn(|| {
        let story = stories.next();
        stories.take_remarks().iter().for_each(|remark| output::message(&remark.to_string()));
        story
    });
    write_head(&mut out, format)?;
    let render = |item: Result<Story, Failure>| item.and_then(|story| read_one(&reader, story, format, style));
    work::in_order(items, args.reading.jobs(), render, |step| -> anyhow::Result<()> {
        match step {
            Step::Result(Ok(rendered)) => {
                if format == ReadFormat::Json && n_read > 0 {
                    out.write_all(b",\n")?;
                }
                out.write_all(rendered.text.as_bytes())?;
                rendered.remarks.iter().for_each(|remark| output::message(&remark.to_string()));
                n_read += 1;
                progress.story(rendered.n_words);
            }
            Step::Result(Err(failure)) => {
                progress.failed(failure.stage);
                failures.tell(&failure)?;
            }
            Step::Idle => {
                out.flush()?;
                progress.show();
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

/// A story's part of the output.
struct Rendered {
    text: String,
    n_words: usize,
    remarks: Vec<Remark>,
}

/// Reads one story.
fn read_one(reader: &Reader, story: Story, format: ReadFormat, style: page::Style) -> Result<Rendered, Failure> {
    let (input, line) = (story.input.clone(), story.line);
    let (text, reading) = unbroken(reader, story, |reading| render(reading, format, style))?;
    let dates = reading.document.notes.iter().filter(|note| note.kind == "date");
    let remark = |note: &text::Note| Remark { input: input.clone(), line, text: note.text.clone() };
    Ok(Rendered { text, n_words: reading.document.tokens.len(), remarks: dates.map(remark).collect() })
}

/// Reads a story and does something with it. Should that break off, which is a fault of the program, the others are read all
/// the same.
pub(crate) fn unbroken<T>(reader: &Reader, story: Story, then: impl FnOnce(&Reading) -> T) -> Result<(T, Reading), Failure> {
    let Story { metadata, text, notes, input, line, record } = story;
    let id = metadata.id.clone();
    let read = catch_unwind(AssertUnwindSafe(|| {
        let reading = reader.read_with_notes(text, metadata, notes);
        (then(&reading), reading)
    }));
    read.map_err(|_| Failure {
        input,
        line,
        record,
        id: Some(id),
        stage: Stage::Read,
        reason: "reading the story broke off; this is a fault of the program".to_owned(),
        valid: String::new(),
        hint: "please report it with the story".to_owned(),
    })
}

fn render(reading: &Reading, format: ReadFormat, style: page::Style) -> String {
    match format {
        ReadFormat::Page => page::render(reading, style),
        ReadFormat::Jsonl => output::safe_json(reading.to_json()) + "\n",
        ReadFormat::Json => output::safe_json(reading.to_json()),
        ReadFormat::Csv => table::csv_rows(reading),
        ReadFormat::Table => table::table_rows(reading),
    }
}
