//! Webhooks: customers' endpoints, what is delivered to them, and the courier that delivers.
//!
//! Deliveries are made in the transaction of their events (`events`); from there on they are the
//! courier's: it posts what is due under the endpoint's lease and records what came of it. Keys
//! that are bound to accounts see the endpoints that are limited to these accounts, and no others.

mod access;
mod breaker;
pub(crate) mod courier;
mod create;
mod delete;
mod deliveries;
mod disable;
mod enable;
mod input;
mod lane;
mod post;
mod read;
mod record;
mod recover;
mod resend;
mod rotate;
mod schedule;
mod sealed;
mod target;
mod test;
#[cfg(test)]
mod tests;
mod update;
mod verdict;
mod wake;

pub use create::CreatedEndpoint;
pub use deliveries::DeliveryFilter;
pub use input::{EndpointPatch, NewEndpoint};
pub use rotate::RotateSecret;
pub use schedule::TRIES;
