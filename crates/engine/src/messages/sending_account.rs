//! The account that shall send a message: the named one, or the only one that the caller can use.

use crate::{Engine, Error, Result};
use wagate_model::{Account, AccountId, Caller, FieldError, ProviderKind};

/// What accepting needs to know of an account.
#[derive(Debug, Clone, Copy)]
pub(super) struct SendingAccount {
    pub(super) id: AccountId,
    pub(super) provider: ProviderKind,
}

impl From<&Account> for SendingAccount {
    fn from(account: &Account) -> Self {
        Self { id: account.id, provider: account.provider }
    }
}

pub(super) fn no_such_account() -> Error {
    Error::invalid(FieldError::new("account_id", "not_found", "There is no such account in this workspace and mode."))
}

impl Engine {
    pub(super) async fn sending_account(&self, caller: &Caller, named: Option<AccountId>) -> Result<SendingAccount> {
        if let Some(id) = named {
            return match self.named_account(caller, id).await {
                Err(Error::NotFound(_)) => Err(no_such_account()),
                found => found,
            };
        }
        let mut usable = self.usable_accounts(caller, 2).await?;
        match (usable.pop(), usable.is_empty()) {
            (Some(account), true) => Ok(SendingAccount::from(&account)),
            (None, _) => Err(Error::invalid(FieldError::new(
                "account_id",
                "required",
                "There is no account yet: create one first.",
            ))),
            (Some(_), false) => Err(Error::invalid(FieldError::new(
                "account_id",
                "required",
                "Several accounts can be used: name one of them.",
            ))),
        }
    }

    /// An account that runs on this node is known without asking the database.
    async fn named_account(&self, caller: &Caller, id: AccountId) -> Result<SendingAccount> {
        let running = self.sessions.get(id).map(|running| running.account);
        match running.filter(|account| {
            account.workspace_id == caller.workspace_id && account.mode == caller.mode && caller.may_use(id)
        }) {
            Some(account) => Ok(SendingAccount { id, provider: account.provider }),
            None => Ok(SendingAccount::from(&self.known_account(caller, id).await?)),
        }
    }
}
