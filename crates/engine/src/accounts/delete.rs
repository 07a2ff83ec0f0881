//! Deleting an account: a tombstone stays, for its messages and for receipts that come late.

use super::lock_for;
use crate::{
    Engine, Error, audit,
    error::{Result, require},
    messages::cancel::cancel_all_of_account,
};
use serde_json::json;
use wagate_model::{AccountId, Caller, Scope};
use wagate_store::{accounts, in_transaction};

impl Engine {
    /// Deletes an account. It is seen no more, and its session ends. Needs `accounts:write`; a
    /// suspended workspace may do it too, since it only takes away.
    pub async fn delete_account(&self, caller: &Caller, id: AccountId) -> Result<()> {
        require(caller, Scope::AccountsWrite)?;
        let (deleted, to_ring) = in_transaction!(self.database, |tx| {
            let Some(account) = lock_for(tx, caller, id).await? else { return Ok((false, Vec::new())) };
            accounts::delete(tx, caller.workspace_id, id, self.clock.now()).await?;
            let detail = json!({ "name": account.name, "phone_number": account.phone_number });
            audit::record(tx, self, caller, "account.deleted", id, detail).await?;
            let to_ring = cancel_all_of_account(tx, self, &account, self.clock.now()).await?;
            wagate_store::Result::Ok((true, to_ring))
        })?;
        if !deleted {
            return Err(Error::NotFound("account"));
        }
        self.bells.courier.ring(to_ring);
        self.bells.accounts.ring([id]);
        Ok(())
    }
}
