//! How does a person look at it?
//!
//! Takes a ledger, a [`Reader`] of stories that the program hands in, and requests; gives pages, an API, feeds and alerts. It
//! knows HTTP and HTML, sockets and the clock; it knows no grammar, and asks the record through `query` alone. Whatever stories
//! say is escaped, and no answer lets a browser run words of theirs. `docs/guides/desk.md` shows it at work.
//!
//! The rooms, in reading order: `serve` (the listening server), `desk` (what every answer draws on), `screens` (pages for
//! people), `chart` (their drawings), `api` (answers for programs), `account` (who may do what), `follow` (searches that are kept, and what is new in
//! them), `live` (how runs go on, and the desk's own work), `asked` (what an address asks for), `headers` (what browsers may do with an answer), `asset` (files inside the program), `error`.

mod desk;
mod serve;

mod account;
mod api;
mod chart;
mod follow;
mod live;
mod screens;

mod asked;
mod asset;
mod error;
mod headers;

pub use account::{SCOPES, account_name, hash_password, hash_secret, new_secret};
pub use desk::{Desk, Hosts, Limits, Reader, Settings};
pub use error::Error;
pub use follow::Mail;
pub use serve::{router, serve};
