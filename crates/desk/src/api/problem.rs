//! Errors for programs: `application/problem+json` (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::error::Error;

/// An error that is told to a program.
#[derive(Debug)]
pub(crate) struct Problem(pub(crate) Error);

impl<E: Into<Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.0.status();
        let body = serde_json::json!({
            "type": format!("/api/v1#{}", self.0.word()),
            "title": status.canonical_reason().unwrap_or("error"),
            "status": status.as_u16(),
            "detail": self.0.to_string(),
        });
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        self.0.mark(response.headers_mut());
        response
    }
}
