//! A new key with its text, which is shown this once.

use serde::Serialize;
use wagate_engine::keys::CreatedKey;
use wagate_model::workspace::ApiKey;

/// A new key with its text.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ApiKeyWithSecret {
    #[serde(flatten)]
    key: ApiKey,
    /// The key itself. It is shown this once and not kept.
    #[schema(pattern = "^gw_(live|test)_[0-9A-Za-z]{36}$")]
    secret: String,
}

impl From<CreatedKey> for ApiKeyWithSecret {
    fn from(created: CreatedKey) -> Self {
        Self { secret: created.secret.expose().to_owned(), key: created.key }
    }
}
