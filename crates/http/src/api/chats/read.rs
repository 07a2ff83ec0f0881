//! `GET /v1/chats/{id}`

use super::ChatOut;
use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::ChatId;

/// Read a chat
///
/// Needs the scope `messages:read`.
#[utoipa::path(get, path = "/v1/chats/{id}", operation_id = "read_chat", tag = "Chats",
    params(("id" = ChatId, Path, description = "The chat's id.")),
    responses((status = 200, description = "The chat.", body = ChatOut)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ChatId>,
) -> Answer<Json<ChatOut>> {
    Ok(Json(engine.chat(&caller, id).await?.into()))
}
