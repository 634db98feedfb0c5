//! The verbs that ask a ledger: what was asked for becomes a filter, the answer is written out.

use std::time::Duration;

use query::{Answer, Filter, Period, Record};

use crate::ask_args::{
    ActorArgs, AgendaArgs, AnswerFormat, AskVerb, By, ClaimsArgs, EventArgs, EventsArgs, RecordArgs, RowsArgs, SearchArgs, SpanArgs, SqlArgs,
    StatsArgs, StoryArgs, TimelineArgs, WhichArgs,
};
use crate::{Outcome, answer, export, output};

/// The most rows of a table where nothing else is asked for.
const TABLE_ROWS: u32 = 100;

fn format(args: &RowsArgs) -> AnswerFormat {
    args.format.unwrap_or(if output::is_terminal() { AnswerFormat::Table } else { AnswerFormat::Jsonl })
}

fn limit(args: &RowsArgs) -> Option<u32> {
    let usual = (format(args) == AnswerFormat::Table).then_some(TABLE_ROWS);
    args.limit.or(usual).filter(|&limit| limit > 0)
}

pub(crate) fn open(args: &RecordArgs) -> Result<Record, query::Error> {
    Record::open(&args.ledger, args.as_of)
}

fn of_span(args: &SpanArgs, rows: &RowsArgs) -> Filter {
    Filter { limit: limit(rows), ..span(args) }
}

fn span(args: &SpanArgs) -> Filter {
    Filter { since: args.since, until: args.until, publisher: args.publisher.clone(), ..Filter::default() }
}

fn of_event(args: &EventArgs) -> Filter {
    Filter { types: args.types.clone(), mode: args.mode.clone(), place: args.place.clone(), ..span(&args.span) }
}

/// Which events are asked for.
pub(crate) fn of_events(args: &WhichArgs) -> Filter {
    Filter {
        statuses: args.status.clone(),
        actor: args.actor.clone(),
        recipient: args.recipient.clone(),
        party: args.party.clone(),
        ..of_event(&args.event)
    }
}

fn written(rows: &RowsArgs, answer: &Answer) -> anyhow::Result<Outcome> {
    answer::write(answer, format(rows))?;
    if answer.cut {
        let n_rows = answer.rows.len();
        output::message(&format!("only the first rows are shown ({n_rows}); --limit N shows more, --limit 0 all"));
    }
    Ok(Outcome::Fine)
}

/// Runs the verb.
pub(crate) fn run(verb: &AskVerb) -> anyhow::Result<Outcome> {
    match verb {
        AskVerb::Events(args) => events(args),
        AskVerb::Agenda(args) => agenda(args),
        AskVerb::Claims(args) => claims(args),
        AskVerb::Timeline(args) => timeline(args),
        AskVerb::Actor(args) => actor(args),
        AskVerb::Search(args) => search(args),
        AskVerb::Story(args) => story(args),
        AskVerb::Stats(args) => stats(args),
        AskVerb::Sql(args) => sql(args),
        AskVerb::Export(args) => export::run(args),
    }
}

fn events(args: &EventsArgs) -> anyhow::Result<Outcome> {
    let filter = Filter { limit: limit(&args.rows), ..of_events(&args.which) };
    written(&args.rows, &query::events(&open(&args.which.event.span.record)?, &filter)?)
}

fn agenda(args: &AgendaArgs) -> anyhow::Result<Outcome> {
    let filter = Filter { party: args.party.clone(), limit: limit(&args.rows), ..of_event(&args.event) };
    // Without a time-zone database today is that of UTC, as are the moments of the ledger.
    let today = || jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    written(&args.rows, &query::agenda(&open(&args.event.span.record)?, &filter, args.on.unwrap_or_else(today))?)
}

fn claims(args: &ClaimsArgs) -> anyhow::Result<Outcome> {
    let filter = Filter { actor: args.source.clone(), source_kind: args.source_kind, ..of_span(&args.span, &args.rows) };
    written(&args.rows, &query::claims(&open(&args.span.record)?, &filter)?)
}

fn timeline(args: &TimelineArgs) -> anyhow::Result<Outcome> {
    let filter = Filter { statuses: args.status.clone(), limit: limit(&args.rows), ..of_event(&args.event) };
    let period = match args.by {
        By::Day => Period::Day,
        By::Week => Period::Week,
        By::Month => Period::Month,
    };
    written(&args.rows, &query::timeline(&open(&args.event.span.record)?, &filter, &args.left, &args.right, period)?)
}

fn actor(args: &ActorArgs) -> anyhow::Result<Outcome> {
    written(&args.rows, &query::actor(&open(&args.span.record)?, &of_span(&args.span, &args.rows), &args.name)?)
}

fn search(args: &SearchArgs) -> anyhow::Result<Outcome> {
    written(&args.rows, &query::search(&open(&args.span.record)?, &of_span(&args.span, &args.rows), &args.words.join(" "))?)
}

fn story(args: &StoryArgs) -> anyhow::Result<Outcome> {
    written(&args.rows, &query::story(&open(&args.record)?, &args.id)?)
}

fn stats(args: &StatsArgs) -> anyhow::Result<Outcome> {
    written(&args.rows, &query::stats(&open(&args.span.record)?, &of_span(&args.span, &args.rows))?)
}

fn sql(args: &SqlArgs) -> anyhow::Result<Outcome> {
    let record = open(&args.record)?;
    if args.sql.trim() == ".schema" {
        return written(&args.rows, &query::schema(&record)?);
    }
    let interrupter = record.interrupter();
    let patience = Duration::from_secs(u64::from(args.timeout));
    // The thread ends with the program; a question that was answered before is not ended by it.
    std::thread::spawn(move || {
        std::thread::sleep(patience);
        interrupter.interrupt();
    });
    written(&args.rows, &query::sql(&record, &args.sql, limit(&args.rows))?)
}
