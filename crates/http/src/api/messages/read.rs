//! `GET /v1/messages/{id}`

use super::MessageOut;
use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::MessageId;

/// Read a message
///
/// With its history. Needs the scope `messages:read`.
#[utoipa::path(get, path = "/v1/messages/{id}", operation_id = "read_message", tag = "Messages",
    params(("id" = MessageId, Path, description = "The message's id.")),
    responses((status = 200, description = "The message.", body = MessageOut)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<MessageId>,
) -> Answer<Json<MessageOut>> {
    Ok(Json(engine.message(&caller, id).await?.into()))
}
