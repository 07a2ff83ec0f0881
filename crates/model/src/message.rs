//! A message in either direction, as its workspace sees it.

mod relations;

pub use relations::{Context, Relations};

use crate::{
    AccountId, ChatAddress, Content, MediaState, MessageId, MessageMedia, Mode, Reason, Status, Timestamp, WorkspaceId,
    content::MediaSource,
};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The account sends it.
    Outgoing,
    /// Somebody wrote to the account.
    Incoming,
}

crate::text::text_enum!(Direction { Outgoing => "outgoing", Incoming => "incoming" });

/// Where a message was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Accepted by the API or dashboard.
    Api,
    /// Sent by the owner from the phone.
    Phone,
    /// Came from the network.
    Network,
}

crate::text::text_enum!(Origin { Api => "api", Phone => "phone", Network => "network" });

/// One step of a message's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HistoryEntry {
    /// The status it got.
    pub status: Status,
    /// When.
    pub at: Timestamp,
    /// Why, for failures and retries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What changed, where the status did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

impl HistoryEntry {
    /// A step to a status.
    pub const fn new(status: Status, at: Timestamp, reason: Option<Reason>) -> Self {
        Self { status, at, reason, change: None }
    }
}

/// What can happen to a message without another status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It says something else now.
    Edited,
    /// It was taken back.
    Revoked,
}

/// A message with all that is known of it.
///
/// In JSON `type` names the object beside it: `{"type":"text","text":{...}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its workspace; not shown.
    pub workspace_id: WorkspaceId,
    /// The half of the workspace it belongs to.
    pub mode: Mode,
    /// The account that sends or received it.
    pub account_id: AccountId,
    /// Which way it goes.
    pub direction: Direction,
    /// Where it was made.
    pub origin: Origin,
    /// The chat it belongs to; always valid as `to`.
    pub chat_id: ChatAddress,
    /// Who wrote it, for incoming messages.
    pub from: Option<ChatAddress>,
    /// Whom it goes to, as the caller wrote it, for outgoing messages.
    pub to: Option<ChatAddress>,
    /// What it says.
    pub content: Content,
    /// Where it stands.
    pub status: Status,
    /// Why it failed, or why its last attempt did.
    pub reason: Option<Reason>,
    /// What the provider said, in one line.
    pub reason_detail: Option<String>,
    /// Why it waits although it is due: the account or the chat is held.
    pub hold_reason: Option<Reason>,
    /// Whether an attempt was started whose outcome nobody knows yet.
    pub outcome_unknown: bool,
    /// How many attempts were started.
    pub attempts: u32,
    /// When the next attempt is due, while one waits.
    pub next_attempt_at: Option<Timestamp>,
    /// When it may go, while it is held until a time that is known.
    pub next_send_at: Option<Timestamp>,
    /// When it shall be sent, if not at once.
    pub send_at: Option<Timestamp>,
    /// When it shall not be sent any more.
    pub expires_at: Option<Timestamp>,
    /// The caller's own reference, up to 255 characters.
    pub client_ref: Option<String>,
    /// The caller's own data.
    pub metadata: Map<String, Value>,
    /// Its file, of types that have one.
    pub media: Option<MessageMedia>,
    /// The failed message that this one tries again.
    pub retry_of: Option<MessageId>,
    /// How it stands to other messages and to people.
    pub relations: Relations,
    /// The network's id of it.
    pub provider_message_id: Option<String>,
    /// Whether we told the network that an incoming message was read.
    pub marked_read_at: Option<Timestamp>,
    /// When what it says was last changed.
    pub edited_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// Its steps so far, oldest first.
    pub history: Vec<HistoryEntry>,
    /// When it was accepted or received.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Where a message belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageHome {
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// The half of the workspace.
    pub mode: Mode,
    /// The account that sends or received it.
    pub account_id: AccountId,
}

impl Message {
    /// A message that was accepted `now` and waits to be sent to `to`.
    pub fn outgoing(id: MessageId, home: MessageHome, to: ChatAddress, content: Content, now: Timestamp) -> Self {
        Self { to: Some(to.clone()), ..Self::new(id, home, to, content, (Status::Queued, now)) }
    }

    /// A message that came from `from` in a chat.
    pub fn incoming(
        id: MessageId,
        home: MessageHome,
        (chat_id, from): (ChatAddress, ChatAddress),
        content: Content,
        now: Timestamp,
    ) -> Self {
        Self {
            direction: Direction::Incoming,
            origin: Origin::Network,
            from: Some(from),
            ..Self::new(id, home, chat_id, content, (Status::Received, now))
        }
    }

    fn new(
        id: MessageId,
        home: MessageHome,
        chat_id: ChatAddress,
        content: Content,
        (status, now): (Status, Timestamp),
    ) -> Self {
        let MessageHome { workspace_id, mode, account_id } = home;
        Self {
            id,
            workspace_id,
            mode,
            account_id,
            direction: Direction::Outgoing,
            origin: Origin::Api,
            chat_id,
            from: None,
            to: None,
            content,
            status,
            reason: None,
            reason_detail: None,
            hold_reason: None,
            outcome_unknown: false,
            attempts: 0,
            next_attempt_at: None,
            next_send_at: None,
            send_at: None,
            expires_at: None,
            client_ref: None,
            metadata: Map::new(),
            media: None,
            retry_of: None,
            relations: Relations::default(),
            provider_message_id: None,
            marked_read_at: None,
            edited_at: None,
            revoked_at: None,
            history: vec![HistoryEntry::new(status, now, None)],
            created_at: now,
            updated_at: now,
        }
    }

    /// The message as it stood when it was accepted: the first answer to whoever sent it. Only
    /// what is told by the network later is taken away; `keeps_id` says that its id there was
    /// chosen by us at the start.
    #[must_use]
    pub fn as_accepted(mut self, keeps_id: bool) -> Self {
        self.status = self.history.first().map_or(Status::Queued, |first| first.status);
        self.reason = None;
        self.reason_detail = None;
        self.hold_reason = None;
        self.outcome_unknown = false;
        self.attempts = 0;
        self.next_attempt_at = None;
        self.next_send_at = None;
        self.provider_message_id = self.provider_message_id.filter(|_| keeps_id);
        self.history.truncate(1);
        self.updated_at = self.created_at;
        if let (Some(MediaSource::Link(_)), Some(media)) = (self.content.media(), &mut self.media) {
            *media = MessageMedia {
                state: MediaState::Pending,
                mime_type: None,
                size: None,
                sha256: None,
                reason: None,
                ..media.clone()
            };
        }
        self
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("mode", &self.mode)?;
        map.serialize_entry("account_id", &self.account_id)?;
        map.serialize_entry("direction", &self.direction)?;
        map.serialize_entry("origin", &self.origin)?;
        map.serialize_entry("chat_id", &self.chat_id)?;
        optional(&mut map, "from", self.from.as_ref())?;
        optional(&mut map, "to", self.to.as_ref())?;
        let kind = self.content.kind().as_str();
        map.serialize_entry("type", kind)?;
        map.serialize_entry(kind, &self.content.to_json())?;
        optional(&mut map, "media", self.media.as_ref())?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("reason", &self.reason)?;
        map.serialize_entry("reason_detail", &self.reason_detail)?;
        map.serialize_entry("hold_reason", &self.hold_reason)?;
        map.serialize_entry("outcome_unknown", &self.outcome_unknown)?;
        map.serialize_entry("attempts", &self.attempts)?;
        map.serialize_entry("next_attempt_at", &self.next_attempt_at)?;
        optional(&mut map, "next_send_at", self.next_send_at.as_ref())?;
        optional(&mut map, "send_at", self.send_at.as_ref())?;
        optional(&mut map, "expires_at", self.expires_at.as_ref())?;
        map.serialize_entry("client_ref", &self.client_ref)?;
        map.serialize_entry("metadata", &self.metadata)?;
        optional(&mut map, "retry_of", self.retry_of.as_ref())?;
        let Relations { context, mentions, forwarded, forwarded_from } = &self.relations;
        optional(&mut map, "context", context.as_ref())?;
        optional(&mut map, "mentions", Some(mentions).filter(|mentions| !mentions.is_empty()))?;
        optional(&mut map, "forwarded", Some(forwarded).filter(|forwarded| **forwarded))?;
        optional(&mut map, "forwarded_from", forwarded_from.as_ref())?;
        map.serialize_entry("provider_message_id", &self.provider_message_id)?;
        optional(&mut map, "marked_read_at", self.marked_read_at.as_ref())?;
        optional(&mut map, "edited_at", self.edited_at.as_ref())?;
        optional(&mut map, "revoked_at", self.revoked_at.as_ref())?;
        map.serialize_entry("history", &self.history)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("updated_at", &self.updated_at)?;
        map.end()
    }
}

fn optional<M: SerializeMap, T: Serialize>(map: &mut M, key: &'static str, value: Option<&T>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, value))
}
