//! `whimbrel analyze`: the layers below the coding.

use std::fs::File;
use std::io::{BufReader, Write};

use intake::conllu::{Documents, Pretokenized};
use intake::{Failure, Limits, Stage, Stories};
use whimbrel::{Reader, write_conllu, write_layers};

use crate::args::{AnalyzeArgs, AnalyzeFormat};
use crate::read::{Failures, reader};
use crate::work::{self, Step};
use crate::{Outcome, output};

/// Runs the verb.
pub(crate) fn run(args: &AnalyzeArgs) -> anyhow::Result<Outcome> {
    let reader = reader(args.weights.as_deref(), None)?;
    let mut failures = Failures::open(None)?;
    let mut out = output::stdout();
    let jobs = args.jobs.map_or_else(work::default_jobs, usize::from);
    let mut outcome = Outcome::Fine;
    let items: Box<dyn Iterator<Item = Result<Pretokenized, Failure>> + Send> =
        if args.pretokenized { Box::new(pretokenized(args)) } else { Box::new(stories(args)) };
    let render = |item: Result<Pretokenized, Failure>| item.map(|given| render(&reader, &given, args.format));
    work::in_order(items, jobs, render, |step| -> anyhow::Result<()> {
        match step {
            Step::Result(Ok(text)) => Ok(out.write_all(text.as_bytes())?),
            Step::Result(Err(failure)) => {
                outcome = Outcome::SomeFailed;
                failures.tell(&failure)
            }
            Step::Idle => Ok(out.flush()?),
        }
    })?;
    out.flush()?;
    Ok(outcome)
}

fn render(reader: &Reader, given: &Pretokenized, format: AnalyzeFormat) -> String {
    let analysis = reader.analyze(&given.document);
    match format {
        AnalyzeFormat::Conllu => write_conllu(&given.document, &analysis, &given.sentence_ids),
        AnalyzeFormat::Json => {
            output::safe_json(write_layers(&given.document, &analysis, reader.model_name())) + "\n"
        }
    }
}

/// Stories, cut into sentences and words by the program.
fn stories(args: &AnalyzeArgs) -> impl Iterator<Item = Result<Pretokenized, Failure>> + Send + use<> {
    let mut stories = Stories::open(&args.inputs, Limits::default());
    std::iter::from_fn(move || {
        let story = stories.next();
        stories.take_remarks().iter().for_each(|remark| output::message(&remark.to_string()));
        story.map(|story| {
            story.map(|story| Pretokenized { document: text::read(story.text, story.metadata), ..Pretokenized::default() })
        })
    })
}

/// Documents whose sentences and words are given, file by file.
fn pretokenized(args: &AnalyzeArgs) -> impl Iterator<Item = Result<Pretokenized, Failure>> + Send + use<> {
    args.inputs.clone().into_iter().flat_map(|path| -> Box<dyn Iterator<Item = _> + Send> {
        let name = path.display().to_string();
        if name == "-" {
            return Box::new(Documents::new(&name, BufReader::new(std::io::stdin())));
        }
        match File::open(&path) {
            Ok(file) => Box::new(Documents::new(&name, BufReader::new(file))),
            Err(error) => Box::new(std::iter::once(Err(Failure {
                input: name,
                line: 0,
                record: 0,
                id: None,
                stage: Stage::Open,
                reason: error.to_string(),
                valid: "a CoNLL-U file, or `-` for standard input".to_owned(),
                hint: String::new(),
            }))),
        }
    })
}
