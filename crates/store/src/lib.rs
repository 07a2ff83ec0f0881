//! SQL for MySQL and SQLite: the only crate that knows a database.
//!
//! [`Database`] holds the connections, [`Tx`] is a write transaction, [`sql`] runs one statement on
//! either dialect. Each table has one module with its statements; what the dialects say
//! differently stands in [`dialect`]. Functions that touch tenant data take a `WorkspaceId`, or
//! their name ends in `_any_workspace`.

pub mod accounts;
pub mod api_keys;
pub mod attempts;
pub mod audit_log;
pub mod chats;
pub mod contact_imports;
pub mod contacts;
pub mod database;
pub mod deliveries;
pub mod dialect;
pub mod endpoints;
pub mod erasures;
mod error;
pub mod events;
pub mod idempotency;
pub mod leases;
pub mod media;
pub mod messages;
pub mod migrations;
pub mod nodes;
pub mod opened_chats;
pub mod opt_outs;
pub mod page;
pub mod provider_state;
pub mod rate_limits;
pub mod restored;
pub mod retention;
pub mod row;
pub mod sealed;
pub mod snapshot;
pub mod sql;
mod sqlite_writer;
pub mod statistics;
pub mod tables;
pub mod turns;
pub mod tx;
pub mod value;
pub mod webhook_attempts;
pub mod workspaces;

pub use database::{Database, DatabaseOptions};
pub use error::{Result, StoreError};
pub use page::{Page, PageOf};
pub use tx::Tx;
