//! A chat is read: here, and as the network shows it to whoever wrote.

use crate::{Engine, Error, error::Result};
use wagate_model::{Caller, Chat, ChatId};
use wagate_store::{
    StoreError,
    chats::ChatChange,
    in_transaction,
    messages::{self, UnreadOf},
};

/// How many messages one call tells the network of; older ones are read by the way.
const MOST_TOLD: u32 = 100;

impl Engine {
    /// Marks a chat as read, then tells the network that its newest incoming messages were, unless the
    /// account is not connected. Needs `messages:send`.
    pub async fn mark_chat_read(&self, caller: &Caller, id: ChatId) -> Result<Chat> {
        let chat = self.work_on_chat(caller, id, ChatChange::Read).await?;
        let Some(session) = self.sessions.connected(chat.account_id) else { return Ok(chat) };
        let of = UnreadOf { account_id: chat.account_id, chat_id: &chat.chat_id, limit: MOST_TOLD };
        let unread = messages::not_marked_read(&self.database, caller.workspace_id, caller.mode, of).await?;
        if unread.is_empty() {
            return Ok(chat);
        }
        let (ids, provider_ids): (Vec<_>, Vec<_>) = unread.into_iter().unzip();
        session.mark_read(&chat.chat_id, &provider_ids).await.map_err(Error::Provider)?;
        let now = self.clock.now();
        in_transaction!(self.database, |tx| async {
            let mut stored = messages::lock_many_any_workspace(tx, &ids).await?;
            for stored in &mut stored {
                stored.message.marked_read_at = stored.message.marked_read_at.or(Some(now));
                stored.message.updated_at = now.max(stored.message.updated_at);
            }
            messages::save_many(tx, &stored).await?;
            Ok::<_, StoreError>(())
        }
        .await)?;
        Ok(chat)
    }
}
