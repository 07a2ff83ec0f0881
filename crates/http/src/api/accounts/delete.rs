//! `DELETE /v1/accounts/{id}`

use crate::{
    extract::{Authenticated, PathId},
    problem::Answer,
};
use axum::{extract::State, http::StatusCode};
use wagate_engine::Engine;
use wagate_model::AccountId;

/// Delete an account
///
/// Logs it out and cancels what it has queued; its messages stay. Needs the scope
/// `accounts:write`.
#[utoipa::path(delete, path = "/v1/accounts/{id}", operation_id = "delete_account", tag = "Accounts",
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses((status = 204, description = "The account is deleted.")))]
pub(crate) async fn delete(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
) -> Answer<StatusCode> {
    engine.delete_account(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
