//! `POST /v1/sandbox/accounts/{id}/ban`

use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Account, AccountId};

/// Ban a sandbox account
///
/// Plays the network: the account is banned and its queue waits. Needs the scope
/// `accounts:write`.
#[utoipa::path(post, path = "/v1/sandbox/accounts/{id}/ban", operation_id = "ban_sandbox_account", tag = "Sandbox",
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses((status = 200, description = "The account.", body = Account)))]
pub(crate) async fn ban(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    _body: NoBody,
) -> Answer<Json<Account>> {
    Ok(Json(engine.sandbox_ban(&caller, id).await?))
}
