//! The chats that an account opens in a day, where its pacing limits them.

use super::Lane;
use crate::{
    Result,
    recorder::{Record, What},
};
use std::collections::HashSet;
use wagate_model::{ChatAddress, Reason, Timestamp};
use wagate_store::{
    in_transaction,
    messages::{self, StoredMessage},
    opened_chats,
};

impl Lane {
    /// Lets through what goes to chats that are known, or may be opened on this day; holds the rest
    /// until the next one. A chat counts from before its first attempt on, in the database, so that
    /// neither a crash nor a restart gives a place twice.
    pub(super) async fn within_new_chats(
        &self,
        queued: Vec<StoredMessage>,
        now: Timestamp,
    ) -> Result<Vec<StoredMessage>> {
        let Some(most) = self.running.pace.new_chats_on(now) else { return Ok(queued) };
        let new = self.new_chats(&queued).await?;
        if new.is_empty() {
            return Ok(queued);
        }
        let account = self.running.account;
        let (began, until) = self.running.pace.rules().day(now);
        let database = &self.engine.database;
        let opened = opened_chats::count_since(database, account.workspace_id, account.id, began).await?;
        let left = usize::try_from(most.saturating_sub(opened)).unwrap_or(usize::MAX).min(new.len());
        let (open, beyond) = new.split_at(left);
        if !open.is_empty() {
            in_transaction!(database, |tx| {
                opened_chats::insert_many(tx, account.workspace_id, account.id, open, now).await
            })?;
        }
        let beyond: HashSet<_> = beyond.iter().collect();
        let (held, free): (Vec<_>, Vec<_>) =
            queued.into_iter().partition(|stored| beyond.contains(&stored.message.chat_id));
        let records = held.iter().map(|stored| {
            let what =
                What::HeldNewChat { message_id: stored.message.id, until, reason: Reason::NewChatsLimit, at: now };
            self.engine.record(Record { account, what })
        });
        futures_util::future::try_join_all(records).await?;
        Ok(free)
    }

    /// The chats of these messages that would be opened by them, in their order.
    async fn new_chats(&self, queued: &[StoredMessage]) -> Result<Vec<ChatAddress>> {
        let account = self.running.account;
        let mut seen = HashSet::new();
        let chats = queued.iter().map(|stored| &stored.message.chat_id).filter(|chat| seen.insert(*chat));
        let mut chats: Vec<_> = chats.cloned().collect();
        let database = &self.engine.database;
        let known = messages::known_chats(database, account.workspace_id, account.mode, account.id, &chats).await?;
        chats.retain(|chat| !known.contains(chat));
        let opened = opened_chats::among(database, account.workspace_id, account.id, &chats).await?;
        chats.retain(|chat| !opened.contains(chat));
        Ok(chats)
    }
}
