//! `POST /operator/v1/workspaces/{id}/suspend`

use crate::{
    extract::{Body, Operator, PathId, SuspendReason},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::Engine;
use wagate_model::{WorkspaceId, workspace::Workspace};

/// Why a workspace is suspended.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuspendIn {
    /// The reason, which its people read.
    reason: SuspendReason,
}

/// Suspend a workspace
///
/// Reading goes on; sending and changing do not, and its people see the reason.
#[utoipa::path(post, path = "/operator/v1/workspaces/{id}/suspend", operation_id = "operator_suspend_workspace", tag = "Operator",
    params(("id" = WorkspaceId, Path, description = "The workspace's id.")),
    request_body = SuspendIn,
    responses((status = 200, description = "The workspace as it is now.", body = Workspace)))]
pub(crate) async fn suspend(
    State(engine): State<Engine>,
    Operator(call): Operator,
    PathId(id): PathId<WorkspaceId>,
    body: Body<SuspendIn>,
) -> Answer<Json<Workspace>> {
    let reason = &body.value.reason.0;
    Ok(Json(engine.operator_suspend(&call, id, reason).await?))
}
