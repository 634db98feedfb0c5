//! The listening server: routes with their layers, bounds on connections, and an end that lets answers under way be finished.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit};
use axum::http::StatusCode;
use axum::middleware;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::desk::{Desk, Hosts};
use crate::error::Error;
use crate::{account, api, asset, follow, headers, live, screens};

/// How long answers under way may take once the server is told to end.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// How many connections are held at once; others wait at the door.
const CONNECTIONS: usize = 1024;

/// How long the head of a request may take to come, and how long a connection may stay open between two.
const HEAD: Duration = Duration::from_secs(15);

/// How long it takes to try again when the system gives no connection, as when it has no file handle left.
const BREATH: Duration = Duration::from_millis(50);

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
        let unheard = |source| Error::Address { address, source };
        let listener = TcpListener::bind(address).await.map_err(unheard)?;
        // Before anyone hears that it listens, so that whoever hears it can end it.
        let told = told_to_end().map_err(Error::Runtime)?;
        ready(listener.local_addr().map_err(unheard)?);
        tokio::spawn(live::work(desk.clone(), Arc::new(tell)));
        let closing = desk.clone();
        tokio::spawn(async move {
            told.await;
            closing.close();
        });
        answer(desk, &listener).await;
        Ok(())
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

/// Answers connections until the desk closes, and then those that are open, for a while.
async fn answer(desk: &Desk, listener: &TcpListener) {
    let app = router(desk.clone());
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let open = GracefulShutdown::new();
    let mut closing = desk.closing();
    loop {
        let next = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            // An error means that nobody is left who could close the desk, and so that it is closed.
            _ = closing.wait_for(|&closing| closing) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = open.watch(connection(&app, stream, peer));
                tokio::spawn(async move {
                    // Whoever breaks off a connection knows it.
                    let _ = connection.await;
                    drop(permit);
                });
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
    // What takes longer is cut off.
    let _ = tokio::time::timeout(LAST_ANSWERS, open.shutdown()).await;
}

fn connection(
    app: &Router,
    stream: TcpStream,
    peer: SocketAddr,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + use<> {
    let app = app.clone();
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request.map(Body::new))
    });
    http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(HEAD).serve_connection(TokioIo::new(stream), service)
}

/// Until the process is told to end; from here on it hears it.
#[cfg(unix)]
fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Until the process is told to end.
#[cfg(not(unix))]
fn told_to_end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
