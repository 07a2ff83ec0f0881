//! Lanes: each account's messages go out in order per chat, whatever happens.
//!
//! [`supervisor`] starts and stops accounts and wakes their lanes; a [`lane`] sends what is due;
//! [`start`] commits attempts just before they are made.

mod lane;
mod ready;
mod referring;
mod start;
mod supervisor;
mod tasks;

pub(crate) use start::StartBatch;
#[cfg(test)]
pub(crate) use start::{Start, Started};
pub(crate) use supervisor::supervise;
pub(crate) use tasks::LaneTasks;
