//! `whimbrel add`, `reread`, `doctor`: stories into a ledger, new readings of what is there, and whether it is sound.
//!
//! Stories are read by workers and kept in their order, a batch a transaction. What a batch holds is on disk, with how far
//! each input is read, when the batch is acknowledged; a run that was killed goes on from there. Each batch is resolved
//! against the stories before it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use intake::{Failure, Stories, Story};
use ledger::{Batch, Entry, Ledger, Mark, Moment, Outcome as Fate, Program, Reread, RunId};
use resolution::{Settler, Thresholds};
use whimbrel::Reader;

use crate::args::{AddArgs, DoctorArgs, RereadArgs};
use crate::progress::Progress;
use crate::read::{Failures, unbroken};
use crate::work::{self, Step};
use crate::{Outcome, output};

/// Stories in one transaction, and how long one may stay open.
const BATCH: usize = 500;
pub(crate) const OPEN: Duration = Duration::from_secs(2);

fn now() -> Moment {
    Moment(jiff::Timestamp::now().as_millisecond())
}

/// Opens a ledger for writing; makes one where there is none.
fn open(path: &Path) -> anyhow::Result<Ledger> {
    Ok(if path.exists() { Ledger::open(path)? } else { Ledger::create(path)? })
}

/// A run over a ledger: what is to be kept next, and what became of the rest.
pub(crate) struct Keeper {
    pub(crate) ledger: Ledger,
    settler: Settler,
    run: RunId,
    pub(crate) batch: Batch,
    marks: BTreeMap<String, u64>,
    opened: Instant,
    n_added: u64,
    n_revised: u64,
    n_known: u64,
    n_reread: u64,
}

impl Keeper {
    /// Begins a run over the ledger at a path, which is made where there is none.
    pub(crate) fn begin(path: &Path, reader: &Reader) -> anyhow::Result<Self> {
        let mut ledger = open(path)?;
        let program = concat!("whimbrel ", env!("CARGO_PKG_VERSION"));
        let program = Program { model: reader.model_name(), codebook: reader.codebook().version(), program };
        let run = ledger.begin_run(program, now())?;
        Ok(Self {
            ledger,
            settler: Settler::new(Thresholds::bundled()),
            run,
            batch: Batch::default(),
            marks: BTreeMap::new(),
            opened: Instant::now(),
            n_added: 0,
            n_revised: 0,
            n_known: 0,
            n_reread: 0,
        })
    }

    /// How much is waiting.
    fn waiting(&self) -> usize {
        let Batch { entries, rereads, failures, marks } = &self.batch;
        entries.len() + rereads.len() + failures.len() + marks.len()
    }

    /// Keeps what is waiting when it is enough, or has waited long enough.
    pub(crate) fn keep_if_due(&mut self) -> anyhow::Result<()> {
        let due = self.waiting() >= BATCH || self.waiting() > 0 && self.opened.elapsed() >= OPEN;
        if due { self.keep() } else { Ok(()) }
    }

    /// Keeps all that is waiting: one transaction.
    pub(crate) fn keep(&mut self) -> anyhow::Result<()> {
        let mut batch = std::mem::take(&mut self.batch);
        let marks = std::mem::take(&mut self.marks);
        batch.marks.extend(
            marks.into_iter().filter_map(|(input, record)| Some(Mark { position: position(&input, record)?, input })),
        );
        let receipt = self.ledger.append(self.run, now(), &batch)?;
        // Kept is kept; should resolving break off, it goes on from here the next time.
        let facts = batch.entries.iter().map(resolution::facts_of_entry).collect();
        let facts = resolution::at_hand(&self.ledger, &receipt, facts)?;
        self.settler.settle(&mut self.ledger, facts, |_| ())?;
        for kept in &receipt.kept {
            match kept.outcome {
                Fate::Added => self.n_added += 1,
                Fate::Revised => self.n_revised += 1,
                Fate::Known => self.n_known += 1,
            }
        }
        self.n_reread += batch.rereads.len() as u64;
        self.opened = Instant::now();
        Ok(())
    }

    /// Puts a failure into the batch.
    pub(crate) fn failed(&mut self, failure: &Failure) {
        self.batch.failures.push(ledger::Failure {
            input: failure.input.clone(),
            record: failure.record,
            id: failure.id.clone(),
            stage: failure.stage.word().to_owned(),
            reason: failure.reason.clone(),
        });
    }

    /// Keeps what is waiting, ends the run and sums it up.
    pub(crate) fn end(mut self) -> anyhow::Result<String> {
        self.keep()?;
        self.ledger.end_run(self.run, now())?;
        self.ledger.tidy()?;
        let Self { n_added, n_revised, n_known, n_reread, .. } = self;
        Ok(format!("{n_added} added, {n_revised} revised, {n_known} known already, {n_reread} read again"))
    }
}

/// How far a file is read, with what tells whether it is still the same file; `None` for what is no file.
fn position(input: &str, record: u64) -> Option<String> {
    let (bytes, changed) = state(input)?;
    Some(format!("{record} {bytes} {changed}"))
}

/// Size in bytes and milliseconds of the last change of a file.
fn state(input: &str) -> Option<(u64, u128)> {
    let file = std::fs::metadata(input).ok().filter(std::fs::Metadata::is_file)?;
    Some((file.len(), file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_millis()))
}

/// The last record of each input that is kept already, for files that have not changed since.
fn kept_records(ledger: &Ledger) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut records = BTreeMap::new();
    for Mark { input, position: kept } in ledger.marks()? {
        let record = kept.split(' ').next().and_then(|record| record.parse().ok());
        if let Some(record) = record.filter(|&record| position(&input, record).as_deref() == Some(kept.as_str())) {
            records.insert(input, record);
        }
    }
    Ok(records)
}

/// Runs `add`.
pub(crate) fn add(args: &AddArgs) -> anyhow::Result<Outcome> {
    let reader = args.reading.reader()?;
    let mut keeper = Keeper::begin(&args.ledger, &reader)?;
    let kept = kept_records(&keeper.ledger)?;
    let mut failures = Failures::open(args.intake.failed_out.as_deref())?;
    let mut stories = Stories::open_with(&args.inputs, args.intake.options());
    let mut progress = Progress::new(stories.meter());
    let mut n_passed = 0u64;
    let n_passed_over = &mut n_passed;
    let items = std::iter::from_fn(|| loop {
        let story = stories.next()?;
        stories.take_remarks().iter().for_each(|remark| output::message(&remark.to_string()));
        let (input, record) = match &story {
            Ok(story) => (&story.input, story.record),
            Err(failure) => (&failure.input, failure.record),
        };
        // What fails as a whole has no number, and is told each time.
        if record == 0 || kept.get(input).is_none_or(|&last| record > last) {
            return Some(story);
        }
        *n_passed_over += 1;
    });
    keep_all(&mut keeper, &reader, args.reading.jobs(), items, &mut progress, &mut failures)?;
    let summary = keeper.end()?;
    progress.end();
    failures.end()?;
    let passed = if n_passed > 0 { format!(", {n_passed} records passed over that an earlier run kept") } else { String::new() };
    output::message(&format!("{}: {summary}{passed}", args.ledger.display()));
    Ok(if progress.n_failed() > 0 { Outcome::SomeFailed } else { Outcome::Fine })
}

/// Reads stories and puts them into the ledger, batch by batch; what is left in the last one, [`Keeper::end`] keeps.
pub(crate) fn keep_all(
    keeper: &mut Keeper,
    reader: &Reader,
    jobs: usize,
    items: impl Iterator<Item = Result<Story, Failure>> + Send,
    progress: &mut Progress,
    failures: &mut Failures,
) -> anyhow::Result<()> {
    work::in_order(items, jobs, |item| item.and_then(|story| read_one(reader, story)), |step| -> anyhow::Result<()> {
        match step {
            Step::Result(Ok((entry, n_words))) => {
                keeper.marks.insert(entry.input.clone(), entry.record);
                keeper.batch.entries.push(entry);
                progress.story(n_words);
            }
            Step::Result(Err(failure)) => {
                if failure.record > 0 {
                    keeper.marks.insert(failure.input.clone(), failure.record);
                }
                keeper.failed(&failure);
                progress.failed(failure.stage);
                failures.tell(&failure)?;
            }
            Step::Idle => progress.show(),
        }
        keeper.keep_if_due()
    })
}

/// Reads one story for the ledger; gives its number of words too.
pub(crate) fn read_one(reader: &Reader, story: Story) -> Result<(Entry, usize), Failure> {
    let (input, record) = (story.input.clone(), story.record);
    let ((), reading) = unbroken(reader, story, |_| ())?;
    let n_words = reading.document.tokens.len();
    Ok((Entry::new(reading.document, reading.coding, input, record), n_words))
}

/// Runs `reread`: what another model or codebook has read is read again; the older codings are retired, not lost.
pub(crate) fn reread(args: &RereadArgs) -> anyhow::Result<Outcome> {
    let reader = args.reading.reader()?;
    // A ledger that is not there is a slip of the pen here.
    drop(Ledger::open_read_only(&args.ledger)?);
    let mut keeper = Keeper::begin(&args.ledger, &reader)?;
    let (model, codebook) = (reader.model_name().to_owned(), reader.codebook().version().to_owned());
    let mut after = 0;
    loop {
        let pending = keeper.ledger.pending(&model, &codebook, after, BATCH)?;
        let Some(last) = pending.last() else { break };
        after = last.revision_id;
        let read = |story: ledger::Pending| Reread {
            revision_id: story.revision_id,
            coding: reader.read(story.text, story.metadata).coding,
        };
        work::in_order(pending.into_iter(), args.reading.jobs(), read, |step| -> anyhow::Result<()> {
            if let Step::Result(reread) = step {
                keeper.batch.rereads.push(reread);
            }
            Ok(())
        })?;
        keeper.keep()?;
        output::message(&format!("{} read again", keeper.n_reread));
    }
    let summary = keeper.end()?;
    output::message(&format!("{}: {summary}", args.ledger.display()));
    Ok(Outcome::Fine)
}

/// Runs `doctor`.
pub(crate) fn doctor(args: &DoctorArgs) -> anyhow::Result<Outcome> {
    let findings = Ledger::open_read_only(&args.ledger)?.doctor()?;
    for finding in &findings {
        output::message(&output::shown(&finding.to_string()));
    }
    if findings.is_empty() {
        output::message(&format!("{}: sound", args.ledger.display()));
        return Ok(Outcome::Fine);
    }
    Ok(Outcome::SomeFailed)
}
