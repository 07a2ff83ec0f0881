//! One transaction of records: read and lock, apply in order, write.

use super::{AccountRef, Outcome, Record, Recorded, What, outcome::Failed, people::Word};
use crate::{
    engine::{Bells, Shared},
    events,
    group_commit::Batch,
};
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, OnceLock, Weak},
};
use wagate_model::{AccountId, ChatAddress, Direction, Event, MessageId, Mode, WorkspaceId};
use wagate_store::{
    Result, StoreError, Tx,
    accounts::{self, AccountRow, StatusChange},
    attempts::{self, AttemptEnd},
    chats::{self, ChatTouch},
    in_transaction, leases,
    messages::{self, StoredMessage},
};

/// Commits records. Patient: what happened cannot be refused.
pub(crate) struct RecordBatch {
    /// The engine, set once it stands; weak, since the engine holds the way in here.
    pub(crate) shared: OnceLock<Weak<Shared>>,
    pub(crate) bells: Arc<Bells>,
}

#[async_trait]
impl Batch for RecordBatch {
    type Item = Record;
    type Output = Recorded;

    async fn commit(&self, records: &[Record]) -> Result<Vec<Recorded>> {
        let shared = self.shared.get().and_then(Weak::upgrade).ok_or(StoreError::Stopping)?;
        let (recorded, work) = in_transaction!(shared.database, |tx| async {
            let mut work = Work::load(tx, &shared, records).await?;
            let mut recorded = Vec::with_capacity(records.len());
            for record in records {
                recorded.push(work.apply(&shared, record));
            }
            work.write(tx, &shared).await?;
            Ok::<_, StoreError>((recorded, work))
        }
        .await)?;
        self.bells.courier.ring(work.to_ring);
        self.bells.tell_of_messages(work.changed);
        Ok(recorded)
    }

    fn is_patient(&self) -> bool {
        true
    }
}

/// What one transaction read and changes.
pub(super) struct Work {
    pub(super) stored: HashMap<MessageId, StoredMessage>,
    pub(super) by_provider_id: HashMap<(AccountId, String), MessageId>,
    /// The network's ids of incoming messages that are stored already.
    pub(super) known_inbound: HashSet<(AccountId, String)>,
    pub(super) accounts: HashMap<AccountId, AccountRow>,
    /// The leases that this node holds, with their epochs: records of an earlier epoch may stand
    /// beside them.
    valid_leases: HashSet<(AccountId, i64)>,
    pub(super) changed: Vec<MessageId>,
    pub(super) changed_accounts: Vec<AccountId>,
    pub(super) ends: Vec<AttemptEnd>,
    pub(super) incoming: Vec<StoredMessage>,
    /// What the incoming messages do to their chats.
    pub(super) chats: Vec<ChatTouch>,
    /// Incoming messages of one person alone, in their order.
    pub(super) words: Vec<Word>,
    pub(super) news: BTreeMap<(WorkspaceId, Mode), Vec<Event>>,
    /// Accounts that work again: what was held goes.
    pub(super) released: Vec<AccountRef>,
    /// Chats that somebody wrote in while new chats are restricted: they are not new any more.
    pub(super) opened: Vec<(AccountRef, ChatAddress)>,
    to_ring: events::ToRing,
}

impl Work {
    async fn load(tx: &mut Tx, shared: &Shared, records: &[Record]) -> Result<Self> {
        let by_provider_id = find_by_provider_ids(tx, records, Direction::Outgoing).await?;
        let known_inbound = find_by_provider_ids(tx, records, Direction::Incoming).await?.into_keys().collect();
        let ids: Vec<_> =
            records.iter().filter_map(Record::message_id).chain(by_provider_id.values().copied()).collect();
        let stored = messages::lock_many_any_workspace(tx, &ids).await?;
        let valid_leases = check_leases(tx, shared, records).await?;
        let mut rows = HashMap::new();
        let mut touched: Vec<_> =
            records.iter().filter(|record| record.may_change_account()).map(|record| record.account).collect();
        touched.sort_unstable_by_key(|account| account.id);
        touched.dedup_by_key(|account| account.id);
        for account in touched {
            if let Some(row) = accounts::lock(tx, account.workspace_id, account.id).await? {
                rows.insert(account.id, row);
            }
        }
        Ok(Self {
            stored: stored.into_iter().map(|stored| (stored.message.id, stored)).collect(),
            by_provider_id,
            known_inbound,
            accounts: rows,
            valid_leases,
            changed: Vec::new(),
            changed_accounts: Vec::new(),
            ends: Vec::new(),
            incoming: Vec::new(),
            chats: Vec::new(),
            words: Vec::new(),
            news: BTreeMap::new(),
            released: Vec::new(),
            opened: Vec::new(),
            to_ring: Vec::new(),
        })
    }

    fn apply(&mut self, shared: &Shared, record: &Record) -> Recorded {
        let account = &record.account;
        let is_ours = self.valid_leases.contains(&(account.id, account.epoch));
        match &record.what {
            What::Outcome { message_id, attempt, outcome: Outcome::Accepted { provider_message_id }, at } => {
                self.accepted(*message_id, *attempt, provider_message_id, *at);
                Recorded::default()
            }
            What::Outcome { message_id, attempt, outcome: Outcome::Failed(failure), at } if is_ours => {
                self.failed(shared, account, &Failed { message_id: *message_id, attempt: *attempt, failure, at: *at })
            }
            What::Receipt { provider_message_id, kind, at } => {
                self.receipt(account, provider_message_id, *kind, *at);
                Recorded::default()
            }
            What::Inbound(inbound) => {
                self.inbound(shared, account, inbound);
                Recorded::default()
            }
            What::Connection { status, reason, phone_number, at } if is_ours => {
                self.connection(account, *status, *reason, phone_number.clone(), *at)
            }
            What::HeldNewChat { message_id, until, at } if is_ours => self.held_new_chat(*message_id, *until, *at),
            // Another node acts for the account now; it decides.
            What::Outcome { .. } | What::Connection { .. } | What::HeldNewChat { .. } => Recorded::default(),
        }
    }

    async fn write(&mut self, tx: &mut Tx, shared: &Shared) -> Result<()> {
        self.changed.sort_unstable();
        self.changed.dedup();
        let changed: Vec<_> = self.changed.iter().filter_map(|id| self.stored.get(id)).cloned().collect();
        messages::save_many(tx, &changed).await?;
        attempts::end_many(tx, &self.ends).await?;
        messages::insert_many(tx, &self.incoming).await?;
        chats::heard(tx, &self.chats).await?;
        self.meet(tx, shared).await?;
        self.changed_accounts.sort_unstable();
        self.changed_accounts.dedup();
        for id in &self.changed_accounts {
            if let Some(row) = self.accounts.get(id) {
                save_connection(tx, row).await?;
            }
        }
        for account in &self.released {
            messages::release_held(tx, account.workspace_id, account.id, None, shared.clock.now()).await?;
        }
        for (account, chat) in &self.opened {
            messages::release_held(tx, account.workspace_id, account.id, Some(chat), shared.clock.now()).await?;
        }
        for ((workspace_id, mode), news) in &self.news {
            self.to_ring.extend(events::append(tx, shared, *workspace_id, *mode, news).await?);
        }
        Ok(())
    }

    /// Notes a changed message and its event.
    pub(super) fn tell(&mut self, id: MessageId) {
        if let Some(stored) = self.stored.get(&id) {
            let message = stored.message.clone();
            self.news
                .entry((message.workspace_id, message.mode))
                .or_default()
                .push(Event::MessageStatus(Box::new(message)));
            self.changed.push(id);
        }
    }
}

impl Record {
    const fn message_id(&self) -> Option<MessageId> {
        match self.what {
            What::Outcome { message_id, .. } | What::HeldNewChat { message_id, .. } => Some(message_id),
            What::Receipt { .. } | What::Inbound(_) | What::Connection { .. } => None,
        }
    }

    fn provider_id(&self, direction: Direction) -> Option<String> {
        match (&self.what, direction) {
            (What::Receipt { provider_message_id, .. }, Direction::Outgoing) => Some(provider_message_id.clone()),
            (What::Inbound(inbound), Direction::Incoming) => Some(inbound.provider_message_id.clone()),
            _ => None,
        }
    }

    const fn may_change_account(&self) -> bool {
        matches!(self.what, What::Connection { .. } | What::Outcome { outcome: Outcome::Failed(_), .. })
    }

    /// Whether only the lease's holder may record it. What the network took, and what it says, is
    /// recorded whatever the epoch.
    const fn needs_lease(&self) -> bool {
        matches!(
            self.what,
            What::Connection { .. } | What::HeldNewChat { .. } | What::Outcome { outcome: Outcome::Failed(_), .. }
        )
    }
}

async fn save_connection(tx: &mut Tx, row: &AccountRow) -> Result<()> {
    let account = &row.account;
    let change = StatusChange {
        status: account.status,
        reason: account.status_reason,
        phone_number: account.phone_number.clone(),
        at: account.updated_at,
    };
    accounts::set_status(tx, account.workspace_id, account.id, &change).await?;
    accounts::set_new_chats_held_until(
        tx,
        account.workspace_id,
        account.id,
        row.new_chats_held_until,
        account.updated_at,
    )
    .await
    .map(drop)
}

async fn find_by_provider_ids(
    tx: &mut Tx,
    records: &[Record],
    direction: Direction,
) -> Result<HashMap<(AccountId, String), MessageId>> {
    let mut wanted: BTreeMap<AccountId, Vec<String>> = BTreeMap::new();
    for record in records {
        if let Some(id) = record.provider_id(direction) {
            wanted.entry(record.account.id).or_default().push(id);
        }
    }
    let mut found = HashMap::new();
    for (account, ids) in wanted {
        for (provider_id, id) in messages::by_provider_ids_any_workspace(&mut *tx, account, direction, &ids).await? {
            found.insert((account, provider_id), id);
        }
    }
    Ok(found)
}

async fn check_leases(tx: &mut Tx, shared: &Shared, records: &[Record]) -> Result<HashSet<(AccountId, i64)>> {
    let mut held: Vec<(AccountId, i64)> = records
        .iter()
        .filter(|record| record.needs_lease())
        .map(|record| (record.account.id, record.account.epoch))
        .collect();
    held.sort_unstable();
    held.dedup();
    let wanted: Vec<_> = held.iter().map(|(id, epoch)| (id.to_string(), *epoch)).collect();
    let valid: HashSet<(String, i64)> = leases::check(tx, &shared.config.node, &wanted).await?.into_iter().collect();
    Ok(held.into_iter().filter(|(id, epoch)| valid.contains(&(id.to_string(), *epoch))).collect())
}
