//! A person's data is erased: a durable job, in small steps that a crash only delays.
//!
//! Messages to them that wait are cancelled first, so that everything that tells of them is written
//! before it is erased. Ids, counts, statuses and times stay for accounting; an address that nobody has
//! stands in the person's place.

mod ending;
mod redact;
pub(crate) mod run;

use crate::{
    Engine, Error, Result, audit,
    contacts::check_person,
    error::{require, require_active},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use wagate_model::{
    Caller, ChatAddress, ContactId, ErasureId, Scope,
    erasure::{Erasure, ErasureStatus, ErasureStep},
};
use wagate_store::{
    contacts,
    erasures::{self, ErasureRow},
    in_transaction,
};

impl Engine {
    /// Begins to erase what the workspace's half knows of a person: their chat, what they wrote in
    /// groups, and what events and logs tell of it. What they write from now on is new. Needs
    /// `contacts:write`, and a credential that is bound to no accounts.
    pub async fn erase_person(&self, caller: &Caller, address: ChatAddress) -> Result<Erasure> {
        may_erase(caller)?;
        require_active(caller)?;
        check_person(&address).map_err(Error::invalid)?;
        let now = self.clock.now();
        let erasure = Erasure {
            id: self.ids.next(),
            workspace_id: caller.workspace_id,
            mode: caller.mode,
            status: ErasureStatus::Running,
            messages: 0,
            events: 0,
            created_at: now,
            updated_at: now,
        };
        let row = ErasureRow {
            erasure: erasure.clone(),
            address: Some(address),
            step: ErasureStep::Ending,
            after: String::new(),
            last_sequence: 0,
        };
        in_transaction!(self.database, |tx| {
            erasures::insert(tx, &row).await?;
            // Without the number, which would stay here.
            audit::record(tx, self, caller, "person.erased", erasure.id, json!({})).await
        })?;
        self.bells.erasures.notify_one();
        Ok(erasure)
    }

    /// Erases the person whose card this is, as [`Engine::erase_person`] does. Needs `contacts:write`.
    pub async fn erase_contact(&self, caller: &Caller, id: ContactId) -> Result<Erasure> {
        may_erase(caller)?;
        let found = contacts::find(&self.database, caller.workspace_id, caller.mode, id).await?;
        let contact = found.ok_or(Error::NotFound("contact"))?;
        self.erase_person(caller, contact.address).await
    }

    /// How far an erasure is. Needs `contacts:write`.
    pub async fn find_erasure(&self, caller: &Caller, id: ErasureId) -> Result<Erasure> {
        may_erase(caller)?;
        let found = erasures::find(&self.database, caller.workspace_id, caller.mode, id).await?;
        found.ok_or(Error::NotFound("erasure"))
    }
}

fn may_erase(caller: &Caller) -> Result<()> {
    require(caller, Scope::ContactsWrite)?;
    if caller.accounts.is_some() {
        return Err(Error::Forbidden(
            "A credential that is bound to accounts cannot erase what the workspace knows of a person.".to_owned(),
        ));
    }
    Ok(())
}

/// What is kept of the network's id of an erased incoming message: networks write numbers into their
/// ids, and must still be understood when they say a message again.
pub(crate) fn erased_network_id(id: &str) -> String {
    if id.starts_with(ERASED) { id.to_owned() } else { format!("{ERASED}{}", hex::encode(Sha256::digest(id))) }
}

const ERASED: &str = "erased:";
