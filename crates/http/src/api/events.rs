//! Events: what happened, by number.

pub(super) mod list;
pub(super) mod stream;
