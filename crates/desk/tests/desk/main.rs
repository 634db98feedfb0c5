//! The desk over a small ledger of invented stories, asked without a socket.

mod fixture;
mod page;
mod safety;
