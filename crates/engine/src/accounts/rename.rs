//! Giving an account another name.

use super::lock_for;
use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
    names::checked_name,
};
use serde_json::json;
use wagate_model::{Account, AccountId, Caller, Scope};
use wagate_store::{accounts, in_transaction};

/// What can be changed in an account; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountPatch {
    /// A name for people.
    pub name: Option<String>,
}

impl Engine {
    /// Renames an account. Needs `accounts:write`.
    pub async fn rename_account(&self, caller: &Caller, id: AccountId, patch: AccountPatch) -> Result<Account> {
        require(caller, Scope::AccountsWrite)?;
        require_active(caller)?;
        let name = patch.name.as_deref().map(checked_name).transpose().map_err(Error::invalid)?;
        let renamed = in_transaction!(self.database, |tx| {
            let Some(mut account) = lock_for(tx, caller, id).await? else { return Ok(None) };
            if let Some(name) = name.as_ref().filter(|name| **name != account.name) {
                let now = self.clock.now();
                let detail = json!({ "name": { "from": account.name, "to": name } });
                accounts::rename(tx, caller.workspace_id, id, name, now).await?;
                audit::record(tx, self, caller, "account.updated", id, detail).await?;
                account.name.clone_from(name);
                account.updated_at = now;
            }
            wagate_store::Result::Ok(Some(account))
        })?;
        renamed.ok_or(Error::NotFound("account"))
    }
}
