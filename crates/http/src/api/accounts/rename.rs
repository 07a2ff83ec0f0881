//! `PATCH /v1/accounts/{id}`

use crate::{
    extract::{Authenticated, Body, Name, PathId},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{Engine, accounts};
use wagate_model::{Account, AccountId};

/// What to change of an account; what is left out stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountPatch {
    /// A name for people.
    name: Option<Name>,
}

/// Rename an account
///
/// Needs the scope `accounts:write`.
#[utoipa::path(patch, path = "/v1/accounts/{id}", operation_id = "update_account", tag = "Accounts",
    params(("id" = AccountId, Path, description = "The account's id.")),
    request_body = AccountPatch,
    responses((status = 200, description = "The account as it is now.", body = Account)))]
pub(crate) async fn rename(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<AccountId>,
    body: Body<AccountPatch>,
) -> Answer<Json<Account>> {
    let patch = accounts::AccountPatch { name: body.value.name.map(|name| name.0) };
    Ok(Json(engine.rename_account(&caller, id, patch).await?))
}
