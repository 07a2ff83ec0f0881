//! The API's stories: the real router, a real database of each kind, the sandbox as the network.
//!
//! Each file tells the stories of one thing; `on_both!` tells each of them on SQLite and on MySQL,
//! where `TEST_MYSQL_URL` says (`mysql://root@127.0.0.1:PORT`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod first_message;
mod messages;
mod order;
mod sending;
