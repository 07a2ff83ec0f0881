//! Reading messages.

use crate::{Engine, Error, Result, error::require};
use wagate_model::{Account, AccountStatus, Caller, Message, MessageId, Reason, Scope, Status};
use wagate_store::{
    Page, PageOf,
    messages::{self, MessageFilter, StoredMessage},
};

impl Engine {
    /// One message with its history.
    pub async fn message(&self, caller: &Caller, id: MessageId) -> Result<Message> {
        require(caller, Scope::MessagesRead)?;
        let message = self.any_message(caller, id).await?.message;
        Ok(self.with_hold_reasons(caller, vec![message]).await?.remove(0))
    }

    /// Lists messages, newest first.
    pub async fn list_messages(
        &self,
        caller: &Caller,
        mut filter: MessageFilter,
        page: &Page,
    ) -> Result<PageOf<Message>> {
        require(caller, Scope::MessagesRead)?;
        filter.bound_to.clone_from(&caller.accounts);
        if filter.bound_to.as_ref().is_some_and(Vec::is_empty) {
            return Ok(PageOf { data: Vec::new(), has_more: false });
        }
        let found = messages::list(&self.database, caller.workspace_id, caller.mode, &filter, page).await?;
        Ok(PageOf { data: self.with_hold_reasons(caller, found.data).await?, has_more: found.has_more })
    }

    /// A message that the caller may know of.
    pub(crate) async fn any_message(&self, caller: &Caller, id: MessageId) -> Result<StoredMessage> {
        let found = messages::find(&self.database, caller.workspace_id, caller.mode, id).await?;
        found.filter(|stored| caller.may_use(stored.message.account_id)).ok_or(Error::NotFound("message"))
    }

    /// Says of queued messages why they wait, where their account is held: the account knows it
    /// for all of them.
    async fn with_hold_reasons(&self, caller: &Caller, mut messages: Vec<Message>) -> Result<Vec<Message>> {
        let mut known: Vec<Account> = Vec::new();
        for message in
            messages.iter_mut().filter(|message| message.status == Status::Queued && message.hold_reason.is_none())
        {
            let account = match known.iter().find(|account| account.id == message.account_id) {
                Some(account) => account,
                None => match self.known_account(caller, message.account_id).await {
                    Ok(account) => {
                        known.push(account);
                        &known[known.len() - 1]
                    }
                    Err(Error::NotFound(_)) => continue,
                    Err(error) => return Err(error),
                },
            };
            if matches!(account.status, AccountStatus::Held | AccountStatus::LoggedOut | AccountStatus::Banned) {
                message.hold_reason = account.status_reason;
            } else if let Some(until) =
                self.rules(account.provider, account.pacing.as_ref()).quiet_until(self.clock.now())
            {
                message.hold_reason = Some(Reason::QuietHours);
                message.next_send_at = Some(until);
            }
        }
        Ok(messages)
    }
}
