//! `POST /v1/sandbox/messages/{id}/edit`

use crate::{
    api::messages::{MessageOut, edit_in, schemas::EditIn},
    extract::{Authenticated, Body, JsonObject, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::MessageId;

/// Let whoever wrote an incoming message edit it
///
/// The message changes as a real one would, with its event `message.edited`. Needs the scope
/// `messages:send`.
#[utoipa::path(post, path = "/v1/sandbox/messages/{id}/edit", operation_id = "edit_sandbox_message", tag = "Sandbox",
    params(("id" = MessageId, Path, description = "The message's id.")),
    request_body = EditIn,
    responses((status = 200, description = "The message.", body = MessageOut)))]
pub(crate) async fn edit(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    body: Body<JsonObject>,
) -> Answer<Json<MessageOut>> {
    let edit = edit_in::read(id, body.value)?;
    Ok(Json(engine.sandbox_edit(&caller, id, edit).await?.into()))
}
