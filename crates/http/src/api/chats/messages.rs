//! `GET /v1/chats/{id}/messages`

use crate::{
    answer::ListOf,
    api::messages::MessageOut,
    extract::{Authenticated, PageQuery, PathId, Query},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{ChatId, MessageId};

/// List a chat's messages
///
/// In both directions, newest first. Needs the scope `messages:read`.
#[utoipa::path(get, path = "/v1/chats/{id}/messages", operation_id = "list_chat_messages", tag = "Chats",
    params(("id" = ChatId, Path, description = "The chat's id."), PageQuery),
    responses((status = 200, description = "One page of messages.", body = ListOf<MessageOut>)))]
pub(crate) async fn messages(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ChatId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<ListOf<MessageOut>>> {
    let found = engine.list_chat_messages(&caller, id, &page.of::<MessageId>()?).await?;
    Ok(ListOf::of(found, MessageOut::from))
}
