//! `DELETE /v1/webhooks/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{extract::State, http::StatusCode};
use wagate_engine::Engine;
use wagate_model::EndpointId;

/// Delete a webhook
///
/// Nothing more is delivered to it. Needs the scope `webhooks:write`.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", operation_id = "delete_webhook", tag = "Webhooks",
    params(("id" = EndpointId, Path, description = "The webhook's id.")),
    responses((status = 204, description = "The webhook is deleted.")))]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<EndpointId>,
) -> Answer<StatusCode> {
    engine.delete_endpoint(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
