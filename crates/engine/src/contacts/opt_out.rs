//! Opting people out and in, and what an opt-out means for messages to them.

use super::{Wish, require_all_accounts};
use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
    events,
};
use serde_json::json;
use std::time::Duration;
use wagate_model::{Caller, Contact, ContactId, Event, Scope, Timestamp};
use wagate_store::{
    contacts, in_transaction,
    opt_outs::{self, OptOut},
};

/// How long somebody who opted out can be answered after they write again.
const ANSWERED_WITHIN: Duration = Duration::from_hours(24);

/// Whether somebody who opted out can be written to all the same: they wrote again since, and this
/// is the answer.
pub(crate) fn may_be_written_to(opt_out: &OptOut, now: Timestamp) -> bool {
    opt_out.wrote_at.is_some_and(|at| at > opt_out.opted_out_at && now < at.plus(ANSWERED_WITHIN))
}

impl Wish {
    /// The word of the audit log, and of the event.
    pub(crate) const fn action(self) -> &'static str {
        match self {
            Self::OptOut => "contact.opted_out",
            Self::OptIn => "contact.opted_in",
        }
    }
}

impl Engine {
    /// Notes that a contact wants no more messages. Needs `contacts:write`.
    pub async fn opt_out_contact(&self, caller: &Caller, id: ContactId) -> Result<Contact> {
        self.wish_for_contact(caller, id, Wish::OptOut).await
    }

    /// Notes that a contact wants messages again. Needs `contacts:write`.
    pub async fn opt_in_contact(&self, caller: &Caller, id: ContactId) -> Result<Contact> {
        self.wish_for_contact(caller, id, Wish::OptIn).await
    }

    async fn wish_for_contact(&self, caller: &Caller, id: ContactId, wish: Wish) -> Result<Contact> {
        require(caller, Scope::ContactsWrite)?;
        require_active(caller)?;
        require_all_accounts(caller)?;
        let (workspace_id, mode) = (caller.workspace_id, caller.mode);
        let changed = in_transaction!(self.database, |tx| {
            let Some(mut contact) = contacts::lock(tx, workspace_id, mode, id).await? else { return Ok(None) };
            if contact.opted_out_at.is_some() == (wish == Wish::OptOut) {
                return Ok(Some((contact, Vec::new())));
            }
            let person = (workspace_id, mode, contact.address.clone());
            let now = self.clock.now();
            let event = match wish {
                Wish::OptOut => {
                    opt_outs::insert(tx, &person, now).await?;
                    contact.opted_out_at = Some(now);
                    Event::ContactOptedOut(Box::new(contact.clone()))
                }
                Wish::OptIn => {
                    opt_outs::delete(tx, &person).await?;
                    contact.opted_out_at = None;
                    Event::ContactOptedIn(Box::new(contact.clone()))
                }
            };
            audit::record(tx, self, caller, wish.action(), id, json!({ "by": "request" })).await?;
            let to_ring = events::append(tx, self, workspace_id, mode, &[event]).await?;
            wagate_store::Result::Ok(Some((contact, to_ring)))
        })?;
        let (contact, to_ring) = changed.ok_or(Error::NotFound("contact"))?;
        self.bells.courier.ring(to_ring);
        Ok(contact)
    }
}

#[cfg(test)]
mod tests {
    use super::may_be_written_to;
    use std::time::Duration;
    use wagate_model::Timestamp;
    use wagate_store::opt_outs::OptOut;

    #[test]
    fn who_writes_again_can_be_answered_for_a_day() {
        let opted_out_at = Timestamp(1_763_812_800_000);
        let day = Duration::from_hours(24);
        let may = |wrote_at, now| may_be_written_to(&OptOut { opted_out_at, wrote_at }, now);
        assert!(!may(None, opted_out_at));
        assert!(!may(Some(opted_out_at), opted_out_at), "the word itself is no later message");
        let later = opted_out_at.plus(Duration::from_secs(1));
        assert!(may(Some(later), later));
        assert!(may(Some(later), Timestamp(later.plus(day).0 - 1)));
        assert!(!may(Some(later), later.plus(day)));
    }
}
