//! `PATCH /operator/v1/workspaces/{id}`

use super::limits::LimitsIn;
use crate::{
    extract::{Body, Name, Object, Operator, PathId, Word},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use wagate_engine::{Engine, operator};
use wagate_model::{Tier, WorkspaceId, workspace::Workspace};

/// What to change of a workspace; what is left out stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperatorPatch {
    /// A name for people.
    name: Option<Name>,
    /// What it has subscribed to.
    #[schema(value_type = Option<Tier>)]
    tier: Option<Word<Tier>>,
    /// All limits in place of the tier's.
    #[schema(value_type = Option<LimitsIn>)]
    overrides: Option<Object<LimitsIn>>,
}

impl From<OperatorPatch> for operator::OperatorPatch {
    fn from(body: OperatorPatch) -> Self {
        Self {
            name: body.name.map(|name| name.0),
            tier: body.tier.map(|word| word.0),
            overrides: body.overrides.map(|limits| limits.0.into()),
        }
    }
}

/// Change a workspace's name, tier and limits
#[utoipa::path(patch, path = "/operator/v1/workspaces/{id}", operation_id = "operator_update_workspace", tag = "Operator",
    params(("id" = WorkspaceId, Path, description = "The workspace's id.")),
    request_body = OperatorPatch,
    responses((status = 200, description = "The workspace as it is now.", body = Workspace)))]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Operator(call): Operator,
    PathId(id): PathId<WorkspaceId>,
    body: Body<OperatorPatch>,
) -> Answer<Json<Workspace>> {
    Ok(Json(engine.operator_update_workspace(&call, id, body.value.into()).await?))
}
