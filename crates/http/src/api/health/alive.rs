//! `GET /health`

use axum::Json;
use serde::Serialize;

/// That the gateway answers.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Say whether the gateway answers
///
/// Asks nothing else: a gateway whose database is away answers here too.
#[utoipa::path(get, path = "/health", operation_id = "read_health", tag = "Health",
    responses((status = 200, description = "The gateway answers.", body = Health)))]
pub(crate) async fn alive() -> Json<Health> {
    Json(Health { status: "ok" })
}
