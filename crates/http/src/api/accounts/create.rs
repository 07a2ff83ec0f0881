//! `POST /v1/accounts`

use crate::{
    answer::Created,
    extract::{Authenticated, Body, Name, Word},
    problem::Answer,
};
use axum::extract::State;
use serde::Deserialize;
use wagate_engine::{Engine, accounts::NewAccount};
use wagate_model::{Account, ProviderKind};

/// An account to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountIn {
    /// How it reaches the network. `sandbox` is for keys of mode `test`, the others for `live`.
    #[schema(value_type = ProviderKind)]
    provider: Word<ProviderKind>,
    /// A name for people.
    name: Name,
}

/// Make an account
///
/// It begins to connect at once. Needs the scope `accounts:write`.
#[utoipa::path(post, path = "/v1/accounts", operation_id = "create_account", tag = "Accounts",
    request_body = AccountIn,
    responses((status = 201, description = "The account.", body = Account)))]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    body: Body<AccountIn>,
) -> Answer<Created<Account>> {
    let AccountIn { provider: Word(provider), name: Name(name) } = body.value;
    Ok(Created(engine.create_account(&caller, NewAccount { provider, name }).await?))
}
