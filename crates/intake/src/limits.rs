//! How much is held, unpacked and fetched; and how far a stream is.
//!
//! Limits are there so that no input, however made, fills the memory or the disk; the meter may be read from another thread.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::mapping::Mapping;

/// How much of an input is held at once, and how far it may be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest line of JSON, row, page, archived response or feed, in bytes.
    pub line_bytes: usize,
    /// The most bytes that one packed input may become.
    pub unpacked_bytes: u64,
    /// The most times its packed size that an input may become, once it is longer than [`Limits::FREE_BYTES`].
    pub unpacked_ratio: u64,
    /// The most files of an archive.
    pub archive_files: usize,
}

impl Limits {
    /// Unpacked bytes up to which the ratio does not matter: short runs of one character are packed very well.
    pub const FREE_BYTES: u64 = 1 << 24;
}

impl Default for Limits {
    fn default() -> Self {
        Self { line_bytes: 64 << 20, unpacked_bytes: 1 << 40, unpacked_ratio: 200, archive_files: 1_000_000 }
    }
}

/// What the network is allowed to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Whether addresses of private networks, this machine and the link may be asked.
    pub allow_private: bool,
    /// Hosts that may be asked although they are private, such as `news.intranet`.
    pub private_hosts: Vec<String>,
    /// Whether the links of a feed's entries are followed for the whole story.
    pub follow_links: bool,
    /// The longest answer, unpacked, in bytes.
    pub answer_bytes: u64,
    /// The most redirects of one request.
    pub redirects: u32,
    /// The longest time for one request, redirects apart.
    pub timeout: Duration,
    /// The shortest time between two requests of one host.
    pub host_pause: Duration,
    /// What the program calls itself; its first word is looked up in robots.txt.
    pub user_agent: String,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            allow_private: false,
            private_hosts: Vec::new(),
            follow_links: false,
            answer_bytes: 64 << 20,
            redirects: 5,
            timeout: Duration::from_secs(30),
            host_pause: Duration::from_secs(1),
            user_agent: concat!("whimbrel/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// How inputs are taken in.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How much is held and unpacked.
    pub limits: Limits,
    /// Which of their fields are ours; guessed where it is `None`.
    pub mapping: Option<Mapping>,
    /// Records that are done already: the name of an input (as in [`crate::Story::input`]) and the number of its records that
    /// are passed over.
    pub done: BTreeMap<String, u64>,
    /// What the network is allowed to do.
    pub network: Network,
}

/// How far the stream is; may be read from another thread.
#[derive(Debug, Default)]
pub struct Meter {
    read: AtomicU64,
    total: AtomicU64,
    records: AtomicU64,
    item: Mutex<String>,
}

impl Meter {
    /// Bytes read so far, as they lie on the disk: packed where the input is packed.
    pub fn read_bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes of all inputs; 0 when one of them does not say how long it is.
    pub fn total_bytes(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Stories and failures so far.
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// The input that is being read; empty before the first and after the last.
    pub fn item(&self) -> String {
        self.item.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add_read(&self, n_bytes: u64) {
        self.read.fetch_add(n_bytes, Ordering::Relaxed);
    }

    pub(crate) fn add_record(&self) {
        self.records.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_total(&self, n_bytes: u64) {
        self.total.store(n_bytes, Ordering::Relaxed);
    }

    pub(crate) fn set_item(&self, name: &str) {
        name.clone_into(&mut self.item.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A number of bytes for people.
pub(crate) fn size(n_bytes: u64) -> String {
    match n_bytes {
        0..1024 => format!("{n_bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", n_bytes / 1024),
        _ => format!("{} MiB", n_bytes / (1 << 20)),
    }
}
