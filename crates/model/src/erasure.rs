//! The erasure of a person's data.

use crate::{ErasureId, Mode, Timestamp, WorkspaceId};
use serde::Serialize;

/// Whether an erasure goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ErasureStatus {
    /// It waits or works; a crash only delays it.
    Running,
    /// Nothing of the person is left.
    Done,
}

/// An erasure, without the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Erasure)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// Whose it is.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// The half of the workspace in which it erases.
    pub mode: Mode,
    /// Whether it goes on.
    pub status: ErasureStatus,
    /// How many messages were erased so far.
    pub messages: u32,
    /// How many events were erased so far.
    pub events: u32,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it last got on.
    pub updated_at: Timestamp,
}

/// What an erasure does next. The order is that of the work: what is recorded on the way is erased
/// after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureStep {
    /// Messages to the person that wait are cancelled, those in flight end.
    Ending,
    /// Messages and their attempts.
    Messages,
    /// Events, and what receivers of webhooks answered.
    Events,
    /// Kept answers of idempotency keys.
    Answers,
    /// Details in the audit log.
    Audit,
    /// Their chats, their card, and whether they want messages.
    Cards,
    /// Nothing more.
    Done,
}

crate::text::text_enum!(ErasureStep {
    Ending => "ending",
    Messages => "messages",
    Events => "events",
    Answers => "answers",
    Audit => "audit",
    Cards => "cards",
    Done => "done",
});
