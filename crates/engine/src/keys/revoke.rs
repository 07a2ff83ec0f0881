//! Revoking a key.

use crate::{
    Engine, Error, audit,
    error::{Result, require},
};
use serde_json::json;
use wagate_model::{Caller, KeyId, Scope, workspace::ApiKey};
use wagate_store::{api_keys, in_transaction};

impl Engine {
    /// Revokes a key: at once on this node, within 5 seconds on others. Revoking it again changes
    /// nothing. Needs `keys:write`; a suspended workspace may do it too, since it only takes away.
    pub async fn revoke_key(&self, caller: &Caller, id: KeyId) -> Result<ApiKey> {
        require(caller, Scope::KeysWrite)?;
        let revoked = in_transaction!(self.database, |tx| {
            let Some(mut key) = api_keys::lock(tx, caller.workspace_id, caller.mode, id).await? else {
                return Ok(None);
            };
            if key.revoked_at.is_none() {
                let now = self.clock.now();
                key.revoked_at = Some(now);
                key.updated_at = now;
                api_keys::update(tx, &key).await?;
                audit::record(tx, self, caller, "key.revoked", id, json!({ "name": key.name })).await?;
            }
            wagate_store::Result::Ok(Some(key))
        })?;
        self.keys.forget_key(id);
        revoked.ok_or(Error::NotFound("key"))
    }
}
