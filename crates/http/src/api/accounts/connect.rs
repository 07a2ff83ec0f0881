//! `POST /v1/accounts/{id}/connect`

use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Account, AccountId};

/// Connect an account
///
/// Says that it shall be connected, now and after every restart. How it goes stands in `status`
/// and comes as `connection.update`. Needs the scope `accounts:write`.
#[utoipa::path(post, path = "/v1/accounts/{id}/connect", operation_id = "connect_account", tag = "Accounts",
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses((status = 200, description = "The account.", body = Account)))]
pub(crate) async fn connect(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    _body: NoBody,
) -> Answer<Json<Account>> {
    Ok(Json(engine.connect_account(&caller, id).await?))
}
