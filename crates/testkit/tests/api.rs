//! The API's stories: the real router, a real database of each kind, the sandbox as the network.
//!
//! Each file tells the stories of one thing; `on_both!` tells each of them on SQLite and on MySQL,
//! where `TEST_MYSQL_URL` says (`mysql://root@127.0.0.1:PORT`).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod bad_input;
mod batches;
mod chats;
mod clock_steps_back;
mod contacts;
mod contents;
mod erasures;
mod events;
mod feed;
mod first_message;
mod hang_ups;
mod idempotency;
mod imports;
mod isolation;
mod keys;
mod limits;
mod lists;
mod logs;
mod media;
mod messages;
mod operations;
mod opt_outs;
mod order;
mod pacing;
mod receivers;
mod retention;
mod rewriting;
mod schedule;
mod sending;
mod stats;
mod webhooks;
mod workspaces;
