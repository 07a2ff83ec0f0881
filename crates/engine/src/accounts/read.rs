//! Reading accounts.

use crate::{
    Engine, Error,
    error::{Result, require},
};
use wagate_model::{Account, AccountId, Caller, Scope};
use wagate_store::{Page, PageOf, accounts};

impl Engine {
    /// One page of the accounts that the caller may use, newest first. Needs `accounts:read`.
    pub async fn list_accounts(&self, caller: &Caller, page: &Page) -> Result<PageOf<Account>> {
        require(caller, Scope::AccountsRead)?;
        let only = caller.accounts.as_deref();
        let found = accounts::list(&self.database, caller.workspace_id, caller.mode, only, page).await?;
        let data = found.data.into_iter().map(|account| self.with_next_send(account)).collect();
        Ok(PageOf { data, has_more: found.has_more })
    }

    /// One account. Needs `accounts:read`.
    pub async fn account(&self, caller: &Caller, id: AccountId) -> Result<Account> {
        require(caller, Scope::AccountsRead)?;
        Ok(self.with_next_send(self.known_account(caller, id).await?))
    }

    /// The account, if the caller may use it; whatever their scopes are.
    pub(crate) async fn known_account(&self, caller: &Caller, id: AccountId) -> Result<Account> {
        if !caller.may_use(id) {
            return Err(Error::NotFound("account"));
        }
        let found = accounts::find(&self.database, caller.workspace_id, caller.mode, id).await?;
        found.ok_or(Error::NotFound("account"))
    }

    /// The newest accounts that the caller may use, at most `most` (1 to 100); whatever their scopes
    /// are.
    pub(crate) async fn usable_accounts(&self, caller: &Caller, most: u32) -> Result<Vec<Account>> {
        let page = Page { limit: most, ..Page::default() };
        let only = caller.accounts.as_deref();
        Ok(accounts::list(&self.database, caller.workspace_id, caller.mode, only, &page).await?.data)
    }
}
