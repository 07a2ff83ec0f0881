//! `POST /v1/messages/{id}/read`

use super::MessageOut;
use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::MessageId;

/// Mark an incoming message as read
///
/// Tells the network, so that the sender sees it. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/messages/{id}/read", operation_id = "mark_message_read", tag = "Messages",
    params(("id" = MessageId, Path, description = "The message's id.")),
    responses((status = 200, description = "The message.", body = MessageOut)))]
pub(crate) async fn mark_read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    _body: NoBody,
) -> Answer<Json<MessageOut>> {
    Ok(Json(engine.mark_message_read(&caller, id).await?.into()))
}
