//! Answers for programs, under `/api/v1`.

mod problem;

use axum::Router;
use axum::extract::State;
use axum::routing::get;

use crate::desk::Desk;

pub(crate) use problem::Problem;

pub(crate) fn routes() -> Router<Desk> {
    Router::new().route("/api/v1/health", get(health))
}

/// Says that the desk answers, and what it reads with.
async fn health(State(desk): State<Desk>) -> axum::Json<serde_json::Value> {
    axum::Json(serde_json::json!({
        "program": concat!("whimbrel ", env!("CARGO_PKG_VERSION")),
        "model": desk.reader().model_name(),
        "codebook": desk.codebook().version(),
    }))
}
