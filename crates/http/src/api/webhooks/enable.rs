//! `POST /v1/webhooks/{id}/enable`

use super::shown::shown;
use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{EndpointId, webhook::Endpoint};

/// Enable a webhook
///
/// One that was disabled after too many failures. What it missed comes by
/// `POST /v1/webhooks/{id}/recover`. Needs the scope `webhooks:write`.
#[utoipa::path(post, path = "/v1/webhooks/{id}/enable", operation_id = "enable_webhook", tag = "Webhooks",
    params(("id" = EndpointId, Path, description = "The webhook's id.")),
    responses((status = 200, description = "The webhook as it is now.", body = Endpoint)))]
pub(crate) async fn enable(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<EndpointId>,
    _body: NoBody,
) -> Answer<Json<Endpoint>> {
    Ok(Json(shown(engine.enable_endpoint(&caller, id).await?)))
}
