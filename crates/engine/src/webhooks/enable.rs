//! Enables an endpoint that was disabled.

use super::{access, update::Change};
use crate::{Engine, Result};
use serde_json::json;
use wagate_model::{Caller, EndpointId, webhook::Endpoint};

impl Engine {
    /// Enables an endpoint. What was skipped meanwhile is not sent by this: recover it. Needs
    /// `webhooks:write`.
    pub async fn enable_endpoint(&self, caller: &Caller, id: EndpointId) -> Result<Endpoint> {
        access::may_change(caller)?;
        let row = self.change_endpoint(caller, id, |row| {
            if row.endpoint.is_enabled {
                return Ok(None);
            }
            row.endpoint.is_enabled = true;
            row.endpoint.failing_since = None;
            let detail = json!({ "was_disabled_because": row.endpoint.disabled_reason.take() });
            Ok(Some(Change { action: "webhook.enabled", detail, ends_pending: None }))
        });
        self.shown(row.await?)
    }
}
