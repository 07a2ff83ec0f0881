//! `PATCH /v1/accounts/{id}`

use crate::{
    extract::{Authenticated, Body, Name, Object, PathId, given},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{Engine, accounts};
use wagate_model::{Account, AccountId, Pacing};

/// What to change of an account; what is left out stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountPatch {
    /// A name for people.
    name: Option<Name>,
    /// How fast it may send; `null` for its provider's own pace.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Pacing>)]
    #[expect(clippy::option_option, reason = "left out, `null` and a value are three things")]
    pacing: Option<Option<Object<Pacing>>>,
}

/// Change an account
///
/// Its name and how fast it may send. `pacing` is replaced as a whole.
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
    let AccountPatch { name, pacing } = body.value;
    let pacing = pacing.map(|pacing| pacing.map(|pacing| pacing.0));
    let patch = accounts::AccountPatch { name: name.map(|name| name.0), pacing };
    Ok(Json(engine.rename_account(&caller, id, patch).await?))
}
