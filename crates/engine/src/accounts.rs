//! Accounts as their owners manage them. Connecting itself is the sessions' work: here stands what
//! is wanted, and the bell rings.

mod create;
mod delete;
mod pacing;
mod read;
mod rename;
#[cfg(test)]
mod tests;
mod want;

pub use create::NewAccount;
pub use rename::AccountPatch;

use wagate_model::{Account, AccountId, Caller};
use wagate_store::{Tx, accounts};

/// The account, locked until the commit, if the caller may use it.
async fn lock_for(tx: &mut Tx, caller: &Caller, id: AccountId) -> wagate_store::Result<Option<Account>> {
    let row = accounts::lock(tx, caller.workspace_id, id).await?;
    Ok(row.map(|row| row.account).filter(|account| account.mode == caller.mode && caller.may_use(account.id)))
}
