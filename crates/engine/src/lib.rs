//! Rules, lanes and jobs: what the gateway does, whoever asks and whatever the network is.
//!
//! [`Engine`] is the way in: every function that does something for somebody takes a
//! [`wagate_model::Caller`] first and checks the permission itself. Providers are known by their
//! contract only, the database by `wagate-store` only, HTTP not at all.

pub mod accounts;
pub mod api_key;
pub mod audit;
pub mod chats;
mod committers;
pub mod config;
pub mod contacts;
mod doorbell;
mod engine;
pub mod entropy;
pub mod erasures;
mod error;
pub mod events;
pub mod feed;
mod fold;
mod group_commit;
pub mod health;
pub mod idempotency;
mod jobs;
pub mod keys;
mod lanes;
mod leases;
pub mod limits;
pub mod media;
pub mod messages;
mod names;
pub mod operator;
pub mod outbound;
mod pacing;
mod recorder;
pub mod retention;
pub mod sandbox;
pub mod sealing;
mod sessions;
#[cfg(test)]
mod test_account;
#[cfg(test)]
mod test_engine;
#[cfg(test)]
mod test_message;
pub mod webhooks;
pub mod workspaces;

pub use config::EngineConfig;
pub use engine::{Engine, EngineParts, Shared};
pub use error::{Error, Result};
pub use wagate_store::{Page, PageOf};
