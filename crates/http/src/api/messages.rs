//! Messages in both directions.

pub(super) mod batch;
pub(super) mod cancel;
mod content_in;
pub(super) mod edit;
pub(super) mod edit_in;
pub(super) mod forward;
pub(super) mod list;
pub(super) mod mark_read;
mod message_in;
mod message_out;
pub(super) mod read;
pub(super) mod relations_in;
pub(super) mod retry;
pub(super) mod revoke;
pub(super) mod schemas;
pub(super) mod send;
pub(super) mod stats;
pub(super) mod update;

pub(super) use content_in::Fields;
pub(super) use message_out::MessageOut;
