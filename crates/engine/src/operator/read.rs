//! Reading workspaces.

use crate::{Engine, Error, error::Result};
use wagate_model::{WorkspaceId, workspace::Workspace};
use wagate_store::{Page, PageOf, workspaces};

impl Engine {
    /// One page of all workspaces, newest first.
    pub async fn operator_list_workspaces(&self, page: &Page) -> Result<PageOf<Workspace>> {
        Ok(workspaces::list_any_workspace(&self.database, &self.config.tiers, page).await?)
    }

    /// One workspace.
    pub async fn operator_workspace(&self, id: WorkspaceId) -> Result<Workspace> {
        workspaces::find(&self.database, &self.config.tiers, id).await?.ok_or(Error::NotFound("workspace"))
    }
}
