//! `POST /v1/api-keys`

use super::secret::ApiKeyWithSecret;
use crate::{
    answer::{Created, Secret},
    extract::{Authenticated, Body, Name, Word},
    problem::Answer,
};
use axum::extract::State;
use serde::Deserialize;
use wagate_engine::{Engine, keys::NewKey};
use wagate_model::{AccountId, Scope, Timestamp};

/// A key to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKeyIn {
    /// A name for people.
    name: Name,
    /// What it may do; by default all that the caller may. Nothing that the caller may not.
    #[schema(value_type = Option<Vec<Scope>>)]
    scopes: Option<Vec<Word<Scope>>>,
    /// The accounts that it is bound to; by default those of the caller.
    account_ids: Option<Vec<AccountId>>,
    /// When it stops working; by default never.
    expires_at: Option<Timestamp>,
}

impl From<ApiKeyIn> for NewKey {
    fn from(body: ApiKeyIn) -> Self {
        Self {
            name: body.name.0,
            scopes: body.scopes.map(|scopes| scopes.into_iter().map(|word| word.0).collect()),
            account_ids: body.account_ids,
            expires_at: body.expires_at,
        }
    }
}

/// Make an API key
///
/// The key is of the caller's mode and may do at most what the caller may. Its text is in this
/// answer only. Needs the scope `keys:write`.
#[utoipa::path(post, path = "/v1/api-keys", operation_id = "create_api_key", tag = "API keys",
    request_body = ApiKeyIn,
    responses((status = 201, description = "The key with its text.", body = ApiKeyWithSecret)))]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    body: Body<ApiKeyIn>,
) -> Answer<Secret<Created<ApiKeyWithSecret>>> {
    let created = engine.create_key(&caller, body.value.into()).await?;
    Ok(Secret(Created(created.into())))
}
