//! Disables an endpoint that is gone or does nothing but fail.

use super::update::next_version;
use crate::{
    Engine,
    audit::{self, Author},
    events,
};
use serde_json::json;
use std::time::Duration;
use wagate_model::{
    Actor, EndpointId, Event, Mode, Timestamp, WorkspaceId, event::WebhookDisabled, webhook::DeliveryStatus,
};
use wagate_store::{deliveries, endpoints, in_transaction};

/// How long an endpoint may do nothing but fail.
const PATIENCE: Duration = Duration::from_hours(5 * 24);

/// Why an endpoint is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// It answered 410.
    Gone,
    /// Nothing but failures for five days.
    Failing,
}

impl Cause {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }
}

/// Whether an endpoint that fails now, and has since `failing_since`, is to be disabled.
pub(super) fn is_hopeless(failing_since: Timestamp, now: Timestamp) -> bool {
    now.since(failing_since) > PATIENCE
}

impl Engine {
    /// Disables an endpoint: its pending deliveries are skipped, the workspace hears of it by an
    /// event and in its audit log. Does nothing if it is disabled or deleted already.
    pub(super) async fn disable_endpoint(
        &self,
        workspace_id: WorkspaceId,
        mode: Mode,
        id: EndpointId,
        cause: Cause,
    ) -> wagate_store::Result<()> {
        let author = Author { workspace_id, actor: Actor::System, request_id: self.ids.next() };
        let to_ring = in_transaction!(self.database, |tx| {
            let found = endpoints::find_for_update(tx, workspace_id, mode, id).await?;
            match found.filter(|row| row.endpoint.is_enabled) {
                Some(mut row) => {
                    let now = self.clock.now();
                    row.endpoint.is_enabled = false;
                    row.endpoint.disabled_reason = Some(cause.as_str().to_owned());
                    row.endpoint.updated_at = next_version(row.endpoint.updated_at, now);
                    endpoints::update(tx, &row).await?;
                    deliveries::end_pending(tx, workspace_id, id, DeliveryStatus::Skipped, now).await?;
                    let detail = json!({ "cause": cause.as_str() });
                    audit::record(tx, self, author, "webhook.disabled", id, detail).await?;
                    let disabled = WebhookDisabled { endpoint_id: id, url: row.endpoint.url, cause: cause.as_str() };
                    events::append(tx, self, workspace_id, mode, &[Event::WebhookDisabled(disabled)]).await
                }
                None => Ok(Vec::new()),
            }
        })?;
        self.bells.courier.ring(to_ring);
        tracing::info!(endpoint = %id, cause = cause.as_str(), "a webhook was disabled");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_days_of_failures_are_borne_and_no_more() {
        let since = Timestamp(1_000_000);
        for (after, expected) in [
            (Duration::ZERO, false),
            (Duration::from_hours(28), false),
            (Duration::from_hours(120), false),
            (Duration::from_hours(120) + Duration::from_millis(1), true),
        ] {
            assert_eq!(is_hopeless(since, since.plus(after)), expected, "{after:?}");
        }
    }

    #[test]
    fn a_clock_that_steps_back_disables_nobody() {
        assert!(!is_hopeless(Timestamp(1_000_000_000), Timestamp(0)));
    }
}
