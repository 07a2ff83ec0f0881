//! Tries a delivery once more.

use super::{access, test::disabled};
use crate::{Engine, Error, Result, audit};
use serde_json::json;
use wagate_model::{Caller, DeliveryId, webhook::Delivery};
use wagate_store::{Result as Stored, deliveries, endpoints, in_transaction};

impl Engine {
    /// Makes one try due now: of a delivery that has ended, without any after it; of a pending
    /// one, beside those that it has. Needs `webhooks:write`; a disabled endpoint is refused with
    /// `webhook_disabled`.
    pub async fn resend_delivery(&self, caller: &Caller, id: DeliveryId) -> Result<Delivery> {
        access::may_change(caller)?;
        let endpoint_id = self.visible_delivery(caller, id).await?.endpoint_id;
        let resent = in_transaction!(self.database, |tx| {
            let found = endpoints::find_for_update(tx, caller.workspace_id, caller.mode, endpoint_id).await?;
            if found.is_some_and(|row| row.endpoint.is_enabled) {
                deliveries::resend(tx, caller.workspace_id, id, self.clock.now()).await?;
                audit::record(tx, self, caller, "delivery.resent", id, json!({ "webhook": endpoint_id })).await?;
                Stored::Ok(deliveries::find(&mut *tx, caller.workspace_id, caller.mode, id).await?)
            } else {
                Ok(None)
            }
        })?;
        self.bells.courier.ring([endpoint_id]);
        if let Some(delivery) = resent {
            return Ok(delivery);
        }
        match self.visible_endpoint(caller, endpoint_id).await {
            Ok(_disabled) => Err(disabled()),
            Err(Error::NotFound(_)) => Err(deleted()),
            Err(error) => Err(error),
        }
    }
}

fn deleted() -> Error {
    Error::conflict("webhook_deleted", "The webhook of this delivery is deleted.")
}
