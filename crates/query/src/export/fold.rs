//! Events for formats that have no status: what happened as it is, plans as the statement of intent that PLOVER and CAMEO make
//! of them, all else left out; so is what people rejected.

use std::io::Write;

use codebook::{EventType, QuadClass, Status};
use jiff::civil::Date;

use super::crosswalk::{Cameo, Crosswalk};
use super::telling::{Side, Telling};
use super::{Exported, Job, tab_line};
use crate::error::Error;

/// An event as it stands in a format without a status.
#[derive(Debug)]
pub(super) struct Folded<'t> {
    pub(super) event_type: EventType,
    pub(super) mode: Option<&'t str>,
    pub(super) quad: QuadClass,
    pub(super) score: f64,
    pub(super) cameo: &'t Cameo,
    pub(super) first: Date,
    pub(super) last: Date,
    /// Whether it is the intent behind a plan, dated when it was told.
    pub(super) is_intent: bool,
}

impl Folded<'_> {
    /// Number of its quad class, from 1.
    pub(super) fn quad_number(&self) -> usize {
        1 + QuadClass::ALL.iter().position(|&quad| quad == self.quad).expect("the list has all of them")
    }
}

/// Hands on every event as it stands in a format without a status, and counts those that cannot stand there by reason.
pub(super) fn each_folded(
    job: &Job<'_>,
    exported: &mut Exported,
    mut take: impl FnMut(&Telling<'_>, &Folded<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    job.source.each(|telling| match fold(job, telling) {
        Ok(folded) => {
            take(telling, &folded)?;
            exported.wrote();
            Ok(())
        }
        Err(reason) => {
            exported.leave_out(reason);
            Ok(())
        }
    })
}

/// A table with its header: a row for each pair of actor and recipient, numbered within its event, with a word where nothing is.
pub(super) fn write_pairs<const N: usize>(
    job: &Job<'_>,
    out: &mut dyn Write,
    exported: &mut Exported,
    (columns, missing): ([&str; N], &str),
    row: impl Fn(&Telling<'_>, &Folded<'_>, usize, [Option<Side<'_>>; 2]) -> Vec<String>,
) -> Result<(), Error> {
    out.write_all(tab_line(columns).as_bytes())?;
    each_folded(job, exported, |telling, folded| {
        for (idx, (actor, recipient)) in telling.dyads().into_iter().enumerate() {
            let cells = row(telling, folded, idx, [actor, recipient]);
            out.write_all(tab_line(cells.iter().map(|cell| if cell.is_empty() { missing } else { cell })).as_bytes())?;
        }
        Ok(())
    })
}

/// The event without its status, or why it cannot stand there.
pub(super) fn fold<'t>(job: &Job<'_>, telling: &Telling<'t>) -> Result<Folded<'t>, &'static str> {
    let (event, crosswalk) = (telling.event, Crosswalk::embedded());
    if telling.review.is_rejected() {
        return Err("rejected by people");
    }
    if event.actors.is_empty() && event.recipients.is_empty() {
        return Err("without a party");
    }
    if event.status == Status::Planned
        && let Some((event_type, cameo)) = crosswalk.planned(event.event_type)
    {
        let day = telling.told.stored.day.ok_or("planned, of a story without a day")?;
        let (quad, score) = (job.codebook.quad(event_type), job.codebook.score(event_type, None));
        return Ok(Folded { event_type, mode: None, quad, score, cameo, first: day, last: day, is_intent: true });
    }
    if event.status != Status::Happened && !job.include.contains(&event.status) {
        return Err(event.status.word());
    }
    let (first, last) = event.when.or(telling.day.map(|day| (day, day))).ok_or("without a day")?;
    let mode = event.mode.as_deref();
    let cameo = crosswalk.cameo(event.event_type, mode).ok_or("without a code of CAMEO")?;
    let (event_type, quad, score) = (event.event_type, event.quad, event.score);
    Ok(Folded { event_type, mode, quad, score, cameo, first, last, is_intent: false })
}
