//! Drawings as SVG: made here, so that they work without scripts, print, and can be tested. Each has a table beside it on its page.
//!
//! Nothing in them is told by colour alone, their words are escaped as all of a page is, and they carry no style of their own.

mod bars;
mod dyads;
mod ego;
mod histogram;
mod map;
mod month;
mod projection;

pub(crate) use bars::Bars;
pub(crate) use dyads::Dyads;
pub(crate) use ego::Ego;
pub(crate) use histogram::Histogram;
pub(crate) use map::Map;
pub(crate) use month::Month;
