//! The listening server: routes with their layers, and an end that lets answers under way be finished.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::desk::{Desk, Hosts};
use crate::error::Error;
use crate::{account, api, asset, follow, headers, live, screens};

/// How long answers under way may take once the server is told to end.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// All routes with their layers.
pub fn router(desk: Desk) -> Router {
    let limits = desk.limits();
    Router::new()
        .merge(screens::routes())
        .merge(account::routes())
        .merge(follow::routes())
        .merge(live::routes())
        .merge(api::routes())
        .merge(asset::routes())
        .fallback(screens::not_found)
        .layer(middleware::from_fn_with_state(desk.clone(), account::guard))
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits.request))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(headers::guard))
        .with_state(desk)
}

/// Serves until the process is told to end (SIGINT, SIGTERM); `ready` hears the address when it listens, and `tell` what goes
/// wrong in the work that the desk does by itself: concluding over what was added, looking into searches, sending.
///
/// # Errors
/// When the address cannot be listened at, other machines could come in without an account, or the server breaks off.
pub fn serve(
    desk: &Desk,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    tell: impl Fn(&Error) + Send + Sync + 'static,
) -> Result<(), Error> {
    if !(address.ip().is_loopback() && *desk.hosts() == Hosts::Loopback || desk.has_accounts()?) {
        return Err(Error::NoAccounts { address });
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Runtime)?;
    let served = runtime.block_on(async {
        let listener = TcpListener::bind(address).await.map_err(|source| Error::Address { address, source })?;
        let bound = listener.local_addr().map_err(|source| Error::Address { address, source })?;
        ready(bound);
        tokio::spawn(live::work(desk.clone(), Arc::new(tell)));
        let service = router(desk.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let closing = desk.clone();
        let mut ended = desk.closing();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move {
            told_to_end().await;
            closing.close();
        });
        let late = async {
            // An error means that nobody is left who could close it, which the server's own end tells as well.
            let _ = ended.wait_for(|&closing| closing).await;
            tokio::time::sleep(LAST_ANSWERS).await;
        };
        tokio::select! {
            served = server => served.map_err(Error::Runtime),
            () = late => Ok(()),
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

/// Until the process is told to end.
async fn told_to_end() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
