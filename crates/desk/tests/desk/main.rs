//! The desk over a small ledger of invented stories, asked without a socket.

mod api;
mod fixture;
mod follow;
mod hostile;
mod page;
mod safety;
mod screens;
