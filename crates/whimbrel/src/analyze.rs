//! `whimbrel analyze`: the layers below the coding.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};

use intake::conllu::{Documents, Pretokenized};
use intake::{Failure, Limits, Stories};
use whimbrel::{Reader, write_conllu, write_layers};

use crate::args::{AnalyzeArgs, AnalyzeFormat};
use crate::read::{Failures, reader};
use crate::{Outcome, output, work};

/// Runs the verb.
pub(crate) fn run(args: &AnalyzeArgs) -> anyhow::Result<Outcome> {
    let reader = reader(args.weights.as_deref(), None)?;
    let mut failures = Failures::open(None)?;
    let mut out = output::stdout();
    let jobs = args.jobs.map_or_else(work::default_jobs, usize::from);
    let mut outcome = Outcome::Fine;
    let items: Box<dyn Iterator<Item = Result<Pretokenized, Failure>>> =
        if args.pretokenized { Box::new(pretokenized(args)?) } else { Box::new(stories(args)) };
    let render = |item: Result<Pretokenized, Failure>| item.map(|given| render(&reader, &given, args.format));
    work::in_order(items, jobs, render, |item| -> anyhow::Result<()> {
        match item {
            Ok(text) => Ok(out.write_all(text.as_bytes())?),
            Err(failure) => {
                outcome = Outcome::SomeFailed;
                failures.tell(&failure)
            }
        }
    })?;
    out.flush()?;
    Ok(outcome)
}

fn render(reader: &Reader, given: &Pretokenized, format: AnalyzeFormat) -> String {
    let analysis = reader.analyze(&given.document);
    match format {
        AnalyzeFormat::Conllu => write_conllu(&given.document, &analysis, &given.sentence_ids),
        AnalyzeFormat::Json => write_layers(&given.document, &analysis, reader.model_name()) + "\n",
    }
}

/// Stories, cut into sentences and words by the program.
fn stories(args: &AnalyzeArgs) -> impl Iterator<Item = Result<Pretokenized, Failure>> {
    let mut stories = Stories::open(&args.inputs, Limits::default());
    std::iter::from_fn(move || {
        let story = stories.next();
        stories.take_remarks().iter().for_each(|remark| output::message(&remark.to_string()));
        story.map(|story| {
            story.map(|story| Pretokenized { document: text::read(story.text, story.metadata), ..Pretokenized::default() })
        })
    })
}

/// Documents whose sentences and words are given.
fn pretokenized(args: &AnalyzeArgs) -> anyhow::Result<impl Iterator<Item = Result<Pretokenized, Failure>>> {
    let mut documents = Vec::new();
    for path in &args.inputs {
        let name = path.display().to_string();
        let reader: Box<dyn BufRead> = if name == "-" {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            Box::new(BufReader::new(File::open(path).map_err(|error| anyhow::anyhow!("{name}: {error}"))?))
        };
        documents.push(Documents::new(&name, reader));
    }
    Ok(documents.into_iter().flatten())
}
