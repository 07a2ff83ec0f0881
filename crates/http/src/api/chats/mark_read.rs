//! `POST /v1/chats/{id}/read`

use super::ChatOut;
use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::ChatId;

/// Mark a chat as read
///
/// Nothing of it is unread then, and the network is told of its newest 100 incoming messages, so that
/// whoever wrote sees it. If the account is not connected, the network is not told; ask again once it
/// is. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/chats/{id}/read", operation_id = "mark_chat_read", tag = "Chats",
    params(("id" = ChatId, Path, description = "The chat's id.")),
    responses((status = 200, description = "The chat as it is now.", body = ChatOut)))]
pub(crate) async fn mark_read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ChatId>,
    _body: NoBody,
) -> Answer<Json<ChatOut>> {
    Ok(Json(engine.mark_chat_read(&caller, id).await?.into()))
}
