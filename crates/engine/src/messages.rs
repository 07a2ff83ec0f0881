//! Messages: accepted, listed, cancelled, tried again and marked as read.

pub(crate) mod accept;
mod batch;
pub(crate) mod cancel;
pub(crate) mod change;
mod commit;
pub(crate) mod expire;
mod list;
mod new_message;
mod prepare;
mod read;
mod reschedule;
mod retry;
mod send;
mod sending_account;
mod wait;

pub use batch::{AcceptedBatch, MOST_OF_A_BATCH};
pub use commit::Accepted;
pub use new_message::NewMessage;
pub use reschedule::MessagePatch;
pub use wagate_store::messages::MessageFilter;
