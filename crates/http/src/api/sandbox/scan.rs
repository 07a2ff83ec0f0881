//! `POST /v1/sandbox/accounts/{id}/scan`

use crate::{
    extract::{Authenticated, NoBody, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Account, AccountId};

/// Scan the QR code of a sandbox account
///
/// Plays the phone: the account is linked and connects. Needs the scope
/// `accounts:write`.
#[utoipa::path(post, path = "/v1/sandbox/accounts/{id}/scan", operation_id = "scan_sandbox_account", tag = "Sandbox",
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses((status = 200, description = "The account.", body = Account)))]
pub(crate) async fn scan(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    _body: NoBody,
) -> Answer<Json<Account>> {
    Ok(Json(engine.sandbox_scan(&caller, id).await?))
}
