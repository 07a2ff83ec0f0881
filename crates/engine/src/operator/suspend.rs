//! Stopping a workspace's sending, and letting it go on.

use super::OperatorCall;
use crate::{Engine, Error, audit, error::Result};
use serde_json::json;
use wagate_model::{FieldError, WorkspaceId, workspace::Workspace};
use wagate_store::{in_transaction, workspaces};

/// Most characters of a reason.
const LONGEST_REASON: usize = 500;

impl Engine {
    /// Suspends a workspace: it reads but neither sends nor changes. The reason is shown to its
    /// people. Suspending once more replaces the reason.
    pub async fn operator_suspend(&self, call: &OperatorCall, id: WorkspaceId, reason: &str) -> Result<Workspace> {
        let reason = checked_reason(reason).map_err(Error::invalid)?;
        self.set_suspended(call, id, Some(reason)).await
    }

    /// Ends a suspension.
    pub async fn operator_resume(&self, call: &OperatorCall, id: WorkspaceId) -> Result<Workspace> {
        self.set_suspended(call, id, None).await
    }

    async fn set_suspended(&self, call: &OperatorCall, id: WorkspaceId, reason: Option<String>) -> Result<Workspace> {
        let action = if reason.is_some() { "workspace.suspended" } else { "workspace.resumed" };
        let changed = in_transaction!(self.database, |tx| {
            let Some(mut workspace) = workspaces::lock(tx, &self.config.tiers, id).await? else { return Ok(None) };
            if workspace.is_suspended != reason.is_some() || workspace.suspended_reason != reason {
                workspace.is_suspended = reason.is_some();
                workspace.suspended_reason.clone_from(&reason);
                workspace.updated_at = self.clock.now();
                workspaces::update(tx, &workspace).await?;
                audit::record(tx, self, call.author(id), action, id, json!({ "reason": reason })).await?;
            }
            wagate_store::Result::Ok(Some(workspace))
        })?;
        self.keys.forget_workspace(id);
        changed.ok_or(Error::NotFound("workspace"))
    }
}

fn checked_reason(reason: &str) -> std::result::Result<String, FieldError> {
    let reason = reason.trim();
    if reason.is_empty() {
        Err(FieldError::new("reason", "too_short", "A reason was expected; the workspace's people read it."))
    } else if reason.chars().count() > LONGEST_REASON {
        Err(FieldError::new("reason", "too_long", "A reason has at most 500 characters."))
    } else if reason.chars().any(char::is_control) {
        Err(FieldError::format("reason", "A reason has no control characters."))
    } else {
        Ok(reason.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_in_at_most_500_characters() {
        assert_eq!(checked_reason(" unpaid invoice 🧾 "), Ok("unpaid invoice 🧾".to_owned()));
        for (reason, code) in
            [("", "too_short"), (" ", "too_short"), (&"a".repeat(501), "too_long"), ("a\0", "invalid_format")]
        {
            assert_eq!(checked_reason(reason).map_err(|fault| fault.code), Err(code), "{reason:?}");
        }
    }
}
