//! A message's row, read and written.

use super::counts::{CountedAs, CountedIn};
use crate::{
    Result, StoreError,
    row::Row,
    value::{IntoValue, Value},
};
use serde_json::Value as Json;
use wagate_model::{Content, Message, Relations, Timestamp, content::ContentKind};

/// What every `SELECT` of messages reads.
pub(super) const COLUMNS: &str = "id, workspace_id, mode, account_id, direction, origin, chat_id, sender, recipient, \
    content_type, content, status, reason, reason_detail, hold_reason, outcome_unknown, attempts, due_at, waiting_since, \
    send_at, expires_at, client_ref, metadata, media, retry_of, provider_message_id, marked_read_at, history, created_at, updated_at, \
    relations, edited_at, revoked_at";

/// A message with what the lanes keep about it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// When its next step is due; `None` while an attempt is in flight and after the end.
    pub due_at: Option<Timestamp>,
    /// Since when it waits for another attempt.
    pub waiting_since: Option<Timestamp>,
}

impl StoredMessage {
    pub(super) fn read(row: &Row) -> Result<Self> {
        let due_at = row.opt_time("due_at")?;
        let attempts = row.count("attempts")?;
        let hold_reason = row.opt_word("hold_reason")?;
        let message = Message {
            id: row.word("id")?,
            workspace_id: row.word("workspace_id")?,
            mode: row.word("mode")?,
            account_id: row.word("account_id")?,
            direction: row.word("direction")?,
            origin: row.word("origin")?,
            chat_id: row.word("chat_id")?,
            from: row.opt_word("sender")?,
            to: row.opt_word("recipient")?,
            content: content(row)?,
            status: row.word("status")?,
            reason: row.opt_word("reason")?,
            reason_detail: row.opt_text("reason_detail")?,
            hold_reason,
            outcome_unknown: row.flag("outcome_unknown")?,
            attempts,
            next_attempt_at: due_at.filter(|_| attempts > 0),
            next_send_at: due_at.filter(|_| attempts == 0 && hold_reason.is_some()),
            send_at: row.opt_time("send_at")?,
            expires_at: row.opt_time("expires_at")?,
            client_ref: row.opt_text("client_ref")?,
            metadata: row.json("metadata")?,
            media: opt_json(row, "media")?,
            retry_of: row.opt_word("retry_of")?,
            relations: relations(row)?,
            provider_message_id: row.opt_text("provider_message_id")?,
            marked_read_at: row.opt_time("marked_read_at")?,
            edited_at: row.opt_time("edited_at")?,
            revoked_at: row.opt_time("revoked_at")?,
            history: row.json("history")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        };
        Ok(Self { message, due_at, waiting_since: row.opt_time("waiting_since")? })
    }
}

fn opt_json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>> {
    let read = row.opt_text(column)?.map(|text| serde_json::from_str(&text)).transpose();
    read.map_err(|error| StoreError::Unreadable { column: column.to_owned(), detail: error.to_string() })
}

fn relations(row: &Row) -> Result<Relations> {
    Ok(opt_json(row, "relations")?.unwrap_or_default())
}

fn content(row: &Row) -> Result<Content> {
    let kind: ContentKind = row.word("content_type")?;
    Content::from_stored(kind, &row.text("content")?)
        .map_err(|error| StoreError::Unreadable { column: "content".to_owned(), detail: error.to_string() })
}

/// The columns of a new row, in the order of [`inserted`].
pub(super) const INSERTED: [&str; 31] = [
    "id",
    "workspace_id",
    "mode",
    "account_id",
    "direction",
    "origin",
    "chat_id",
    "sender",
    "recipient",
    "content_type",
    "content",
    "status",
    "reason",
    "reason_detail",
    "hold_reason",
    "outcome_unknown",
    "attempts",
    "due_at",
    "waiting_since",
    "send_at",
    "expires_at",
    "client_ref",
    "metadata",
    "media",
    "retry_of",
    "relations",
    "provider_message_id",
    "marked_read_at",
    "history",
    "created_at",
    "updated_at",
];

/// A new message's row, ready to be written: made by whoever brings the message, so that the
/// transaction of many has little left to do.
#[derive(Debug, Clone)]
pub struct NewRow {
    pub(super) values: Vec<Value>,
    pub(super) place: CountedIn,
    pub(super) counted: CountedAs,
}

impl From<&StoredMessage> for NewRow {
    fn from(stored: &StoredMessage) -> Self {
        let (place, counted) = (CountedIn::of(&stored.message), CountedAs::of(&stored.message));
        Self { values: inserted(stored), place, counted }
    }
}

fn inserted(stored: &StoredMessage) -> Vec<Value> {
    let message = &stored.message;
    let mut values = vec![
        message.id.into_value(),
        message.workspace_id.into_value(),
        message.mode.into_value(),
        message.account_id.into_value(),
        message.direction.into_value(),
        message.origin.into_value(),
        (&message.chat_id).into_value(),
        message.from.as_ref().into_value(),
        message.to.as_ref().into_value(),
        message.content.kind().into_value(),
        message.content.to_json().to_string().into_value(),
        message.status.into_value(),
        message.reason.into_value(),
        message.reason_detail.clone().into_value(),
        message.hold_reason.into_value(),
        message.outcome_unknown.into_value(),
        message.attempts.into_value(),
        stored.due_at.into_value(),
        stored.waiting_since.into_value(),
    ];
    values.extend([
        message.send_at.into_value(),
        message.expires_at.into_value(),
        message.client_ref.clone().into_value(),
        Json::Object(message.metadata.clone()).to_string().into_value(),
        media(message).into_value(),
        message.retry_of.into_value(),
        Some(&message.relations).filter(|relations| !relations.is_empty()).map(relations_text).into_value(),
        message.provider_message_id.clone().into_value(),
        message.marked_read_at.into_value(),
        history(message).into_value(),
        message.created_at.into_value(),
        message.updated_at.into_value(),
    ]);
    values
}

/// The columns that change in a message's life, in the order of [`saved`] after the id.
pub(super) const SAVED: [&str; 13] = [
    "status",
    "reason",
    "reason_detail",
    "hold_reason",
    "outcome_unknown",
    "attempts",
    "due_at",
    "waiting_since",
    "provider_message_id",
    "media",
    "marked_read_at",
    "history",
    "updated_at",
];

pub(super) fn saved(stored: &StoredMessage) -> Vec<Value> {
    let message = &stored.message;
    vec![
        message.id.into_value(),
        message.status.into_value(),
        message.reason.into_value(),
        message.reason_detail.clone().into_value(),
        message.hold_reason.into_value(),
        message.outcome_unknown.into_value(),
        message.attempts.into_value(),
        stored.due_at.into_value(),
        stored.waiting_since.into_value(),
        message.provider_message_id.clone().into_value(),
        media(message).into_value(),
        message.marked_read_at.into_value(),
        history(message).into_value(),
        message.updated_at.into_value(),
    ]
}

fn media(message: &Message) -> Option<String> {
    message.media.as_ref().and_then(|media| serde_json::to_string(media).ok())
}

/// What [`super::rewrite_many`] sets beside [`SAVED`].
pub(super) const REWRITTEN: [&str; 4] = ["content_type", "content", "edited_at", "revoked_at"];

pub(super) fn rewritten(stored: &StoredMessage) -> Vec<Value> {
    let message = &stored.message;
    vec![
        message.id.into_value(),
        message.content.kind().into_value(),
        message.content.to_json().to_string().into_value(),
        message.edited_at.into_value(),
        message.revoked_at.into_value(),
    ]
}

fn relations_text(relations: &Relations) -> String {
    // Ids, addresses and flags only: nothing in it can fail to be written.
    serde_json::to_string(relations).unwrap_or_else(|_| "{}".to_owned())
}

pub(super) fn history(message: &Message) -> String {
    // Words and times only: nothing in it can fail to be written.
    serde_json::to_string(&message.history).unwrap_or_else(|_| "[]".to_owned())
}
