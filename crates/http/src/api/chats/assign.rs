//! `POST /v1/chats/{id}/assign`

use super::ChatOut;
use crate::{
    extract::{Authenticated, Body, Name, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::Engine;
use wagate_model::ChatId;

/// Who works on a chat.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignIn {
    /// Who: any text that your own programs know them by. `null` is nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    assignee: Option<Name>,
}

/// Assign a chat
///
/// Says who works on it; `null` is nobody. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/chats/{id}/assign", operation_id = "assign_chat", tag = "Chats",
    params(("id" = ChatId, Path, description = "The chat's id.")),
    request_body = AssignIn,
    responses((status = 200, description = "The chat as it is now.", body = ChatOut)))]
pub(crate) async fn assign(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<ChatId>,
    body: Body<AssignIn>,
) -> Answer<Json<ChatOut>> {
    let assignee = body.value.assignee.map(|name| name.0);
    Ok(Json(engine.assign_chat(&caller, id, assignee).await?.into()))
}
