//! `POST /v1/messages`

use super::{MessageOut, message_in, schemas::MessageIn};
use crate::{
    extract::{Authenticated, Body, IdempotencyKey, JsonObject, Prefer},
    idempotency::REPLAYED,
    problem::Answer,
    request_context::Arrived,
};
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use wagate_engine::{Engine, idempotency::IdempotencyUse, messages::Accepted};
use wagate_model::Caller;

/// Send a message
///
/// Answered once the message is durable; it is sent then, in its turn. `type` names the object
/// beside it. `account_id` may be left out when the key can use exactly one account. With
/// `Prefer: wait=N` (up to 30 seconds) the answer waits until the message was sent or ended, and
/// says so in `Preference-Applied`. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/messages", operation_id = "send_message", tag = "Messages",
    params(("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds, at most 30, for the outcome.")),
    request_body = MessageIn,
    responses((status = 202, description = "The message, accepted.", body = MessageOut)))]
pub(crate) async fn send(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Extension(arrived): Extension<Arrived>,
    IdempotencyKey(key): IdempotencyKey,
    prefer: Prefer,
    body: Body<JsonObject>,
) -> Answer<Response> {
    let new = message_in::read(&body.value)?;
    let repeatable =
        key.map(|key| IdempotencyUse { method: "POST", path: "/v1/messages".to_owned(), key, body_hash: body.hash });
    let accepted = engine.send_message(&caller, new, repeatable).await?;
    metrics::histogram!("accept_seconds").record(arrived.0.elapsed().as_secs_f64());
    answer(&engine, &caller, prefer, accepted).await
}

/// The same up to where it would be accepted.
pub(crate) async fn take(_: Authenticated, _: IdempotencyKey, _: Prefer, body: Body<JsonObject>) -> Answer<StatusCode> {
    message_in::read(&body.value)?;
    Ok(StatusCode::ACCEPTED)
}

/// 202 with the message, after the wait that the caller prefers.
pub(super) async fn answer(engine: &Engine, caller: &Caller, prefer: Prefer, accepted: Accepted) -> Answer<Response> {
    let Accepted { mut message, is_replay } = accepted;
    if let Some(limit) = prefer.wait {
        match engine.settled_message(caller, message.id, limit).await {
            Ok(settled) => message = settled,
            // It is accepted all the same, and the caller must not send it again.
            Err(error) => tracing::warn!(%error, "nobody could look what became of an accepted message"),
        }
    }
    let mut response = (StatusCode::ACCEPTED, Json(MessageOut::from(message))).into_response();
    if is_replay {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    if let Some(Ok(applied)) = prefer.applied().map(HeaderValue::try_from) {
        response.headers_mut().insert("preference-applied", applied);
    }
    Ok(response)
}
