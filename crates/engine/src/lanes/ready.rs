//! What a lane holds in memory: due messages per chat, one of each chat in flight at a time.

use std::collections::{HashMap, HashSet, VecDeque};
use wagate_model::ChatAddress;
use wagate_store::messages::StoredMessage;

/// Due messages, in order per chat.
#[derive(Debug, Default)]
pub(super) struct Ready {
    queues: HashMap<ChatAddress, VecDeque<StoredMessage>>,
    /// Chats with something to send and nothing in flight, in the order they came.
    heads: VecDeque<ChatAddress>,
    in_flight: HashSet<ChatAddress>,
    count: usize,
}

impl Ready {
    /// Adds a due message behind the others of its chat.
    pub(super) fn push(&mut self, stored: StoredMessage) {
        let chat = stored.message.chat_id.clone();
        let queue = self.queues.entry(chat.clone()).or_default();
        if queue.is_empty() && !self.in_flight.contains(&chat) {
            self.heads.push_back(chat);
        }
        queue.push_back(stored);
        self.count += 1;
    }

    /// Takes the next message that may go; its chat waits until [`Ready::done`].
    pub(super) fn pop(&mut self) -> Option<StoredMessage> {
        let chat = self.heads.pop_front()?;
        let queue = self.queues.get_mut(&chat)?;
        let stored = queue.pop_front()?;
        if queue.is_empty() {
            self.queues.remove(&chat);
        }
        self.in_flight.insert(chat);
        self.count -= 1;
        Some(stored)
    }

    /// The chat's message in flight has its outcome: the next one may go.
    pub(super) fn done(&mut self, chat: &ChatAddress) {
        self.in_flight.remove(chat);
        if self.queues.contains_key(chat) {
            self.heads.push_back(chat.clone());
        }
    }

    /// The chat's message in flight must be sent again: what stands behind it waits in the
    /// database.
    pub(super) fn wait(&mut self, chat: &ChatAddress) {
        self.in_flight.remove(chat);
        if let Some(queue) = self.queues.remove(chat) {
            self.count -= queue.len();
        }
    }

    /// Forgets what is not in flight; it is in the database.
    pub(super) fn clear(&mut self) {
        self.queues.clear();
        self.heads.clear();
        self.count = 0;
    }

    /// The chats of which something is here or in flight.
    pub(super) fn chats(&self) -> Vec<ChatAddress> {
        let waiting = self.queues.keys().filter(|chat| !self.in_flight.contains(*chat));
        self.in_flight.iter().chain(waiting).cloned().collect()
    }

    /// Whether a message here may go.
    pub(super) fn has_next(&self) -> bool {
        !self.heads.is_empty()
    }

    /// Messages here that are not in flight.
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests;
