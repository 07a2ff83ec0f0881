//! What may be given to a new key: at most what its creator has.

use super::NewKey;
use crate::error::{Error, Result};
use wagate_model::{AccountId, Caller, FieldError, Mode, Scope, Scopes, Timestamp, workspace::ApiKey};

/// Most accounts that a key can be bound to.
const MOST_ACCOUNTS: usize = 100;

/// The most that a new key can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) mode: Mode,
    pub(crate) scopes: Scopes,
    /// `None` is all accounts.
    pub(crate) accounts: Option<Vec<AccountId>>,
}

impl From<&Caller> for Grant {
    fn from(caller: &Caller) -> Self {
        Self { mode: caller.mode, scopes: caller.scopes, accounts: caller.accounts.clone() }
    }
}

impl From<&ApiKey> for Grant {
    fn from(key: &ApiKey) -> Self {
        Self { mode: key.mode, scopes: key.scopes.iter().copied().collect(), accounts: key.account_ids.clone() }
    }
}

impl Grant {
    /// All scopes and accounts of one mode.
    pub(crate) fn everything(mode: Mode) -> Self {
        Self { mode, scopes: Scopes::all(), accounts: None }
    }

    /// Whether `other` has all that this carries.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        let accounts = match (&self.accounts, &other.accounts) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(mine), Some(theirs)) => mine.iter().all(|account| theirs.contains(account)),
        };
        self.mode == other.mode && self.scopes.is_within(other.scopes) && accounts
    }

    /// What a new key gets of this: what it asks for, or all of it.
    ///
    /// # Errors
    ///
    /// `Invalid` with every field that asks for more, for nothing, or for the past.
    pub(crate) fn for_new(&self, new: &NewKey, now: Timestamp) -> Result<Self> {
        let mut faults = self.scope_faults(new.scopes.as_deref());
        faults.extend(self.account_faults(new.account_ids.as_deref()));
        if new.expires_at.is_some_and(|at| at <= now) {
            faults.push(FieldError::new("expires_at", "out_of_range", "A time in the future was expected."));
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        Ok(Self {
            mode: self.mode,
            scopes: new.scopes.as_ref().map_or(self.scopes, |scopes| scopes.iter().copied().collect()),
            accounts: new.account_ids.clone().or_else(|| self.accounts.clone()),
        })
    }

    fn scope_faults(&self, asked: Option<&[Scope]>) -> Vec<FieldError> {
        match asked {
            Some([]) => vec![FieldError::new("scopes", "too_short", "At least one scope was expected.")],
            Some(scopes) => {
                let beyond = scopes.iter().enumerate().filter(|(_, scope)| !self.scopes.contains(**scope));
                beyond.map(|(at, scope)| not_my_scope(at, *scope)).collect()
            }
            None => Vec::new(),
        }
    }

    fn account_faults(&self, asked: Option<&[AccountId]>) -> Vec<FieldError> {
        match asked {
            Some([]) => vec![FieldError::new(
                "account_ids",
                "too_short",
                "At least one account was expected; without this field the key is for all.",
            )],
            Some(ids) if ids.len() > MOST_ACCOUNTS => {
                vec![FieldError::new("account_ids", "too_many", "A key is bound to at most 100 accounts.")]
            }
            Some(ids) => {
                let is_beyond = |id: &AccountId| self.accounts.as_ref().is_some_and(|mine| !mine.contains(id));
                let beyond = ids.iter().enumerate().filter(|(_, id)| is_beyond(id));
                beyond.map(|(at, _)| unknown_account(at)).collect()
            }
            None => Vec::new(),
        }
    }
}

fn not_my_scope(at: usize, scope: Scope) -> FieldError {
    let detail = format!("A key has at most its creator's scopes, and `{scope}` is none of them.");
    FieldError::new(format!("scopes/{at}"), "not_allowed", detail)
}

/// The same for an account beyond the creator's reach and for one that is not there.
pub(super) fn unknown_account(at: usize) -> FieldError {
    FieldError::new(format!("account_ids/{at}"), "not_allowed", "There is no such account.")
}

#[cfg(test)]
mod tests;
