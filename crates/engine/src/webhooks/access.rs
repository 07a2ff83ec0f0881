//! Which endpoints a caller may see: those of its workspace and mode, and with a credential that
//! is bound to accounts those that are limited to these accounts.

use crate::{
    Engine, Error, Result,
    error::{require, require_active},
};
use wagate_model::{AccountId, Caller, EndpointId, Scope, webhook::Endpoint};
use wagate_store::endpoints::{self, EndpointRow};

/// What there is no such of.
const WHAT: &str = "webhook";

/// The error for an endpoint that the caller may not know of.
pub(super) const fn not_found() -> Error {
    Error::NotFound(WHAT)
}

/// Refuses who may not even look at webhooks.
pub(super) fn may_read(caller: &Caller) -> Result<()> {
    require(caller, Scope::WebhooksWrite)
}

/// Refuses who may not change webhooks.
pub(super) fn may_change(caller: &Caller) -> Result<()> {
    may_read(caller)?;
    require_active(caller)
}

/// Whether an endpoint that hears of these accounts concerns only what the caller may use.
pub(super) fn is_visible(caller: &Caller, account_ids: &[AccountId]) -> bool {
    caller.accounts.is_none() || (!account_ids.is_empty() && account_ids.iter().all(|id| caller.may_use(*id)))
}

/// The row, if there is one that the caller may see.
pub(super) fn visible(caller: &Caller, row: Option<EndpointRow>) -> Result<EndpointRow> {
    row.filter(|row| is_visible(caller, &row.endpoint.account_ids)).ok_or(not_found())
}

impl Engine {
    /// The endpoint's row, if the caller may see it.
    pub(super) async fn visible_endpoint(&self, caller: &Caller, id: EndpointId) -> Result<EndpointRow> {
        visible(caller, endpoints::find(&self.database, caller.workspace_id, caller.mode, id).await?)
    }

    /// The endpoint as its owner sees it: the names of its headers, not their values.
    pub(super) fn shown(&self, row: EndpointRow) -> Result<Endpoint> {
        let mut endpoint = row.endpoint;
        let headers = super::sealed::open_headers(self, endpoint.workspace_id, endpoint.id, &row.headers)?;
        endpoint.headers = headers.into_keys().map(|name| (name, super::input::HIDDEN.to_owned())).collect();
        Ok(endpoint)
    }
}
