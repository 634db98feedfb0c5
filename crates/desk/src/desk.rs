//! What every answer draws on: the ledger opened for reading, the codebook, the reader of stories, and limits.
//!
//! Questions block, so they run on threads of their own, a few at a time, each ended when it takes too long.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use codebook::{Codebook, Coding};
use ledger::Moment;
use query::Record;
use text::{Document, Metadata};
use tokio::sync::{Semaphore, watch};

use crate::error::Error;

/// What reads stories and concludes over them. The program hands it in, for the desk stands below both.
pub trait Reader: Send + Sync + 'static {
    /// The words that codings are made of.
    fn codebook(&self) -> &Codebook;

    /// Name and version of the model.
    fn model_name(&self) -> &str;

    /// Reads one story; what could not be read is a note of the coding.
    fn read(&self, text: String, metadata: Metadata) -> (Document, Coding);

    /// Concludes anew over a ledger to which stories were added.
    ///
    /// # Errors
    /// A sentence that says what could not be done.
    fn settle(&self, ledger: &Path) -> Result<(), String>;
}

/// How much one request may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a question may take before it is ended.
    pub question: Duration,
    /// How long a request may take in all.
    pub request: Duration,
    /// How many questions are asked at once; others wait.
    pub at_once: usize,
    /// The most bytes of a request's body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { question: Duration::from_secs(5), request: Duration::from_secs(30), at_once: 8, body: 8 << 20 }
    }
}

/// What a desk is opened with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The ledger.
    pub ledger: PathBuf,
    /// How much one request may take.
    pub limits: Limits,
}

/// An open desk. Copies share everything.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    reader: Arc<dyn Reader>,
    // Connections that no question uses; they show the record as it stands.
    idle: Mutex<Vec<Record>>,
    permits: Semaphore,
    closing: watch::Sender<bool>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl Desk {
    /// Opens a desk over a ledger.
    ///
    /// # Errors
    /// When there is no such ledger, or it is of another version.
    pub fn open(settings: Settings, reader: Arc<dyn Reader>) -> Result<Self, Error> {
        let first = Record::open(&settings.ledger, None)?;
        let permits = Semaphore::new(settings.limits.at_once);
        let inner = Inner { settings, reader, idle: Mutex::new(vec![first]), permits, closing: watch::Sender::new(false) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The codebook.
    pub fn codebook(&self) -> &Codebook {
        self.inner.reader.codebook()
    }

    /// What reads stories.
    pub fn reader(&self) -> &Arc<dyn Reader> {
        &self.inner.reader
    }

    /// The ledger's file.
    pub fn ledger(&self) -> &Path {
        &self.inner.settings.ledger
    }

    /// How much one request may take.
    pub fn limits(&self) -> Limits {
        self.inner.settings.limits
    }

    /// Asks the record, as it stands or as it was known at a moment.
    ///
    /// # Errors
    /// What the question says; [`query::Error::TooLong`] when it took longer than it may.
    pub async fn ask<T: Send + 'static>(
        &self,
        as_of: Option<Moment>,
        question: impl FnOnce(&Record) -> Result<T, query::Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _permit = self.inner.permits.acquire().await.map_err(|_| Error::Closing)?;
        let inner = Arc::clone(&self.inner);
        let record = self.blocking(move || inner.record(as_of)).await??;
        let interrupter = record.interrupter();
        let inner = Arc::clone(&self.inner);
        let asked = tokio::task::spawn_blocking(move || {
            let answer = question(&record);
            // A record of an earlier moment shows that moment for ever.
            if as_of.is_none() {
                inner.idle.lock().unwrap_or_else(PoisonError::into_inner).push(record);
            }
            answer
        });
        tokio::pin!(asked);
        let patience = self.inner.settings.limits.question;
        match tokio::time::timeout(patience, &mut asked).await {
            Ok(answer) => Ok(answer.map_err(|_| Error::Broken)??),
            Err(_) => {
                interrupter.interrupt();
                // Until it has ended, its permit is not given to another.
                match asked.await.map_err(|_| Error::Broken)? {
                    Ok(answer) => Ok(answer),
                    Err(_) => Err(Error::Question(query::Error::TooLong)),
                }
            }
        }
    }

    /// Runs what blocks on a thread of its own.
    ///
    /// # Errors
    /// When it broke off, which is a fault of the program.
    pub(crate) async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Broken)
    }

    /// Tells everything that goes on by itself to end.
    pub(crate) fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// Becomes true when the server is about to end; whoever streams answers watches it.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.inner.closing.subscribe()
    }
}

impl Inner {
    fn record(&self, as_of: Option<Moment>) -> Result<Record, query::Error> {
        let idle = if as_of.is_none() { self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() } else { None };
        idle.map_or_else(|| Record::open(&self.settings.ledger, as_of), Ok)
    }
}
