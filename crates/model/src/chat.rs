//! A chat: the messages between one account and one address.

use crate::{AccountId, ChatAddress, ChatId, Direction, MessageId, Mode, Timestamp, WorkspaceId, content::ContentKind};
use serde::{Deserialize, Serialize};

/// Whether somebody still works on a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChatStatus {
    /// Work goes on.
    Open,
    /// Done, until somebody writes in it again.
    Closed,
}

crate::text::text_enum!(ChatStatus { Open => "open", Closed => "closed" });

/// The message that a chat shows in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LastMessage {
    /// Its id.
    pub id: MessageId,
    /// Which way it goes.
    pub direction: Direction,
    /// What kind of content it has.
    #[serde(rename = "type")]
    pub kind: ContentKind,
    /// What it says, in one line of at most 100 characters.
    pub preview: String,
}

/// A chat as its workspace sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Chat {
    /// Its id.
    pub id: ChatId,
    /// Its workspace.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// The half of the workspace it belongs to.
    pub mode: Mode,
    /// The account that writes in it.
    pub account_id: AccountId,
    /// With whom; always valid as `to`, and the `chat_id` of its messages.
    pub chat_id: ChatAddress,
    /// The contact's name, if there is a contact with one.
    pub name: Option<String>,
    /// Whether somebody still works on it.
    pub status: ChatStatus,
    /// Whether it was put out of sight.
    pub is_archived: bool,
    /// Who works on it.
    pub assignee: Option<String>,
    /// How many messages came in since it was last read or answered.
    pub unread_count: u32,
    /// The newest message.
    pub last_message: LastMessage,
    /// When the newest message was accepted or received.
    pub last_activity_at: Timestamp,
    /// When the first message was accepted or received.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
