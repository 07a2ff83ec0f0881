//! A message is prepared: everything about it is checked, and nothing is committed yet.
//!
//! The steps, in order: its fields, its account, its content, what it refers to. Whoever adds a
//! check adds it here, so that a single message, a batch, a retry and a forward all make it.

use super::{
    new_message::{self, NewMessage},
    sending_account::SendingAccount,
};
use crate::{Engine, Error, Result};
use wagate_model::{Caller, Content, HistoryEntry, Message, MessageHome, MessageId, ProviderKind, Status};
use wagate_store::media::MediaRow;
use wagate_store::messages::StoredMessage;

/// A message that may be committed.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) stored: StoredMessage,
    /// Its file, if that is still to be fetched: its row commits with the message.
    pub(crate) pending_media: Option<MediaRow>,
}

impl Engine {
    /// Checks one message of a caller, who may send.
    pub(crate) async fn prepare(&self, caller: &Caller, new: NewMessage) -> Result<Prepared> {
        new_message::check(&new, self.clock.now())?;
        let account = self.sending_account(caller, new.account_id).await?;
        self.prepare_for(caller, account, new).await
    }

    /// The steps from the account on: what does not depend on the message alone.
    pub(super) async fn prepare_for(
        &self,
        caller: &Caller,
        account: SendingAccount,
        new: NewMessage,
    ) -> Result<Prepared> {
        self.check_content(account.provider, &new.content)?;
        let home = MessageHome { workspace_id: caller.workspace_id, mode: caller.mode, account_id: account.id };
        let relations = self.relations(home, &new).await?;
        let (content, media) = self.resolve_media(caller, account.id, new.content).await?;
        let mut prepared = self.prepared(home, account.provider, NewMessage { content, ..new });
        prepared.stored.message.relations = relations;
        if let Some(media) = media {
            let message = &mut prepared.stored.message;
            message.media = Some(media.shown);
            prepared.pending_media = media.pending.map(|mut row| {
                row.media.message_id = Some(message.id);
                row
            });
        }
        Ok(prepared)
    }

    fn prepared(&self, home: MessageHome, provider: ProviderKind, new: NewMessage) -> Prepared {
        let id: MessageId = self.ids.next();
        let now = self.clock.now();
        let chooses_id = self.provider(provider).filter(|_| self.chooses_ids(provider));
        let mut message = Message::outgoing(id, home, new.to, new.content, now);
        message.client_ref = new.client_ref;
        message.metadata = new.metadata;
        message.provider_message_id = chooses_id.map(|provider| provider.new_message_id(id));
        message.expires_at = new.expires_at;
        message.send_at = new.send_at;
        if new.send_at.is_some() {
            message.status = Status::Scheduled;
            message.history = vec![HistoryEntry::new(Status::Scheduled, now, None)];
        }
        let due_at = Some(new.send_at.unwrap_or(now));
        Prepared { stored: StoredMessage { message, due_at, waiting_since: None }, pending_media: None }
    }

    /// Whether the provider can send the content.
    pub(crate) fn check_content(&self, provider: ProviderKind, content: &Content) -> Result<()> {
        let kind = content.kind();
        let present = self.provider(provider).ok_or_else(|| {
            Error::UnsupportedByProvider(format!("This gateway runs without the provider `{provider}`."))
        })?;
        if present.capabilities().content.contains(&kind) {
            Ok(())
        } else {
            Err(Error::UnsupportedByProvider(format!(
                "The provider `{provider}` cannot send messages of type `{kind}`."
            )))
        }
    }
}
