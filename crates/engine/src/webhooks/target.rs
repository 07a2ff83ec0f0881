//! An endpoint as the courier needs it: opened, parsed, ready to be posted to.

use super::sealed;
use crate::{
    Error, Result,
    engine::Shared,
    outbound::{CustomerHeaders, CustomerUrl, WebhookSecret},
};
use reqwest::header::HeaderMap;
use wagate_model::{Mode, Timestamp, WorkspaceId};
use wagate_store::endpoints::EndpointRow;

/// Where to post, and how to sign.
pub(super) struct Target {
    pub(super) workspace_id: WorkspaceId,
    pub(super) mode: Mode,
    pub(super) url: CustomerUrl,
    /// The customer's own headers.
    pub(super) headers: HeaderMap,
    /// The present secret.
    pub(super) secret: WebhookSecret,
    /// Replaced ones that still sign.
    pub(super) older_secrets: Vec<WebhookSecret>,
    /// `updated_at` of the row that this was made from.
    pub(super) version: Timestamp,
    /// When a replaced secret stops signing, so that this must be made anew.
    pub(super) good_until: Timestamp,
}

impl Target {
    /// Opens an enabled endpoint's row.
    pub(super) fn open(shared: &Shared, row: &EndpointRow) -> Result<Self> {
        let endpoint = &row.endpoint;
        let (workspace_id, id) = (endpoint.workspace_id, endpoint.id);
        let secrets = sealed::open_secrets(shared, workspace_id, id, &row.secrets)?;
        let (mut live, good_until) = secrets.live(shared.clock.now())?;
        if live.is_empty() {
            return Err(Error::internal("the endpoint has no secret that signs"));
        }
        let older_secrets = live.split_off(1);
        let secret = live.remove(0);
        let headers = sealed::open_headers(shared, workspace_id, id, &row.headers)?;
        let headers = CustomerHeaders::parse(&headers).map_err(Error::Invalid)?.to_header_map();
        let url = CustomerUrl::from_stored(&endpoint.url).map_err(Error::invalid)?;
        Ok(Self {
            workspace_id,
            mode: endpoint.mode,
            url,
            headers,
            secret,
            older_secrets,
            version: endpoint.updated_at,
            good_until,
        })
    }
}
