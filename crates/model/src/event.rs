//! The one table of events: what a workspace can hear of, and what each one carries.

use crate::{Account, AccountId, Chat, Contact, EndpointId, EventId, Message, Mode, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum EventType {
    /// A message came in.
    #[serde(rename = "message.received")]
    MessageReceived,
    /// An outgoing message got another status than `queued`.
    #[serde(rename = "message.status")]
    MessageStatus,
    /// The file of a message that came in is here.
    #[serde(rename = "message.media_ready")]
    MessageMediaReady,
    /// The file of a message that came in could not be fetched.
    #[serde(rename = "message.media_failed")]
    MessageMediaFailed,
    /// What a message says was changed, by us or by whoever wrote it.
    #[serde(rename = "message.edited")]
    MessageEdited,
    /// A message was taken back, by us or by whoever wrote it.
    #[serde(rename = "message.revoked")]
    MessageRevoked,
    /// An account's connection changed.
    #[serde(rename = "connection.update")]
    ConnectionUpdate,
    /// Somebody read, assigned, closed, reopened, archived or unarchived a chat.
    #[serde(rename = "chat.updated")]
    ChatUpdated,
    /// A contact wants no more messages.
    #[serde(rename = "contact.opted_out")]
    ContactOptedOut,
    /// A contact wants messages again.
    #[serde(rename = "contact.opted_in")]
    ContactOptedIn,
    /// Somebody asked for a test delivery.
    #[serde(rename = "webhook.test")]
    WebhookTest,
    /// An endpoint was disabled after too many failures.
    #[serde(rename = "webhook.disabled")]
    WebhookDisabled,
}

crate::text::text_enum!(EventType {
    MessageReceived => "message.received",
    MessageStatus => "message.status",
    MessageMediaReady => "message.media_ready",
    MessageMediaFailed => "message.media_failed",
    MessageEdited => "message.edited",
    MessageRevoked => "message.revoked",
    ConnectionUpdate => "connection.update",
    ChatUpdated => "chat.updated",
    ContactOptedOut => "contact.opted_out",
    ContactOptedIn => "contact.opted_in",
    WebhookTest => "webhook.test",
    WebhookDisabled => "webhook.disabled",
});

/// What an event carries, the `data` of its body.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The message that came in.
    MessageReceived(Box<Message>),
    /// The message with its new status.
    MessageStatus(Box<Message>),
    /// The message whose file is here, with its `media`.
    MessageMediaReady(Box<Message>),
    /// The message whose file could not be fetched, with the reason in its `media`.
    MessageMediaFailed(Box<Message>),
    /// The message with what it says now.
    MessageEdited(Box<Message>),
    /// What is left of the message.
    MessageRevoked(Box<Message>),
    /// The account with its new status.
    ConnectionUpdate(Box<Account>),
    /// The chat as it is now.
    ChatUpdated(Box<Chat>),
    /// The contact that wants no more messages.
    ContactOptedOut(Box<Contact>),
    /// The contact that wants messages again.
    ContactOptedIn(Box<Contact>),
    /// Which endpoint was tested.
    WebhookTest(WebhookTest),
    /// Which endpoint was disabled and why.
    WebhookDisabled(WebhookDisabled),
}

/// The `data` of `webhook.test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WebhookTest {
    /// The endpoint under test.
    pub endpoint_id: EndpointId,
    /// A sentence for whoever reads it.
    pub note: &'static str,
}

/// The `data` of `webhook.disabled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WebhookDisabled {
    /// The endpoint.
    pub endpoint_id: EndpointId,
    /// Where it was delivered to.
    pub url: String,
    /// `gone` (it answered 410) or `failing` (nothing but failures for five days).
    pub cause: &'static str,
}

impl Event {
    /// The wire name's type.
    pub const fn event_type(&self) -> EventType {
        match self {
            Self::MessageReceived(_) => EventType::MessageReceived,
            Self::MessageStatus(_) => EventType::MessageStatus,
            Self::MessageMediaReady(_) => EventType::MessageMediaReady,
            Self::MessageMediaFailed(_) => EventType::MessageMediaFailed,
            Self::MessageEdited(_) => EventType::MessageEdited,
            Self::MessageRevoked(_) => EventType::MessageRevoked,
            Self::ConnectionUpdate(_) => EventType::ConnectionUpdate,
            Self::ChatUpdated(_) => EventType::ChatUpdated,
            Self::ContactOptedOut(_) => EventType::ContactOptedOut,
            Self::ContactOptedIn(_) => EventType::ContactOptedIn,
            Self::WebhookTest(_) => EventType::WebhookTest,
            Self::WebhookDisabled(_) => EventType::WebhookDisabled,
        }
    }

    /// The account that it concerns, for endpoints that hear of some accounts only.
    pub fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::MessageReceived(message)
            | Self::MessageStatus(message)
            | Self::MessageMediaReady(message)
            | Self::MessageMediaFailed(message)
            | Self::MessageEdited(message)
            | Self::MessageRevoked(message) => Some(message.account_id),
            Self::ConnectionUpdate(account) => Some(account.id),
            Self::ChatUpdated(chat) => Some(chat.account_id),
            Self::ContactOptedOut(_) | Self::ContactOptedIn(_) | Self::WebhookTest(_) | Self::WebhookDisabled(_) => {
                None
            }
        }
    }
}

impl Serialize for Event {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::MessageReceived(message)
            | Self::MessageStatus(message)
            | Self::MessageMediaReady(message)
            | Self::MessageMediaFailed(message)
            | Self::MessageEdited(message)
            | Self::MessageRevoked(message) => message.serialize(serializer),
            Self::ConnectionUpdate(account) => account.serialize(serializer),
            Self::ChatUpdated(chat) => chat.serialize(serializer),
            Self::ContactOptedOut(contact) | Self::ContactOptedIn(contact) => contact.serialize(serializer),
            Self::WebhookTest(test) => test.serialize(serializer),
            Self::WebhookDisabled(disabled) => disabled.serialize(serializer),
        }
    }
}

/// An event with its place in the workspace's sequence: exactly the body of its webhooks.
#[derive(Debug, Serialize)]
pub struct Envelope<'a> {
    /// Its id, the same at every try and endpoint.
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// When it was recorded.
    pub timestamp: Timestamp,
    /// Its number in the workspace and mode, without gaps.
    pub sequence: i64,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// What it carries.
    pub data: &'a Event,
}

/// An event as stored: its envelope's JSON, and what is needed to list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its id.
    pub id: EventId,
    /// The half of the workspace it belongs to.
    pub mode: Mode,
    /// Its number in the workspace and mode.
    pub sequence: i64,
    /// What happened.
    pub event_type: EventType,
    /// The account that it concerns.
    pub account_id: Option<AccountId>,
    /// The whole body, the same bytes that webhooks carry.
    pub body: String,
}
