//! `PATCH /v1/webhooks/{id}`

use super::shown::shown;
use crate::{
    extract::{Authenticated, Body, Description, PathId, WebUrl, Word},
    problem::Answer,
};
use axum::{Json, extract::State};
use serde::Deserialize;
use std::collections::BTreeMap;
use wagate_engine::{Engine, webhooks::EndpointPatch};
use wagate_model::{AccountId, EndpointId, EventType, webhook::Endpoint};

/// What to change of a webhook; what is left out stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookPatch {
    /// Where events are posted.
    url: Option<WebUrl>,
    /// The events it hears of; empty is all.
    #[schema(value_type = Option<Vec<EventType>>)]
    events: Option<Vec<Word<EventType>>>,
    /// The accounts it hears of; empty is all.
    account_ids: Option<Vec<AccountId>>,
    /// A note for people.
    description: Option<Description>,
    /// All headers of your own. A value of `***` keeps the present one.
    headers: Option<BTreeMap<String, String>>,
}

impl From<WebhookPatch> for EndpointPatch {
    fn from(body: WebhookPatch) -> Self {
        Self {
            url: body.url.map(|url| url.0),
            events: body.events.map(|events| events.into_iter().map(|word| word.0).collect()),
            account_ids: body.account_ids,
            description: body.description.map(|note| note.0),
            headers: body.headers,
        }
    }
}

/// Change a webhook
///
/// Needs the scope `webhooks:write`.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", operation_id = "update_webhook", tag = "Webhooks",
    params(("id" = EndpointId, Path, description = "The webhook's id.")),
    request_body = WebhookPatch,
    responses((status = 200, description = "The webhook as it is now.", body = Endpoint)))]
pub(crate) async fn update(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId<EndpointId>,
    body: Body<WebhookPatch>,
) -> Answer<Json<Endpoint>> {
    let endpoint = engine.update_endpoint(&caller, id, body.value.into()).await?;
    Ok(Json(shown(endpoint)))
}
