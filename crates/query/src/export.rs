//! The record in the formats of the field.
//!
//! Every format is written from the one stream of `telling`, event by event, into writers that the caller opens: nothing is
//! capped and nothing but the story at hand is kept. What a format cannot carry is left out and counted, never bent: a planned or
//! denied event is not written as one that happened. `docs/reference/exports.md` has columns and losses.
//!
//! The rooms, in reading order: `telling` (the stream), `fold` (events for formats without a status), `crosswalk` (codes of older
//! formats), `row` (cells), `party` (who is in the events), `xml`, `table` (the declared tables), `shred` (rows into columns),
//! `package` (what describes them); then one file a format.

mod telling;

mod crosswalk;
mod fold;
mod row;

mod party;
mod xml;

mod package;
mod shred;
mod table;

mod atom;
mod dataset;
mod flat;
mod gdelt;
mod geojson;
mod gexf;
mod icews;
mod ics;
mod jsonl;
mod plover;
mod polecat;
mod stix;
mod ftm;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use codebook::{Codebook, Status};
use serde::Serialize;

use crate::error::Error;
use crate::filter::Filter;
use crate::record::Record;
use telling::Source;

pub use row::{EVENT_COLUMNS, csv_cell, csv_line, event_cells, party_names};

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $file:literal, [$($loss:literal),* $(,)?];)+) => {
        /// A format of exports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Format { $($(#[$doc])* $name),+ }

        impl Format {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Format] = &[$(Format::$name),+];

            /// The word that stands for it on the command line and in addresses.
            pub fn word(self) -> &'static str {
                match self { $(Format::$name => $word),+ }
            }

            /// The usual name of its file; ends with `/` where it is a folder of several.
            pub fn file(self) -> &'static str {
                match self { $(Format::$name => $file),+ }
            }

            /// What it cannot carry, in sentences.
            pub fn losses(self) -> &'static [&'static str] {
                match self { $(Format::$name => &[$($loss),*]),+ }
            }
        }
    };
}

formats! {
    /// Codings, one story a line.
    Jsonl = "jsonl", "codings.jsonl", ["what was concluded over stories is not in it"];
    /// Events, one a row.
    Csv = "csv", "events.csv", ["of the spans only the words are in it, of a claim only who says it and how"];
    /// PLOVER JSON, one event a line.
    Plover = "plover", "plover.jsonl", [
        "PLOVER has no status: denied and possible events are left out, and plans that it does not fold into AGREE or CONCEDE",
        "claims are in `comment` only",
    ];
    /// POLECAT's table.
    Polecat = "polecat", "polecat.tsv", [
        "POLECAT has no status: denied and possible events are left out, and plans that PLOVER does not fold into AGREE or CONCEDE",
        "it has no claims, and one row for each pair of actor and recipient",
    ];
    /// GDELT 2.0: events and mentions.
    Gdelt = "gdelt", "gdelt/", [
        "CAMEO has no status: denied and possible events are left out, and plans that are no intent to cooperate, meet, help or yield",
        "it has no claims; tone and the places of actors are not known; codes of countries are FIPS for places, ISO alpha-3 for actors",
    ];
    /// ICEWS' table.
    Icews = "icews", "icews.tsv", [
        "CAMEO has no status: denied and possible events are left out, and plans that are no intent to cooperate, meet, help or yield",
        "it has no claims, and one row for each pair of actor and recipient",
    ];
    /// FollowTheMoney, one entity a line.
    Ftm = "ftm", "entities.ftm.jsonl", [
        "FollowTheMoney has no status of events: denied, possible and planned events are left out",
        "type, mode and sector stand in keywords; it has no claims, and of an office only the days on which stories tell of it",
    ];
    /// STIX 2.1, one bundle.
    Stix = "stix", "events.stix.json", [
        "type, mode, status and parties stand in a property extension that other programs may pass over",
    ];
    /// GeoJSON, one feature an event.
    Geojson = "geojson", "events.geojson", ["events without a place on the map are left out", "of claims only who says it is in it"];
    /// GEXF: who deals with whom.
    Gexf = "gexf", "parties.gexf", [
        "it has no status: denied, possible and planned events are left out",
        "events are counted in edges; what people say of them is not in it",
    ];
    /// A calendar of what is planned.
    Ics = "ics", "agenda.ics", ["only what is planned is in it, and only with a window; claims are not"];
    /// An Atom feed of reports.
    Atom = "atom", "events.atom", ["of parties only the headline tells; claims are not in it"];
    /// Parquet: a table a file, with their description.
    Parquet = "parquet", "parquet/", ["which claims of other stories a claim denies or confirms is not in it"];
}

impl Format {
    /// The format that a word stands for.
    ///
    /// # Errors
    /// Names the valid ones.
    pub fn from_word(word: &str) -> Result<Self, Error> {
        Self::ALL.iter().copied().find(|format| format.word() == word).ok_or_else(|| {
            let valid = Self::ALL.iter().map(|format| format.word()).collect::<Vec<_>>().join(", ");
            Error::Unknown { what: "format", word: word.to_owned(), valid }
        })
    }

    /// Whether it is a folder of several files.
    pub fn is_folder(self) -> bool {
        self.file().ends_with('/')
    }
}

/// What is to be exported. The filter is that of [`crate::events`], its limit aside.
#[derive(Clone, Debug)]
pub struct Export {
    /// In which format.
    pub format: Format,
    /// Which events.
    pub filter: Filter,
    /// Statuses besides `happened` whose events are written though the format cannot tell them from those that happened.
    pub include: Vec<Status>,
}

/// What was exported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// How many events were written; of `jsonl`, stories.
    pub n_written: u64,
    /// How many were left out, by reason.
    pub left_out: BTreeMap<&'static str, u64>,
}

impl Exported {
    fn wrote(&mut self) {
        self.n_written += 1;
    }

    fn leave_out(&mut self, reason: &'static str) {
        *self.left_out.entry(reason).or_default() += 1;
    }
}

/// Where an export goes: opens a file of it by its name. Of a format that is one file, the name is that of [`Format::file`].
pub type Open<'a> = dyn FnMut(&str) -> io::Result<Box<dyn Write + Send>> + 'a;

/// Writes the events of a record in a format. The record is seen as it stands at the first row, whatever is added meanwhile.
///
/// # Errors
/// When the ledger cannot be read or the export cannot be written.
pub fn export(record: &Record, codebook: &Codebook, wanted: &Export, open: &mut Open<'_>) -> Result<Exported, Error> {
    // One snapshot for all statements of the export.
    let snapshot = record.connection().unchecked_transaction()?;
    let filter = Filter { limit: None, ..wanted.filter.clone() };
    let job = Job { source: Source { record, filter: &filter }, codebook, include: &wanted.include };
    let mut exported = Exported::default();
    match wanted.format {
        Format::Gdelt => gdelt::write(&job, open, &mut exported)?,
        Format::Parquet => dataset::write(&job, open, &mut exported)?,
        format => {
            let mut out = BufWriter::with_capacity(1 << 16, open(format.file())?);
            write_stream(format, &job, &mut out, &mut exported)?;
            out.flush()?;
        }
    }
    snapshot.finish()?;
    Ok(exported)
}

fn write_stream(format: Format, job: &Job<'_>, out: &mut dyn Write, exported: &mut Exported) -> Result<(), Error> {
    match format {
        Format::Jsonl => jsonl::write(job, out, exported),
        Format::Csv => flat::write(job, out, exported),
        Format::Plover => plover::write(job, out, exported),
        Format::Polecat => polecat::write(job, out, exported),
        Format::Icews => icews::write(job, out, exported),
        Format::Ftm => ftm::write(job, out, exported),
        Format::Stix => stix::write(job, out, exported),
        Format::Geojson => geojson::write(job, out, exported),
        Format::Gexf => gexf::write(job, out, exported),
        Format::Ics => ics::write(job, out, exported),
        Format::Atom => atom::write(job, out, exported),
        Format::Gdelt | Format::Parquet => unreachable!("folders are written before"),
    }
}

/// What every format is written from.
#[derive(Clone, Copy, Debug)]
struct Job<'a> {
    source: Source<'a>,
    codebook: &'a Codebook,
    include: &'a [Status],
}

/// A value as JSON that does nothing to a terminal.
fn json(value: &impl Serialize) -> String {
    text::safe_json(serde_json::to_string(value).expect("keys are strings and numbers finite"))
}

/// A line of a tab-separated table; text is made one line that no spreadsheet takes for a formula.
fn tab_line<'c>(cells: impl IntoIterator<Item = &'c str>) -> String {
    cells.into_iter().map(row::plain_cell).collect::<Vec<_>>().join("\t") + "\n"
}

/// The address of a story, where it is one that a reader may follow.
fn link(meta: &text::Metadata) -> Option<&str> {
    meta.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

/// A moment of the ledger as its day, hour, minute and second in UTC.
fn timestamp(moment: ledger::Moment) -> jiff::civil::DateTime {
    let timestamp = jiff::Timestamp::from_millisecond(moment.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    jiff::tz::TimeZone::UTC.to_datetime(timestamp)
}
