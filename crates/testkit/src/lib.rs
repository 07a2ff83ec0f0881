//! What stories about the gateway are told with: [`TestApp`] and what stands around it.
//!
//! | module | holds |
//! |---|---|
//! | [`app`] | [`TestApp`]: the real router on a real listener, its engine and its sandbox |
//! | [`database`] | a database of its own for each story, on SQLite or MySQL |
//! | [`clock`] | the clock that stands still until a story moves it |
//! | [`client`] | requests and what comes back |
//! | [`mod@form`] | forms with files |
//! | [`workspace`], [`account`], [`message`], [`webhook`] | the words of stories |
//! | [`listener`] | a reader of the live feed |
//! | [`sink`] | a customer's webhook receiver, as good or bad as the story wants it |
//! | [`invariants`] | what must hold after every story |
//! | [`story`] | [`on_both!`]: each story once on each database |
//! | [`wait`] | waiting for something to become true |
//!
//! For tests alone: it fails by panicking.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test kit fails a test by panicking")]
#![expect(clippy::missing_panics_doc, reason = "all of it panics when a story does not go as told")]

pub mod account;
pub mod app;
pub mod client;
pub mod clock;
pub mod database;
pub mod form;
pub mod invariants;
pub mod listener;
pub mod message;
pub mod sink;
pub mod story;
pub mod wait;
pub mod webhook;
pub mod workspace;

pub use account::TestAccount;
pub use app::{Settings, TestApp};
pub use client::{Answer, Request};
pub use clock::TestClock;
pub use database::Backend;
pub use form::form;
pub use listener::{Frame, Listener};
pub use message::TestMessage;
pub use reqwest::Method;
pub use serde_json::{Value, json};
pub use sink::{Received, Reply, Sink};
pub use wait::eventually;
pub use webhook::TestWebhook;
pub use workspace::TestWorkspace;
