//! The verb that exports: opens files, writes the events of a ledger in a format, and says what the format could not carry.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use codebook::Codebook;
use query::{Error, Export, Exported, Format};

use crate::ask_args::ExportArgs;
use crate::{Outcome, output, question};

/// Runs the verb.
pub(crate) fn run(args: &ExportArgs) -> anyhow::Result<Outcome> {
    let record = question::open(&args.which.event.span.record)?;
    let wanted = Export { format: args.format, filter: question::of_events(&args.which), include: args.include.clone() };
    let path = args.output.as_deref().filter(|path| *path != Path::new("-"));
    let mut open = |name: &str| destination(args.format, path, name);
    let exported = match (args.format.is_folder(), path) {
        (true, None) => bail!("{} is a folder of several files; name it with --output FOLDER", args.format.word()),
        (true, Some(folder)) => {
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
            query::export(&record, Codebook::bundled(), &wanted, &mut open)
        }
        (false, _) => query::export(&record, Codebook::bundled(), &wanted, &mut open),
    };
    let exported = exported.map_err(|error| match error {
        // Kept as it is, so that a closed pipe is known for one.
        Error::Output(error) => error.into(),
        other => anyhow::Error::from(other),
    })?;
    tell(&wanted, &exported);
    Ok(Outcome::Fine)
}

fn destination(format: Format, path: Option<&Path>, name: &str) -> io::Result<Box<dyn Write + Send>> {
    let file = match path {
        None => return Ok(Box::new(io::stdout())),
        Some(folder) if format.is_folder() => folder.join(name),
        Some(file) => file.to_path_buf(),
    };
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(named)?;
    }
    Ok(Box::new(File::create(&file).map_err(named)?))
}

/// Says on standard error what was written, and what was not.
fn tell(wanted: &Export, exported: &Exported) {
    let what = if wanted.format == Format::Jsonl { "stories" } else { "events" };
    let mut message = format!("{} {what} exported as {}", exported.n_written, wanted.format.word());
    if !exported.left_out.is_empty() {
        let left_out: Vec<String> = exported.left_out.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        message += &format!("; left out: {}", left_out.join(", "));
    }
    output::message(&message);
    for loss in wanted.format.losses() {
        output::message(&format!("note: {loss}"));
    }
}
