//! `GET /v1/deliveries/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Serialize;
use wagate_engine::Engine;
use wagate_model::{
    DeliveryId,
    webhook::{Delivery, WebhookAttempt},
};

/// A delivery with its tries.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct DeliveryWithHistory {
    #[serde(flatten)]
    delivery: Delivery,
    /// Its tries, the first one first.
    history: Vec<WebhookAttempt>,
}

/// Read a delivery
///
/// With every try and what the receiver answered. Needs the scope `webhooks:write`.
#[utoipa::path(get, path = "/v1/deliveries/{id}", operation_id = "read_delivery", tag = "Deliveries",
    params(("id" = DeliveryId, Path, description = "The delivery's id.")),
    responses((status = 200, description = "The delivery with its tries.", body = DeliveryWithHistory)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<DeliveryId>,
) -> Answer<Json<DeliveryWithHistory>> {
    let (delivery, history) = engine.delivery(&caller, id).await?;
    Ok(Json(DeliveryWithHistory { delivery, history }))
}
