//! `POST /v1/accounts/{id}/disconnect`

use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Account, AccountId};

/// Disconnect an account
///
/// It stays linked and can be connected again; queued messages wait. Needs the scope
/// `accounts:write`.
#[utoipa::path(post, path = "/v1/accounts/{id}/disconnect", operation_id = "disconnect_account", tag = "Accounts",
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses((status = 200, description = "The account.", body = Account)))]
pub(crate) async fn disconnect(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    _body: NoBody,
) -> Answer<Json<Account>> {
    Ok(Json(engine.disconnect_account(&caller, id).await?))
}
