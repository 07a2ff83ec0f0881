//! Changing a workspace's name, tier and limits.

use super::OperatorCall;
use crate::{Engine, Error, audit, error::Result, names::checked_name};
use serde_json::json;
use wagate_model::{
    Tier, WorkspaceId,
    tier::{LimitOverrides, Tiers},
    workspace::Workspace,
};
use wagate_store::{in_transaction, workspaces};

/// What an operator may change in a workspace; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorPatch {
    /// A name for people.
    pub name: Option<String>,
    /// What it has subscribed to.
    pub tier: Option<Tier>,
    /// All overrides; those left out hold no more.
    pub overrides: Option<LimitOverrides>,
}

impl OperatorPatch {
    fn applied_to(&self, workspace: &Workspace, tiers: &Tiers) -> Workspace {
        let tier = self.tier.unwrap_or(workspace.tier);
        let overrides = self.overrides.unwrap_or(workspace.overrides);
        Workspace {
            name: self.name.clone().unwrap_or_else(|| workspace.name.clone()),
            tier,
            overrides,
            limits: overrides.over(tiers.of(tier)),
            ..workspace.clone()
        }
    }
}

impl Engine {
    /// Changes a workspace's name, tier and overrides. A limit below what is there takes nothing
    /// away; it stops what would be added.
    pub async fn operator_update_workspace(
        &self,
        call: &OperatorCall,
        id: WorkspaceId,
        mut patch: OperatorPatch,
    ) -> Result<Workspace> {
        patch.name = patch.name.as_deref().map(checked_name).transpose().map_err(Error::invalid)?;
        let changed = in_transaction!(self.database, |tx| {
            let Some(before) = workspaces::lock(tx, &self.config.tiers, id).await? else { return Ok(None) };
            let mut after = patch.applied_to(&before, &self.config.tiers);
            if after != before {
                after.updated_at = self.clock.now();
                workspaces::update(tx, &after).await?;
                let detail = json!({ "name": after.name, "tier": after.tier, "overrides": after.overrides });
                audit::record(tx, self, call.author(id), "workspace.updated", id, detail).await?;
            }
            wagate_store::Result::Ok(Some(after))
        })?;
        self.keys.forget_workspace(id);
        changed.ok_or(Error::NotFound("workspace"))
    }
}
