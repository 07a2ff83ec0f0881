//! `POST /v1/sandbox/messages/{id}/revoke`

use crate::{
    api::messages::MessageOut,
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::MessageId;

/// Let whoever wrote an incoming message take it back
///
/// Nothing of what it said is left, as with a real one, and there is an event `message.revoked`.
/// Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/sandbox/messages/{id}/revoke", operation_id = "revoke_sandbox_message", tag = "Sandbox",
    params(("id" = MessageId, Path, description = "The message's id.")),
    responses((status = 200, description = "What is left of the message.", body = MessageOut)))]
pub(crate) async fn revoke(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    _body: NoBody,
) -> Answer<Json<MessageOut>> {
    Ok(Json(engine.sandbox_revoke(&caller, id).await?.into()))
}
