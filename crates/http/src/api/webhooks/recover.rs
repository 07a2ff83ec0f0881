//! `POST /v1/webhooks/{id}/recover`

use crate::{
    answer::Accepted,
    extract::{Authenticated, Body, PathId},
    problem::Answer,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use wagate_engine::Engine;
use wagate_model::{EndpointId, Timestamp};

/// Since when events were missed.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecoverIn {
    /// The beginning of what was missed, at most 14 days ago.
    since: Timestamp,
}

/// How much is sent again.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Recovered {
    /// How many deliveries, at most 10,000 by one request.
    count: u64,
}

/// Send a webhook what it missed
///
/// Every failed and skipped delivery since a time, at most 10,000. Needs the scope
/// `webhooks:write`.
#[utoipa::path(post, path = "/v1/webhooks/{id}/recover", operation_id = "recover_webhook", tag = "Webhooks",
    params(("id" = EndpointId, Path, description = "The webhook's id.")),
    request_body = RecoverIn,
    responses((status = 202, description = "How many deliveries are sent again.", body = Recovered)))]
pub(crate) async fn recover(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<EndpointId>,
    body: Body<RecoverIn>,
) -> Answer<Accepted<Recovered>> {
    let count = engine.recover_endpoint(&caller, id, body.value.since).await?;
    Ok(Accepted(Recovered { count }))
}
