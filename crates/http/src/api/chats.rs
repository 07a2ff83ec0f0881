//! Chats: what messages come to, and who works on them.

pub(super) mod archive;
pub(super) mod assign;
mod chat_out;
pub(super) mod close;
pub(super) mod list;
pub(super) mod mark_read;
pub(super) mod messages;
pub(super) mod read;
pub(super) mod reopen;
pub(super) mod unarchive;

use chat_out::ChatOut;
