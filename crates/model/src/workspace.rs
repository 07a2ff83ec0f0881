//! A workspace, its keys and its audit log.

use crate::{
    AccountId, AuditId, KeyId, Mode, Scope, Tier, Timestamp, WorkspaceId,
    tier::{LimitOverrides, Limits},
};
use serde::Serialize;
use serde_json::Value;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// A name for people, up to 100 characters.
    pub name: String,
    /// What it has subscribed to.
    pub tier: Tier,
    /// What an operator set in place of the tier's limits.
    pub overrides: LimitOverrides,
    /// The limits that hold.
    pub limits: Limits,
    /// Whether an operator stopped its sending; reading goes on.
    pub is_suspended: bool,
    /// Why, as the operator wrote it.
    pub suspended_reason: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An API key without its secret, which is shown once and never kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// Its workspace.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// A name for people, up to 100 characters.
    pub name: String,
    /// The half of the workspace that it sees.
    pub mode: Mode,
    /// The first characters of the key.
    pub prefix: String,
    /// The last four characters of the key.
    pub last4: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The accounts it is bound to; `null` is all.
    pub account_ids: Option<Vec<AccountId>>,
    /// Who made it.
    pub created_by: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, within a minute.
    pub last_used_at: Option<Timestamp>,
    /// The key that took its place, when it was rotated.
    pub replaced_by: Option<KeyId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// One change that a person, key or operator made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who: a key's or person's id, `operator` or `system`.
    pub actor: String,
    /// What was done, such as `account.created`.
    pub action: String,
    /// The id of what it was done to.
    pub subject: String,
    /// What changed, without secrets.
    pub detail: Value,
    /// The request that did it.
    pub request_id: String,
}
