//! `GET /v1/workspace`

use crate::{extract::Authenticated, problem::Answer};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::workspace::Workspace;

/// Read the workspace
///
/// The workspace of the key, with its tier and limits. Needs the scope `accounts:read`.
#[utoipa::path(get, path = "/v1/workspace", operation_id = "read_workspace", tag = "Workspace",
    responses((status = 200, description = "The workspace.", body = Workspace)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
) -> Answer<Json<Workspace>> {
    Ok(Json(engine.workspace(&caller).await?))
}
