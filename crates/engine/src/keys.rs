//! API keys: making, listing, rotating and revoking them, and knowing who presents one.

mod authenticate;
mod cache;
mod create;
mod grant;
pub(crate) mod last_used;
mod read;
mod revoke;
mod rotate;
#[cfg(test)]
mod tests;

pub(crate) use cache::KeyCache;
pub use create::NewKey;
pub(crate) use grant::Grant;
pub use rotate::RotateKey;

use crate::api_key::ApiKey as ApiKeyText;
use wagate_model::workspace::ApiKey;

/// A key with its text, which is shown this once.
#[derive(Debug, Clone)]
pub struct CreatedKey {
    /// What is kept of it.
    pub key: ApiKey,
    /// The text to present with requests.
    pub secret: ApiKeyText,
}
