//! Why a request has no answer, told as a page for people; `api` tells the same to programs.

use std::net::SocketAddr;

use askama::Template;
use axum::http::StatusCode;
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
        field: &'static str,
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
            Self::NoPage(_) | Self::Question(Question::NoStory(_) | Question::NoActor(_)) => StatusCode::NOT_FOUND,
            Self::Field { .. }
            | Self::Question(Question::Words { .. } | Question::Forbidden(_) | Question::Unknown { .. }) => {
                StatusCode::BAD_REQUEST
            }
            Self::Question(Question::TooLong) | Self::Closing => StatusCode::SERVICE_UNAVAILABLE,
            Self::Address { .. } | Self::Runtime(_) | Self::Question(_) | Self::Page(_) | Self::Broken => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
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
        match (ErrorPage { status, reason: reason.clone() }).render() {
            Ok(page) => (status, Html(page)).into_response(),
            Err(_) => (status, reason).into_response(),
        }
    }
}
