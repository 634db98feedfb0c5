//! Why a request has no answer, told as a page for people; `api` tells the same to programs.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::time::Duration;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// A fault in serving or in one answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {source}; valid is an address of this machine that no other program listens at")]
    Address {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server itself broke off.
    #[error("the server broke off: {0}")]
    Runtime(std::io::Error),
    /// It would be open to others without accounts.
    #[error(
        "{address} can be reached from other machines, and the ledger has no accounts; valid is an address of this machine alone, such as \
         127.0.0.1:4177, or an account first: whimbrel account add NAME --role admin --ledger FILE"
    )]
    NoAccounts {
        /// The address.
        address: SocketAddr,
    },
    /// The ledger could not be read or written.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes, and no secret can be made")]
    NoRandom,
    /// Nobody knows who asks.
    #[error("{0}")]
    NotIn(&'static str),
    /// Whoever asks may not.
    #[error("this is not allowed: {0}")]
    Forbidden(String),
    /// The request names a host that is not this one.
    #[error("`{0}` is not this desk; valid is localhost, or a name that the desk was started with")]
    OtherHost(String),
    /// Another site sent it, or the page is too old.
    #[error("the request did not come from a page of this desk, or the page is of an earlier session; load the page again")]
    Forged,
    /// It is asked too often.
    #[error("too many tries; the next is answered in {} s", .0.as_secs().max(1))]
    TooOften(Duration),
    /// What is concluded over stories could not be brought up to date.
    #[error("concluding over the ledger failed: {0}")]
    Settling(String),
    /// What reads bodies and paths told it.
    #[error("{1}")]
    Told(StatusCode, String),
    /// The body is too long.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    /// The record has no answer.
    #[error(transparent)]
    Question(#[from] query::Error),
    /// There is nothing at this address.
    #[error("there is no page at `{0}`")]
    NoPage(String),
    /// A field of the request is not as it must be.
    #[error("`{field}` {reason}")]
    Field {
        /// The field.
        field: Cow<'static, str>,
        /// What is wrong, and what would be valid.
        reason: String,
    },
    /// A page could not be written; a fault of the program.
    #[error("the page could not be written: {0}")]
    Page(#[from] askama::Error),
    /// The server is about to end.
    #[error("the desk is closing")]
    Closing,
    /// An answer broke off; a fault of the program.
    #[error("the answer broke off; this is a fault of the program")]
    Broken,
}

impl Error {
    /// The status that tells whose fault it is.
    pub(crate) fn status(&self) -> StatusCode {
        use query::Error as Question;
        match self {
            Self::NoPage(_) | Self::Question(Question::NoStory(_) | Question::NoEvent(_) | Question::NoActor(_)) => StatusCode::NOT_FOUND,
            Self::Told(status, _) => *status,
            Self::NotIn(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::Forged => StatusCode::FORBIDDEN,
            Self::OtherHost(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Ledger(ledger::Error::Taken { .. }) => StatusCode::CONFLICT,
            Self::Field { .. }
            | Self::Question(Question::Words { .. } | Question::Forbidden(_) | Question::Unknown { .. }) => {
                StatusCode::BAD_REQUEST
            }
            Self::Question(Question::TooLong) | Self::Closing => StatusCode::SERVICE_UNAVAILABLE,
            Self::Address { .. }
            | Self::Runtime(_)
            | Self::NoAccounts { .. }
            | Self::Ledger(_)
            | Self::NoRandom
            | Self::Settling(_)
            | Self::Question(_)
            | Self::Page(_)
            | Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Error {
    /// A word for programs; `docs/reference/api.md` lists them.
    pub(crate) fn word(&self) -> &'static str {
        match self.status() {
            StatusCode::BAD_REQUEST => "bad-field",
            StatusCode::UNAUTHORIZED => "not-in",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::CONFLICT => "taken",
            StatusCode::PAYLOAD_TOO_LARGE => "too-long",
            StatusCode::MISDIRECTED_REQUEST => "other-host",
            StatusCode::TOO_MANY_REQUESTS => "too-often",
            StatusCode::SERVICE_UNAVAILABLE => "no-time",
            _ => "fault",
        }
    }

    /// Sets the headers that go with a status.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        match self {
            Self::NotIn(_) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"whimbrel\""));
            }
            Self::TooOften(wait) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            }
            _ => {}
        }
    }
}

/// The page that tells of an error.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    status: StatusCode,
    reason: String,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, reason) = (self.status(), self.to_string());
        let mut response = match (ErrorPage { status, reason: reason.clone() }).render() {
            Ok(page) => (status, Html(page)).into_response(),
            Err(_) => (status, reason).into_response(),
        };
        self.mark(response.headers_mut());
        response
    }
}
