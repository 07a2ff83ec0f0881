//! Rotating a key: a new one with the same powers, and the old one for a while beside it.

use super::{CreatedKey, Grant};
use crate::{
    Engine, Error,
    audit::{self, Author},
    error::{Result, require, require_active},
};
use serde_json::json;
use std::time::Duration;
use wagate_model::{Caller, FieldError, KeyId, Scope, Timestamp, workspace::ApiKey};
use wagate_store::{Tx, api_keys, in_transaction};

const DAY: Duration = Duration::from_hours(24);
/// Longest time that both keys work.
const LONGEST_OVERLAP: Duration = Duration::from_hours(7 * 24);

/// How a key is rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotateKey {
    /// How long the old key goes on working: 0 to 7 days.
    pub overlap: Duration,
}

impl Default for RotateKey {
    fn default() -> Self {
        Self { overlap: DAY }
    }
}

/// What became of a rotation inside its transaction.
enum Rotated {
    Done(Box<CreatedKey>),
    NotActive,
    BeyondCaller,
}

impl Engine {
    /// Makes a key with the name, scopes, accounts and expiry of an old one, which goes on working
    /// for the overlap. Needs `keys:write`, and all that the old key may do: its successor's text
    /// is answered.
    pub async fn rotate_key(&self, caller: &Caller, id: KeyId, rotate: RotateKey) -> Result<CreatedKey> {
        require(caller, Scope::KeysWrite)?;
        require_active(caller)?;
        if rotate.overlap > LONGEST_OVERLAP {
            let fault =
                FieldError::new("overlap_seconds", "out_of_range", "0 to 604800 seconds (7 days) were expected.");
            return Err(Error::invalid(fault));
        }
        let rotated = in_transaction!(self.database, |tx| {
            let Some(old) = api_keys::lock(tx, caller.workspace_id, caller.mode, id).await? else { return Ok(None) };
            self.rotate_in(tx, caller, old, rotate.overlap).await.map(Some)
        })?;
        self.keys.forget_key(id);
        match rotated {
            None => Err(Error::NotFound("key")),
            Some(Rotated::NotActive) => {
                Err(Error::conflict("key_not_active", "The key is revoked, expired or replaced already."))
            }
            Some(Rotated::BeyondCaller) => {
                Err(Error::Forbidden("The key may do more than the credential that asks to rotate it.".to_owned()))
            }
            Some(Rotated::Done(created)) => Ok(*created),
        }
    }

    async fn rotate_in(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        mut old: ApiKey,
        overlap: Duration,
    ) -> wagate_store::Result<Rotated> {
        let now = self.clock.now();
        if !Grant::from(&old).is_within(&Grant::from(caller)) {
            return Ok(Rotated::BeyondCaller);
        }
        if old.revoked_at.is_some() || old.replaced_by.is_some() || old.expires_at.is_some_and(|at| at <= now) {
            return Ok(Rotated::NotActive);
        }
        let created = self.new_key(Author::from(caller), old.name.clone(), Grant::from(&old), old.expires_at);
        old.expires_at = Some(earlier(old.expires_at, now.plus(overlap)));
        old.replaced_by = Some(created.key.id);
        old.updated_at = now;
        api_keys::insert(tx, &created.key, &created.secret.hash().to_hex()).await?;
        api_keys::update(tx, &old).await?;
        let detail = json!({ "name": old.name, "replaced_by": created.key.id, "works_until": old.expires_at });
        audit::record(tx, self, caller, "key.rotated", old.id, detail).await?;
        Ok(Rotated::Done(Box::new(created)))
    }
}

fn earlier(expires_at: Option<Timestamp>, end: Timestamp) -> Timestamp {
    expires_at.map_or(end, |at| at.min(end))
}
