//! Who did what to whom, when, where, and according to whom?
//!
//! Takes an [`analysis::Analysis`] and gives a [`codebook::Coding`]. It knows politics; it knows no tensor.
