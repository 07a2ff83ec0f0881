//! Deletes an endpoint.

use super::{access, update::Change};
use crate::{Engine, Result};
use serde_json::json;
use wagate_model::{Caller, EndpointId, webhook::DeliveryStatus};

impl Engine {
    /// Deletes an endpoint: a tombstone without secrets stays, and pending deliveries are
    /// cancelled. What is in flight ends. Needs `webhooks:write`.
    pub async fn delete_endpoint(&self, caller: &Caller, id: EndpointId) -> Result<()> {
        access::may_change(caller)?;
        self.change_endpoint(caller, id, |row| {
            row.deleted_at = Some(self.clock.now());
            row.endpoint.is_enabled = false;
            row.headers = Vec::new();
            row.secrets = Vec::new();
            let ends_pending = Some(DeliveryStatus::Cancelled);
            Ok(Some(Change { action: "webhook.deleted", detail: json!({}), ends_pending }))
        })
        .await
        .map(drop)
    }
}
