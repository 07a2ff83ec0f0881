//! Messages that come in.

use super::{AccountRef, batch::Work};
use crate::{engine::Shared, sessions::Running};
use serde_json::Map;
use std::sync::Arc;
use wagate_model::{Direction, Event, HistoryEntry, Message, Origin, Status, provider::Inbound};
use wagate_store::messages::StoredMessage;

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
        let message = Message {
            id: shared.ids.next(),
            workspace_id: account.workspace_id,
            mode: account.mode,
            account_id: account.id,
            direction: Direction::Incoming,
            origin: Origin::Network,
            chat_id: inbound.chat_id.clone(),
            from: Some(inbound.from.clone()),
            to: None,
            content: inbound.content.clone(),
            status: Status::Received,
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
            provider_message_id: Some(inbound.provider_message_id.clone()),
            marked_read_at: None,
            history: vec![HistoryEntry { status: Status::Received, at: inbound.at, reason: None }],
            created_at: now,
            updated_at: now,
        };
        self.changed.push(message.id);
        self.news
            .entry((account.workspace_id, account.mode))
            .or_default()
            .push(Event::MessageReceived(Box::new(message.clone())));
        self.incoming.push(StoredMessage { message, due_at: None, waiting_since: None });
    }
}
