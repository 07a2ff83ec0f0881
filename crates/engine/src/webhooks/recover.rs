//! Delivers again what did not arrive.

use super::{access, test::disabled};
use crate::{Engine, Error, Result, audit};
use serde_json::json;
use std::time::Duration;
use wagate_model::{Caller, EndpointId, FieldError, Timestamp};
use wagate_store::{
    Result as Stored,
    deliveries::{self, Recovery},
    endpoints, in_transaction,
};

/// How far back deliveries can be recovered: 14 days, and a minute for the way of the request.
const FURTHEST: Duration = Duration::from_mins(14 * 24 * 60 + 1);
/// Most deliveries of one recovery.
const MOST: u32 = 10_000;

impl Engine {
    /// Makes what failed or was skipped since a time pending again, with all its tries: the oldest
    /// 10,000 deliveries at most, of the last 14 days. Answers how many. Needs `webhooks:write`; a
    /// disabled endpoint is refused with `webhook_disabled`.
    pub async fn recover_endpoint(&self, caller: &Caller, id: EndpointId, since: Timestamp) -> Result<u64> {
        access::may_change(caller)?;
        let now = self.clock.now();
        self.visible_endpoint(caller, id).await?;
        if since < now.minus(FURTHEST) || since > now {
            let detail = "A time of the last 14 days was expected.";
            return Err(Error::invalid(FieldError::new("since", "out_of_range", detail)));
        }
        let recovery = Recovery { workspace_id: caller.workspace_id, endpoint_id: id, since, limit: MOST, at: now };
        let count = in_transaction!(self.database, |tx| {
            let found = endpoints::find_for_update(tx, caller.workspace_id, caller.mode, id).await?;
            match access::visible(caller, found) {
                Ok(row) if row.endpoint.is_enabled => {
                    let count = deliveries::recover(tx, &recovery).await?;
                    let detail = json!({ "since": since, "deliveries": count });
                    audit::record(tx, self, caller, "webhook.recovered", id, detail).await?;
                    Stored::Ok(Ok(count))
                }
                Ok(_) => Ok(Err(disabled())),
                Err(error) => Ok(Err(error)),
            }
        })??;
        self.bells.courier.ring([id]);
        Ok(count)
    }
}
