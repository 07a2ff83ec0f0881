//! `POST /v1/messages/{id}/edit`

use super::{MessageOut, edit_in, schemas::EditIn, send::answer};
use crate::{
    extract::{Authenticated, Body, IdempotencyKey, JsonObject, PathId, Prefer},
    problem::Answer,
};
use axum::{extract::State, response::Response};
use wagate_engine::{Engine, idempotency::IdempotencyUse};
use wagate_model::MessageId;

/// Edit a message
///
/// One of your own that was sent, within 15 minutes: a text gets another `text`; an image, video or
/// document another `caption`. The edit is a message of the type `edit` with a life of its own, and
/// goes out in its turn; once it is `sent`, the message says what the edit says, and there is an
/// event `message.edited`. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/messages/{id}/edit", operation_id = "edit_message", tag = "Messages",
    params(("id" = MessageId, Path, description = "The message's id."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds, at most 30, for the outcome.")),
    request_body = EditIn,
    responses((status = 202, description = "The edit, accepted.", body = MessageOut)))]
pub(crate) async fn edit(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    IdempotencyKey(key): IdempotencyKey,
    prefer: Prefer,
    body: Body<JsonObject>,
) -> Answer<Response> {
    let edit = edit_in::read(id, body.value)?;
    let path = format!("/v1/messages/{id}/edit");
    let repeatable = key.map(|key| IdempotencyUse { method: "POST", path, key, body_hash: body.hash });
    let accepted = engine.edit_message(&caller, id, edit, repeatable).await?;
    answer(&engine, &caller, prefer, accepted).await
}
