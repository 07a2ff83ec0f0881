//! The courier's shared commits: tries of all endpoints, many in one transaction.

use crate::group_commit::Batch;
use async_trait::async_trait;
use wagate_model::{DeliveryId, EndpointId, Timestamp, WorkspaceId, webhook::WebhookAttempt};
use wagate_store::{
    Database, Result,
    deliveries::{self, FailedTry},
    endpoints, in_transaction, webhook_attempts,
};

/// A try to be recorded.
pub(super) struct Record {
    pub(super) workspace_id: WorkspaceId,
    pub(super) endpoint_id: EndpointId,
    /// The line of the log.
    pub(super) attempt: WebhookAttempt,
    /// `None` if it was delivered.
    pub(super) failed: Option<FailedTry>,
    /// What it changes about how the endpoint does.
    pub(super) turn: Option<Turn>,
    /// The present time.
    pub(super) at: Timestamp,
}

/// How an endpoint's luck turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// The first failure after a success.
    BeginsToFail,
    /// The first success after failures.
    Recovers,
}

/// Writes records.
pub(super) struct CourierBatch {
    pub(super) database: Database,
}

#[async_trait]
impl Batch for CourierBatch {
    type Item = Record;
    type Output = ();

    async fn commit(&self, records: &[Record]) -> Result<Vec<()>> {
        in_transaction!(self.database, |tx| {
            // Endpoints before deliveries, as everybody locks them.
            for record in records {
                match record.turn {
                    Some(Turn::BeginsToFail) => {
                        endpoints::begin_failing(tx, record.workspace_id, record.endpoint_id, record.at).await?;
                    }
                    Some(Turn::Recovers) => endpoints::end_failing(tx, record.workspace_id, record.endpoint_id).await?,
                    None => {}
                }
            }
            webhook_attempts::insert_many(tx, records.iter().map(|record| (record.workspace_id, &record.attempt)))
                .await?;
            let delivered = records.iter().filter(|record| record.failed.is_none());
            let delivered: Vec<(DeliveryId, u32)> =
                delivered.map(|record| (record.attempt.delivery_id, record.attempt.number)).collect();
            if let Some(last) = records.last() {
                deliveries::record_delivered(tx, &delivered, last.at).await?;
            }
            for record in records {
                if let Some(failed) = &record.failed {
                    deliveries::record_failed(tx, failed, record.at).await?;
                }
            }
            Result::Ok(vec![(); records.len()])
        })
    }

    fn is_patient(&self) -> bool {
        true
    }
}
