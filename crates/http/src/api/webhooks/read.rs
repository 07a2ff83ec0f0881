//! `GET /v1/webhooks/{id}`

use super::shown::shown;
use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{EndpointId, webhook::Endpoint};

/// Read a webhook
///
/// Without its secret. Needs the scope `webhooks:write`.
#[utoipa::path(get, path = "/v1/webhooks/{id}", operation_id = "read_webhook", tag = "Webhooks",
    params(("id" = EndpointId, Path, description = "The webhook's id.")),
    responses((status = 200, description = "The webhook.", body = Endpoint)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<EndpointId>,
) -> Answer<Json<Endpoint>> {
    Ok(Json(shown(engine.endpoint(&caller, id).await?)))
}
