//! `POST /v1/messages/{id}/revoke`

use super::{MessageOut, send::answer};
use crate::{
    extract::{Authenticated, IdempotencyKey, NoBody, PathId, Prefer},
    problem::Answer,
};
use axum::{extract::State, response::Response};
use wagate_engine::{Engine, idempotency::IdempotencyUse};
use wagate_model::MessageId;

/// Take a message back
///
/// For everyone: one of your own that was sent, within 60 hours. This is a message of the type
/// `revoke` with a life of its own, and goes out in its turn; once it is `sent`, nothing is left of
/// what the message said, and there is an event `message.revoked`. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/messages/{id}/revoke", operation_id = "revoke_message", tag = "Messages",
    params(("id" = MessageId, Path, description = "The message's id."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds, at most 30, for the outcome.")),
    responses((status = 202, description = "The revocation, accepted.", body = MessageOut)))]
pub(crate) async fn revoke(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    IdempotencyKey(key): IdempotencyKey,
    prefer: Prefer,
    NoBody(body_hash): NoBody,
) -> Answer<Response> {
    let path = format!("/v1/messages/{id}/revoke");
    let repeatable = key.map(|key| IdempotencyUse { method: "POST", path, key, body_hash });
    let accepted = engine.revoke_message(&caller, id, repeatable).await?;
    answer(&engine, &caller, prefer, accepted).await
}
