//! `PATCH /v1/workspace`

use crate::{
    extract::{Authenticated, Body, Name},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{Engine, workspaces};
use wagate_model::workspace::Workspace;

/// What to change of a workspace; what is left out stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkspacePatch {
    /// A name for people.
    name: Option<Name>,
}

/// Change the workspace
///
/// Needs the scope `workspace:write`.
#[utoipa::path(patch, path = "/v1/workspace", operation_id = "update_workspace", tag = "Workspace",
    request_body = WorkspacePatch,
    responses((status = 200, description = "The workspace as it is now.", body = Workspace)))]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    body: Body<WorkspacePatch>,
) -> Answer<Json<Workspace>> {
    let patch = workspaces::WorkspacePatch { name: body.value.name.map(|name| name.0) };
    Ok(Json(engine.update_workspace(&caller, patch).await?))
}
