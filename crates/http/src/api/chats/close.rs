//! `POST /v1/chats/{id}/close`

use super::ChatOut;
use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::ChatId;

/// Close a chat
///
/// Work on it is done. Whoever writes in it opens it again. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/chats/{id}/close", operation_id = "close_chat", tag = "Chats",
    params(("id" = ChatId, Path, description = "The chat's id.")),
    responses((status = 200, description = "The chat as it is now.", body = ChatOut)))]
pub(crate) async fn close(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ChatId>,
    _body: NoBody,
) -> Answer<Json<ChatOut>> {
    Ok(Json(engine.close_chat(&caller, id).await?.into()))
}
