//! The network is told that an incoming message was read.

use crate::{
    Engine, Error, Result,
    error::{require, require_active},
};
use wagate_model::{Caller, Direction, Message, MessageId, Scope};
use wagate_store::{StoreError, in_transaction, messages};

impl Engine {
    /// Tells the network that an incoming message was read, then records it. Doing it twice is
    /// the same as once.
    pub async fn mark_message_read(&self, caller: &Caller, id: MessageId) -> Result<Message> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        let message = self.any_message(caller, id).await?.message;
        let (Direction::Incoming, Some(provider_id)) = (message.direction, message.provider_message_id.clone()) else {
            return Err(Error::conflict("message_not_incoming", "Only an incoming message can be marked as read."));
        };
        if message.marked_read_at.is_some() {
            return Ok(message);
        }
        let session = self.sessions.connected(message.account_id).ok_or_else(|| {
            Error::conflict("account_not_connected", "The account is not connected; connect it first.")
        })?;
        session.mark_read(&message.chat_id, &[provider_id]).await.map_err(Error::Provider)?;
        let now = self.clock.now();
        let stored = in_transaction!(self.database, |tx| async {
            let mut stored = messages::lock_many_any_workspace(tx, &[id]).await?;
            for stored in &mut stored {
                stored.message.marked_read_at = stored.message.marked_read_at.or(Some(now));
                stored.message.updated_at = now;
            }
            messages::save_many(tx, &stored).await?;
            Ok::<_, StoreError>(stored)
        }
        .await)?;
        stored.into_iter().next().map(|stored| stored.message).ok_or(Error::NotFound("message"))
    }
}
