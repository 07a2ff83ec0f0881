//! Making a key.

use super::{CreatedKey, Grant, grant};
use crate::{
    Engine, Error, api_key,
    audit::{self, Author},
    error::{Result, require, require_active},
    names::checked_name,
};
use serde_json::{Value, json};
use wagate_model::{AccountId, Caller, Scope, Timestamp, workspace::ApiKey};
use wagate_store::{accounts, api_keys, in_transaction};

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// A name for people.
    pub name: String,
    /// What it may do; `None` is all that its creator may.
    pub scopes: Option<Vec<Scope>>,
    /// The accounts it is bound to; `None` is all that its creator sees.
    pub account_ids: Option<Vec<AccountId>>,
    /// When it stops working; `None` is never.
    pub expires_at: Option<Timestamp>,
}

impl Engine {
    /// Makes a key of the caller's mode with at most the caller's scopes and accounts. Needs
    /// `keys:write`.
    pub async fn create_key(&self, caller: &Caller, new: NewKey) -> Result<CreatedKey> {
        require(caller, Scope::KeysWrite)?;
        require_active(caller)?;
        self.insert_key(Author::from(caller), &Grant::from(caller), new).await
    }

    pub(crate) async fn insert_key(&self, author: Author, most: &Grant, mut new: NewKey) -> Result<CreatedKey> {
        new.name = checked_name(&new.name).map_err(Error::invalid)?;
        let grant = most.for_new(&new, self.clock.now())?;
        self.check_accounts(author, &grant, new.account_ids.as_deref()).await?;
        let created = self.new_key(author, new.name, grant, new.expires_at);
        in_transaction!(self.database, |tx| {
            api_keys::insert(tx, &created.key, &created.secret.hash().to_hex()).await?;
            audit::record(tx, self, author, "key.created", created.key.id, detail(&created.key)).await
        })?;
        Ok(created)
    }

    /// Refuses accounts that the workspace does not have in the key's mode.
    async fn check_accounts(&self, author: Author, grant: &Grant, asked: Option<&[AccountId]>) -> Result<()> {
        let Some(asked) = asked else { return Ok(()) };
        let there = accounts::existing(&self.database, author.workspace_id, grant.mode, asked).await?;
        let missing = asked.iter().enumerate().filter(|(_, id)| !there.contains(id));
        let faults: Vec<_> = missing.map(|(at, _)| grant::unknown_account(at)).collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }

    /// A key with a fresh text, not stored yet.
    pub(super) fn new_key(
        &self,
        author: Author,
        name: String,
        grant: Grant,
        expires_at: Option<Timestamp>,
    ) -> CreatedKey {
        let secret = api_key::ApiKey::generate(grant.mode, &*self.entropy);
        let now = self.clock.now();
        let key = ApiKey {
            id: self.ids.next(),
            workspace_id: author.workspace_id,
            name,
            mode: grant.mode,
            prefix: secret.prefix().to_owned(),
            last4: secret.last4().to_owned(),
            scopes: grant.scopes.iter().collect(),
            account_ids: grant.accounts,
            created_by: author.actor.to_string(),
            expires_at,
            revoked_at: None,
            last_used_at: None,
            replaced_by: None,
            created_at: now,
            updated_at: now,
        };
        CreatedKey { key, secret }
    }
}

fn detail(key: &ApiKey) -> Value {
    json!({ "name": key.name, "mode": key.mode, "scopes": key.scopes, "account_ids": key.account_ids, "expires_at": key.expires_at })
}
