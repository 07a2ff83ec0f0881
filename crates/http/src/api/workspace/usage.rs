//! `GET /v1/workspace/usage`

use crate::{extract::Authenticated, problem::Answer};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::usage::Usage;

/// Read what is used of each limit
///
/// Every limit of the workspace, with what the key's mode uses of it and when counting begins anew.
/// Needs the scope `accounts:read`.
#[utoipa::path(get, path = "/v1/workspace/usage", operation_id = "read_usage", tag = "Workspace",
    responses((status = 200, description = "What is used of each limit.", body = Usage)))]
pub(crate) async fn usage(State(engine): State<Engine>, Authenticated(caller): Authenticated) -> Answer<Json<Usage>> {
    Ok(Json(engine.usage(&caller).await?))
}
