//! The shared commit of new messages with their idempotency rows.

use async_trait::async_trait;
use std::collections::{HashMap, HashSet};
use wagate_model::{AccountId, ChatAddress, ChatId, Content, MediaId, MessageId, Mode, Timestamp, WorkspaceId};
use wagate_store::{
    Database, Result, StoreError, Tx, accounts,
    chats::{self, ChatTouch},
    idempotency::{self, IdempotencyRow},
    in_transaction,
    media::{self, MediaRow},
    messages::{self, NewRow},
    opt_outs::{self, OptOut, Person},
};

use super::prepare::Prepared;
use crate::{contacts::may_be_written_to, group_commit::Batch, limits::quota::Quota};

mod count;

/// The messages of one request, to be accepted together.
pub(crate) struct Accept {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) mode: Mode,
    pub(crate) messages: Vec<NewRowOf>,
    /// What they are counted against.
    pub(crate) quota: Quota,
    /// The idempotency row that commits with them.
    pub(crate) idempotency: Option<Repeatable>,
}

/// A message's row, made before its turn.
pub(crate) struct NewRowOf {
    pub(crate) account_id: AccountId,
    pub(crate) message_id: MessageId,
    pub(crate) row: NewRow,
    /// Where it goes.
    pub(crate) chat_id: ChatAddress,
    /// Whether it only takes something back, which is no message to anybody.
    pub(crate) is_revoke: bool,
    /// What it does to its chat.
    pub(crate) chat: ChatTouch,
    /// When it was accepted.
    pub(crate) at: Timestamp,
    /// Its file.
    pub(crate) media: Option<MediaId>,
    /// The file's row, where that is new.
    pub(crate) pending_media: Option<MediaRow>,
}

impl NewRowOf {
    /// The row of a message, whose chat gets this id if it is the first one there.
    pub(crate) fn new(prepared: &Prepared, new_chat: ChatId) -> Self {
        let (stored, message) = (&prepared.stored, &prepared.stored.message);
        Self {
            account_id: message.account_id,
            message_id: message.id,
            is_revoke: matches!(message.content, Content::Revoke(_)),
            row: NewRow::from(stored),
            chat_id: message.chat_id.clone(),
            chat: ChatTouch::new(new_chat, message),
            at: message.created_at,
            media: message.media.as_ref().map(|media| media.id),
            pending_media: prepared.pending_media.clone(),
        }
    }
}

/// What identifies a request that may be repeated, and what its repeat is answered from.
#[derive(Debug, Clone)]
pub(crate) struct Repeatable {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) scope_hash: String,
    pub(crate) body_hash: String,
    /// Another one for each request: the id of a single message, which stands for the answer.
    pub(crate) token: String,
    pub(crate) response: Option<Vec<u8>>,
    pub(crate) at: Timestamp,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AcceptOutcome {
    /// What became of each of its messages.
    Done(Vec<Fate>),
    /// The same request was committed before.
    Before(IdempotencyRow),
    /// The key was used with another body.
    Mismatch,
    /// The day has only so many messages left; none of the request's is stored.
    OverQuota(u64),
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is stored.
    Stored,
    /// Its account was deleted meanwhile.
    AccountGone,
    /// The recipient wants no more messages.
    OptedOut,
    /// Its file was deleted meanwhile.
    MediaGone,
}

pub(crate) struct AcceptBatch {
    pub(crate) database: Database,
}

#[async_trait]
impl Batch for AcceptBatch {
    type Item = Accept;
    type Output = AcceptOutcome;

    fn weight(item: &Accept) -> usize {
        item.messages.len()
    }

    async fn commit(&self, items: &[Accept]) -> Result<Vec<AcceptOutcome>> {
        match in_transaction!(self.database, |tx| accept(tx, items).await) {
            // The answer to the commit may have been lost, and the rows be there.
            Err(error @ StoreError::Unreachable(_)) => self.read_back(items, error).await,
            outcome => outcome,
        }
    }
}

impl AcceptBatch {
    async fn read_back(&self, items: &[Accept], error: StoreError) -> Result<Vec<AcceptOutcome>> {
        let mut outcomes = Vec::with_capacity(items.len());
        for item in items {
            match self.read_back_one(item).await {
                Ok(Some(outcome)) => outcomes.push(outcome),
                Ok(None) | Err(_) => return Err(error),
            }
        }
        Ok(outcomes)
    }

    /// What one request's rows say; `None` if there are none.
    async fn read_back_one(&self, item: &Accept) -> Result<Option<AcceptOutcome>> {
        let mut fates = Vec::with_capacity(item.messages.len());
        for message in &item.messages {
            let found = messages::find(&self.database, item.workspace_id, item.mode, message.message_id).await?;
            fates.push(if found.is_some() { Fate::Stored } else { Fate::AccountGone });
        }
        if fates.contains(&Fate::Stored) {
            return Ok(Some(AcceptOutcome::Done(fates)));
        }
        let Some(row) = &item.idempotency else { return Ok(None) };
        let claimed = idempotency::find(&self.database, row.workspace_id, &row.scope_hash).await?;
        Ok(claimed.and_then(|present| repeated(row, present)))
    }
}

async fn accept(tx: &mut Tx, items: &[Accept]) -> Result<Vec<AcceptOutcome>> {
    let present = present_accounts(tx, items).await?;
    let opted_out = opted_out(tx, items).await?;
    let files = present_files(tx, items).await?;
    let fates: Vec<Vec<Fate>> = items.iter().map(|item| fates(item, &present, &opted_out, &files)).collect();
    let accepted = items.iter().zip(&fates).filter(|(_, fates)| fates.contains(&Fate::Stored));
    let repeats = claim(tx, accepted.map(|(item, _)| item)).await?;
    let mut outcomes: Vec<_> =
        items.iter().zip(fates).map(|(item, fates)| outcome(item, fates, &repeats)).collect::<Result<_>>()?;
    count::count(tx, items, &mut outcomes).await?;
    let new: Vec<_> = items.iter().zip(&outcomes).flat_map(|(item, outcome)| stored(item, outcome)).collect();
    let (rows, touches): (Vec<_>, Vec<_>) = new.into_iter().map(|new| (new.row.clone(), &new.chat)).unzip();
    messages::insert_many(tx, rows).await?;
    chats::answered(tx, touches).await?;
    use_files(tx, items, &outcomes).await?;
    Ok(outcomes)
}

/// Those of the recipients who want no more messages.
async fn opted_out(tx: &mut Tx, items: &[Accept]) -> Result<HashMap<Person, OptOut>> {
    let people: Vec<_> = items
        .iter()
        .flat_map(|item| item.messages.iter().map(|message| (item.workspace_id, item.mode, &message.chat_id)))
        .collect();
    opt_outs::find_many_any_workspace(tx, people).await
}

/// What becomes of each of a request's messages, if the request is no repeat.
fn fates(
    item: &Accept,
    present: &HashSet<AccountId>,
    opted_out: &HashMap<Person, OptOut>,
    files: &HashSet<MediaId>,
) -> Vec<Fate> {
    let is_refused = |message: &NewRowOf| {
        // Mostly nobody is; then no key is made to look for.
        !opted_out.is_empty()
            && !message.is_revoke
            && opted_out
                .get(&(item.workspace_id, item.mode, message.chat_id.clone()))
                .is_some_and(|opt_out| !may_be_written_to(opt_out, message.at))
    };
    let is_without_file =
        |message: &NewRowOf| message.pending_media.is_none() && message.media.is_some_and(|id| !files.contains(&id));
    let fate = |message: &NewRowOf| match present.contains(&message.account_id) {
        false => Fate::AccountGone,
        true if is_refused(message) => Fate::OptedOut,
        true if is_without_file(message) => Fate::MediaGone,
        true => Fate::Stored,
    };
    item.messages.iter().map(fate).collect()
}

fn stored<'a>(item: &'a Accept, outcome: &'a AcceptOutcome) -> impl Iterator<Item = &'a NewRowOf> + 'a {
    let fates: &[Fate] = if let AcceptOutcome::Done(fates) = outcome { fates } else { &[] };
    item.messages.iter().zip(fates).filter(|(_, fate)| **fate == Fate::Stored).map(|(message, _)| message)
}

/// Which of the files are there. They cannot be deleted before the commit.
async fn present_files(tx: &mut Tx, items: &[Accept]) -> Result<HashSet<MediaId>> {
    let messages = items.iter().flat_map(|item| &item.messages);
    let ids: Vec<_> = messages.filter(|message| message.pending_media.is_none()).filter_map(|one| one.media).collect();
    media::hold_ready_any_workspace(tx, &ids).await
}

/// Notes which message uses which file, and the files that are still to be fetched.
async fn use_files(tx: &mut Tx, items: &[Accept], outcomes: &[AcceptOutcome]) -> Result<()> {
    let (mut rows, mut uses) = (Vec::new(), Vec::new());
    for (item, outcome) in items.iter().zip(outcomes) {
        for message in stored(item, outcome) {
            rows.extend(message.pending_media.clone());
            uses.extend(message.media.map(|id| (item.workspace_id, message.message_id, id)));
        }
    }
    media::insert_many(tx, &rows).await?;
    media::insert_uses(tx, &uses).await
}

/// Which of the accounts are there. They cannot be deleted before the commit, so that no message
/// slips in behind the deletion that cancels the queue.
async fn present_accounts(tx: &mut Tx, items: &[Accept]) -> Result<HashSet<AccountId>> {
    let mut ids: Vec<_> = items.iter().flat_map(|item| &item.messages).map(|message| message.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    accounts::hold_present_any_workspace(tx, &ids).await
}

/// Puts in the idempotency rows; where one is there already it stays. Reads back whose are there.
async fn claim(tx: &mut Tx, items: impl Iterator<Item = &Accept>) -> Result<HashMap<String, IdempotencyRow>> {
    let rows: Vec<_> = items.filter_map(|item| item.idempotency.as_ref()).map(answered).collect();
    let hashes: Vec<_> = rows.iter().map(|row| row.scope_hash.clone()).collect();
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    idempotency::insert_many(tx, rows).await?;
    let present = idempotency::find_many_any_workspace(tx, &hashes).await?;
    Ok(present.into_iter().map(|row| (row.scope_hash.clone(), row)).collect())
}

/// The row of an accepted request. The messages' ids stand for the answer, which is made from
/// the messages whenever it is asked for.
fn answered(row: &Repeatable) -> IdempotencyRow {
    IdempotencyRow {
        scope_hash: row.scope_hash.clone(),
        workspace_id: row.workspace_id,
        token: row.token.clone(),
        body_hash: row.body_hash.clone(),
        lease_until: None,
        status_code: None,
        response: row.response.clone(),
        is_sealed: false,
        created_at: row.at,
    }
}

fn outcome(item: &Accept, fates: Vec<Fate>, claimed: &HashMap<String, IdempotencyRow>) -> Result<AcceptOutcome> {
    let row = item.idempotency.as_ref().filter(|_| fates.contains(&Fate::Stored));
    let Some(row) = row else { return Ok(AcceptOutcome::Done(fates)) };
    let Some(present) = claimed.get(&row.scope_hash) else {
        return Err(StoreError::Unreadable {
            column: "scope_hash".to_owned(),
            detail: "the row just written is not there".to_owned(),
        });
    };
    Ok(repeated(row, present.clone()).unwrap_or(AcceptOutcome::Done(fates)))
}

/// What a key that is in use means for the request: it is a repeat, or another request; `None`
/// where this is its first use.
fn repeated(row: &Repeatable, present: IdempotencyRow) -> Option<AcceptOutcome> {
    if present.body_hash != row.body_hash {
        return Some(AcceptOutcome::Mismatch);
    }
    (present.token != row.token).then_some(AcceptOutcome::Before(present))
}
