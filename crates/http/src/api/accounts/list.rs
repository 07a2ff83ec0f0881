//! `GET /v1/accounts`

use crate::{
    answer::ListOf,
    extract::{Authenticated, PageQuery, Query},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{Account, AccountId};

/// List accounts
///
/// Newest first. Needs the scope `accounts:read`.
#[utoipa::path(get, path = "/v1/accounts", operation_id = "list_accounts", tag = "Accounts",
    params(PageQuery),
    responses((status = 200, description = "One page of accounts.", body = ListOf<Account>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(page): Query<PageQuery>,
) -> Answer<Json<ListOf<Account>>> {
    let found = engine.list_accounts(&caller, &page.of::<AccountId>()?).await?;
    Ok(Json(found.into()))
}
