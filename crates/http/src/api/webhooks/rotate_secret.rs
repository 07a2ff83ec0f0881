//! `POST /v1/webhooks/{id}/rotate-secret`

use super::shown::WebhookWithSecret;
use crate::{
    answer::Secret,
    api::overlap::RotateIn,
    extract::{Authenticated, OptionalBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::{Engine, webhooks::RotateSecret};
use wagate_model::EndpointId;

/// Give a webhook a new secret
///
/// For the overlap deliveries carry the signatures of both. Needs the scope `webhooks:write`.
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate-secret", operation_id = "rotate_webhook_secret", tag = "Webhooks",
    params(("id" = EndpointId, Path, description = "The webhook's id.")),
    request_body = Option<RotateIn>,
    responses((status = 200, description = "The webhook with its new secret.", body = WebhookWithSecret)))]
pub(crate) async fn rotate_secret(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<EndpointId>,
    OptionalBody(body): OptionalBody<RotateIn>,
) -> Answer<Secret<Json<WebhookWithSecret>>> {
    let rotate = body.overlap().map_or_else(RotateSecret::default, |overlap| RotateSecret { overlap });
    let created = engine.rotate_endpoint_secret(&caller, id, rotate).await?;
    Ok(Secret(Json(created.into())))
}
