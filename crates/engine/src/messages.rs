//! Messages: accepted, listed, cancelled, tried again and marked as read.

pub(crate) mod accept;
pub(crate) mod cancel;
pub(crate) mod change;
mod list;
mod read;
mod retry;
mod send;
mod wait;

pub use send::{Accepted, NewMessage};
pub use wagate_store::messages::MessageFilter;
