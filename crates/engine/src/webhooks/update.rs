//! Changes an endpoint; the frame that every change of one endpoint goes through.

use super::{
    access,
    input::{CheckedPatch, EndpointPatch, HIDDEN},
    sealed,
};
use crate::{Engine, Result, audit, engine::Shared, outbound::CustomerHeaders};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wagate_model::{
    Caller, EndpointId, Timestamp,
    webhook::{DeliveryStatus, Endpoint},
};
use wagate_store::{
    Result as Stored, deliveries,
    endpoints::{self, EndpointRow},
    in_transaction,
};

/// What a change did, for the audit log.
pub(super) struct Change {
    /// Such as `webhook.updated`.
    pub(super) action: &'static str,
    /// What changed, without secrets.
    pub(super) detail: Value,
    /// What becomes of the pending deliveries, if they end by it.
    pub(super) ends_pending: Option<DeliveryStatus>,
}

impl Engine {
    /// Changes an endpoint. Needs `webhooks:write`.
    pub async fn update_endpoint(&self, caller: &Caller, id: EndpointId, patch: EndpointPatch) -> Result<Endpoint> {
        access::may_change(caller)?;
        self.visible_endpoint(caller, id).await?;
        let checked = self.checked_patch(caller, patch).await?;
        let row = self.change_endpoint(caller, id, |row| {
            let changed = apply(self, row, &checked)?;
            let detail = json!({ "changed": changed });
            Ok((!changed.is_empty()).then_some(Change { action: "webhook.updated", detail, ends_pending: None }))
        });
        self.shown(row.await?)
    }

    /// Locks the endpoint, lets `change` work on its row and writes it with an audit line, unless
    /// `change` says that there is nothing to do. `change` may run again after a conflict.
    pub(super) async fn change_endpoint(
        &self,
        caller: &Caller,
        id: EndpointId,
        change: impl Fn(&mut EndpointRow) -> Result<Option<Change>> + Sync,
    ) -> Result<EndpointRow> {
        let changed = in_transaction!(self.database, |tx| {
            let found = endpoints::find_for_update(tx, caller.workspace_id, caller.mode, id).await?;
            match access::visible(caller, found).and_then(|mut row| change(&mut row).map(|change| (row, change))) {
                Ok((mut row, Some(change))) => {
                    let now = self.clock.now();
                    row.endpoint.updated_at = next_version(row.endpoint.updated_at, now);
                    endpoints::update(tx, &row).await?;
                    if let Some(status) = change.ends_pending {
                        deliveries::end_pending(tx, caller.workspace_id, id, status, now).await?;
                    }
                    audit::record(tx, self, caller, change.action, id, change.detail).await?;
                    Stored::Ok(Ok(row))
                }
                Ok((row, None)) => Ok(Ok(row)),
                Err(error) => Ok(Err(error)),
            }
        })?;
        self.bells.courier.ring([id]);
        changed
    }
}

/// A time of change that differs from the one before, whatever the clock does.
pub(super) fn next_version(before: Timestamp, now: Timestamp) -> Timestamp {
    now.max(Timestamp(before.0.saturating_add(1)))
}

/// Writes what the patch gives into the row; answers the names of the fields that it gave.
fn apply(shared: &Shared, row: &mut EndpointRow, patch: &CheckedPatch) -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    let endpoint = &mut row.endpoint;
    if let Some(url) = &patch.url {
        url.as_str().clone_into(&mut endpoint.url);
        changed.push("url");
    }
    if let Some(events) = &patch.events {
        endpoint.events.clone_from(events);
        changed.push("events");
    }
    if let Some(account_ids) = &patch.account_ids {
        endpoint.account_ids.clone_from(account_ids);
        changed.push("account_ids");
    }
    if let Some(description) = &patch.description {
        endpoint.description.clone_from(description);
        changed.push("description");
    }
    if let Some(headers) = &patch.headers {
        let present = sealed::open_headers(shared, endpoint.workspace_id, endpoint.id, &row.headers)?;
        let headers = CustomerHeaders::parse(&with_present(headers, &present)).map_err(crate::Error::Invalid)?;
        row.headers = sealed::seal_headers(shared, endpoint.workspace_id, endpoint.id, &headers)?;
        changed.push("headers");
    }
    Ok(changed)
}

/// The given headers, with the present value where the given one is what is shown in its place.
fn with_present(given: &CustomerHeaders, present: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let value = |(name, value): (&String, &String)| {
        let kept = present.get(name).filter(|_present| value == HIDDEN).unwrap_or(value);
        (name.clone(), kept.clone())
    };
    given.as_map().iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_header_sent_back_as_it_is_shown_keeps_its_value() {
        let given =
            CustomerHeaders::parse(&map(&[("Authorization", "***"), ("x-new", "***"), ("x-set", "2")])).unwrap();
        let present = map(&[("authorization", "Bearer x"), ("x-set", "1"), ("x-gone", "3")]);
        let expected = map(&[("authorization", "Bearer x"), ("x-new", "***"), ("x-set", "2")]);
        assert_eq!(with_present(&given, &present), expected);
    }

    #[test]
    fn a_version_grows_while_the_clock_steps_back() {
        assert_eq!(next_version(Timestamp(10), Timestamp(20)), Timestamp(20));
        assert_eq!(next_version(Timestamp(10), Timestamp(10)), Timestamp(11));
        assert_eq!(next_version(Timestamp(10), Timestamp(5)), Timestamp(11));
    }
}
