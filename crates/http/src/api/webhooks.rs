//! Webhooks: the customer's URLs that hear of events.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod deliveries;
pub(super) mod enable;
pub(super) mod list;
pub(super) mod read;
pub(super) mod recover;
pub(super) mod rotate_secret;
pub(super) mod shown;
pub(super) mod test;
pub(super) mod update;
