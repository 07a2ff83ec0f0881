//! A workspace as its own people see it; what only operators do is in `operator`.

use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
    names::checked_name,
};
use serde_json::json;
use wagate_model::{Caller, Scope, workspace::Workspace};
use wagate_store::{in_transaction, workspaces};

/// What a workspace may change in itself; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkspacePatch {
    /// A name for people.
    pub name: Option<String>,
}

impl Engine {
    /// The caller's workspace. Needs `accounts:read`.
    pub async fn workspace(&self, caller: &Caller) -> Result<Workspace> {
        require(caller, Scope::AccountsRead)?;
        let found = workspaces::find(&self.database, &self.config.tiers, caller.workspace_id).await?;
        found.ok_or(Error::NotFound("workspace"))
    }

    /// Changes the caller's workspace. Needs `workspace:write`.
    pub async fn update_workspace(&self, caller: &Caller, patch: WorkspacePatch) -> Result<Workspace> {
        require(caller, Scope::WorkspaceWrite)?;
        require_active(caller)?;
        let name = patch.name.as_deref().map(checked_name).transpose().map_err(Error::invalid)?;
        let changed = in_transaction!(self.database, |tx| {
            let Some(mut workspace) = workspaces::lock(tx, &self.config.tiers, caller.workspace_id).await? else {
                return Ok(None);
            };
            if let Some(name) = &name {
                let detail = json!({ "name": { "from": workspace.name, "to": name } });
                workspace.name.clone_from(name);
                workspace.updated_at = self.clock.now();
                workspaces::update(tx, &workspace).await?;
                audit::record(tx, self, caller, "workspace.updated", workspace.id, detail).await?;
            }
            wagate_store::Result::Ok(Some(workspace))
        })?;
        changed.ok_or(Error::NotFound("workspace"))
    }
}
