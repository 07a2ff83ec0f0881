//! `POST /v1/sandbox/accounts/{id}/drop`

use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Account, AccountId};

/// Drop the connection of a sandbox account
///
/// Plays a network that fails; the account connects again by itself. Needs the scope
/// `accounts:write`.
#[utoipa::path(post, path = "/v1/sandbox/accounts/{id}/drop", operation_id = "drop_sandbox_account", tag = "Sandbox",
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses((status = 200, description = "The account.", body = Account)))]
pub(crate) async fn drop(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    _body: NoBody,
) -> Answer<Json<Account>> {
    Ok(Json(engine.sandbox_drop(&caller, id).await?))
}
