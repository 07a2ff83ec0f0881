//! Reading keys, never their text.

use crate::{
    Engine, Error,
    error::{Result, require},
};
use wagate_model::{Caller, KeyId, Scope, workspace::ApiKey};
use wagate_store::{Page, PageOf, api_keys};

impl Engine {
    /// One page of the workspace's keys of the caller's mode, newest first, revoked ones too. Needs
    /// `keys:write`.
    pub async fn list_keys(&self, caller: &Caller, page: &Page) -> Result<PageOf<ApiKey>> {
        require(caller, Scope::KeysWrite)?;
        Ok(api_keys::list(&self.database, caller.workspace_id, caller.mode, page).await?)
    }

    /// One key. Needs `keys:write`.
    pub async fn key(&self, caller: &Caller, id: KeyId) -> Result<ApiKey> {
        require(caller, Scope::KeysWrite)?;
        let found = api_keys::find(&self.database, caller.workspace_id, caller.mode, id).await?;
        found.ok_or(Error::NotFound("key"))
    }
}
