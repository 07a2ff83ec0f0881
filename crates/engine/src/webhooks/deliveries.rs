//! Reads deliveries and their attempts.

use super::access;
use crate::{Engine, Error, Result};
use wagate_model::{
    Caller, DeliveryId, EndpointId,
    webhook::{Delivery, DeliveryStatus, WebhookAttempt},
};
use wagate_store::{Page, PageOf, deliveries, endpoints, webhook_attempts};

/// Which deliveries are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only those of this status.
    pub status: Option<DeliveryStatus>,
}

impl Engine {
    /// One page of an endpoint's deliveries, newest first. Needs `webhooks:write`.
    pub async fn list_deliveries(
        &self,
        caller: &Caller,
        id: EndpointId,
        filter: DeliveryFilter,
        page: &Page,
    ) -> Result<PageOf<Delivery>> {
        access::may_read(caller)?;
        self.visible_endpoint(caller, id).await?;
        Ok(deliveries::list(&self.database, caller.workspace_id, id, filter.status, page).await?)
    }

    /// One delivery with its attempts, the first one first; also of a deleted endpoint. Needs
    /// `webhooks:write`.
    pub async fn delivery(&self, caller: &Caller, id: DeliveryId) -> Result<(Delivery, Vec<WebhookAttempt>)> {
        access::may_read(caller)?;
        let delivery = self.visible_delivery(caller, id).await?;
        let attempts = webhook_attempts::of_delivery(&self.database, caller.workspace_id, id).await?;
        Ok((delivery, attempts))
    }

    /// The delivery, if the caller may see its endpoint.
    pub(super) async fn visible_delivery(&self, caller: &Caller, id: DeliveryId) -> Result<Delivery> {
        let not_found = Error::NotFound("delivery");
        let Some(delivery) = deliveries::find(&self.database, caller.workspace_id, caller.mode, id).await? else {
            return Err(not_found);
        };
        let (workspace_id, endpoint_id) = (caller.workspace_id, delivery.endpoint_id);
        let row = endpoints::find_with_deleted(&self.database, workspace_id, caller.mode, endpoint_id).await?;
        if row.is_some_and(|row| access::is_visible(caller, &row.endpoint.account_ids)) {
            Ok(delivery)
        } else {
            Err(not_found)
        }
    }
}
