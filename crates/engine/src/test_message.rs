//! A message for the tests of this crate.

use wagate_model::{
    AccountId, ChatAddress, Content, Message, MessageHome, MessageId, Mode, Timestamp, WorkspaceId, content::Text,
};
use wagate_store::messages::StoredMessage;

/// A text of mode test that is queued and due at `at`.
pub(crate) fn queued(
    id: MessageId,
    (workspace_id, account_id): (WorkspaceId, AccountId),
    chat: &ChatAddress,
    at: Timestamp,
) -> StoredMessage {
    let home = MessageHome { workspace_id, mode: Mode::Test, account_id };
    let content = Content::Text(Text { body: "Grüße 👋🏽 ".to_owned(), preview_url: false });
    let mut message = Message::outgoing(id, home, chat.clone(), content, at);
    message.provider_message_id = Some(id.to_string());
    StoredMessage { message, due_at: Some(at), waiting_since: None }
}
