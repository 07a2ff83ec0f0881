//! A message is accepted: checked, committed, and only then answered.

use super::accept::{Accept, AcceptOutcome, Repeatable};
use crate::{
    Engine, Error, Result,
    error::{require, require_active},
    idempotency::{IdempotencyUse, check_key, scope_hash},
};
use serde_json::{Map, Value};
use wagate_model::{
    Account, AccountId, Caller, ChatAddress, Content, FieldError, Message, MessageHome, MessageId, ProviderKind, Scope,
};
use wagate_store::messages::{NewRow, StoredMessage};

/// A message as the caller wrote it.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The account that shall send it; may be left out if the caller can use exactly one.
    pub account_id: Option<AccountId>,
    /// Whom it goes to.
    pub to: ChatAddress,
    /// What it says.
    pub content: Content,
    /// The caller's own reference, up to 255 characters.
    pub client_ref: Option<String>,
    /// The caller's own data, up to 4,096 bytes as JSON.
    pub metadata: Map<String, Value>,
}

/// An accepted message.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The message as it was accepted.
    pub message: Message,
    /// Whether an earlier request was answered with it already; then this is the same answer.
    pub is_replay: bool,
}

/// What accepting needs to know of an account.
#[derive(Debug, Clone, Copy)]
pub(super) struct SendingAccount {
    id: AccountId,
    provider: ProviderKind,
}

impl From<&Account> for SendingAccount {
    fn from(account: &Account) -> Self {
        Self { id: account.id, provider: account.provider }
    }
}

fn no_such_account() -> Error {
    Error::invalid(FieldError::new("account_id", "not_found", "There is no such account in this workspace and mode."))
}

const LONGEST_CLIENT_REF: usize = 255;
const LARGEST_METADATA: usize = 4096;

impl Engine {
    /// Accepts a message. When this returns it is durable.
    pub async fn send_message(
        &self,
        caller: &Caller,
        new: NewMessage,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        require(caller, Scope::MessagesSend)?;
        require_active(caller)?;
        check(&new)?;
        idempotency.as_ref().map_or(Ok(()), |request| check_key(&request.key))?;
        match self.checked_account(caller, &new).await {
            Ok(account) => self.accept_message(caller, account, new, None, idempotency).await,
            Err(refusal) => self.accepted_before(caller, idempotency.as_ref(), refusal).await,
        }
    }

    async fn checked_account(&self, caller: &Caller, new: &NewMessage) -> Result<SendingAccount> {
        let account = self.sending_account(caller, new.account_id).await?;
        self.check_content(account.provider, &new.content)?;
        Ok(account)
    }

    /// The message that answered the same request before: what stands against the request now did
    /// not stand against it then. If there is none, the refusal.
    pub(super) async fn accepted_before(
        &self,
        caller: &Caller,
        idempotency: Option<&IdempotencyUse>,
        refusal: Error,
    ) -> Result<Accepted> {
        let Some(request) = idempotency else { return Err(refusal) };
        let Some(row) =
            wagate_store::idempotency::find(&self.database, caller.workspace_id, &scope_hash(caller, request)).await?
        else {
            return Err(refusal);
        };
        if row.body_hash != request.body_hash {
            return Err(Error::IdempotencyMismatch);
        }
        let id = row.token.parse().map_err(Error::internal)?;
        self.accepted_again(caller, id).await
    }

    async fn accepted_again(&self, caller: &Caller, id: MessageId) -> Result<Accepted> {
        let message = self.any_message(caller, id).await?.message;
        // The account may be gone by now; an id of our choice is known by itself.
        let mut chosen = self
            .providers
            .iter()
            .filter(|provider| self.chooses_ids(provider.kind()))
            .map(|provider| provider.new_message_id(id));
        let has_chosen_id = chosen.any(|chosen| message.provider_message_id.as_ref() == Some(&chosen));
        Ok(Accepted { message: message.as_accepted(has_chosen_id), is_replay: true })
    }

    /// Commits a checked message, or finds the one that answered the same request before.
    pub(super) async fn accept_message(
        &self,
        caller: &Caller,
        account: SendingAccount,
        new: NewMessage,
        retry_of: Option<MessageId>,
        idempotency: Option<IdempotencyUse>,
    ) -> Result<Accepted> {
        let stored = self.queued(caller, account, new, retry_of);
        let request = idempotency;
        let idempotency = request.as_ref().map(|request| Repeatable {
            workspace_id: caller.workspace_id,
            scope_hash: scope_hash(caller, request),
            body_hash: request.body_hash.clone(),
            at: stored.message.created_at,
        });
        let outcome = self
            .accepts
            .submit(Accept {
                workspace_id: caller.workspace_id,
                mode: caller.mode,
                account_id: account.id,
                message_id: stored.message.id,
                row: NewRow::from(&stored),
                idempotency,
            })
            .await?;
        match outcome {
            AcceptOutcome::Stored => {
                self.bells.lanes.ring([account.id]);
                Ok(Accepted { message: stored.message, is_replay: false })
            }
            AcceptOutcome::Replay(id) => self.accepted_again(caller, id).await,
            AcceptOutcome::AccountGone => self.accepted_before(caller, request.as_ref(), no_such_account()).await,
            AcceptOutcome::Mismatch => Err(Error::IdempotencyMismatch),
        }
    }

    fn queued(
        &self,
        caller: &Caller,
        account: SendingAccount,
        new: NewMessage,
        retry_of: Option<MessageId>,
    ) -> StoredMessage {
        let id: MessageId = self.ids.next();
        let now = self.clock.now();
        let provider = self.provider(account.provider).filter(|_| self.chooses_ids(account.provider));
        let home = MessageHome { workspace_id: caller.workspace_id, mode: caller.mode, account_id: account.id };
        let mut message = Message::outgoing(id, home, new.to, new.content, now);
        message.client_ref = new.client_ref;
        message.metadata = new.metadata;
        message.retry_of = retry_of;
        message.provider_message_id = provider.map(|provider| provider.new_message_id(id));
        StoredMessage { message, due_at: Some(now), waiting_since: None }
    }

    /// The account that shall send: the named one, or the only one that the caller can use.
    async fn sending_account(&self, caller: &Caller, named: Option<AccountId>) -> Result<SendingAccount> {
        if let Some(id) = named {
            return match self.named_account(caller, id).await {
                Err(Error::NotFound(_)) => Err(no_such_account()),
                found => found,
            };
        }
        let mut usable = self.usable_accounts(caller, 2).await?;
        match (usable.pop(), usable.is_empty()) {
            (Some(account), true) => Ok(SendingAccount::from(&account)),
            (None, _) => Err(Error::invalid(FieldError::new(
                "account_id",
                "required",
                "There is no account yet: create one first.",
            ))),
            (Some(_), false) => Err(Error::invalid(FieldError::new(
                "account_id",
                "required",
                "Several accounts can be used: name one of them.",
            ))),
        }
    }

    /// An account that runs on this node is known without asking the database.
    async fn named_account(&self, caller: &Caller, id: AccountId) -> Result<SendingAccount> {
        let running = self.sessions.get(id).map(|running| running.account);
        match running.filter(|account| {
            account.workspace_id == caller.workspace_id && account.mode == caller.mode && caller.may_use(id)
        }) {
            Some(account) => Ok(SendingAccount { id, provider: account.provider }),
            None => Ok(SendingAccount::from(&self.known_account(caller, id).await?)),
        }
    }

    pub(crate) fn check_content(&self, provider: ProviderKind, content: &Content) -> Result<()> {
        let kind = content.kind();
        let present = self.provider(provider).ok_or_else(|| {
            Error::UnsupportedByProvider(format!("This gateway runs without the provider `{provider}`."))
        })?;
        if present.capabilities().content.contains(&kind) {
            Ok(())
        } else {
            Err(Error::UnsupportedByProvider(format!(
                "The provider `{provider}` cannot send messages of type `{kind}`."
            )))
        }
    }
}

fn check(new: &NewMessage) -> Result<()> {
    let mut faults = Vec::new();
    if let Some(reference) = &new.client_ref {
        if reference.chars().count() > LONGEST_CLIENT_REF {
            faults.push(FieldError::new("client_ref", "too_long", format!("At most {LONGEST_CLIENT_REF} characters.")));
        }
        if reference.contains('\0') {
            faults.push(FieldError::format("client_ref", "A text without NUL was expected."));
        }
    }
    let metadata = Value::Object(new.metadata.clone()).to_string();
    if metadata.len() > LARGEST_METADATA {
        faults.push(FieldError::new("metadata", "too_long", format!("At most {LARGEST_METADATA} bytes of JSON.")));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}
