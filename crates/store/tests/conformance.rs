//! Every store function on SQLite and on MySQL, with the same assertions.
//!
//! Each test is a story on a database of its own, told once per dialect by `on_both!`. MySQL is
//! where `TEST_MYSQL_URL` says (`mysql://root@127.0.0.1:PORT`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[macro_use]
mod support;

mod accounts;
mod api_keys;
mod attempts;
mod audit_log;
mod events;
mod idempotency;
mod leases;
mod messages;
mod migrations;
mod nodes;
mod pages;
mod provider_state;
mod rate_limits;
mod restored;
mod tables;
mod transactions;
mod turns;
mod webhooks;
mod workspaces;
