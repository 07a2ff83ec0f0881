//! `POST /operator/v1/workspaces/{id}/resume`

use crate::{
    extract::{NoBody, Operator, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{WorkspaceId, workspace::Workspace};

/// Let a suspended workspace go on
#[utoipa::path(post, path = "/operator/v1/workspaces/{id}/resume", operation_id = "operator_resume_workspace", tag = "Operator",
    params(("id" = WorkspaceId, Path, description = "The workspace's id.")),
    responses((status = 200, description = "The workspace as it is now.", body = Workspace)))]
pub(crate) async fn resume(
    State(engine): State<Engine>,
    Operator(call): Operator,
    PathId(id): PathId<WorkspaceId>,
    _body: NoBody,
) -> Answer<Json<Workspace>> {
    Ok(Json(engine.operator_resume(&call, id).await?))
}
