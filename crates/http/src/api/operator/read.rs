//! `GET /operator/v1/workspaces/{id}`

use crate::{
    extract::{Operator, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{WorkspaceId, workspace::Workspace};

/// Read a workspace as the operator
#[utoipa::path(get, path = "/operator/v1/workspaces/{id}", operation_id = "operator_read_workspace", tag = "Operator",
    params(("id" = WorkspaceId, Path, description = "The workspace's id.")),
    responses((status = 200, description = "The workspace.", body = Workspace)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    _operator: Operator,
    PathId(id): PathId<WorkspaceId>,
) -> Answer<Json<Workspace>> {
    Ok(Json(engine.operator_workspace(id).await?))
}
