//! What can be asked of a ledger on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as Options, Subcommand, ValueEnum};
use codebook::{Codebook, EventType, SourceKind, Status};
use jiff::civil::Date;
use ledger::Moment;
use query::{Format, Party, Place};

/// The questions.
#[derive(Debug, Subcommand)]
pub(crate) enum AskVerb {
    /// Asks a ledger who did what to whom, when, where, according to whom
    Events(Box<EventsArgs>),
    /// Asks a ledger what is planned, and what of it is overdue
    Agenda(Box<AgendaArgs>),
    /// Asks a ledger who says what, and who disputes it
    Claims(ClaimsArgs),
    /// Asks a ledger how two parties deal with each other, by day, week or month
    Timeline(Box<TimelineArgs>),
    /// Asks a ledger for the names, offices, deeds and words of someone
    Actor(ActorArgs),
    /// Asks a ledger for stories that hold words
    Search(SearchArgs),
    /// Shows one story of a ledger with its events and claims
    Story(StoryArgs),
    /// Counts what is in a ledger
    Stats(StatsArgs),
    /// Asks a ledger in SQL, reading only
    Sql(SqlArgs),
    /// Writes the events of a ledger in a format of the field
    Export(Box<ExportArgs>),
}

/// Formats of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// A table for people, as wide as the terminal
    Table,
    /// All columns, for spreadsheets and statistics
    Csv,
    /// One object a row
    Jsonl,
    /// One array of objects
    Json,
}

/// Where every question is asked.
#[derive(Debug, Options)]
pub(crate) struct RecordArgs {
    /// The ledger
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// The record as it was known on this day or at this moment
    #[arg(long, value_name = "DAY", value_parser = moment)]
    pub(crate) as_of: Option<Moment>,
}

/// How an answer is written.
#[derive(Debug, Options)]
pub(crate) struct RowsArgs {
    /// The most rows, 0 for all [default: 100 in a table, else all]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Output format [default: table on a terminal, jsonl otherwise]
    #[arg(long, value_enum)]
    pub(crate) format: Option<AnswerFormat>,
}

/// Of which days and outlets.
#[derive(Debug, Options)]
pub(crate) struct SpanArgs {
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    /// The first day that counts
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) since: Option<Date>,
    /// The last day that counts
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) until: Option<Date>,
    /// The outlet
    #[arg(long, value_name = "NAME")]
    pub(crate) publisher: Option<String>,
}

/// Which events.
#[derive(Debug, Options)]
pub(crate) struct EventArgs {
    #[command(flatten)]
    pub(crate) span: SpanArgs,
    /// Event type, such as ASSAULT; may be given several times
    #[arg(long = "type", value_name = "TYPE", value_parser = query::event_type)]
    pub(crate) types: Vec<EventType>,
    /// Mode, such as aerial
    #[arg(long, value_name = "MODE", value_parser = mode)]
    pub(crate) mode: Option<String>,
    /// Where: a country's code or the name of a place
    #[arg(long, value_name = "PLACE", value_parser = place)]
    pub(crate) place: Option<Place>,
}

#[derive(Debug, Options)]
#[command(after_help = "\
A PARTY is a code (PAK, PAK.GOV, REB) or a name, or a part of one in whole words.

Examples:
  whimbrel events --ledger desk.whimbrel --actor AFG.REB --type ASSAULT --since 2026-11-01
  whimbrel events --ledger desk.whimbrel --party \"Omar Haddad\" --as-of 2026-11-03 --format csv")]
pub(crate) struct EventsArgs {
    #[command(flatten)]
    pub(crate) which: WhichArgs,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

/// Which events, by what they are and who is in them.
#[derive(Debug, Options)]
pub(crate) struct WhichArgs {
    #[command(flatten)]
    pub(crate) event: EventArgs,
    /// Whether it happened; may be given several times
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) status: Vec<Status>,
    /// Who did it
    #[arg(long, value_name = "PARTY", value_parser = party)]
    pub(crate) actor: Option<Party>,
    /// To whom
    #[arg(long, value_name = "PARTY", value_parser = party)]
    pub(crate) recipient: Option<Party>,
    /// Who is on either side
    #[arg(long, value_name = "PARTY", value_parser = party)]
    pub(crate) party: Option<Party>,
}

#[derive(Debug, Options)]
pub(crate) struct AgendaArgs {
    #[command(flatten)]
    pub(crate) event: EventArgs,
    /// Who is on either side: a code or a name
    #[arg(long, value_name = "PARTY", value_parser = party)]
    pub(crate) party: Option<Party>,
    /// The day from which windows are overdue [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) on: Option<Date>,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

#[derive(Debug, Options)]
pub(crate) struct ClaimsArgs {
    #[command(flatten)]
    pub(crate) span: SpanArgs,
    /// Who says it: a code or a name
    #[arg(long, value_name = "PARTY", value_parser = party)]
    pub(crate) source: Option<Party>,
    /// How the source is named: named, role, anonymous, document, media or implicit
    #[arg(long, value_name = "KIND", value_parser = source_kind)]
    pub(crate) source_kind: Option<SourceKind>,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

/// What a row of a timeline covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// One day
    Day,
    /// Monday to Sunday
    Week,
    /// A calendar month
    Month,
}

#[derive(Debug, Options)]
#[command(after_help = "\
Examples:
  whimbrel timeline PAK AFG --by month --ledger desk.whimbrel
  whimbrel timeline PAK.MIL AFG.REB --ledger desk.whimbrel --since 2026-01-01 --format csv")]
pub(crate) struct TimelineArgs {
    /// The one party: a code or a name
    #[arg(value_name = "A", value_parser = party)]
    pub(crate) left: Party,
    /// The other
    #[arg(value_name = "B", value_parser = party)]
    pub(crate) right: Party,
    /// What a row covers
    #[arg(long, value_enum, default_value = "month")]
    pub(crate) by: By,
    /// Whether it happened [default: happened]; may be given several times
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) status: Vec<Status>,
    #[command(flatten)]
    pub(crate) event: EventArgs,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

#[derive(Debug, Options)]
pub(crate) struct ActorArgs {
    /// A name, a part of one in whole words, or a code
    #[arg(value_name = "NAME", value_parser = party)]
    pub(crate) name: Party,
    #[command(flatten)]
    pub(crate) span: SpanArgs,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

#[derive(Debug, Options)]
pub(crate) struct SearchArgs {
    /// Words, "phrases in quotes", AND, OR, NOT, NEAR(a b, 5), pre*
    #[arg(value_name = "WORDS", required = true)]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) span: SpanArgs,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

#[derive(Debug, Options)]
pub(crate) struct StoryArgs {
    /// The story's number in the ledger, or the id that it came with
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

#[derive(Debug, Options)]
#[command(after_help = "\
Examples:
  whimbrel sql .schema --ledger desk.whimbrel
  whimbrel sql \"SELECT type, count(*) FROM current_events GROUP BY 1\" --ledger desk.whimbrel")]
pub(crate) struct SqlArgs {
    /// One SELECT, or .schema; docs/reference/ledger.md tells what the tables mean
    #[arg(value_name = "SQL")]
    pub(crate) sql: String,
    /// The most seconds that it may take
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) timeout: u16,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

#[derive(Debug, Options)]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) span: SpanArgs,
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
}

#[derive(Debug, Options)]
#[command(after_help = "\
What a format cannot carry is left out and counted on standard error: planned and denied events are not written as if they had
happened. docs/reference/exports.md has the columns of each format and what is lost in it.

Examples:
  whimbrel export --format polecat --ledger desk.whimbrel --since 2026-01-01 > events.txt
  whimbrel export --format gdelt --ledger desk.whimbrel --party AFG --output gdelt/
  whimbrel export --format parquet --ledger desk.whimbrel --output record/")]
pub(crate) struct ExportArgs {
    /// Format
    #[arg(long, value_name = "FORMAT", value_parser = export_formats())]
    pub(crate) format: Format,
    /// File, or folder where the format is several files [default: standard output]
    #[arg(long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// Writes events of this status too though the format cannot tell them from those that happened; may be given several times
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) include: Vec<Status>,
    #[command(flatten)]
    pub(crate) which: WhichArgs,
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "no day; write it as 2026-11-02".to_owned())
}

/// A day counts to its end, in UTC.
fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(Moment(moment.as_millisecond()));
    }
    let next = day(text).ok().and_then(|day| day.tomorrow().ok()).ok_or("no day or moment; write it as 2026-11-02 or 2026-11-02T08:10:00Z")?;
    let days = next.since(Date::constant(1970, 1, 1)).map_err(|error| error.to_string())?.get_days();
    Ok(Moment(i64::from(days) * 86_400_000 - 1))
}

fn party(words: &str) -> Result<Party, query::Error> {
    Party::read(Codebook::bundled(), words)
}

fn place(words: &str) -> Result<Place, std::convert::Infallible> {
    Ok(Place::read(Codebook::bundled(), words))
}

fn mode(word: &str) -> Result<String, query::Error> {
    query::mode(Codebook::bundled(), word)
}

fn status(word: &str) -> Result<Status, String> {
    let valid = || Status::ALL.iter().map(|status| status.word()).collect::<Vec<_>>().join(", ");
    Status::from_word(word).ok_or_else(|| format!("no such status; valid are {}", valid()))
}

fn source_kind(word: &str) -> Result<SourceKind, String> {
    let valid = || SourceKind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
    SourceKind::from_word(word).ok_or_else(|| format!("no such kind of source; valid are {}", valid()))
}

fn export_formats() -> impl TypedValueParser<Value = Format> {
    let words = Format::ALL.iter().map(|format| format.word());
    PossibleValuesParser::new(words).try_map(|word| Format::from_word(&word))
}
