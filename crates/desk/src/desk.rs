//! What every answer draws on: the ledger opened for reading, the codebook, the reader of stories, and limits.
//!
//! Questions block, so they run on threads of their own, a few at a time, each ended when it takes too long.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use codebook::{Codebook, Coding};
use jiff::civil::Date;
use ledger::{Ledger, Moment};
use query::Record;
use text::{Document, Metadata};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, SemaphorePermit, watch};

use crate::account::{Logins, Rate, new_secret};
use crate::error::Error;
use crate::follow::Mail;

/// How many passwords are checked, stories read and exports written at once.
const PASSWORDS: usize = 2;
const READINGS: usize = 2;
const EXPORTS: usize = 2;

/// How many may listen to how runs go on.
const LISTENERS: usize = 64;

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
    /// How many requests a second are answered of one address of another machine; ten times as many at once.
    pub per_second: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        // Each question has a connection with a cache of its own, so that more at once take more memory and, beyond the cores, no less
        // time.
        let at_once = std::thread::available_parallelism().map_or(4, |cores| (2 * cores.get()).clamp(2, 16));
        Self { question: Duration::from_secs(5), request: Duration::from_secs(30), at_once, body: 16 << 20, per_second: Some(50) }
    }
}

/// Under which names the desk is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Those of this machine alone; then, and only then, a desk without accounts is open.
    Loopback,
    /// These, and those of this machine.
    Named(Vec<String>),
    /// Any.
    Any,
}

/// What a desk is opened with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The ledger.
    pub ledger: PathBuf,
    /// How much one request may take.
    pub limits: Limits,
    /// Under which names the desk is asked.
    pub hosts: Hosts,
    /// The address by which others reach it, such as `https://desk.example`, where a proxy stands in front; without a slash at
    /// its end.
    pub public: Option<String>,
    /// Whether webhooks may lead to addresses of private networks and of this machine.
    pub allow_private: bool,
    /// By which letters are sent.
    pub mail: Option<Mail>,
    /// The hour of the day (UTC) at which letters are sent.
    pub digest_hour: u8,
}

impl Settings {
    /// A desk for this machine alone.
    pub fn new(ledger: PathBuf) -> Self {
        Self { ledger, limits: Limits::default(), hosts: Hosts::Loopback, public: None, allow_private: false, mail: None, digest_hour: 6 }
    }
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
    // What people may do is read and written beside the questions, which do not see it.
    people: Mutex<Ledger>,
    writer: Mutex<Ledger>,
    secret: String,
    logins: Logins,
    rate: Option<Rate>,
    passwords: Semaphore,
    readings: Arc<Semaphore>,
    exports: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    added: Notify,
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
        // The question's own words for a file that is none.
        let missing = || Record::open(&settings.ledger, None).err().map(Error::from);
        let writer = Ledger::open(&settings.ledger).map_err(|error| missing().unwrap_or(Error::Ledger(error)))?;
        let first = Record::open(&settings.ledger, None)?;
        let people = Mutex::new(Ledger::open_read_only(&settings.ledger)?);
        let permits = Semaphore::new(settings.limits.at_once);
        let inner = Inner {
            rate: settings.limits.per_second.map(Rate::new),
            settings,
            reader,
            idle: Mutex::new(vec![first]),
            permits,
            people,
            writer: Mutex::new(writer),
            secret: new_secret()?,
            logins: Logins::default(),
            passwords: Semaphore::new(PASSWORDS),
            readings: Arc::new(Semaphore::new(READINGS)),
            exports: Arc::new(Semaphore::new(EXPORTS)),
            listeners: Arc::new(Semaphore::new(LISTENERS)),
            added: Notify::new(),
            closing: watch::Sender::new(false),
        };
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

    /// Asks what people may do and follow; a look-up by key, too short to need a thread of its own.
    pub(crate) fn people<T>(&self, ask: impl FnOnce(&Ledger) -> Result<T, ledger::Error>) -> Result<T, Error> {
        Ok(ask(&self.inner.people.lock().unwrap_or_else(PoisonError::into_inner))?)
    }

    /// Writes to the ledger, one writer after another.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Ledger) -> Result<T, ledger::Error> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = Arc::clone(&self.inner);
        let written = self.blocking(move || change(&mut inner.writer.lock().unwrap_or_else(PoisonError::into_inner)));
        Ok(written.await??)
    }

    /// Logs what was done.
    pub(crate) async fn note(&self, by: &str, action: &'static str, target: &str, from: Option<IpAddr>) -> Result<(), Error> {
        // Names that were tried may be anything, of any length.
        let short = |text: &str| text.chars().take(200).collect::<String>();
        let (by, target, now) = (short(by), short(target), self.now());
        let from = from.map(|address| address.to_string());
        self.write(move |ledger| ledger.log(now, &by, action, &target, from.as_deref())).await
    }

    /// The moment.
    pub(crate) fn now(&self) -> Moment {
        Moment(jiff::Timestamp::now().as_millisecond())
    }

    /// Whether there are no accounts and whoever sits at this machine may do everything.
    pub(crate) fn is_open(&self) -> Result<bool, Error> {
        Ok(self.inner.settings.hosts == Hosts::Loopback && !self.has_accounts()?)
    }

    /// Whether anyone has to log in.
    pub(crate) fn has_accounts(&self) -> Result<bool, Error> {
        self.people(|ledger| ledger.has_accounts())
    }

    /// Whether browsers reach the desk by TLS, which a proxy in front speaks.
    pub(crate) fn is_https(&self) -> bool {
        self.inner.settings.public.as_deref().is_some_and(|public| public.starts_with("https://"))
    }

    /// The address by which others reach the desk, where it is known.
    pub(crate) fn public(&self) -> Option<&str> {
        self.inner.settings.public.as_deref()
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.inner.settings.hosts
    }

    /// A secret of this desk, until it ends.
    pub(crate) fn secret(&self) -> &str {
        &self.inner.secret
    }

    pub(crate) fn logins(&self) -> &Logins {
        &self.inner.logins
    }

    pub(crate) fn rate(&self) -> Option<&Rate> {
        self.inner.rate.as_ref()
    }

    /// Leave to check a password, which takes memory and time.
    pub(crate) async fn password_permit(&self) -> Result<SemaphorePermit<'_>, Error> {
        self.inner.passwords.acquire().await.map_err(|_| Error::Closing)
    }

    /// Leave to have stories read.
    pub(crate) async fn reading_permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.inner.readings).acquire_owned().await.map_err(|_| Error::Closing)
    }

    /// Leave to write an export, until it is written.
    pub(crate) async fn export_permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.inner.exports).acquire_owned().await.map_err(|_| Error::Closing)
    }

    /// Leave to listen to how runs go on; nobody waits for it.
    pub(crate) fn listening_permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.inner.listeners).try_acquire_owned().map_err(|_| Error::TooOften(Duration::from_secs(30)))
    }

    /// Stories were added: what is concluded over them is to be brought up to date.
    pub(crate) fn settle_soon(&self) {
        self.inner.added.notify_one();
    }

    /// Until stories were added.
    pub(crate) async fn added(&self) {
        self.inner.added.notified().await;
    }

    /// Whether webhooks may lead to private networks.
    pub(crate) fn allows_private(&self) -> bool {
        self.inner.settings.allow_private
    }

    /// By which letters are sent, where they are.
    pub(crate) fn mail(&self) -> Option<&Mail> {
        self.inner.settings.mail.as_ref()
    }

    /// The hour of the day at which letters are sent.
    pub(crate) fn digest_hour(&self) -> u8 {
        self.inner.settings.digest_hour
    }

    /// Today, in UTC.
    pub(crate) fn today(&self) -> Date {
        jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
    }

    /// Looks into every search that is followed, now, and sends what is due; the server does it by itself.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn look(&self) -> Result<usize, Error> {
        let n_alerts = crate::follow::look(self).await?;
        crate::follow::send_due(self).await?;
        Ok(n_alerts)
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

/// A moment for people: day and minute, in UTC.
pub(crate) fn shown(moment: &Moment) -> String {
    let at = jiff::Timestamp::from_millisecond(moment.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
