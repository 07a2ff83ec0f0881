//! `POST /v1/sandbox/accounts/{id}/inbound`

use crate::{
    answer::Accepted,
    api::messages::{Fields, MessageOut, schemas::InboundIn},
    extract::{Authenticated, Body, JsonObject, PathId},
    problem::Answer,
};
use axum::extract::State;
use wagate_engine::Engine;
use wagate_model::{AccountId, ChatAddress, Content, FieldError};

/// Let somebody write to a sandbox account
///
/// The message comes in as a real one would, with its event. Needs the scope `messages:send`.
#[utoipa::path(post, path = "/v1/sandbox/accounts/{id}/inbound", operation_id = "receive_sandbox_message", tag = "Sandbox",
    params(("id" = AccountId, Path, description = "The account's id.")),
    request_body = InboundIn,
    responses((status = 202, description = "The message that came in.", body = MessageOut)))]
pub(crate) async fn inbound(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    body: Body<JsonObject>,
) -> Answer<Accepted<MessageOut>> {
    let (from, content) = read(&body.value)?;
    Ok(Accepted(engine.sandbox_inbound(&caller, id, from, content).await?.into()))
}

fn read(body: &JsonObject) -> Result<(ChatAddress, Content), Vec<FieldError>> {
    let mut fields = Fields::of(&body.0);
    let from = fields.needed("from", str::parse::<ChatAddress>);
    let content = fields.content();
    fields.finish(from.zip(content))
}
