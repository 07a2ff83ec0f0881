//! `GET /health/ready`

use crate::parts::HttpState;
use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;

/// Which parts of the gateway work.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Readiness {
    /// `ok` if all of them do, else `unavailable`.
    #[schema(example = "ok")]
    status: &'static str,
    /// Whether the database answers.
    database: bool,
    /// Whether the lanes run, which send messages.
    lanes: bool,
    /// Whether the courier runs, which delivers webhooks.
    courier: bool,
}

/// Say whether the gateway can do its work
#[utoipa::path(get, path = "/health/ready", operation_id = "read_readiness", tag = "Health",
    responses(
        (status = 200, description = "Every part works.", body = Readiness),
        (status = 503, description = "A part does not work; the body says which.", body = Readiness)))]
pub(crate) async fn ready(State(state): State<HttpState>) -> (StatusCode, Json<Readiness>) {
    let parts = state.engine.readiness().await;
    let is_ready = parts.is_ready();
    let answer = Readiness {
        status: if is_ready { "ok" } else { "unavailable" },
        database: parts.is_database_ready,
        lanes: parts.are_lanes_ready,
        courier: parts.is_courier_ready,
    };
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(answer))
}
