//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{Args as Options, Parser, Subcommand, ValueEnum};

use crate::ask_args::AskVerb;

/// Reads news reports and keeps the record of political life in them: who did what to whom, when, where, and according to
/// whom.
#[derive(Debug, Parser)]
#[command(name = "whimbrel", version, max_term_width = 100, after_help = "\
Examples:
  whimbrel demo                                  what it is about, with sixteen stories
  whimbrel read examples/stories                 readings of a folder of stories
  whimbrel read --format jsonl news.jsonl        one coding a line, for programs
  whimbrel analyze --format conllu story.txt     words, tags and trees
  whimbrel explain story.txt                     every stage, and why each code was chosen
  whimbrel add news/ --ledger desk.whimbrel      keeps stories with their codings in one file
  whimbrel watch feeds.opml --ledger desk.whimbrel
  whimbrel check data                            validates a codebook or a corpus

Exit codes: 0 all went well, 1 the run failed, 2 wrong usage, 3 some inputs failed and the rest was read")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Codes stories: events, actors, claims
    Read(ReadArgs),
    /// Prints the layers below the coding: grammar, mentions, quotations, times, places
    Analyze(AnalyzeArgs),
    /// Shows every stage of one story, and why each code was chosen
    Explain(ExplainArgs),
    /// Codes stories and keeps them in a ledger
    Add(AddArgs),
    /// Watches feeds, and keeps what is new in a ledger until it is stopped
    Watch(WatchArgs),
    /// Keeps the stories that the program carries in a new ledger, and asks it
    Demo(DemoArgs),
    /// Reads the stories of a ledger again that another model or codebook has read
    Reread(RereadArgs),
    /// Concludes over the stories of a ledger: copies, actors, events, what became of plans, disputes
    Resolve(ResolveArgs),
    /// Says whether a ledger is sound
    Doctor(DoctorArgs),
    #[command(flatten)]
    Ask(AskVerb),
    /// Shows a ledger in the browser, with an API for programs
    Serve(ServeArgs),
    /// Says who may come in to the desk of a ledger
    Account(AccountArgs),
    /// Validates a codebook folder or a folder of annotated stories
    Check(CheckArgs),
}

/// Formats of codings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReadFormat {
    /// A reading for people: the story with marks, then its events, claims and agenda
    Page,
    /// A table of events
    Table,
    /// One coding a line
    Jsonl,
    /// One array of codings
    Json,
    /// One event a row
    Csv,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Options)]
#[command(after_help = "\
INPUT is a file, a folder (read in sorted order), a pattern, an http(s) address, or - for standard
input. Files are JSON lines ({\"id\",\"text\",\"title\",\"published\",\"publisher\",\"url\",…}), JSON, CSV,
plain text, Markdown with front matter, HTML, WARC or feeds, also in .gz, .zst or .zip.

Examples:
  whimbrel read story.txt
  whimbrel read --format csv --jobs 4 archive/ > events.csv
  cat news.jsonl | whimbrel read - --format jsonl --failed-out failed.jsonl")]
pub(crate) struct ReadArgs {
    /// Files, folders, patterns, addresses, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Output format [default: page on a terminal, jsonl otherwise]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ReadFormat>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) intake: IntakeArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) color: Color,
}

/// By what stories are read.
#[derive(Debug, Options)]
pub(crate) struct ReadingArgs {
    /// Number of stories read at once [default: number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// A folder laid out as data/ is; what it lacks is the one built in
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A weight file instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
}

/// How far the network may be asked.
#[derive(Debug, Options)]
pub(crate) struct NetworkArgs {
    /// Fetches the pages behind the entries of feeds, and the feeds of OPML lists
    #[arg(long)]
    pub(crate) fetch: bool,
    /// Allows addresses of private networks and of this machine
    #[arg(long)]
    pub(crate) allow_private: bool,
}

impl NetworkArgs {
    /// The same, as intake takes it.
    pub(crate) fn network(&self) -> intake::Network {
        intake::Network { follow_links: self.fetch, allow_private: self.allow_private, ..intake::Network::default() }
    }
}

/// How inputs are taken in.
#[derive(Debug, Options)]
pub(crate) struct IntakeArgs {
    /// What the inputs call a story's fields, such as text=body,published=date [default: guessed]
    #[arg(long, value_name = "FIELD=NAME,…", value_parser = intake::Mapping::parse)]
    pub(crate) map: Option<intake::Mapping>,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Writes what could not be read to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) failed_out: Option<PathBuf>,
}

impl IntakeArgs {
    /// The same, as intake takes it.
    pub(crate) fn options(&self) -> intake::Options {
        intake::Options { mapping: self.map.clone(), network: self.network.network(), ..intake::Options::default() }
    }
}

/// Formats of analyses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnalyzeFormat {
    /// Words, lemmas, tags and trees
    Conllu,
    /// Mentions with chains, quotations, times, places, event candidates; one document a line
    Json,
}

#[derive(Debug, Options)]
pub(crate) struct AnalyzeArgs {
    /// Files, folders, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) format: AnalyzeFormat,
    /// The inputs are CoNLL-U: sentences and words are taken as they stand
    #[arg(long)]
    pub(crate) pretokenized: bool,
    /// Number of stories read at once [default: number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// A weight file instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
}

/// Stages of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Paragraphs, sentences, dateline, credit
    Text,
    /// Grammar, mentions, quotations, times, places, candidates
    Analysis,
    /// Actors, events, claims with their reasons
    Coding,
    /// All of them
    All,
}

#[derive(Debug, Options)]
pub(crate) struct ExplainArgs {
    /// A file with one or more stories, or - for standard input
    #[arg(value_name = "STORY")]
    pub(crate) story: PathBuf,
    /// The stage to show
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) stage: Stage,
    /// A folder laid out as data/ is; what it lacks is the one built in
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Options)]
pub(crate) struct CheckArgs {
    /// A folder laid out as data/ is, or a folder of annotated stories
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Options)]
#[command(after_help = "\
INPUT is what `whimbrel read` takes. A story is kept once: the same text of the same publisher is known already, another
text at the same address is a new revision, and both are kept. A run that was stopped goes on where it was; files that
have not changed since are passed over. What could not be read stands in the ledger's table of failures too.

Examples:
  whimbrel add examples/stories --ledger desk.whimbrel
  whimbrel add archive.jsonl --ledger desk.whimbrel --jobs 2 --failed-out failed.jsonl")]
pub(crate) struct AddArgs {
    /// Files, folders, patterns, addresses, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The ledger; made where there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) intake: IntakeArgs,
}

#[derive(Debug, Options)]
#[command(after_help = "\
Each feed is asked when its time comes, only for changes (ETag, Last-Modified), as its host's robots.txt allows and never
twice within a second; after failures less and less often, up to once a day. What is new is kept in the ledger with what is
known of the feed, so that a watch that was stopped, or killed, goes on where it was. Ctrl-C or SIGTERM ends it once the
stories in hand are stored.

Examples:
  whimbrel watch feeds.opml --ledger desk.whimbrel
  whimbrel watch https://news.example/rss --ledger desk.whimbrel --every 30m --fetch
  whimbrel watch --once --ledger desk.whimbrel          from cron, the feeds that the ledger knows")]
pub(crate) struct WatchArgs {
    /// Addresses of feeds, or OPML files with lists of them [default: the feeds that the ledger knows]
    #[arg(value_name = "FEED")]
    pub(crate) feeds: Vec<String>,
    /// The ledger; made where there is none
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// The time between two askings of a feed, give or take a tenth, such as 90s, 15m or 2h
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = interval)]
    pub(crate) every: std::time::Duration,
    /// Asks each feed once that no failure holds back, and ends
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Writes what could not be read to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) failed_out: Option<PathBuf>,
}

fn interval(text: &str) -> Result<std::time::Duration, String> {
    let time: Option<jiff::SignedDuration> = text.parse().ok();
    let time = time.and_then(|time| std::time::Duration::try_from(time).ok()).filter(|time| time.as_secs() > 0);
    time.ok_or_else(|| "no time of a second or more; write it as 90s, 15m or 2h".to_owned())
}

#[derive(Debug, Options)]
pub(crate) struct DemoArgs {
    /// The ledger, which must not be there yet
    #[arg(long, value_name = "FILE", default_value = "demo.whimbrel")]
    pub(crate) ledger: PathBuf,
    /// Shows it in the browser instead, as `whimbrel serve` does; also one that is there already
    #[arg(long)]
    pub(crate) serve: bool,
    /// The address to listen at
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:4177", requires = "serve")]
    pub(crate) addr: std::net::SocketAddr,
}

#[derive(Debug, Options)]
pub(crate) struct RereadArgs {
    /// The ledger
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

#[derive(Debug, Options)]
#[command(after_help = "\
All is concluded from the current codings and from the decisions made by hand, with a reason and a
score for each link. Adding stories does it too; this does what is left, such as after a decision by hand.

Example:
  whimbrel resolve --ledger desk.whimbrel")]
pub(crate) struct ResolveArgs {
    /// The ledger
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// Forgets what was concluded and concludes all of it anew, to the same result
    #[arg(long)]
    pub(crate) rebuild: bool,
}

#[derive(Debug, Options)]
pub(crate) struct DoctorArgs {
    /// The ledger
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
}

#[derive(Debug, Options)]
#[command(after_help = "\
Without accounts the desk answers this machine alone, and whoever sits at it may do everything. On any other
address it starts only when the ledger has accounts. Letters are sent by the mail server that WHIMBREL_SMTP
names (smtps://user:password@mail.example), from the sender that WHIMBREL_MAIL_FROM names.

Examples:
  whimbrel serve --ledger desk.whimbrel
  whimbrel serve --ledger desk.whimbrel --addr 127.0.0.1:8080 --public https://desk.example.org")]
pub(crate) struct ServeArgs {
    /// The ledger
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// The address to listen at
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:4177")]
    pub(crate) addr: std::net::SocketAddr,
    /// Under which address others reach the desk through a proxy, which speaks TLS
    #[arg(long, value_name = "URL", value_parser = public)]
    pub(crate) public: Option<String>,
    /// Answers under any host name, not only this machine's and that of --public
    #[arg(long)]
    pub(crate) any_host: bool,
    /// Lets webhooks lead to addresses of private networks and of this machine
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// The hour of the day (UTC) at which letters are sent
    #[arg(long, value_name = "HOUR", default_value = "6", value_parser = clap::value_parser!(u8).range(0..24))]
    pub(crate) digest_hour: u8,
    /// A folder laid out as data/ is; what it lacks is the one built in
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A weight file instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
}

fn public(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(text.to_owned()),
        _ => Err("no address of a site; write it as https://desk.example.org".to_owned()),
    }
}

#[derive(Debug, Options)]
pub(crate) struct AccountArgs {
    #[command(subcommand)]
    pub(crate) verb: AccountVerb,
}

/// Of which ledger.
#[derive(Debug, Options)]
pub(crate) struct AtArgs {
    /// The ledger
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
}

/// What an account may do; each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleWord {
    /// Ask
    Reader,
    /// Add stories, notes and corrections
    Editor,
    /// Open and close accounts
    Admin,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountVerb {
    /// Opens an account; its password is made and shown once
    Add {
        /// By which one logs in
        name: String,
        /// What it may do
        #[arg(long, value_enum, default_value = "reader")]
        role: RoleWord,
        /// Takes the password from standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Gives an account another password, and ends its sessions
    Password {
        /// The account
        name: String,
        /// Takes the password from standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Makes a token by which a program comes in, shown once
    Token {
        /// The account
        name: String,
        /// What it allows; may be given several times
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = desk::SCOPES.map(|(scope, _)| scope))]
        scopes: Vec<String>,
        /// What to call it
        #[arg(long, value_name = "NAME", default_value = "program")]
        called: String,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Closes an account
    Close {
        /// The account
        name: String,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Lists the open accounts
    List {
        #[command(flatten)]
        at: AtArgs,
    },
}
