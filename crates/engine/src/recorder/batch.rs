//! One transaction of records: read and lock, apply in order, write.

use super::{AccountRef, Outcome, Record, Recorded, What, outcome::Failed, people::Word, rewrite::target_of};
use crate::{
    engine::{Bells, Shared},
    erasures::erased_network_id,
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
    media::{self, MediaRow},
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

/// Messages by the network's ids of them.
type ByProviderId = HashMap<(AccountId, String), MessageId>;

/// What one transaction read and changes.
pub(super) struct Work {
    pub(super) stored: HashMap<MessageId, StoredMessage>,
    pub(super) by_provider_id: ByProviderId,
    /// Incoming messages that are stored already, or in this transaction.
    pub(super) by_incoming_id: ByProviderId,
    pub(super) accounts: HashMap<AccountId, AccountRow>,
    /// The leases that this node holds, with their epochs: records of an earlier epoch may stand
    /// beside them.
    valid_leases: HashSet<(AccountId, i64)>,
    pub(super) changed: Vec<MessageId>,
    /// Those of which what they say changed.
    pub(super) rewritten: Vec<MessageId>,
    pub(super) changed_accounts: Vec<AccountId>,
    pub(super) ends: Vec<AttemptEnd>,
    pub(super) incoming: Vec<StoredMessage>,
    /// Files of incoming messages, still to be fetched.
    pub(super) files: Vec<MediaRow>,
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
        let by_incoming_id = find_by_provider_ids(tx, records, Direction::Incoming).await?;
        let ids: Vec<_> =
            records.iter().filter_map(|record| record.touches(&by_provider_id, &by_incoming_id)).collect();
        let mut stored = messages::lock_many_any_workspace(tx, &ids).await?;
        // What these edit or take back, if they turn out to have arrived.
        let targets: Vec<_> = stored.iter().filter_map(|stored| target_of(&stored.message)).collect();
        let more: Vec<_> = targets.into_iter().filter(|id| !ids.contains(id)).collect();
        stored.extend(messages::lock_many_any_workspace(tx, &more).await?);
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
            by_incoming_id,
            accounts: rows,
            valid_leases,
            changed: Vec::new(),
            rewritten: Vec::new(),
            changed_accounts: Vec::new(),
            ends: Vec::new(),
            incoming: Vec::new(),
            files: Vec::new(),
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
            What::Edited(edited) => {
                self.edited(account, edited);
                Recorded::default()
            }
            What::Revoked(revoked) => {
                self.revoked(account, revoked);
                Recorded::default()
            }
            What::Connection { status, reason, phone_number, at } if is_ours => {
                self.connection(account, *status, *reason, phone_number.clone(), *at)
            }
            What::HeldNewChat { message_id, until, reason, at } if is_ours => {
                self.held_new_chat(*message_id, *until, *reason, *at)
            }
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
        messages::rewrite_many(tx, &self.rewritten()).await?;
        media::insert_many(tx, &self.files).await?;
        let files = self.files.iter().map(|row| &row.media);
        let uses = files.filter_map(|file| Some((file.workspace_id, file.message_id?, file.id)));
        media::insert_uses(tx, &uses.collect::<Vec<_>>()).await?;
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

    /// The messages of which what they say changed.
    fn rewritten(&mut self) -> Vec<StoredMessage> {
        self.rewritten.sort_unstable();
        self.rewritten.dedup();
        let fresh = |id: &MessageId| self.incoming.iter().find(|stored| stored.message.id == *id);
        self.rewritten.iter().filter_map(|id| self.stored.get(id).or_else(|| fresh(id))).cloned().collect()
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
    /// The message that it changes.
    fn touches(&self, outgoing: &ByProviderId, incoming: &ByProviderId) -> Option<MessageId> {
        let known = |ids: &ByProviderId, id: &String| ids.get(&(self.account.id, id.clone())).copied();
        match &self.what {
            What::Outcome { message_id, .. } | What::HeldNewChat { message_id, .. } => Some(*message_id),
            What::Receipt { provider_message_id, .. } => known(outgoing, provider_message_id),
            What::Edited(edited) => known(incoming, &edited.provider_message_id),
            What::Revoked(revoked) => known(incoming, &revoked.provider_message_id),
            What::Inbound(_) | What::Connection { .. } => None,
        }
    }

    /// The network's ids of messages in a direction that it speaks of.
    fn provider_ids(&self, direction: Direction) -> Vec<&str> {
        match (&self.what, direction) {
            (What::Receipt { provider_message_id, .. }, Direction::Outgoing) => vec![provider_message_id],
            (What::Inbound(inbound), _) => {
                let own = Some(inbound.provider_message_id.as_str()).filter(|_| direction == Direction::Incoming);
                [own, inbound.reply_to.as_deref(), inbound.content.refers_to()].into_iter().flatten().collect()
            }
            (What::Edited(edited), Direction::Incoming) => vec![&edited.provider_message_id],
            (What::Revoked(revoked), Direction::Incoming) => vec![&revoked.provider_message_id],
            _ => Vec::new(),
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

async fn find_by_provider_ids(tx: &mut Tx, records: &[Record], direction: Direction) -> Result<ByProviderId> {
    let mut wanted: BTreeMap<AccountId, Vec<String>> = BTreeMap::new();
    for record in records {
        for id in record.provider_ids(direction) {
            let ids = wanted.entry(record.account.id).or_default();
            if direction == Direction::Incoming {
                ids.push(erased_network_id(id));
            }
            ids.push(id.to_owned());
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
