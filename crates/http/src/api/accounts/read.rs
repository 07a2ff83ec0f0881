//! `GET /v1/accounts/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Account, AccountId};

/// Read an account
///
/// Needs the scope `accounts:read`.
#[utoipa::path(get, path = "/v1/accounts/{id}", operation_id = "read_account", tag = "Accounts",
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses((status = 200, description = "The account.", body = Account)))]
pub(crate) async fn read(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
) -> Answer<Json<Account>> {
    Ok(Json(engine.account(&caller, id).await?))
}
