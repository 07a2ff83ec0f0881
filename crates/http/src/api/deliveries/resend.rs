//! `POST /v1/deliveries/{id}/resend`

use crate::{
    answer::Accepted,
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::extract::State;
use wagate_engine::Engine;
use wagate_model::{DeliveryId, webhook::Delivery};

/// Send a delivery again
///
/// The same event under the same id, whatever became of it before. Needs the scope
/// `webhooks:write`.
#[utoipa::path(post, path = "/v1/deliveries/{id}/resend", operation_id = "resend_delivery", tag = "Deliveries",
    params(("id" = DeliveryId, Path, description = "The delivery's id.")),
    responses((status = 202, description = "The delivery.", body = Delivery)))]
pub(crate) async fn resend(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<DeliveryId>,
    _body: NoBody,
) -> Answer<Accepted<Delivery>> {
    Ok(Accepted(engine.resend_delivery(&caller, id).await?))
}
