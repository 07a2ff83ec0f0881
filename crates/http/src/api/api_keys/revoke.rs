//! `DELETE /v1/api-keys/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{extract::State, http::StatusCode};
use wagate_engine::Engine;
use wagate_model::KeyId;

/// Revoke an API key
///
/// It works for at most 5 seconds more, and stays in the list. Needs the scope `keys:write`.
#[utoipa::path(delete, path = "/v1/api-keys/{id}", operation_id = "revoke_api_key", tag = "API keys",
    params(("id" = KeyId, Path, description = "The key's id.")),
    responses((status = 204, description = "The key is revoked.")))]
pub(crate) async fn revoke(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<KeyId>,
) -> Answer<StatusCode> {
    engine.revoke_key(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
