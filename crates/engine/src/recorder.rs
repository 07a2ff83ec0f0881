//! What happened outside becomes rows, events and deliveries: in one transaction, many at a time.
//!
//! Everything that an account's network says, and everything that came of an attempt, goes
//! through here and is durable when [`Engine::record`] returns. Nothing that is recorded twice
//! has an effect twice.

mod account;
mod batch;
mod inbound;
mod outcome;
mod people;
mod policy;
mod rewrite;

pub(crate) use batch::RecordBatch;
pub(crate) use policy::{CHAT_WAITS_AT_MOST, Next, after_failure};

use crate::Engine;
use wagate_model::{
    AccountId, AccountStatus, MessageId, Mode, PhoneNumber, ProviderKind, Reason, Timestamp, WorkspaceId,
    provider::{Inbound, InboundEdit, InboundRevoke, ReceiptKind, SendFailure},
};
use wagate_store::Result;

/// The account that something happened to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountRef {
    pub(crate) id: AccountId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) mode: Mode,
    pub(crate) provider: ProviderKind,
    /// The epoch of the lease under which this node acts.
    pub(crate) epoch: i64,
}

/// Something that happened and must be recorded.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) account: AccountRef,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// An attempt has an outcome.
    Outcome { message_id: MessageId, attempt: u32, outcome: Outcome, at: Timestamp },
    /// The network says something of a message that was sent.
    Receipt { provider_message_id: String, kind: ReceiptKind, at: Timestamp },
    /// A message came in.
    Inbound(Box<Inbound>),
    /// Whoever wrote an incoming message changed what it says.
    Edited(Box<InboundEdit>),
    /// Whoever wrote an incoming message took it back.
    Revoked(InboundRevoke),
    /// The connection changed.
    Connection { status: AccountStatus, reason: Option<Reason>, phone_number: Option<PhoneNumber>, at: Timestamp },
    /// A queued message would open a new chat while that is restricted, for this reason.
    HeldNewChat { message_id: MessageId, until: Timestamp, reason: Reason, at: Timestamp },
}

/// What came of an attempt.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Accepted { provider_message_id: String },
    Failed(SendFailure),
}

/// What a record did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Recorded {
    /// The message waits for another attempt until then.
    pub(crate) waits_until: Option<Timestamp>,
    /// The account's restriction of new chats now ends then.
    pub(crate) new_chats_held_until: Option<Timestamp>,
    /// The account's status now, where the record changed it.
    pub(crate) account_status: Option<AccountStatus>,
}

impl Engine {
    /// Makes what happened durable.
    pub(crate) async fn record(&self, record: Record) -> Result<Recorded> {
        self.records.submit(record).await
    }
}

#[cfg(test)]
mod tests;
