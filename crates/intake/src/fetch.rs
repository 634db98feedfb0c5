//! Fetching from http(s) addresses, with bounds: sizes, redirects, time, hosts, and what robots.txt allows.
//!
//! Nothing is asked twice without need: answers carry their validators, and two requests of one host have a pause between
//! them. No proxy is used, since a proxy would resolve names where they cannot be checked.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ureq::http::HeaderMap;
use url::Url;

use crate::address::Guarded;
use crate::clock::{Clock, after, between};
use crate::failure::{Failure, Stage};
use crate::http_message::media_of;
use crate::limits::{Network, size};
use crate::robots::Robots;

/// How long the rules of a host are kept.
const ROBOTS_KEPT: Duration = Duration::from_secs(24 * 3600);

/// The longest robots.txt that is read; what is behind it does not count.
const ROBOTS_BYTES: u64 = 512 << 10;

/// Hosts whose rules and last requests are remembered.
const HOSTS_MAX: usize = 10_000;

/// By what an answer can be asked for again only if it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag` of the last answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
}

/// An answer with status 200.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The address that answered, behind all redirects.
    pub url: String,
    /// The same address where it was reached by permanent redirects alone: what to ask from now on.
    pub moved_to: Option<String>,
    /// Media type, in lower case.
    pub media: Option<String>,
    /// Charset that the header names.
    pub charset: Option<String>,
    /// By what to ask for it again.
    pub validators: Validators,
    /// The body, unpacked.
    pub bytes: Vec<u8>,
}

/// Why an address gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is no http(s) address.
    #[error("`{0}` is no address that can be fetched")]
    Address(String),
    /// It leads to a private network or to this machine.
    #[error("{0}")]
    Private(String),
    /// robots.txt does not allow it.
    #[error("robots.txt of {0} does not allow it")]
    Robots(String),
    /// It redirects too often.
    #[error("more than {0} redirects")]
    Redirects(u32),
    /// The answer is too long.
    #[error("the answer is longer than {}", size(*.0))]
    TooLong(u64),
    /// The host answered with another status.
    #[error("the host answered with status {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long the host asks to wait.
        retry_after: Option<Duration>,
    },
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// The host could not be found or reached, or broke off.
    #[error("{0}")]
    Unreachable(String),
    /// It has not changed since the last answer.
    #[error("not changed since the last answer")]
    NotModified,
}

impl FetchError {
    /// The failure of an input at an address.
    pub(crate) fn failure(&self, input: &str) -> Failure {
        let failure = Failure::new(input, 0, Stage::Fetch, self.to_string());
        match self {
            FetchError::Address(_) => failure.valid("an address such as https://example.org/news"),
            FetchError::Private(_) => failure.valid("a host on the public network").hint("if you trust it, allow it with --allow-private"),
            FetchError::Robots(_) => failure.valid("an address that the host's robots.txt allows"),
            FetchError::Redirects(_) => failure.valid("an address that leads to a page"),
            FetchError::TooLong(n_bytes) => {
                failure.valid(format!("answers of up to {}", size(*n_bytes))).hint("download it and give the file")
            }
            _ => failure.valid("an address that answers"),
        }
    }
}

/// Fetches, and remembers what the hosts asked for.
pub struct Fetcher {
    network: Network,
    clock: Arc<dyn Clock>,
    // Made with the first request: most streams never ask the network.
    agent: Option<ureq::Agent>,
    robots: BTreeMap<String, (Robots, Timestamp)>,
    asked: BTreeMap<String, Timestamp>,
}

impl Fetcher {
    /// A fetcher with these bounds and this clock.
    pub fn new(network: Network, clock: Arc<dyn Clock>) -> Self {
        Self { network, clock, agent: None, robots: BTreeMap::new(), asked: BTreeMap::new() }
    }

    /// What the network is allowed to do.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Fetches an address, unless it has not changed; waits for its host's turn first.
    ///
    /// # Errors
    /// Whatever is not an answer with status 200, as [`FetchError`].
    pub fn get(&mut self, address: &str, validators: &Validators) -> Result<Answer, FetchError> {
        let mut url = parsed(address)?;
        let (mut is_moved, mut is_lent) = (false, false);
        for _ in 0..=self.network.redirects {
            self.ask_robots(&url)?;
            self.wait_for(&url);
            match self.request(&url, validators, self.network.answer_bytes)? {
                Step::Answer(answer) => {
                    let moved_to = (is_moved && !is_lent).then(|| answer.url.clone());
                    return Ok(Answer { moved_to, ..answer });
                }
                Step::Redirect { to, is_permanent } => {
                    is_moved |= is_permanent;
                    is_lent |= !is_permanent;
                    url = to;
                }
            }
        }
        Err(FetchError::Redirects(self.network.redirects))
    }

    /// Whether robots.txt allows an address; its rules are fetched once a day.
    fn ask_robots(&mut self, url: &Url) -> Result<(), FetchError> {
        let origin = url.origin().ascii_serialization();
        let now = self.clock.now();
        let known = self.robots.get(&origin).filter(|(_, until)| now < *until);
        if known.is_none() {
            let robots = self.fetch_robots(url)?;
            if self.robots.len() >= HOSTS_MAX {
                self.robots.clear();
            }
            self.robots.insert(origin.clone(), (robots, after(now, ROBOTS_KEPT)));
        }
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let allows = self.robots.get(&origin).is_none_or(|(robots, _)| robots.allows(path));
        if allows { Ok(()) } else { Err(FetchError::Robots(origin)) }
    }

    /// The rules of a host: none where it has no file, all closed where it fails (RFC 9309, section 2.3.1).
    fn fetch_robots(&mut self, url: &Url) -> Result<Robots, FetchError> {
        let mut at = url.join("/robots.txt").map_err(|_| FetchError::Address(url.to_string()))?;
        for _ in 0..=self.network.redirects {
            match self.request(&at, &Validators::default(), ROBOTS_BYTES) {
                Ok(Step::Answer(answer)) => {
                    return Ok(Robots::parse(&String::from_utf8_lossy(&answer.bytes), &self.network.user_agent));
                }
                Ok(Step::Redirect { to, .. }) => at = to,
                Err(FetchError::Status { status: 400..=499, .. } | FetchError::TooLong(_)) => return Ok(Robots::default()),
                Err(FetchError::Status { .. }) => return Ok(Robots::closed()),
                Err(error) => return Err(error),
            }
        }
        Ok(Robots::default())
    }

    /// Lets the pause of a host pass.
    fn wait_for(&mut self, url: &Url) {
        let host = url.host_str().unwrap_or("").to_owned();
        let origin = url.origin().ascii_serialization();
        let delay = self.robots.get(&origin).and_then(|(robots, _)| robots.delay).unwrap_or(Duration::ZERO);
        let pause = self.network.host_pause.max(delay);
        let now = self.clock.now();
        if let Some(asked) = self.asked.get(&host) {
            let left = between(now, after(*asked, pause));
            if !left.is_zero() {
                self.clock.sleep(left);
            }
        }
        if self.asked.len() >= HOSTS_MAX {
            self.asked.clear();
        }
        self.asked.insert(host, self.clock.now());
    }

    /// One request, without following its redirect.
    fn request(&mut self, url: &Url, validators: &Validators, limit: u64) -> Result<Step, FetchError> {
        let network = &self.network;
        let agent = self.agent.get_or_insert_with(|| agent(network));
        let mut request = agent.get(url.as_str());
        if let Some(etag) = &validators.etag {
            request = request.header("If-None-Match", etag);
        }
        if let Some(date) = &validators.last_modified {
            request = request.header("If-Modified-Since", date);
        }
        let answer = request.call().map_err(|error| explained(&error))?;
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        match status {
            200 => {}
            301 | 302 | 303 | 307 | 308 => {
                let to = header(&headers, "location").unwrap_or_default();
                let to = url.join(&to).map_err(|_| FetchError::Address(to))?;
                return Ok(Step::Redirect { to: parsed(to.as_str())?, is_permanent: matches!(status, 301 | 308) });
            }
            304 => return Err(FetchError::NotModified),
            _ => return Err(FetchError::Status { status, retry_after: header(&headers, "retry-after").and_then(|value| self.wait_of(&value)) }),
        }
        let mut bytes = Vec::new();
        let body = answer.into_body().into_with_config().limit(u64::MAX).reader();
        body.take(limit + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        if bytes.len() as u64 > limit {
            return Err(FetchError::TooLong(limit));
        }
        let (media, charset) = header(&headers, "content-type").map_or((None, None), |it| media_of(&it));
        let validators = Validators { etag: header(&headers, "etag"), last_modified: header(&headers, "last-modified") };
        Ok(Step::Answer(Answer { url: url.to_string(), moved_to: None, media, charset, validators, bytes }))
    }

    /// `Retry-After`: seconds or a date.
    fn wait_of(&self, value: &str) -> Option<Duration> {
        if let Ok(seconds) = value.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        let until = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
        Some(between(self.clock.now(), until))
    }
}

enum Step {
    Answer(Answer),
    Redirect { to: Url, is_permanent: bool },
}

pub(crate) fn agent(network: &Network) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(network.timeout))
        .proxy(None)
        .user_agent(network.user_agent.clone())
        .accept("text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,application/json;q=0.9,*/*;q=0.8")
        .max_response_header_size(64 << 10)
        .build();
    let guarded = Guarded { allow_private: network.allow_private, private_hosts: network.private_hosts.clone() };
    ureq::Agent::with_parts(config, ureq::unversioned::transport::DefaultConnector::default(), guarded)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned()).filter(|value| !value.is_empty())
}

pub(crate) fn parsed(address: &str) -> Result<Url, FetchError> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let mut url = url.ok_or_else(|| FetchError::Address(address.to_owned()))?;
    url.set_fragment(None);
    Ok(url)
}

pub(crate) fn explained(error: &ureq::Error) -> FetchError {
    match error {
        ureq::Error::Timeout(_) => FetchError::Timeout,
        ureq::Error::Io(error) => broken(error),
        ureq::Error::HostNotFound => FetchError::Unreachable("the host was not found".to_owned()),
        error => FetchError::Unreachable(error.to_string()),
    }
}

fn broken(error: &io::Error) -> FetchError {
    match error.kind() {
        io::ErrorKind::PermissionDenied => FetchError::Private(error.to_string()),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => FetchError::Timeout,
        _ => FetchError::Unreachable(error.to_string()),
    }
}
