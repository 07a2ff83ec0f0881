//! `POST /v1/chats/{id}/archive`

use super::ChatOut;
use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::ChatId;

/// Put a chat out of sight
///
/// It stays there until it is unarchived, whoever writes in it. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/chats/{id}/archive", operation_id = "archive_chat", tag = "Chats",
    params(("id" = ChatId, Path, description = "The chat's id.")),
    responses((status = 200, description = "The chat as it is now.", body = ChatOut)))]
pub(crate) async fn archive(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ChatId>,
    _body: NoBody,
) -> Answer<Json<ChatOut>> {
    Ok(Json(engine.archive_chat(&caller, id, true).await?.into()))
}
