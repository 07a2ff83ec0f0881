//! Making an account.

use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
    names::checked_name,
};
use serde_json::json;
use wagate_model::{Account, AccountStatus, Caller, FieldError, ProviderKind, Scope};
use wagate_store::{Tx, accounts, in_transaction, workspaces};

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// How it reaches the network. Its mode must be the caller's.
    pub provider: ProviderKind,
    /// A name for people.
    pub name: String,
}

/// What became of a creation inside its transaction.
enum Created {
    Done,
    NoWorkspace,
    LimitReached(u32),
}

impl Engine {
    /// Makes an account and begins to connect it. Needs `accounts:write` and a credential that is
    /// not bound to accounts. The tier's limit holds for each mode by itself.
    pub async fn create_account(&self, caller: &Caller, new: NewAccount) -> Result<Account> {
        require(caller, Scope::AccountsWrite)?;
        require_active(caller)?;
        if caller.accounts.is_some() {
            return Err(Error::Forbidden("The credential is bound to accounts and makes no others.".to_owned()));
        }
        let account = self.new_account(caller, &new)?;
        let created = in_transaction!(self.database, |tx| self.insert_account(tx, caller, &account).await)?;
        match created {
            Created::NoWorkspace => Err(Error::NotFound("workspace")),
            Created::LimitReached(most) => Err(Error::LimitReached {
                limit: "accounts",
                detail: format!(
                    "The workspace may have {most} accounts in mode {}. Delete one, or ask your operator for more.",
                    caller.mode
                ),
            }),
            Created::Done => {
                self.bells.accounts.ring([account.id]);
                Ok(account)
            }
        }
    }

    fn new_account(&self, caller: &Caller, new: &NewAccount) -> Result<Account> {
        let name = checked_name(&new.name);
        let provider = self.check_provider(caller, new.provider);
        let faults: Vec<_> = name.as_ref().err().into_iter().chain(provider.as_ref().err()).cloned().collect();
        let (Ok(name), Ok(())) = (name, provider) else { return Err(Error::Invalid(faults)) };
        let now = self.clock.now();
        Ok(Account {
            id: self.ids.next(),
            workspace_id: caller.workspace_id,
            mode: caller.mode,
            provider: new.provider,
            name,
            phone_number: None,
            status: AccountStatus::Disconnected,
            status_reason: None,
            is_wanted: true,
            last_frame_at: None,
            last_ack_at: None,
            pacing: None,
            next_send_at: None,
            created_at: now,
            updated_at: now,
        })
    }

    fn check_provider(&self, caller: &Caller, kind: ProviderKind) -> std::result::Result<(), FieldError> {
        if self.provider(kind).is_none() {
            let detail = format!("This gateway does not have the provider `{kind}`.");
            Err(FieldError::new("provider", "unsupported", detail))
        } else if kind.mode() == caller.mode {
            Ok(())
        } else {
            let detail =
                format!("Accounts of `{kind}` are of mode {}, the key is of mode {}.", kind.mode(), caller.mode);
            Err(FieldError::new("provider", "not_allowed", detail))
        }
    }

    /// The workspace's lock keeps two creations from counting the same free place.
    async fn insert_account(&self, tx: &mut Tx, caller: &Caller, account: &Account) -> wagate_store::Result<Created> {
        let Some(workspace) = workspaces::lock(tx, &self.config.tiers, caller.workspace_id).await? else {
            return Ok(Created::NoWorkspace);
        };
        let most = workspace.limits.accounts;
        if accounts::count(&mut *tx, caller.workspace_id, account.mode).await? >= most {
            return Ok(Created::LimitReached(most));
        }
        accounts::insert(tx, account).await?;
        let detail = json!({ "name": account.name, "provider": account.provider });
        audit::record(tx, self, caller, "account.created", account.id, detail).await?;
        Ok(Created::Done)
    }
}
