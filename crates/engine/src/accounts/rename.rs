//! Giving an account another name or another pace.

use super::lock_for;
use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
    names::checked_name,
    pacing::Rules,
};
use serde_json::json;
use wagate_model::{Account, AccountId, Caller, FieldError, Pacing, Scope};
use wagate_store::{accounts, in_transaction, messages};

/// What can be changed in an account; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountPatch {
    /// A name for people.
    pub name: Option<String>,
    /// How fast it may send; the provider's own pace with `Some(None)`.
    pub pacing: Option<Option<Pacing>>,
}

impl Engine {
    /// Changes an account. Needs `accounts:write`.
    pub async fn rename_account(&self, caller: &Caller, id: AccountId, patch: AccountPatch) -> Result<Account> {
        require(caller, Scope::AccountsWrite)?;
        require_active(caller)?;
        let name = patch.name.as_deref().map(checked_name).transpose().map_err(Error::invalid)?;
        checked_pacing(patch.pacing.iter().flatten().next())?;
        let pacing = patch.pacing.as_ref();
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
            if let Some(pacing) = pacing.filter(|pacing| **pacing != account.pacing) {
                let now = self.clock.now();
                let detail = json!({ "pacing": { "from": account.pacing, "to": pacing } });
                accounts::set_pacing(tx, caller.workspace_id, id, pacing.as_ref(), now).await?;
                // What waits for another day may go by the new rules; the lane holds what may not.
                messages::release_held(tx, caller.workspace_id, id, None, now).await?;
                audit::record(tx, self, caller, "account.updated", id, detail).await?;
                account.pacing.clone_from(pacing);
                account.updated_at = now;
            }
            wagate_store::Result::Ok(Some(account))
        })?;
        let account = renamed.ok_or(Error::NotFound("account"))?;
        if let Some(running) = self.sessions.get(id) {
            running.pace.set_rules(self.rules(account.provider, account.pacing.as_ref()));
            self.bells.lanes.ring([id]);
        }
        Ok(self.with_next_send(account))
    }
}

fn checked_pacing(pacing: Option<&Pacing>) -> Result<()> {
    let within =
        |faults: Vec<FieldError>| Error::Invalid(faults.into_iter().map(|fault| fault.within("pacing")).collect());
    match pacing {
        Some(given) => Rules::read(given).map(drop).map_err(within),
        None => Ok(()),
    }
}
