//! Saying whether an account should be connected. The sessions hear the bell and act.

use super::lock_for;
use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
};
use serde_json::json;
use wagate_model::{Account, AccountId, Caller, Scope};
use wagate_store::{accounts, in_transaction};

impl Engine {
    /// Has an account connected, now and after restarts. Asking again makes a session that gave up
    /// try again. Needs `accounts:write`.
    pub async fn connect_account(&self, caller: &Caller, id: AccountId) -> Result<Account> {
        require_active(caller)?;
        self.want(caller, id, true).await
    }

    /// Has an account disconnected until it is connected again; it stays linked, and its messages
    /// wait. Needs `accounts:write`.
    pub async fn disconnect_account(&self, caller: &Caller, id: AccountId) -> Result<Account> {
        self.want(caller, id, false).await
    }

    async fn want(&self, caller: &Caller, id: AccountId, is_wanted: bool) -> Result<Account> {
        require(caller, Scope::AccountsWrite)?;
        let action = if is_wanted { "account.connect_asked" } else { "account.disconnect_asked" };
        let changed = in_transaction!(self.database, |tx| {
            let Some(mut account) = lock_for(tx, caller, id).await? else { return Ok(None) };
            let now = self.clock.now();
            accounts::set_wanted(tx, caller.workspace_id, id, is_wanted, now).await?;
            audit::record(tx, self, caller, action, id, json!({})).await?;
            account.is_wanted = is_wanted;
            account.updated_at = now;
            wagate_store::Result::Ok(Some(account))
        })?;
        let account = changed.ok_or(Error::NotFound("account"))?;
        self.bells.accounts.ring([id]);
        Ok(account)
    }
}
