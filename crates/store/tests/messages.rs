//! Messages: stored, changed, listed, and read by lanes.

mod lane;
mod list;
mod write;

use crate::support::{HARD_TEXT, NOON, account, id, workspace};
use wagate_model::{
    AccountId, ChatAddress, Content, Message, MessageHome, MessageId, Mode, Timestamp, WorkspaceId, content::Text,
};
use wagate_store::{
    Database,
    messages::{self, StoredMessage},
};

/// Whose messages a story tells of.
#[derive(Debug, Clone, Copy)]
struct Owner {
    workspace_id: WorkspaceId,
    account_id: AccountId,
}

impl Owner {
    async fn new(database: &Database) -> Self {
        let workspace_id = workspace(database).await;
        Self { workspace_id, account_id: account(database, workspace_id).await }
    }
}

fn chat(number: usize) -> ChatAddress {
    format!("+1555{number:07}").parse().unwrap()
}

fn after(ms: i64) -> Timestamp {
    Timestamp(NOON.0 + ms)
}

/// A queued text of chat 0, due at noon.
fn new_message(owner: Owner) -> StoredMessage {
    let home = MessageHome { workspace_id: owner.workspace_id, mode: Mode::Test, account_id: owner.account_id };
    let content = Content::Text(Text { body: HARD_TEXT.to_owned(), preview_url: true });
    let message = Message::outgoing(id(), home, chat(0), content, NOON);
    StoredMessage { message, due_at: Some(NOON), waiting_since: None }
}

/// Stores a new message after it was changed.
async fn stored(database: &Database, owner: Owner, change: impl FnOnce(&mut StoredMessage)) -> StoredMessage {
    let mut new = new_message(owner);
    change(&mut new);
    insert(database, std::slice::from_ref(&new)).await;
    new
}

async fn insert(database: &Database, new: &[StoredMessage]) {
    committed!(database, |tx| messages::insert_many(tx, new).await);
}

async fn find(database: &Database, of: &StoredMessage) -> Option<StoredMessage> {
    messages::find(database, of.message.workspace_id, of.message.mode, of.message.id).await.unwrap()
}

fn ids(stored: &[StoredMessage]) -> Vec<MessageId> {
    stored.iter().map(|stored| stored.message.id).collect()
}
