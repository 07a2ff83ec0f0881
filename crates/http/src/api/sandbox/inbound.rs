//! `POST /v1/sandbox/accounts/{id}/inbound`

use crate::{
    answer::Accepted,
    api::messages::{Fields, MessageOut, relations_in, schemas::InboundIn},
    extract::{Authenticated, Body, JsonObject, PathId},
    problem::Answer,
};
use axum::extract::State;
use wagate_engine::Engine;
use wagate_model::{AccountId, ChatAddress, FieldError, provider::Written};

/// Let somebody write to a sandbox account
///
/// The message comes in as a real one would, with its event. What it answers or reacts to is named by
/// our id (`msg_...`), or by the network's for a message that the gateway never saw. Needs the scope `messages:send`.
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
    Ok(Accepted(engine.sandbox_inbound(&caller, id, read(&body.value)?).await?.into()))
}

fn read(body: &JsonObject) -> Result<Written, Vec<FieldError>> {
    let mut fields = Fields::of(&body.0);
    let from = fields.needed("from", str::parse::<ChatAddress>);
    let content = fields.content();
    let reply_to = relations_in::context(&mut fields, relations_in::any_id);
    let mentions = relations_in::mentions(&mut fields);
    let is_forwarded = fields.flag("forwarded");
    let read = from.zip(content).map(|(from, content)| Written { from, content, reply_to, mentions, is_forwarded });
    fields.finish(read)
}
