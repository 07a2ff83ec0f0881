//! Working on chats: assigning, closing, putting out of sight.

use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
    events,
};
use serde_json::{Value, json};
use wagate_model::{Caller, Chat, ChatId, ChatStatus, Event, FieldError, Scope};
use wagate_store::{
    chats::{self, ChatChange},
    in_transaction,
};

/// Most characters of an assignee's name.
const LONGEST: usize = 100;

impl Engine {
    /// Gives a chat to somebody, or to nobody. Needs `messages:send`.
    pub async fn assign_chat(&self, caller: &Caller, id: ChatId, assignee: Option<String>) -> Result<Chat> {
        let assignee = assignee.as_deref().map(checked_assignee).transpose().map_err(Error::invalid)?;
        self.work_on_chat(caller, id, ChatChange::Assignee(assignee)).await
    }

    /// Closes a chat; whoever writes in it opens it again. Needs `messages:send`.
    pub async fn close_chat(&self, caller: &Caller, id: ChatId) -> Result<Chat> {
        self.work_on_chat(caller, id, ChatChange::Status(ChatStatus::Closed)).await
    }

    /// Opens a closed chat. Needs `messages:send`.
    pub async fn reopen_chat(&self, caller: &Caller, id: ChatId) -> Result<Chat> {
        self.work_on_chat(caller, id, ChatChange::Status(ChatStatus::Open)).await
    }

    /// Puts a chat out of sight, or brings it back. Needs `messages:send`.
    pub async fn archive_chat(&self, caller: &Caller, id: ChatId, is_archived: bool) -> Result<Chat> {
        self.work_on_chat(caller, id, ChatChange::Archived(is_archived)).await
    }

    /// Changes a chat, with an audit row and an event; what is so already stays so, silently.
    pub(super) async fn work_on_chat(&self, caller: &Caller, id: ChatId, change: ChatChange) -> Result<Chat> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        self.known_chat(caller, id).await?;
        let (workspace_id, mode) = (caller.workspace_id, caller.mode);
        let changed = in_transaction!(self.database, |tx| {
            let Some(before) = chats::lock(tx, workspace_id, mode, id).await? else { return Ok(None) };
            let Some((action, detail)) = told(&before, &change) else { return Ok(Some((before, Vec::new()))) };
            chats::change(tx, (workspace_id, mode, id), &change, self.clock.now()).await?;
            let Some(chat) = chats::find(&mut *tx, workspace_id, mode, id).await? else { return Ok(None) };
            audit::record(tx, self, caller, action, id, detail).await?;
            let news = [Event::ChatUpdated(Box::new(chat.clone()))];
            let to_ring = events::append(tx, self, workspace_id, mode, &news).await?;
            wagate_store::Result::Ok(Some((chat, to_ring)))
        })?;
        let (chat, to_ring) = changed.ok_or(Error::NotFound("chat"))?;
        self.bells.courier.ring(to_ring);
        Ok(chat)
    }
}

/// The audit row of a change; `None` if it changes nothing.
fn told(chat: &Chat, change: &ChatChange) -> Option<(&'static str, Value)> {
    match change {
        ChatChange::Status(status) if *status == chat.status => None,
        ChatChange::Status(ChatStatus::Open) => Some(("chat.reopened", json!({}))),
        ChatChange::Status(ChatStatus::Closed) => Some(("chat.closed", json!({}))),
        ChatChange::Archived(is_archived) if *is_archived == chat.is_archived => None,
        ChatChange::Archived(true) => Some(("chat.archived", json!({}))),
        ChatChange::Archived(false) => Some(("chat.unarchived", json!({}))),
        ChatChange::Assignee(assignee) if *assignee == chat.assignee => None,
        ChatChange::Assignee(assignee) => {
            Some(("chat.assigned", json!({ "assignee": { "from": chat.assignee, "to": assignee } })))
        }
        ChatChange::Read if chat.unread_count == 0 => None,
        ChatChange::Read => Some(("chat.read", json!({}))),
    }
}

fn checked_assignee(text: &str) -> std::result::Result<String, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        Err(FieldError::new("assignee", "too_short", "At least one character was expected; `null` is nobody."))
    } else if text.chars().count() > LONGEST {
        Err(FieldError::new("assignee", "too_long", "At most 100 characters are allowed."))
    } else if text.chars().any(char::is_control) {
        Err(FieldError::format("assignee", "One line without control characters was expected."))
    } else {
        Ok(text.to_owned())
    }
}
