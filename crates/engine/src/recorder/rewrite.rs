//! Messages that say something else now, or were taken back: by us or by whoever wrote them.

use super::{AccountRef, batch::Work};
use crate::messages::change;
use wagate_model::{
    Content, Event, Message, MessageId, Timestamp,
    provider::{InboundEdit, InboundRevoke},
};
use wagate_store::messages::StoredMessage;

impl Work {
    /// Whoever wrote an incoming message changed what it says.
    pub(super) fn edited(&mut self, account: &AccountRef, edited: &InboundEdit) {
        let Some(stored) = self.incoming_of(account, &edited.provider_message_id) else { return };
        let is_news = stored.message.edited_at.is_none_or(|last| last <= edited.at);
        if stored.message.from.as_ref() == Some(&edited.from)
            && is_news
            && change::edit(stored, &edited.edit, edited.at)
        {
            let message = stored.message.clone();
            self.rewrite(message, Event::MessageEdited);
        }
    }

    /// Whoever wrote an incoming message took it back.
    pub(super) fn revoked(&mut self, account: &AccountRef, revoked: &InboundRevoke) {
        let Some(stored) = self.incoming_of(account, &revoked.provider_message_id) else { return };
        if stored.message.from.as_ref() == Some(&revoked.from) && change::revoke(stored, revoked.at) {
            let message = stored.message.clone();
            self.rewrite(message, Event::MessageRevoked);
        }
    }

    /// The network has a message of ours for sure: if it edits another one or takes it back, that is
    /// so now.
    pub(super) fn take_effect(&mut self, id: MessageId, at: Timestamp) {
        let Some(target) = self.stored.get(&id).and_then(|stored| target_of(&stored.message)) else { return };
        let Some(content) = self.stored.get(&id).map(|stored| stored.message.content.clone()) else { return };
        let Some(stored) = self.stored.get_mut(&target) else { return };
        let event = match content {
            Content::Edit(edit) if change::edit(stored, &edit, at) => Event::MessageEdited,
            Content::Revoke(_) if change::revoke(stored, at) => Event::MessageRevoked,
            _ => return,
        };
        let message = stored.message.clone();
        self.rewrite(message, event);
    }

    /// An incoming message, stored before or in this transaction.
    fn incoming_of(&mut self, account: &AccountRef, provider_message_id: &str) -> Option<&mut StoredMessage> {
        let Some(id) = self.by_incoming_id.get(&(account.id, provider_message_id.to_owned())).copied() else {
            tracing::debug!(account_id = %account.id, "a change of a message that did not come in here");
            return None;
        };
        match self.incoming.iter_mut().find(|stored| stored.message.id == id) {
            Some(fresh) => Some(fresh),
            None => self.stored.get_mut(&id),
        }
    }

    fn rewrite(&mut self, message: Message, event: impl FnOnce(Box<Message>) -> Event) {
        self.changed.push(message.id);
        self.rewritten.push(message.id);
        self.news.entry((message.workspace_id, message.mode)).or_default().push(event(Box::new(message)));
    }
}

/// The message that this one edits or takes back.
pub(super) fn target_of(message: &Message) -> Option<MessageId> {
    match &message.content {
        content @ (Content::Edit(_) | Content::Revoke(_)) => content.refers_to()?.parse().ok(),
        _ => None,
    }
}
