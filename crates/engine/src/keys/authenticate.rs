//! Who presents a key.

use super::cache::{KnownKey, ReadAt};
use crate::{
    Engine, Error,
    api_key::{ApiKey, ApiKeyError, KeyHash},
    error::Result,
};
use std::sync::Arc;
use wagate_model::{Actor, Caller, RequestId, Timestamp};
use wagate_store::{api_keys, workspaces};

const UNKNOWN: &str = "The API key is not known, or was revoked.";
const EXPIRED: &str = "The API key has expired.";

impl Engine {
    /// The caller behind a key. What is no key at all is refused without a look-up; what is known
    /// is looked up once in 5 seconds.
    ///
    /// # Errors
    ///
    /// `Unauthenticated` if the key does not work, `Unavailable` if nobody can say.
    pub async fn authenticate(&self, presented: &str, request_id: RequestId) -> Result<Caller> {
        let hash = ApiKey::parse(presented).map_err(refusal)?.hash();
        let now = self.clock.now();
        let key = match self.keys.get(hash, now) {
            Some(known) => known,
            None => self.look_up(hash, now).await?,
        };
        if key.expires_at.is_some_and(|at| at <= now) {
            return Err(Error::Unauthenticated(EXPIRED));
        }
        self.keys.note_use(key.id, now);
        Ok(caller(&key, request_id))
    }

    async fn look_up(&self, hash: KeyHash, now: Timestamp) -> Result<Arc<KnownKey>> {
        let read_at = ReadAt::new(now);
        let found = api_keys::find_by_hash_any_workspace(&self.database, &hash.to_hex()).await?;
        let key = found.filter(|key| key.revoked_at.is_none()).ok_or(Error::Unauthenticated(UNKNOWN))?;
        let workspace = workspaces::find(&self.database, &self.config.tiers, key.workspace_id).await?;
        let workspace = workspace.ok_or(Error::Unauthenticated(UNKNOWN))?;
        let known = Arc::new(KnownKey {
            id: key.id,
            workspace_id: key.workspace_id,
            mode: key.mode,
            scopes: key.scopes.iter().copied().collect(),
            accounts: key.account_ids,
            expires_at: key.expires_at,
            is_suspended: workspace.is_suspended,
            limits: workspace.limits,
        });
        self.keys.put(hash, read_at, known.clone());
        Ok(known)
    }
}

fn refusal(error: ApiKeyError) -> Error {
    Error::Unauthenticated(match error {
        ApiKeyError::Form => {
            "The credential is no API key: gw_live_ or gw_test_ and 36 letters and digits were expected."
        }
        ApiKeyError::Checksum => "The API key's checksum is wrong, so a character was mistyped or lost.",
    })
}

fn caller(key: &KnownKey, request_id: RequestId) -> Caller {
    Caller {
        workspace_id: key.workspace_id,
        mode: key.mode,
        actor: Actor::Key(key.id),
        scopes: key.scopes,
        accounts: key.accounts.clone(),
        is_suspended: key.is_suspended,
        limits: key.limits,
        request_id,
    }
}
