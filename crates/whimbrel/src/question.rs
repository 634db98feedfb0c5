//! The verbs that ask a ledger: what was asked for becomes a filter, the answer is written out.

use std::time::Duration;

use query::{Answer, Filter, Period, Record};

use crate::ask_args::{
    ActorArgs, AgendaArgs, AnswerFormat, AskVerb, By, ClaimsArgs, EventArgs, EventsArgs, RecordArgs, SearchArgs, SpanArgs, SqlArgs,
    StoryArgs, TimelineArgs,
};
use crate::{Outcome, answer, output};

/// The most rows of a table where nothing else is asked for.
const TABLE_ROWS: u32 = 100;

fn format(args: &RecordArgs) -> AnswerFormat {
    args.format.unwrap_or(if output::is_terminal() { AnswerFormat::Table } else { AnswerFormat::Jsonl })
}

fn limit(args: &RecordArgs) -> Option<u32> {
    let usual = (format(args) == AnswerFormat::Table).then_some(TABLE_ROWS);
    args.limit.or(usual).filter(|&limit| limit > 0)
}

fn open(args: &RecordArgs) -> Result<Record, query::Error> {
    Record::open(&args.ledger, args.as_of)
}

fn of_span(args: &SpanArgs) -> Filter {
    let publisher = args.publisher.clone();
    Filter { since: args.since, until: args.until, publisher, limit: limit(&args.record), ..Filter::default() }
}

fn of_event(args: &EventArgs) -> Filter {
    Filter { types: args.types.clone(), mode: args.mode.clone(), place: args.place.clone(), ..of_span(&args.span) }
}

fn written(args: &RecordArgs, answer: &Answer) -> anyhow::Result<Outcome> {
    answer::write(answer, format(args))?;
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
    }
}

fn events(args: &EventsArgs) -> anyhow::Result<Outcome> {
    let filter = Filter {
        statuses: args.status.clone(),
        actor: args.actor.clone(),
        recipient: args.recipient.clone(),
        party: args.party.clone(),
        ..of_event(&args.event)
    };
    let record = &args.event.span.record;
    written(record, &query::events(&open(record)?, &filter)?)
}

fn agenda(args: &AgendaArgs) -> anyhow::Result<Outcome> {
    let filter = Filter { party: args.party.clone(), ..of_event(&args.event) };
    // Without a time-zone database today is that of UTC, as are the moments of the ledger.
    let today = || jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    let record = &args.event.span.record;
    written(record, &query::agenda(&open(record)?, &filter, args.on.unwrap_or_else(today))?)
}

fn claims(args: &ClaimsArgs) -> anyhow::Result<Outcome> {
    let filter = Filter { actor: args.source.clone(), source_kind: args.source_kind, ..of_span(&args.span) };
    written(&args.span.record, &query::claims(&open(&args.span.record)?, &filter)?)
}

fn timeline(args: &TimelineArgs) -> anyhow::Result<Outcome> {
    let filter = Filter { statuses: args.status.clone(), ..of_event(&args.event) };
    let period = match args.by {
        By::Day => Period::Day,
        By::Week => Period::Week,
        By::Month => Period::Month,
    };
    let record = &args.event.span.record;
    written(record, &query::timeline(&open(record)?, &filter, &args.left, &args.right, period)?)
}

fn actor(args: &ActorArgs) -> anyhow::Result<Outcome> {
    written(&args.span.record, &query::actor(&open(&args.span.record)?, &of_span(&args.span), &args.name)?)
}

fn search(args: &SearchArgs) -> anyhow::Result<Outcome> {
    written(&args.span.record, &query::search(&open(&args.span.record)?, &of_span(&args.span), &args.words.join(" "))?)
}

fn story(args: &StoryArgs) -> anyhow::Result<Outcome> {
    written(&args.record, &query::story(&open(&args.record)?, &args.id)?)
}

fn stats(args: &SpanArgs) -> anyhow::Result<Outcome> {
    written(&args.record, &query::stats(&open(&args.record)?, &of_span(args))?)
}

fn sql(args: &SqlArgs) -> anyhow::Result<Outcome> {
    let record = open(&args.record)?;
    if args.sql.trim() == ".schema" {
        return written(&args.record, &query::schema(&record)?);
    }
    let interrupter = record.interrupter();
    let patience = Duration::from_secs(u64::from(args.timeout));
    // The thread ends with the program; a question that was answered before is not ended by it.
    std::thread::spawn(move || {
        std::thread::sleep(patience);
        interrupter.interrupt();
    });
    written(&args.record, &query::sql(&record, &args.sql, limit(&args.record))?)
}
