//! `POST /operator/v1/workspaces`

use super::limits::LimitsIn;
use crate::{
    answer::Created,
    extract::{Body, Name, Object, Operator, Word},
    problem::Answer,
};
use axum::extract::State;
use serde::Deserialize;
use wagate_engine::{Engine, operator::NewWorkspace};
use wagate_model::{Tier, tier::LimitOverrides, workspace::Workspace};

/// A workspace to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkspaceIn {
    /// A name for people.
    name: Name,
    /// What it has subscribed to; `free` unless told.
    #[schema(value_type = Option<Tier>)]
    tier: Option<Word<Tier>>,
    /// Limits in place of the tier's.
    #[schema(value_type = Option<LimitsIn>)]
    overrides: Option<Object<LimitsIn>>,
}

/// Make a workspace
#[utoipa::path(post, path = "/operator/v1/workspaces", operation_id = "operator_create_workspace", tag = "Operator",
    request_body = WorkspaceIn,
    responses((status = 201, description = "The workspace.", body = Workspace)))]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Operator(call): Operator,
    body: Body<WorkspaceIn>,
) -> Answer<Created<Workspace>> {
    let new = NewWorkspace {
        name: body.value.name.0,
        tier: body.value.tier.map_or(Tier::Free, |word| word.0),
        overrides: body.value.overrides.map_or_else(LimitOverrides::default, |limits| limits.0.into()),
    };
    Ok(Created(engine.operator_create_workspace(&call, new).await?))
}
