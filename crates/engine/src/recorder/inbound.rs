//! Messages that come in.

use super::{AccountRef, batch::Work};
use crate::{engine::Shared, erasures::erased_network_id, media::FileName, sessions::Running};
use std::sync::Arc;
use wagate_model::{
    Content, Event, HistoryEntry, Media, MediaKind, MediaState, Message, MessageHome, MessageId, MessageMedia, Status,
    content::MediaSource,
    message::{Context, Relations},
    provider::Inbound,
};
use wagate_store::{chats::ChatTouch, media::MediaRow, messages::StoredMessage};

impl Work {
    /// Stores an incoming message and its event, unless the network sent it before.
    pub(super) fn inbound(&mut self, shared: &Shared, account: &AccountRef, inbound: &Inbound) {
        let key = (account.id, inbound.provider_message_id.clone());
        let erased_key = (account.id, erased_network_id(&key.1));
        if self.by_incoming_id.contains_key(&key) || self.by_incoming_id.contains_key(&erased_key) {
            return;
        }
        let now = shared.clock.now();
        let is_restricted = |running: Arc<Running>| running.new_chats_held_until(now).is_some();
        if shared.sessions.get(account.id).is_some_and(is_restricted) {
            self.opened.push((*account, inbound.chat_id.clone()));
        }
        let home = MessageHome { workspace_id: account.workspace_id, mode: account.mode, account_id: account.id };
        let place = (inbound.chat_id.clone(), inbound.from.clone());
        let content = self.in_our_ids(account, inbound.content.clone());
        let mut message = Message::incoming(shared.ids.next(), home, place, content, now);
        message.relations = self.relations(account, inbound);
        self.by_incoming_id.insert(key, message.id);
        self.file(shared, &mut message, inbound);
        message.provider_message_id = Some(inbound.provider_message_id.clone());
        // The network says when it was sent; it may have waited there.
        message.history = vec![HistoryEntry::new(Status::Received, inbound.at, None)];
        self.changed.push(message.id);
        self.news
            .entry((account.workspace_id, account.mode))
            .or_default()
            .push(Event::MessageReceived(Box::new(message.clone())));
        self.word(&message);
        self.chats.push(ChatTouch::new(shared.ids.next(), &message));
        self.incoming.push(StoredMessage { message, due_at: None, waiting_since: None });
    }

    /// Content that speaks of a message by our id of it, where we know it.
    fn in_our_ids(&self, account: &AccountRef, content: Content) -> Content {
        match content.refers_to().and_then(|id| self.message_of(account, id)) {
            Some(ours) => content.referring_to(ours.to_string()),
            None => content,
        }
    }

    fn relations(&self, account: &AccountRef, inbound: &Inbound) -> Relations {
        let context = inbound
            .reply_to
            .as_ref()
            .map(|id| Context { message_id: self.message_of(account, id), provider_message_id: Some(id.clone()) });
        let mentions = inbound.mentions.iter().take(Relations::MOST_MENTIONS).cloned().collect();
        Relations { context, mentions, forwarded: inbound.is_forwarded, forwarded_from: None }
    }

    /// The message that the network knows by this id, in either direction.
    fn message_of(&self, account: &AccountRef, provider_message_id: &str) -> Option<MessageId> {
        let key = (account.id, provider_message_id.to_owned());
        self.by_provider_id.get(&key).or_else(|| self.by_incoming_id.get(&key)).copied()
    }

    /// Notes that a message's file is to be fetched; the message is there without it.
    fn file(&mut self, shared: &Shared, message: &mut Message, inbound: &Inbound) {
        let Some((reference, kind)) = inbound.media.clone().zip(MediaKind::of(inbound.content.kind())) else { return };
        let media = Media {
            id: shared.ids.next(),
            workspace_id: message.workspace_id,
            mode: message.mode,
            state: MediaState::Pending,
            kind,
            mime_type: None,
            size: None,
            sha256: None,
            filename: inbound.content.filename().and_then(FileName::from_text).map(|name| name.as_str().to_owned()),
            message_id: Some(message.id),
            reason: None,
            reason_detail: None,
            created_at: message.created_at,
        };
        message.media = Some(MessageMedia::from(&media));
        message.content = message.content.clone().with_media(MediaSource::Id(media.id.to_string()));
        self.files.push(MediaRow {
            media,
            account_id: Some(message.account_id),
            source: Some(reference),
            attempts: 0,
            due_at: Some(message.created_at),
            updated_at: message.created_at,
        });
    }
}
