//! `wagate workspace ...`: workspaces, directly in the database.

use crate::{
    exit::Failure, print, runtime::block_on, settings::Settings, telemetry::Telemetry, wiring::engine_for_command,
};
use wagate_engine::{
    Engine,
    operator::{NewWorkspace, OperatorCall, OperatorPatch},
};
use wagate_model::{Tier, WorkspaceId, tier::LimitOverrides, workspace::Workspace};
use wagate_store::Page;

/// What to do with workspaces.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum WorkspaceCommand {
    /// Make a workspace and print its id.
    Create {
        /// Its name, for people.
        #[arg(long)]
        name: String,
        /// What it has subscribed to: `free`, `starter`, `professional` or `enterprise`.
        #[arg(long, default_value = "free")]
        tier: Tier,
    },
    /// List all workspaces.
    List,
    /// Stop a workspace's sends; reading goes on.
    Suspend {
        /// Which one (`ws_...`).
        workspace: WorkspaceId,
        /// Why; the workspace is shown it.
        #[arg(long)]
        reason: String,
    },
    /// End a suspension.
    Resume {
        /// Which one (`ws_...`).
        workspace: WorkspaceId,
    },
    /// Change what a workspace has subscribed to.
    Tier {
        /// Which one (`ws_...`).
        workspace: WorkspaceId,
        /// `free`, `starter`, `professional` or `enterprise`.
        tier: Tier,
    },
}

impl WorkspaceCommand {
    /// Does it, and prints one line for each workspace concerned.
    pub fn run(self, settings: &Settings) -> Result<(), Failure> {
        Telemetry::install_logs(settings)?;
        let workspaces = block_on(async {
            let engine = engine_for_command(settings).await?;
            self.act(&engine).await
        })??;
        for workspace in &workspaces {
            print::line(&line(workspace))?;
        }
        Ok(())
    }

    async fn act(self, engine: &Engine) -> anyhow::Result<Vec<Workspace>> {
        let call = OperatorCall { request_id: engine.new_id() };
        let one = match self {
            Self::Create { name, tier } => {
                let new = NewWorkspace { name, tier, overrides: LimitOverrides::default() };
                engine.operator_create_workspace(&call, new).await
            }
            Self::List => return all(engine).await,
            Self::Suspend { workspace, reason } => engine.operator_suspend(&call, workspace, &reason).await,
            Self::Resume { workspace } => engine.operator_resume(&call, workspace).await,
            Self::Tier { workspace, tier } => {
                let patch = OperatorPatch { tier: Some(tier), ..OperatorPatch::default() };
                engine.operator_update_workspace(&call, workspace, patch).await
            }
        };
        Ok(vec![one.map_err(super::explained)?])
    }
}

async fn all(engine: &Engine) -> anyhow::Result<Vec<Workspace>> {
    let mut page = Page { limit: 100, ..Page::default() };
    let mut workspaces = Vec::new();
    loop {
        let found = engine.operator_list_workspaces(&page).await?;
        page.starting_after = found.data.last().map(|workspace| workspace.id.to_string());
        workspaces.extend(found.data);
        if !found.has_more {
            return Ok(workspaces);
        }
    }
}

fn line(workspace: &Workspace) -> String {
    let state = if workspace.is_suspended { "suspended" } else { "active" };
    format!("{}  {:<12}  {state:<9}  {}", workspace.id, workspace.tier.as_str(), workspace.name)
}
