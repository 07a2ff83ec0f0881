//! `POST /v1/erasures`

use crate::{
    answer::Accepted,
    extract::{Authenticated, Body},
    problem::Answer,
};
use axum::extract::State;
use serde::Deserialize;
use wagate_engine::Engine;
use wagate_model::{ChatAddress, erasure::Erasure};

/// Whose data is to be erased.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasureIn {
    /// The person's number or chat address.
    address: ChatAddress,
}

/// Erase a person's data
///
/// In the background, in the key's half of the workspace: their chat, what they wrote in groups, and
/// what events, deliveries and logs tell of it. Messages to them that wait are cancelled first. Ids,
/// counts, statuses and times stay, under an address that is nobody's. It cannot be undone. What they
/// write from now on is new. Needs the scope `contacts:write`.
#[utoipa::path(post, path = "/v1/erasures", operation_id = "create_erasure", tag = "Contacts",
    request_body = ErasureIn,
    responses((status = 202, description = "The erasure, which goes on by itself.", body = Erasure)))]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    body: Body<ErasureIn>,
) -> Answer<Accepted<Erasure>> {
    Ok(Accepted(engine.erase_person(&caller, body.value.address).await?))
}
