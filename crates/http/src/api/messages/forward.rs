//! `POST /v1/messages/{id}/forward`

use super::{
    MessageOut,
    content_in::{Fields, form},
    message_in,
    schemas::ForwardIn,
    send::answer,
};
use crate::{
    extract::{Authenticated, Body, IdempotencyKey, JsonObject, PathId, Prefer},
    problem::Answer,
};
use axum::{extract::State, response::Response};
use wagate_engine::{Engine, idempotency::IdempotencyUse, messages::Forwarding};
use wagate_model::{ChatAddress, FieldError, MessageId};

/// Forward a message
///
/// In either direction: makes a new message with the same content, marked as `forwarded`, whose
/// `forwarded_from` names this one. The same account sends it unless `account_id` names another.
/// Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/messages/{id}/forward", operation_id = "forward_message", tag = "Messages",
    params(("id" = MessageId, Path, description = "The message's id."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds, at most 30, for the outcome.")),
    request_body = ForwardIn,
    responses((status = 202, description = "The new message, accepted.", body = MessageOut)))]
pub(crate) async fn forward(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    IdempotencyKey(key): IdempotencyKey,
    prefer: Prefer,
    body: Body<JsonObject>,
) -> Answer<Response> {
    let to = read(&body.value)?;
    let path = format!("/v1/messages/{id}/forward");
    let repeatable = key.map(|key| IdempotencyUse { method: "POST", path, key, body_hash: body.hash });
    let accepted = engine.forward_message(&caller, id, to, repeatable).await?;
    answer(&engine, &caller, prefer, accepted).await
}

fn read(body: &JsonObject) -> Result<Forwarding, Vec<FieldError>> {
    let mut fields = Fields::of(&body.0);
    let account_id = fields.optional("account_id", form);
    let to = fields.needed("to", str::parse::<ChatAddress>);
    let client_ref = message_in::client_ref(&mut fields);
    let metadata = message_in::metadata(&mut fields);
    let read = to.zip(metadata).map(|(to, metadata)| Forwarding { account_id, to, client_ref, metadata });
    fields.finish(read)
}
