//! `GET /v1/api-keys/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{KeyId, workspace::ApiKey};

/// Read an API key
///
/// Without its text, which nobody has. Needs the scope `keys:write`.
#[utoipa::path(get, path = "/v1/api-keys/{id}", operation_id = "read_api_key", tag = "API keys",
    params(("id" = KeyId, Path, description = "The key's id.")),
    responses((status = 200, description = "The key.", body = ApiKey)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<KeyId>,
) -> Answer<Json<ApiKey>> {
    Ok(Json(engine.key(&caller, id).await?))
}
