//! Where do stories come from?
