//! A simulated WhatsApp network, for tests, demonstrations and development.
//!
//! | module | holds |
//! |---|---|
//! | [`journal`] | what arrived at the network: a file that outlives `kill -9`, and its reader |
//! | [`numbers`] | the table of magic numbers: who answers how |
//! | `sandbox` | [`Sandbox`], the provider: how an account is started and found again |
//! | `account` | one started account and what it may do now |
//! | `connection` | how an account's connection comes, goes and is told |
//! | `session` | sending, as the engine sees it |
//! | `receipts` | what the network says about a message after it took it |
//! | `simulator` | the controls for playing the network and the people on it |
//!
//! It knows nothing of databases, HTTP or the engine.

mod account;
mod connection;
mod fingerprint;
pub mod journal;
pub mod numbers;
mod qr;
mod receipts;
mod sandbox;
mod session;
mod simulator;
mod state;

#[cfg(test)]
mod tests;

pub use journal::Arrival;
pub use numbers::{MAGIC_NUMBERS, MagicNumber};
pub use sandbox::{Sandbox, SandboxConfig};
