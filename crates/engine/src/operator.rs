//! What whoever runs this gateway does: make, list, suspend, resume and change workspaces.
//!
//! There is no `Caller` here: the surfaces (the operator's API behind its own token, the command
//! line) have checked who asks. Every change stands in the audit log of its workspace.

mod change;
mod create;
mod read;
mod suspend;
#[cfg(test)]
mod tests;

pub use change::OperatorPatch;
pub use create::NewWorkspace;

use crate::audit::Author;
use wagate_model::{Actor, RequestId, WorkspaceId};

/// The operator's request, for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorCall {
    /// The request that this is done for.
    pub request_id: RequestId,
}

impl OperatorCall {
    fn author(self, workspace_id: WorkspaceId) -> Author {
        Author { workspace_id, actor: Actor::Operator, request_id: self.request_id }
    }
}
