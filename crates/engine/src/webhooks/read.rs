//! Reads endpoints.

use super::access;
use crate::{Engine, Result};
use wagate_model::{Caller, EndpointId, webhook::Endpoint};
use wagate_store::{Page, PageOf, endpoints};

impl Engine {
    /// One page of the endpoints, newest first. Needs `webhooks:write`.
    pub async fn list_endpoints(&self, caller: &Caller, page: &Page) -> Result<PageOf<Endpoint>> {
        access::may_read(caller)?;
        let only = match &caller.accounts {
            None => None,
            Some(_) => Some(self.visible_ids(caller).await?),
        };
        let found = endpoints::list(&self.database, caller.workspace_id, caller.mode, only.as_deref(), page).await?;
        let data = found.data.into_iter().map(|row| self.shown(row)).collect::<Result<_>>()?;
        Ok(PageOf { data, has_more: found.has_more })
    }

    /// One endpoint. Needs `webhooks:write`.
    pub async fn endpoint(&self, caller: &Caller, id: EndpointId) -> Result<Endpoint> {
        access::may_read(caller)?;
        self.shown(self.visible_endpoint(caller, id).await?)
    }

    async fn visible_ids(&self, caller: &Caller) -> Result<Vec<EndpointId>> {
        let all = endpoints::listening(&self.database, caller.workspace_id, caller.mode).await?;
        let visible = all.into_iter().filter(|endpoint| access::is_visible(caller, &endpoint.account_ids));
        Ok(visible.map(|endpoint| endpoint.id).collect())
    }
}
