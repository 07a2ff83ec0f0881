//! `GET /v1/audit-log`

use crate::{
    answer::ListOf,
    extract::{Authenticated, PageQuery, Query},
    problem::Answer,
};
use axum::{Json, extract::State};
use wagate_engine::Engine;
use wagate_model::{AuditId, workspace::AuditEntry};

/// List the audit log
///
/// Every change by a person, a key or the operator, in both modes; newest first. Needs the scope
/// `audit:read`.
#[utoipa::path(get, path = "/v1/audit-log", operation_id = "list_audit_log", tag = "Audit log",
    params(PageQuery),
    responses((status = 200, description = "One page of changes.", body = ListOf<AuditEntry>)))]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    Query(page): Query<PageQuery>,
) -> Answer<Json<ListOf<AuditEntry>>> {
    let found = engine.list_audit(&caller, &page.of::<AuditId>()?).await?;
    Ok(Json(found.into()))
}
