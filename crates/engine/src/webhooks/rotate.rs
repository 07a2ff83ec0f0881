//! Gives an endpoint a new secret.

use super::{CreatedEndpoint, access, sealed, update::Change};
use crate::{Engine, Error, Result, outbound::WebhookSecret};
use serde_json::json;
use std::time::Duration;
use wagate_model::{Caller, EndpointId, FieldError};

/// The longest overlap.
const LONGEST_OVERLAP: Duration = Duration::from_hours(7 * 24);

/// How a secret is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotateSecret {
    /// How long the old secret signs beside the new one: none to 7 days, by default 24 hours.
    pub overlap: Duration,
}

impl Default for RotateSecret {
    fn default() -> Self {
        Self { overlap: Duration::from_hours(24) }
    }
}

impl Engine {
    /// Gives an endpoint a new secret; the old one signs beside it for a while. Needs
    /// `webhooks:write`.
    pub async fn rotate_endpoint_secret(
        &self,
        caller: &Caller,
        id: EndpointId,
        rotate: RotateSecret,
    ) -> Result<CreatedEndpoint> {
        access::may_change(caller)?;
        if rotate.overlap > LONGEST_OVERLAP {
            return Err(Error::invalid(FieldError::new(
                "overlap_seconds",
                "out_of_range",
                "An overlap is at most 7 days.",
            )));
        }
        let secret = WebhookSecret::generate(&*self.entropy);
        let row = self.change_endpoint(caller, id, |row| {
            let mut secrets = sealed::open_secrets(self, caller.workspace_id, id, &row.secrets)?;
            secrets.rotate(&secret, rotate.overlap, self.clock.now());
            row.secrets = sealed::seal_secrets(self, caller.workspace_id, id, &secrets)?;
            let detail = json!({ "overlap_seconds": rotate.overlap.as_secs() });
            Ok(Some(Change { action: "webhook.secret_rotated", detail, ends_pending: None }))
        });
        let endpoint = self.shown(row.await?)?;
        Ok(CreatedEndpoint { endpoint, secret })
    }
}
