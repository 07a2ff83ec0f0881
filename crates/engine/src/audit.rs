//! The audit log: a line for each change that a person, key or operator makes, committed with it.

use crate::{
    Engine, Error,
    engine::Shared,
    error::{Result, require},
};
use serde_json::Value;
use std::fmt::Display;
use wagate_model::{Actor, Caller, RequestId, Scope, WorkspaceId, workspace::AuditEntry};
use wagate_store::{Page, PageOf, Tx, audit_log};

/// Who changed something, in which workspace, for which request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Author {
    /// The workspace whose log it is.
    pub(crate) workspace_id: WorkspaceId,
    /// Who.
    pub(crate) actor: Actor,
    /// The request that asked for it.
    pub(crate) request_id: RequestId,
}

impl From<&Caller> for Author {
    fn from(caller: &Caller) -> Self {
        Self { workspace_id: caller.workspace_id, actor: caller.actor, request_id: caller.request_id }
    }
}

/// Adds a line to the log. `action` is a word such as `account.created`, `subject` the id of what
/// was changed, `detail` what changed, without secrets.
pub(crate) async fn record(
    tx: &mut Tx,
    shared: &Shared,
    author: impl Into<Author>,
    action: &str,
    subject: impl Display,
    detail: Value,
) -> wagate_store::Result<()> {
    let author = author.into();
    let entry = AuditEntry {
        id: shared.ids.next(),
        at: shared.clock.now(),
        actor: author.actor.to_string(),
        action: action.to_owned(),
        subject: subject.to_string(),
        detail,
        request_id: author.request_id.to_string(),
    };
    audit_log::insert(tx, author.workspace_id, &entry).await
}

impl Engine {
    /// One page of the workspace's audit log, newest first. Needs `audit:read`.
    pub async fn list_audit(&self, caller: &Caller, page: &Page) -> Result<PageOf<AuditEntry>> {
        require(caller, Scope::AuditRead)?;
        if caller.accounts.is_some() {
            return Err(Error::Forbidden(
                "A credential that is bound to accounts cannot read the workspace's audit log.".to_owned(),
            ));
        }
        Ok(audit_log::list(&self.database, caller.workspace_id, page).await?)
    }
}
