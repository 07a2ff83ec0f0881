//! `POST /v1/messages/{id}/cancel`

use super::MessageOut;
use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::MessageId;

/// Cancel a message
///
/// One that waits: `scheduled`, `queued`, or `sending` between two attempts. Needs the scope
/// `messages:send`.
#[utoipa::path(post, path = "/v1/messages/{id}/cancel", operation_id = "cancel_message", tag = "Messages",
    params(("id" = MessageId, Path, description = "The message's id.")),
    responses((status = 200, description = "The message.", body = MessageOut)))]
pub(crate) async fn cancel(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    _body: NoBody,
) -> Answer<Json<MessageOut>> {
    Ok(Json(engine.cancel_message(&caller, id).await?.into()))
}
