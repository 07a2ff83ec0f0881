//! A message for the tests of this crate.

use serde_json::Map;
use wagate_model::{
    AccountId, ChatAddress, Content, Direction, HistoryEntry, Message, MessageId, Mode, Origin, Status, Timestamp,
    WorkspaceId, content::Text,
};
use wagate_store::messages::StoredMessage;

/// A text of mode test that is queued and due at `at`.
pub(crate) fn queued(
    id: MessageId,
    (workspace_id, account_id): (WorkspaceId, AccountId),
    chat: &ChatAddress,
    at: Timestamp,
) -> StoredMessage {
    let message = Message {
        id,
        workspace_id,
        mode: Mode::Test,
        account_id,
        direction: Direction::Outgoing,
        origin: Origin::Api,
        chat_id: chat.clone(),
        from: None,
        to: Some(chat.clone()),
        content: Content::Text(Text { body: "Grüße 👋🏽 ".to_owned(), preview_url: false }),
        status: Status::Queued,
        reason: None,
        reason_detail: None,
        hold_reason: None,
        outcome_unknown: false,
        attempts: 0,
        next_attempt_at: None,
        send_at: None,
        expires_at: None,
        client_ref: None,
        metadata: Map::new(),
        retry_of: None,
        provider_message_id: Some(id.to_string()),
        marked_read_at: None,
        history: vec![HistoryEntry { status: Status::Queued, at, reason: None }],
        created_at: at,
        updated_at: at,
    };
    StoredMessage { message, due_at: Some(at), waiting_since: None }
}
