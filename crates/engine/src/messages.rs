//! Messages: accepted, listed, cancelled, tried again and marked as read.

pub(crate) mod accept;
mod batch;
pub(crate) mod cancel;
pub(crate) mod change;
mod commit;
mod edit;
pub(crate) mod expire;
mod forward;
mod list;
mod new_message;
mod own;
mod prepare;
mod read;
pub(crate) mod references;
mod reschedule;
mod retry;
mod revoke;
mod send;
mod sending_account;
mod stats;
mod wait;

pub use batch::{AcceptedBatch, MOST_OF_A_BATCH};
pub use commit::Accepted;
pub use forward::Forwarding;
pub use new_message::NewMessage;
pub use reschedule::MessagePatch;
pub use stats::{Funnel, Statistics, StatsGroup, StatsRequest};
pub use wagate_store::messages::MessageFilter;
