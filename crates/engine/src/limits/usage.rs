//! How much a workspace uses of what it may.

use crate::{
    Engine,
    error::{Result, require},
};
use wagate_model::{
    Caller, Scope,
    usage::{Usage, Used},
};
use wagate_store::{
    accounts, endpoints,
    rate_limits::{self, Counted},
};

impl Engine {
    /// What the caller's workspace uses in the caller's mode. Needs `accounts:read`.
    pub async fn usage(&self, caller: &Caller) -> Result<Usage> {
        require(caller, Scope::AccountsRead)?;
        let (id, mode, limits) = (caller.workspace_id, caller.mode, self.workspace(caller).await?.limits);
        let accounts = accounts::count(&self.database, id, mode).await?;
        let endpoints = endpoints::count(&self.database, id, mode).await?;
        Ok(Usage {
            requests_per_minute: self.requests_used(caller, limits.requests_per_minute).await?,
            messages_per_day: self.messages_used(caller, limits.messages_per_day).await?,
            accounts: Used::now(accounts.into(), limits.accounts),
            endpoints: Used::now(endpoints.into(), limits.endpoints),
            // There are no members yet.
            members: Used::now(0, limits.members),
            media_bytes: Used::each(limits.media_bytes),
            retention_days: Used::each(limits.retention_days),
        })
    }

    /// By the database's clock. What this node took and did not spend is not used; of other nodes'
    /// blocks it cannot be known.
    async fn requests_used(&self, caller: &Caller, limit: u32) -> Result<Used> {
        let key = (caller.workspace_id, caller.mode);
        let counted = Counted::Requests;
        let window_start = counted.window_of(self.database.now().await?);
        let taken = rate_limits::used(&self.database, counted, window_start, key).await?;
        let used = taken.saturating_sub(self.limiter.unspent(key, window_start).into());
        Ok(Used::until(window_start.plus(counted.window()), used, limit))
    }

    async fn messages_used(&self, caller: &Caller, limit: u32) -> Result<Used> {
        let counted = Counted::Messages;
        let day = counted.window_of(self.clock.now());
        let used = rate_limits::used(&self.database, counted, day, (caller.workspace_id, caller.mode)).await?;
        Ok(Used::until(day.plus(counted.window()), used, limit))
    }
}
