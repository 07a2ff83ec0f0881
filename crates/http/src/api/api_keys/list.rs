//! `GET /v1/api-keys`

use crate::{
    answer::ListOf,
    extract::{Authenticated, PageQuery, Query},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{KeyId, workspace::ApiKey};

/// List API keys
///
/// Newest first, revoked ones too, without their text. Needs the scope `keys:write`.
#[utoipa::path(get, path = "/v1/api-keys", operation_id = "list_api_keys", tag = "API keys",
    params(PageQuery),
    responses((status = 200, description = "One page of keys.", body = ListOf<ApiKey>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(page): Query<PageQuery>,
) -> Answer<Json<ListOf<ApiKey>>> {
    let found = engine.list_keys(&caller, &page.of::<KeyId>()?).await?;
    Ok(Json(found.into()))
}
