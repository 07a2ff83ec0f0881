//! Sends a test event to one endpoint.

use super::access;
use crate::{Engine, Error, Result, audit, events};
use serde_json::json;
use wagate_model::{Caller, EndpointId, Event, EventType, event::WebhookTest, webhook::Delivery};
use wagate_store::{
    Result as Stored, deliveries,
    endpoints::{self, Listening},
    in_transaction,
};

/// The error for an endpoint to which nothing is delivered.
pub(super) fn disabled() -> Error {
    Error::conflict("webhook_disabled", "The webhook is disabled. Enable it first.")
}

impl Engine {
    /// Records a `webhook.test` event that goes to this endpoint alone, whatever it hears of, and
    /// answers its delivery. Needs `webhooks:write`; a disabled endpoint is refused with
    /// `webhook_disabled`.
    pub async fn test_endpoint(&self, caller: &Caller, id: EndpointId) -> Result<Delivery> {
        access::may_change(caller)?;
        let note = "Somebody asked for this test.";
        let event = [Event::WebhookTest(WebhookTest { endpoint_id: id, note })];
        let delivery = in_transaction!(self.database, |tx| {
            let found = endpoints::find(&mut *tx, caller.workspace_id, caller.mode, id).await?;
            match access::visible(caller, found) {
                Ok(row) if row.endpoint.is_enabled => {
                    let only = [Listening { id, events: Vec::new(), account_ids: Vec::new(), is_enabled: true }];
                    audit::record(tx, self, caller, "webhook.tested", id, json!({})).await?;
                    events::append_for(tx, self, caller.workspace_id, caller.mode, &event, &only).await?;
                    Stored::Ok(Ok(deliveries::newest(&mut *tx, caller.workspace_id, id, EventType::WebhookTest).await?))
                }
                Ok(_) => Ok(Err(disabled())),
                Err(error) => Ok(Err(error)),
            }
        })??;
        self.bells.courier.ring([id]);
        delivery.ok_or_else(|| Error::internal("the test's delivery was not recorded"))
    }
}
