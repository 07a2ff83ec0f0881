//! `POST /operator/v1/workspaces/{id}/api-keys`

use crate::{
    answer::Created,
    api::api_keys::secret::ApiKeyWithSecret,
    extract::{Body, Name, Operator, PathId, Word},
    problem::Answer,
};
use axum::extract::State;
use serde::Deserialize;
use wagate_engine::{Engine, keys::NewKey};
use wagate_model::{Mode, Scope, Timestamp, WorkspaceId};

/// A workspace's key to be made by the operator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperatorKeyIn {
    /// A name for people.
    name: Name,
    /// The half of the workspace that it opens.
    #[schema(value_type = Mode)]
    mode: Word<Mode>,
    /// What it may do; everything unless told.
    #[schema(value_type = Option<Vec<Scope>>)]
    scopes: Option<Vec<Word<Scope>>>,
    /// When it stops working; never unless told.
    expires_at: Option<Timestamp>,
}

/// Make an API key for a workspace
///
/// Its first one, or another for people who lost theirs. The text is in this answer only.
#[utoipa::path(post, path = "/operator/v1/workspaces/{id}/api-keys", operation_id = "operator_create_api_key", tag = "Operator",
    params(("id" = WorkspaceId, Path, description = "The workspace's id.")),
    request_body = OperatorKeyIn,
    responses((status = 201, description = "The key with its text.", body = ApiKeyWithSecret)))]
pub(crate) async fn create_key(
    State(engine): State<Engine>,
    Operator(call): Operator,
    PathId(id): PathId<WorkspaceId>,
    body: Body<OperatorKeyIn>,
) -> Answer<Created<ApiKeyWithSecret>> {
    let OperatorKeyIn { name, mode, scopes, expires_at } = body.value;
    let scopes = scopes.map(|scopes| scopes.into_iter().map(|word| word.0).collect());
    let new = NewKey { name: name.0, scopes, account_ids: None, expires_at };
    Ok(Created(engine.operator_create_key(&call, id, mode.0, new).await?.into()))
}
