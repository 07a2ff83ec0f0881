//! Files that go with messages.

pub(super) mod content;
pub(super) mod delete;
mod disposition;
mod parts;
mod range;
pub(super) mod read;
pub(super) mod upload;
