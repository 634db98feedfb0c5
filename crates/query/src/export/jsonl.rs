//! Codings as `docs/reference/records.md` has them, one story a line: the same bytes that the reading gave.

use std::io::Write;

use super::{Exported, Job};
use crate::error::Error;

pub(super) fn write(job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    job.source.each_coding(|told| {
        writeln!(out, "{}", text::safe_json(told.stored.to_json()))?;
        exported.wrote();
        Ok(())
    })
}
