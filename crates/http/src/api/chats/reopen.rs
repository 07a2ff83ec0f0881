//! `POST /v1/chats/{id}/reopen`

use super::ChatOut;
use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::ChatId;

/// Open a closed chat
///
/// Work on it goes on. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/chats/{id}/reopen", operation_id = "reopen_chat", tag = "Chats",
    params(("id" = ChatId, Path, description = "The chat's id.")),
    responses((status = 200, description = "The chat as it is now.", body = ChatOut)))]
pub(crate) async fn reopen(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ChatId>,
    _body: NoBody,
) -> Answer<Json<ChatOut>> {
    Ok(Json(engine.reopen_chat(&caller, id).await?.into()))
}
