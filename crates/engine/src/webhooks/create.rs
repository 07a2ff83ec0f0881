//! Creates an endpoint.

use super::{access, input::NewEndpoint, sealed};
use crate::{
    Engine, Error, Result, audit,
    outbound::{CustomerUrl, WebhookSecret},
};
use serde_json::json;
use std::collections::BTreeMap;
use wagate_model::{Caller, FieldError, webhook::Endpoint};
use wagate_store::{
    Result as Stored, StoreError,
    endpoints::{self, EndpointRow},
    in_transaction, workspaces,
};

/// An endpoint with its new secret, which is shown this once.
#[derive(Debug)]
pub struct CreatedEndpoint {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// What its deliveries are signed with from now on.
    pub secret: WebhookSecret,
}

impl Engine {
    /// Creates an endpoint, which hears of events from now on. Needs `webhooks:write`.
    pub async fn create_endpoint(&self, caller: &Caller, new: NewEndpoint) -> Result<CreatedEndpoint> {
        access::may_change(caller)?;
        let secret = WebhookSecret::generate(&*self.entropy);
        let row = self.new_endpoint(caller, new, &secret).await?;
        let is_limit_reached = in_transaction!(self.database, |tx| {
            let workspace =
                workspaces::lock(tx, &self.config.tiers, caller.workspace_id).await?.ok_or(StoreError::Unreadable {
                    column: "workspace_id".to_owned(),
                    detail: "the workspace is gone".to_owned(),
                })?;
            if endpoints::count(&mut *tx, caller.workspace_id, caller.mode).await? >= workspace.limits.endpoints {
                Stored::Ok(Some(workspace.limits.endpoints))
            } else {
                endpoints::insert(tx, &row).await?;
                let origin = CustomerUrl::from_stored(&row.endpoint.url).map(|url| url.origin()).unwrap_or_default();
                audit::record(tx, self, caller, "webhook.created", row.endpoint.id, json!({ "origin": origin }))
                    .await?;
                Ok(None)
            }
        })?;
        if let Some(limit) = is_limit_reached {
            let detail = format!("The workspace may have {limit} webhooks. Delete one, or ask for a higher tier.");
            return Err(Error::LimitReached { limit: "endpoints", detail });
        }
        Ok(CreatedEndpoint { endpoint: self.shown(row)?, secret })
    }

    async fn new_endpoint(&self, caller: &Caller, new: NewEndpoint, secret: &WebhookSecret) -> Result<EndpointRow> {
        let checked = self.checked_patch(caller, new.into()).await?;
        let url = checked.url.ok_or_else(|| Error::invalid(FieldError::required("url")))?;
        let (id, now) = (self.ids.next(), self.clock.now());
        let headers = checked.headers.unwrap_or_default();
        let endpoint = Endpoint {
            id,
            workspace_id: caller.workspace_id,
            mode: caller.mode,
            url: url.as_str().to_owned(),
            description: checked.description.unwrap_or_default(),
            events: checked.events.unwrap_or_default(),
            account_ids: checked.account_ids.unwrap_or_default(),
            headers: BTreeMap::new(),
            is_enabled: true,
            disabled_reason: None,
            failing_since: None,
            created_at: now,
            updated_at: now,
        };
        Ok(EndpointRow {
            endpoint,
            headers: sealed::seal_headers(self, caller.workspace_id, id, &headers)?,
            secrets: sealed::seal_secrets(self, caller.workspace_id, id, &sealed::Secrets::first(secret))?,
            deleted_at: None,
        })
    }
}
