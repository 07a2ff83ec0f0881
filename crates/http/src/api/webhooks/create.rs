//! `POST /v1/webhooks`

use super::shown::WebhookWithSecret;
use crate::{
    answer::{Created, Secret},
    extract::{Authenticated, Body, Description, WebUrl, Word},
    problem::Answer,
};
use axum::extract::State;
use serde::Deserialize;
use std::collections::BTreeMap;
use wagate_engine::{Engine, webhooks::NewEndpoint};
use wagate_model::{AccountId, EventType};

/// A webhook to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookIn {
    /// Where events are posted.
    url: WebUrl,
    /// The events it hears of; by default all.
    #[schema(value_type = Option<Vec<EventType>>)]
    events: Option<Vec<Word<EventType>>>,
    /// The accounts it hears of; by default all.
    account_ids: Option<Vec<AccountId>>,
    /// A note for people.
    description: Option<Description>,
    /// Headers of your own for each delivery, up to 20. Their values are never shown again.
    headers: Option<BTreeMap<String, String>>,
}

impl From<WebhookIn> for NewEndpoint {
    fn from(body: WebhookIn) -> Self {
        Self {
            url: body.url.0,
            events: body.events.unwrap_or_default().into_iter().map(|word| word.0).collect(),
            account_ids: body.account_ids.unwrap_or_default(),
            description: body.description.map_or_else(String::new, |note| note.0),
            headers: body.headers.unwrap_or_default(),
        }
    }
}

/// Make a webhook
///
/// It hears of events from now on. The secret that signs them is in this answer only. Needs the
/// scope `webhooks:write`.
#[utoipa::path(post, path = "/v1/webhooks", operation_id = "create_webhook", tag = "Webhooks",
    request_body = WebhookIn,
    responses((status = 201, description = "The webhook with its secret.", body = WebhookWithSecret)))]
pub(crate) async fn create(
    State(engine): State<Engine>,
    Authenticated(caller): Authenticated,
    body: Body<WebhookIn>,
) -> Answer<Secret<Created<WebhookWithSecret>>> {
    let created = engine.create_endpoint(&caller, body.value.into()).await?;
    Ok(Secret(Created(created.into())))
}
