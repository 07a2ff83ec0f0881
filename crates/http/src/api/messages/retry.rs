//! `POST /v1/messages/{id}/retry`

use super::{MessageOut, send::answer};
use crate::{
    extract::{Authenticated, IdempotencyKey, NoBody, PathId, Prefer},
    problem::Answer,
};
use axum::{extract::State, response::Response};
use wagate_engine::{Engine, idempotency::IdempotencyUse};
use wagate_model::MessageId;

/// Send a failed message again
///
/// Makes a new message with the same content, whose `retry_of` names the failed, cancelled or
/// expired one. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/messages/{id}/retry", operation_id = "retry_message", tag = "Messages",
    params(("id" = MessageId, Path, description = "The message's id."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds, at most 30, for the outcome.")),
    responses((status = 202, description = "The new message, accepted.", body = MessageOut)))]
pub(crate) async fn retry(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    IdempotencyKey(key): IdempotencyKey,
    prefer: Prefer,
    NoBody(body_hash): NoBody,
) -> Answer<Response> {
    let path = format!("/v1/messages/{id}/retry");
    let repeatable = key.map(|key| IdempotencyUse { method: "POST", path, key, body_hash });
    let accepted = engine.retry_message(&caller, id, repeatable).await?;
    answer(&engine, &caller, prefer, accepted).await
}
