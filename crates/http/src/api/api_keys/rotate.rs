//! `POST /v1/api-keys/{id}/rotate`

use super::secret::ApiKeyWithSecret;
use crate::{
    answer::{Created, Secret},
    api::overlap::RotateIn,
    extract::{Authenticated, OptionalBody, PathId},
    problem::Answer,
};
use axum::extract::State;
use wagate_engine::{Engine, keys::RotateKey};
use wagate_model::KeyId;

/// Rotate an API key
///
/// Makes a key with the same name, scopes, accounts and expiry; the old one goes on working for the
/// overlap. Needs the scope `keys:write`.
#[utoipa::path(post, path = "/v1/api-keys/{id}/rotate", operation_id = "rotate_api_key", tag = "API keys",
    params(("id" = KeyId, Path, description = "The key's id.")),
    request_body = Option<RotateIn>,
    responses((status = 201, description = "The new key with its text.", body = ApiKeyWithSecret)))]
pub(crate) async fn rotate(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<KeyId>,
    OptionalBody(body): OptionalBody<RotateIn>,
) -> Answer<Secret<Created<ApiKeyWithSecret>>> {
    let rotate = body.overlap().map_or_else(RotateKey::default, |overlap| RotateKey { overlap });
    let created = engine.rotate_key(&caller, id, rotate).await?;
    Ok(Secret(Created(created.into())))
}
