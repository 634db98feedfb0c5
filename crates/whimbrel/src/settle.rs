//! `whimbrel resolve`: which stories of a ledger are copies, which actors are one, which reports tell one event, what became
//! of what was planned, and which claims stand against each other.
//!
//! What came since the last time is resolved against what is stored; the same ledger gives the same conclusions however it
//! came to be.

use ledger::Ledger;
use resolution::{Settled, Settler, Thresholds};

use crate::args::ResolveArgs;
use crate::{Outcome, output};

/// Codings between two messages of a long settling.
const TOLD_EVERY: usize = 20_000;

/// Runs the verb.
pub(crate) fn run(args: &ResolveArgs) -> anyhow::Result<Outcome> {
    let mut ledger = Ledger::open(&args.ledger)?;
    let mut settler = Settler::new(Thresholds::bundled());
    let told = |n: usize| {
        if n.is_multiple_of(TOLD_EVERY) {
            output::message(&format!("{n} codings resolved"));
        }
    };
    let Settled { n_codings, adrift } = if args.rebuild {
        settler.rebuild(&mut ledger, told)?
    } else {
        settler.settle(&mut ledger, Default::default(), told)?
    };
    for key in adrift {
        output::message(&format!("decision {key} names no rows of current codings"));
    }
    ledger.tidy()?;
    let count = |sql: &str| ledger.connection().query_row(sql, [], |row| row.get::<_, i64>(0));
    output::message(&format!(
        "{}: {n_codings} codings resolved; {} stories of {} origins, {} actors, {} events told by {} reports, {} planned ones, {} claims against or with another",
        args.ledger.display(),
        count("SELECT count(*) FROM origins")?,
        count("SELECT count(*) FROM origins WHERE origin = story_id")?,
        count("SELECT count(*) FROM entities")?,
        count("SELECT count(*) FROM happenings")?,
        count("SELECT count(*) FROM happening_reports")?,
        count("SELECT count(*) FROM lives")?,
        count("SELECT count(*) FROM claim_relations")?,
    ));
    Ok(Outcome::Fine)
}
