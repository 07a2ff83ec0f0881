//! Making a workspace, and its first key.

use super::OperatorCall;
use crate::{
    Engine, Error, audit,
    error::Result,
    keys::{CreatedKey, Grant, NewKey},
    names::checked_name,
};
use serde_json::json;
use wagate_model::{Mode, Tier, WorkspaceId, tier::LimitOverrides, workspace::Workspace};
use wagate_store::{in_transaction, workspaces};

/// A workspace to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkspace {
    /// A name for people.
    pub name: String,
    /// What it has subscribed to.
    pub tier: Tier,
    /// What holds in place of the tier's limits.
    pub overrides: LimitOverrides,
}

impl Engine {
    /// Makes a workspace.
    pub async fn operator_create_workspace(&self, call: &OperatorCall, new: NewWorkspace) -> Result<Workspace> {
        let now = self.clock.now();
        let workspace = Workspace {
            id: self.ids.next(),
            name: checked_name(&new.name).map_err(Error::invalid)?,
            tier: new.tier,
            overrides: new.overrides,
            limits: new.overrides.over(self.config.tiers.of(new.tier)),
            is_suspended: false,
            suspended_reason: None,
            created_at: now,
            updated_at: now,
        };
        in_transaction!(self.database, |tx| {
            workspaces::insert(tx, &workspace).await?;
            let detail = json!({ "name": workspace.name, "tier": workspace.tier, "overrides": workspace.overrides });
            audit::record(tx, self, call.author(workspace.id), "workspace.created", workspace.id, detail).await
        })?;
        Ok(workspace)
    }

    /// Makes a key for a workspace; without scopes it may do everything.
    pub async fn operator_create_key(
        &self,
        call: &OperatorCall,
        workspace_id: WorkspaceId,
        mode: Mode,
        new: NewKey,
    ) -> Result<CreatedKey> {
        self.operator_workspace(workspace_id).await?;
        self.insert_key(call.author(workspace_id), &Grant::everything(mode), new).await
    }
}
