//! Who asks: the workspace, the actor and what they may do, known from the credential alone.

use crate::{AccountId, KeyId, Mode, RequestId, Scope, Scopes, UserId, WorkspaceId, tier::Limits};
use std::fmt;

/// Who does something in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A program with an API key.
    Key(KeyId),
    /// A person.
    User(UserId),
    /// Whoever runs this gateway.
    Operator,
    /// The gateway itself.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
        }
    }
}

/// The first argument of everything that the engine does for somebody.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant, from the credential; never from a path, query or body.
    pub workspace_id: WorkspaceId,
    /// The half of the workspace that the credential sees.
    pub mode: Mode,
    /// Who it is, for the audit log.
    pub actor: Actor,
    /// What they may do.
    pub scopes: Scopes,
    /// The accounts that the credential is bound to; `None` is all of them.
    pub accounts: Option<Vec<AccountId>>,
    /// Whether an operator has suspended the workspace: reads yes, sends no.
    pub is_suspended: bool,
    /// The limits of the workspace, as they were at most 5 s ago.
    pub limits: Limits,
    /// The request that this is done for.
    pub request_id: RequestId,
}

impl Caller {
    /// Whether the credential carries `scope`.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(scope)
    }

    /// Which accounts are meant by those that were named, none for all: as far as the credential may use
    /// them. `None` is all of the workspace's.
    pub fn accounts_among(&self, named: &[AccountId]) -> Option<Vec<AccountId>> {
        if named.is_empty() {
            return self.accounts.clone();
        }
        Some(named.iter().copied().filter(|account| self.may_use(*account)).collect())
    }

    /// Whether the credential may use the account (if it exists in the workspace at all).
    pub fn may_use(&self, account: AccountId) -> bool {
        self.accounts.as_ref().is_none_or(|bound| bound.contains(&account))
    }
}
