//! The REST API, version 1, and the operator's beside it: one file per verb of a resource.

mod accounts;
mod api_keys;
mod audit_log;
mod chats;
mod contacts;
mod deliveries;
mod erasures;
mod events;
mod health;
mod media;
mod messages;
mod operator;
mod overlap;
mod router;
mod sandbox;
mod webhooks;
mod workspace;

pub(crate) use messages::{schemas::register, send::take as take_message};
pub(crate) use router::{kept, plain};
