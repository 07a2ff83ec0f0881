//! `GET /v1/webhooks`

use super::shown::shown;
use crate::{
    answer::ListOf,
    extract::{Authenticated, PageQuery, Query},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{EndpointId, webhook::Endpoint};

/// List webhooks
///
/// Newest first, without secrets. Needs the scope `webhooks:write`.
#[utoipa::path(get, path = "/v1/webhooks", operation_id = "list_webhooks", tag = "Webhooks",
    params(PageQuery),
    responses((status = 200, description = "One page of webhooks.", body = ListOf<Endpoint>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(page): Query<PageQuery>,
) -> Answer<Json<ListOf<Endpoint>>> {
    let found = engine.list_endpoints(&caller, &page.of::<EndpointId>()?).await?;
    Ok(ListOf::of(found, shown))
}
