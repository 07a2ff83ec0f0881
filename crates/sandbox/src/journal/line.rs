//! The lines of the journal.

use crate::fingerprint::{Fingerprint, fingerprint};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wagate_model::{AccountId, ChatAddress, MessageId, Timestamp, content::ContentKind};

/// A message that reached the network.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// The message.
    pub message_id: MessageId,
    /// The network's id of it.
    pub provider_message_id: String,
    /// The account that sent it.
    pub account_id: AccountId,
    /// Where it went.
    pub chat_id: ChatAddress,
    /// The number of the attempt that brought it, from 1.
    pub attempt: u32,
    /// When, by the gateway's clock.
    pub at: Timestamp,
    /// The type of its content.
    #[serde(rename = "type")]
    pub kind: ContentKind,
    /// Its content.
    pub content: Value,
    /// The network's id of the message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Whom it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<ChatAddress>,
    /// Whether it is marked as forwarded.
    #[serde(default, rename = "forwarded", skip_serializing_if = "std::ops::Not::not")]
    pub is_forwarded: bool,
    /// SHA-256 of the file that came with it, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_sha256: Option<String>,
    /// How often the account's id had arrived before; the recipient saw the first one only.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeat: u32,
}

impl std::fmt::Debug for Arrival {
    /// Everything but the content, which is not for logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrival")
            .field("message_id", &self.message_id)
            .field("provider_message_id", &self.provider_message_id)
            .field("account_id", &self.account_id)
            .field("chat_id", &self.chat_id)
            .field("attempt", &self.attempt)
            .field("repeat", &self.repeat)
            .finish_non_exhaustive()
    }
}

impl Arrival {
    /// What makes two arrivals the same message.
    pub(super) fn key(&self) -> Fingerprint {
        key(self.account_id, &self.provider_message_id)
    }
}

/// Everything that follows an arrival was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(super) account_id: AccountId,
    pub(super) provider_message_id: String,
}

impl Done {
    pub(super) fn key(&self) -> Fingerprint {
        key(self.account_id, &self.provider_message_id)
    }
}

/// Somebody wrote to the account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Heard {
    pub(super) account_id: AccountId,
    pub(super) chat_id: ChatAddress,
    pub(super) at: Timestamp,
}

/// One line: `{"arrival":{...}}`, `{"done":{...}}` or `{"heard":{...}}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    Arrival(Arrival),
    Done(Done),
    Heard(Heard),
}

fn key(account: AccountId, provider_message_id: &str) -> Fingerprint {
    fingerprint(&["message", &account.to_string(), provider_message_id])
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}
