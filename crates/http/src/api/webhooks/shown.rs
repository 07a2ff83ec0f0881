//! An endpoint as it is shown: its headers by name only.

use serde::Serialize;
use wagate_engine::webhooks::CreatedEndpoint;
use wagate_model::webhook::Endpoint;

/// What stands in place of a header's value.
const HIDDEN: &str = "***";

/// The endpoint without its headers' values, which may be secrets.
pub(super) fn shown(mut endpoint: Endpoint) -> Endpoint {
    endpoint.headers.values_mut().for_each(|value| HIDDEN.clone_into(value));
    endpoint
}

/// A webhook with its new secret.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct WebhookWithSecret {
    #[serde(flatten)]
    endpoint: Endpoint,
    /// What deliveries are signed with. It is shown this once.
    #[schema(pattern = "^whsec_[0-9A-Za-z+/]+={0,2}$")]
    secret: String,
}

impl From<CreatedEndpoint> for WebhookWithSecret {
    fn from(created: CreatedEndpoint) -> Self {
        Self { secret: created.secret.expose().to_owned(), endpoint: shown(created.endpoint) }
    }
}
