//! Many messages in one request: each is taken or refused by itself, and those that are taken
//! commit together.

use super::{
    commit::{Committed, recipient_opted_out},
    new_message::{self, NewMessage},
    prepare::Prepared,
    sending_account::{SendingAccount, no_such_account},
};
use crate::{
    Engine, Error, Result,
    contacts::may_be_written_to,
    error::{require, require_active},
    idempotency::{IdempotencyUse, check_key},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use wagate_model::{AccountId, Caller, FieldError, Message, MessageId, Scope};
use wagate_store::{idempotency::IdempotencyRow, messages, opt_outs};

/// Most messages of one batch.
pub const MOST_OF_A_BATCH: usize = 1000;

/// What became of a batch.
#[derive(Debug)]
pub struct AcceptedBatch {
    /// Of each message in its order: the message as it was accepted, or why it was refused.
    pub results: Vec<std::result::Result<Message, Value>>,
    /// Whether an earlier request was answered with it already; then this is the same answer.
    pub is_replay: bool,
}

/// What is kept of a result under the batch's idempotency key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Taken(MessageId),
    Refused(Value),
}

/// A message that was prepared, or why it was refused, as the caller shall read it.
type Taken = std::result::Result<Prepared, Value>;

/// The accounts that a batch's messages name, each looked up once.
type Accounts = HashMap<Option<AccountId>, std::result::Result<SendingAccount, Value>>;

impl Engine {
    /// Accepts messages, 1 to 1,000. When this returns, those that were taken are durable, all by
    /// one commit. `news` has a refusal where a message could not even be read; `tell` writes a
    /// refusal as the caller shall read it, now and whenever the same request is repeated.
    pub async fn send_batch(
        &self,
        caller: &Caller,
        news: Vec<Result<NewMessage>>,
        idempotency: Option<IdempotencyUse>,
        tell: &(impl Fn(Error) -> Value + Sync),
    ) -> Result<AcceptedBatch> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        check_count(news.len())?;
        idempotency.as_ref().map_or(Ok(()), |request| check_key(&request.key))?;
        let taken = self.prepare_each(caller, news, tell).await?;
        let taken = self.without_opted_out(caller, taken, tell).await?;
        if taken.iter().all(std::result::Result::is_err) {
            return match self.answered_before(caller, idempotency.as_ref()).await? {
                Some(row) => self.batch_again(caller, &row, tell).await,
                None => Ok(AcceptedBatch {
                    results: taken.into_iter().filter_map(Taken::err).map(Err).collect(),
                    is_replay: false,
                }),
            };
        }
        let repeatable = idempotency.as_ref().map(|request| {
            let kept = serde_json::to_vec(&kept(&taken)).unwrap_or_default();
            self.repeatable(caller, request, self.ids.next::<MessageId>().to_string(), Some(kept))
        });
        let (prepared, places) = apart(taken);
        match self.commit_prepared(caller, prepared, repeatable).await? {
            Committed::Before(row) => self.batch_again(caller, &row, tell).await,
            Committed::Stored(messages) => {
                let mut messages = messages.into_iter();
                let mut next = || messages.next().unwrap_or_else(|| Err(no_such_account())).map_err(tell);
                let results = places.into_iter().map(|refused| refused.map_or_else(&mut next, Err)).collect();
                Ok(AcceptedBatch { results, is_replay: false })
            }
        }
    }

    async fn prepare_each(
        &self,
        caller: &Caller,
        news: Vec<Result<NewMessage>>,
        tell: &(impl Fn(Error) -> Value + Sync),
    ) -> Result<Vec<Taken>> {
        let now = self.clock.now();
        let mut accounts = Accounts::new();
        let mut taken = Vec::with_capacity(news.len());
        for new in news {
            let prepared = match new.and_then(|new| new_message::check(&new, now).map(|()| new)) {
                Ok(new) => self.prepare_of_batch(caller, new, &mut accounts, tell).await?,
                Err(refusal) => Err(told(refusal, tell)?),
            };
            taken.push(prepared);
        }
        Ok(taken)
    }

    /// Refuses messages to people who want no more. The commit asks once more, but what is kept for a
    /// repeat of the request is written before it.
    async fn without_opted_out(
        &self,
        caller: &Caller,
        taken: Vec<Taken>,
        tell: &(impl Fn(Error) -> Value + Sync),
    ) -> Result<Vec<Taken>> {
        let people: Vec<_> = taken
            .iter()
            .flatten()
            .map(|prepared| (caller.workspace_id, caller.mode, &prepared.stored.message.chat_id))
            .collect();
        let opted_out = opt_outs::find_many_any_workspace(&self.database, people).await?;
        let now = self.clock.now();
        let is_refused = |message: &Message| {
            let person = (message.workspace_id, message.mode, message.chat_id.clone());
            opted_out.get(&person).is_some_and(|opt_out| !may_be_written_to(opt_out, now))
        };
        let checked = |taken: Taken| match taken {
            Ok(prepared) if is_refused(&prepared.stored.message) => Err(tell(recipient_opted_out())),
            taken => taken,
        };
        Ok(taken.into_iter().map(checked).collect())
    }

    async fn prepare_of_batch(
        &self,
        caller: &Caller,
        new: NewMessage,
        accounts: &mut Accounts,
        tell: &(impl Fn(Error) -> Value + Sync),
    ) -> Result<Taken> {
        let account = if let Some(known) = accounts.get(&new.account_id) {
            known.clone()
        } else {
            let found = match self.sending_account(caller, new.account_id).await {
                Ok(account) => Ok(account),
                Err(refusal) => Err(told(refusal, tell)?),
            };
            accounts.insert(new.account_id, found.clone());
            found
        };
        let account = match account {
            Ok(account) => account,
            Err(refusal) => return Ok(Err(refusal)),
        };
        match self.prepare_for(caller, account, new).await {
            Ok(prepared) => Ok(Ok(prepared)),
            Err(refusal) => Ok(Err(told(refusal, tell)?)),
        }
    }

    /// The answer to a batch that was committed before.
    async fn batch_again(
        &self,
        caller: &Caller,
        row: &IdempotencyRow,
        tell: &(impl Fn(Error) -> Value + Sync),
    ) -> Result<AcceptedBatch> {
        let kept: Vec<Kept> =
            serde_json::from_slice(row.response.as_deref().unwrap_or_default()).map_err(Error::internal)?;
        let ids: Vec<MessageId> = kept.iter().filter_map(Kept::id).collect();
        let found = messages::find_many(&self.database, caller.workspace_id, caller.mode, &ids).await?;
        let mut found: HashMap<_, _> = found
            .into_iter()
            .filter(|stored| caller.may_use(stored.message.account_id))
            .map(|stored| (stored.message.id, stored.message))
            .collect();
        let results = kept.into_iter().map(|kept| match kept {
            Kept::Refused(refusal) => Err(refusal),
            // Its account was deleted while the batch was committed.
            Kept::Taken(id) => {
                found.remove(&id).map(|message| self.as_accepted(message)).ok_or_else(|| tell(no_such_account()))
            }
        });
        Ok(AcceptedBatch { results: results.collect(), is_replay: true })
    }
}

impl Kept {
    const fn id(&self) -> Option<MessageId> {
        match self {
            Self::Taken(id) => Some(*id),
            Self::Refused(_) => None,
        }
    }
}

fn check_count(count: usize) -> Result<()> {
    let fault = |code, detail: String| Err(Error::invalid(FieldError::new("messages", code, detail)));
    match count {
        0 => fault("too_short", "At least one message was expected.".to_owned()),
        1..=MOST_OF_A_BATCH => Ok(()),
        _ => fault("too_many", format!("At most {MOST_OF_A_BATCH} messages are allowed.")),
    }
}

/// A refusal of one message as the caller shall read it. What would stand against every message
/// stands against the whole batch.
fn told(refusal: Error, tell: &(impl Fn(Error) -> Value + Sync)) -> Result<Value> {
    match refusal {
        Error::Unavailable { .. } | Error::Internal(_) | Error::Unauthenticated(_) | Error::Suspended(_) => {
            Err(refusal)
        }
        refusal => Ok(tell(refusal)),
    }
}

fn kept(taken: &[Taken]) -> Vec<Kept> {
    let one = |taken: &Taken| match taken {
        Ok(prepared) => Kept::Taken(prepared.stored.message.id),
        Err(refusal) => Kept::Refused(refusal.clone()),
    };
    taken.iter().map(one).collect()
}

/// The prepared messages, and for each place of the batch its refusal if it has none.
fn apart(taken: Vec<Taken>) -> (Vec<Prepared>, Vec<Option<Value>>) {
    let mut prepared = Vec::with_capacity(taken.len());
    let places = taken.into_iter().map(|taken| taken.map(|one| prepared.push(one)).err()).collect();
    (prepared, places)
}
