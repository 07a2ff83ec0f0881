//! What `wagate workspace ...` understands.

use wagate_model::{Tier, WorkspaceId};

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
