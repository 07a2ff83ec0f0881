//! Events: what happened, by number.

pub(super) mod list;
