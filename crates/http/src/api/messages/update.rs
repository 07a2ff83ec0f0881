//! `PATCH /v1/messages/{id}`

use super::MessageOut;
use crate::{
    extract::{Authenticated, Body, PathId, given},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::Engine;
use wagate_model::{MessageId, Timestamp};

/// What to change of a message that waits; what is left out stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessagePatch {
    /// When it shall be sent; `null` sends it at once. Only while it is `scheduled`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Timestamp>)]
    #[expect(clippy::option_option, reason = "left out, `null` and a value are three things")]
    send_at: Option<Option<Timestamp>>,
    /// When it shall not be sent any more; `null` for never.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Timestamp>)]
    #[expect(clippy::option_option, reason = "left out, `null` and a value are three things")]
    expires_at: Option<Option<Timestamp>>,
}

/// Change when a message is sent
///
/// `send_at` can be changed while the message is `scheduled`, `expires_at` while it waits: while no
/// attempt is in flight or of unknown outcome. Needs the scope `messages:send`.
#[utoipa::path(patch, path = "/v1/messages/{id}", operation_id = "update_message", tag = "Messages",
    params(("id" = MessageId, Path, description = "The message's id.")),
    request_body = MessagePatch,
    responses((status = 200, description = "The message as it is now.", body = MessageOut)))]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
    body: Body<MessagePatch>,
) -> Answer<Json<MessageOut>> {
    let MessagePatch { send_at, expires_at } = body.value;
    let patch = wagate_engine::messages::MessagePatch { send_at, expires_at };
    Ok(Json(engine.update_message(&caller, id, patch).await?.into()))
}
