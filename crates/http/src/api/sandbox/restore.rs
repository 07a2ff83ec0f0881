//! `POST /v1/sandbox/accounts/{id}/restore`

use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Account, AccountId};

/// Restore a sandbox account
///
/// Ends bans and restrictions. Needs the scope
/// `accounts:write`.
#[utoipa::path(post, path = "/v1/sandbox/accounts/{id}/restore", operation_id = "restore_sandbox_account", tag = "Sandbox",
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses((status = 200, description = "The account.", body = Account)))]
pub(crate) async fn restore(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    _body: NoBody,
) -> Answer<Json<Account>> {
    Ok(Json(engine.sandbox_restore(&caller, id).await?))
}
