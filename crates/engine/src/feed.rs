//! The live feed: a workspace's events as they are committed, to whoever listens.
//!
//! The events' table is the truth and bells only say "look". For each workspace and mode that
//! somebody listens to, one *reader* follows the table by number and hands each event to all
//! listeners. A listener that comes later, or comes back, reads what it missed from the table first;
//! numbers without gaps tell what it has had already.

mod hub;
mod open;
mod reader;
mod subscription;
#[cfg(test)]
mod tests;

pub(crate) use hub::FeedHub;
pub use open::FeedRequest;
pub use subscription::{Fed, Feed};
