//! `POST /v1/webhooks/{id}/test`

use crate::{
    answer::Accepted,
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::extract::State;
use wagate_engine::Engine;
use wagate_model::{EndpointId, webhook::Delivery};

/// Test a webhook
///
/// Sends it an event of type `webhook.test`. Needs the scope `webhooks:write`.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", operation_id = "test_webhook", tag = "Webhooks",
    params(("id" = EndpointId, Path, description = "The webhook's id.")),
    responses((status = 202, description = "The delivery of the test.", body = Delivery)))]
pub(crate) async fn test(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<EndpointId>,
    _body: NoBody,
) -> Answer<Accepted<Delivery>> {
    Ok(Accepted(engine.test_endpoint(&caller, id).await?))
}
