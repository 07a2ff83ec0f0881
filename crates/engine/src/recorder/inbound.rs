//! Messages that come in.

use super::{AccountRef, batch::Work};
use crate::{engine::Shared, sessions::Running};
use std::sync::Arc;
use wagate_model::{Event, HistoryEntry, Message, MessageHome, Status, provider::Inbound};
use wagate_store::{chats::ChatTouch, messages::StoredMessage};

impl Work {
    /// Stores an incoming message and its event, unless the network sent it before.
    pub(super) fn inbound(&mut self, shared: &Shared, account: &AccountRef, inbound: &Inbound) {
        if !self.known_inbound.insert((account.id, inbound.provider_message_id.clone())) {
            return;
        }
        let now = shared.clock.now();
        let is_restricted = |running: Arc<Running>| running.new_chats_held_until(now).is_some();
        if shared.sessions.get(account.id).is_some_and(is_restricted) {
            self.opened.push((*account, inbound.chat_id.clone()));
        }
        let home = MessageHome { workspace_id: account.workspace_id, mode: account.mode, account_id: account.id };
        let (place, content) = ((inbound.chat_id.clone(), inbound.from.clone()), inbound.content.clone());
        let mut message = Message::incoming(shared.ids.next(), home, place, content, now);
        message.provider_message_id = Some(inbound.provider_message_id.clone());
        // The network says when it was sent; it may have waited there.
        message.history = vec![HistoryEntry { status: Status::Received, at: inbound.at, reason: None }];
        self.changed.push(message.id);
        self.news
            .entry((account.workspace_id, account.mode))
            .or_default()
            .push(Event::MessageReceived(Box::new(message.clone())));
        self.word(&message);
        self.chats.push(ChatTouch::new(shared.ids.next(), &message));
        self.incoming.push(StoredMessage { message, due_at: None, waiting_since: None });
    }
}
