//! `GET /operator/v1/workspaces`

use crate::{
    answer::ListOf,
    extract::{Operator, PageQuery, Query},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{WorkspaceId, workspace::Workspace};

/// List workspaces
///
/// Newest first.
#[utoipa::path(get, path = "/operator/v1/workspaces", operation_id = "operator_list_workspaces", tag = "Operator",
    params(PageQuery),
    responses((status = 200, description = "One page of workspaces.", body = ListOf<Workspace>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    _operator: Operator,
    Query(page): Query<PageQuery>,
) -> Answer<Json<ListOf<Workspace>>> {
    let found = engine.operator_list_workspaces(&page.of::<WorkspaceId>()?).await?;
    Ok(Json(found.into()))
}
