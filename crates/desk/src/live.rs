//! `/runs/events`: how runs go on, told as it happens (server-sent events); and the work that the desk does by itself.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use futures_util::stream::{self, Stream};
use query::Answer;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep;

use crate::desk::Desk;
use crate::error::Error;
use crate::follow;

/// How often the runs are looked at while someone listens, and how many runs are told.
const LOOK: Duration = Duration::from_secs(1);
const RUNS: u32 = 20;

/// How long stories may go on coming in before what is concluded over them is brought up to date.
const QUIET: Duration = Duration::from_secs(2);

/// How often searches are looked into, and what is due is sent.
const FOLLOW: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> Router<Desk> {
    Router::new().route("/runs/events", get(events))
}

/// What a listener has been told.
struct Listener {
    desk: Desk,
    told: Option<Vec<String>>,
    _permit: OwnedSemaphorePermit,
}

async fn events(State(desk): State<Desk>) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    let permit = desk.listening_permit()?;
    let listener = Listener { desk, told: None, _permit: permit };
    let told = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::default()))
}

impl Listener {
    /// The runs as soon as they differ from what was told; nothing when the desk closes.
    async fn next(&mut self) -> Option<Event> {
        let mut closing = self.desk.closing();
        loop {
            if *closing.borrow() {
                return None;
            }
            let runs: Vec<String> = self.runs().await.map(|answer| answer.json_rows().collect()).unwrap_or_default();
            if self.told.as_ref() != Some(&runs) {
                let event = Event::default().event("runs").data(format!("[{}]", runs.join(",")));
                self.told = Some(runs);
                return Some(event);
            }
            tokio::select! {
                () = sleep(LOOK) => {}
                _ = closing.changed() => return None,
            }
        }
    }

    async fn runs(&self) -> Result<Answer, Error> {
        self.desk.ask(None, |record| query::runs(record, None, Some(RUNS))).await
    }
}

/// Goes on until the desk closes: concludes over what was added, looks into searches, sends what is due. A fault in one round is
/// told by `tell` and leaves the next to try again.
pub(crate) async fn work(desk: Desk, tell: Arc<dyn Fn(&Error) + Send + Sync>) {
    let mut closing = desk.closing();
    let ended = async move {
        // An error means that nobody is left who could close it.
        let _ = closing.wait_for(|&closing| closing).await;
    };
    let settling = async {
        loop {
            desk.added().await;
            sleep(QUIET).await;
            if let Err(error) = settle(&desk).await {
                tell(&error);
            }
        }
    };
    let following = async {
        loop {
            if let Err(error) = follow::look(&desk).await {
                tell(&error);
            }
            if let Err(error) = follow::send_due(&desk).await {
                tell(&error);
            }
            sleep(FOLLOW).await;
        }
    };
    tokio::select! {
        () = ended => {}
        () = settling => {}
        () = following => {}
    }
}

async fn settle(desk: &Desk) -> Result<(), Error> {
    let (reader, path) = (desk.reader().clone(), desk.ledger().to_path_buf());
    desk.blocking(move || reader.settle(&path)).await?.map_err(Error::Settling)
}
