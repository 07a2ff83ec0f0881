//! One endpoint's lane: reads ahead what is due, keeps tries in flight, records what came of them.
//!
//! The lane acts only while this node holds the endpoint's lease. Its memory is a convenience: what
//! is due stands in the database, and a try that was not recorded is simply due again.

use super::{
    breaker::Breaker,
    disable::{Cause, is_hopeless},
    post::{Tried, post},
    record::{CourierBatch, Record, Turn},
    schedule,
    target::Target,
    verdict::VerdictKind,
    wake::{LaneBell, Wake},
};
use crate::{Engine, group_commit::GroupCommit};
use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::{
    task::{JoinError, JoinSet},
    time::Instant,
};
use wagate_model::{DeliveryId, EndpointId, Timestamp, webhook::DeliveryStatus};
use wagate_store::{
    deliveries::{self, Due, FailedTry},
    endpoints, in_transaction,
};

/// Fewest deliveries that are read at once.
const BATCH: usize = 64;
/// Most tries whose records are not yet durable.
const MOST_UNRECORDED: usize = 512;
/// How long what was read ahead may wait before it is read anew.
const FRESH: Duration = Duration::from_secs(1);
/// How long a lane stays when nothing is due, so that the next event finds it ready.
const LINGER: Duration = Duration::from_secs(2);
/// How long a stopping engine waits for the answers of receivers.
const LAST_ANSWERS: Duration = Duration::from_secs(4);
/// The pause after a fault of our own.
const FAULT_PAUSE: Duration = Duration::from_secs(2);

/// Whether the lane goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    Leave,
}

/// A try whose record was handed in.
struct Recorded {
    id: DeliveryId,
    /// Whether it is durable; if not, the try is due again.
    is_ok: bool,
    /// Whether the endpoint was to be disabled by it.
    is_over: bool,
}

/// One endpoint's lane.
pub(super) struct Lane {
    engine: Engine,
    id: EndpointId,
    bell: Arc<LaneBell>,
    records: GroupCommit<CourierBatch>,
    target: Option<Arc<Target>>,
    failing_since: Option<Timestamp>,
    breaker: Breaker,
    /// Read ahead, not yet tried.
    ready: VecDeque<Due>,
    read_at: Instant,
    /// In `ready`, in flight or not yet recorded.
    held: HashSet<DeliveryId>,
    /// Due time and id of the last one read.
    cursor: Option<(Timestamp, DeliveryId)>,
    /// There may be more behind the cursor.
    has_news: bool,
    posting: JoinSet<Tried>,
    recording: JoinSet<Recorded>,
}

impl Lane {
    pub(super) fn new(engine: Engine, id: EndpointId, bell: Arc<LaneBell>, records: GroupCommit<CourierBatch>) -> Self {
        let breaker = Breaker::new(engine.config.webhook_concurrency, false);
        Self {
            engine,
            id,
            bell,
            records,
            target: None,
            failing_since: None,
            breaker,
            ready: VecDeque::new(),
            read_at: Instant::now(),
            held: HashSet::new(),
            cursor: None,
            has_news: true,
            posting: JoinSet::new(),
            recording: JoinSet::new(),
        }
    }

    pub(super) const fn id(&self) -> EndpointId {
        self.id
    }

    pub(super) fn bell(&self) -> &LaneBell {
        &self.bell
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.engine.stop.is_cancelled()
    }

    /// Delivers until nothing is due, the lease is another node's, or the engine stops; what is in
    /// flight then is finished.
    pub(super) async fn run(&mut self) {
        self.look_again();
        while self.work().await == Next::GoOn {}
        self.forget_ready();
        let patience = Instant::now() + LAST_ANSWERS;
        while !self.posting.is_empty() || !self.recording.is_empty() {
            self.finish_one(patience).await;
        }
        self.held.clear();
    }

    /// One round: reads what is due if there is room, starts tries, waits for something to happen.
    async fn work(&mut self) -> Next {
        if self.is_stopping() {
            return Next::Leave;
        }
        self.hear_bell();
        self.start_tries();
        if self.has_room() && self.read_ahead().await == Next::Leave {
            return Next::Leave;
        }
        self.start_tries();
        if self.is_idle() {
            return self.linger().await;
        }
        self.wait().await;
        Next::GoOn
    }

    fn hear_bell(&mut self) {
        match self.bell.take() {
            None => {}
            Some(Wake::News) => self.has_news = true,
            Some(Wake::Everything) => self.look_again(),
        }
    }

    /// The next read begins at the longest due.
    fn look_again(&mut self) {
        self.cursor = None;
        self.has_news = true;
    }

    fn forget_ready(&mut self) {
        for due in self.ready.drain(..) {
            self.held.remove(&due.id);
        }
    }

    fn is_paused(&self) -> bool {
        self.breaker.paused_until(Instant::now()).is_some()
    }

    fn is_idle(&self) -> bool {
        self.held.is_empty() && !self.has_news && !self.is_paused()
    }

    /// Whether to read: there may be something, and what was read before is soon used up or stale.
    fn has_room(&mut self) -> bool {
        if !self.ready.is_empty() && self.read_at.elapsed() > FRESH {
            self.forget_ready();
            self.look_again();
        }
        self.has_news
            && !self.is_paused()
            && self.ready.len() < self.breaker.limit()
            && self.recording.len() < MOST_UNRECORDED
    }

    async fn read_ahead(&mut self) -> Next {
        match self.try_read_ahead().await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(endpoint = %self.id, error = %error, "could not read what is due");
                tokio::time::sleep(FAULT_PAUSE).await;
                Next::Leave
            }
        }
    }

    async fn try_read_ahead(&mut self) -> crate::Result<Next> {
        if self.target.is_none() && self.load_target().await? == Next::Leave {
            return Ok(Next::Leave);
        }
        let Some(target) = self.target.clone() else { return Ok(Next::Leave) };
        if !self.engine.hold_endpoint(self.id, target.workspace_id).await {
            return Ok(Next::Leave);
        }
        let now = self.engine.clock.now();
        let limit = self.read_limit();
        let rows =
            deliveries::due(&self.engine.database, target.workspace_id, self.id, now, self.cursor, limit).await?;
        let is_stale = rows.iter().any(|due| due.endpoint_version != target.version) || target.good_until <= now;
        if is_stale && !rows.is_empty() && self.load_target().await? == Next::Leave {
            return Ok(Next::Leave);
        }
        self.has_news = rows.len() >= limit as usize;
        self.read_at = Instant::now();
        self.take_in(rows);
        Ok(Next::GoOn)
    }

    /// From the start, what is held is read again and left out, so it must not use up the limit. A
    /// power of two, so that there are few different statements.
    fn read_limit(&self) -> u32 {
        let again = if self.cursor.is_none() { self.held.len() } else { 0 };
        let batch = BATCH.max(2 * self.breaker.limit());
        u32::try_from((batch + again).next_power_of_two()).unwrap_or(u32::MAX)
    }

    fn take_in(&mut self, rows: Vec<Due>) {
        if let Some(last) = rows.last() {
            self.cursor = Some((last.due_at, last.id));
        }
        for due in rows {
            if self.held.insert(due.id) {
                self.ready.push_back(due);
            }
        }
    }

    /// Reads the endpoint. Of one that is disabled or deleted, what is still pending ends: an event
    /// was being recorded just then.
    async fn load_target(&mut self) -> crate::Result<Next> {
        let Some(row) = endpoints::find_any_workspace(&self.engine.database, self.id).await? else {
            return Ok(Next::Leave);
        };
        let ending = match row.deleted_at {
            Some(_) => Some(DeliveryStatus::Cancelled),
            None if !row.endpoint.is_enabled => Some(DeliveryStatus::Skipped),
            None => None,
        };
        if let Some(status) = ending {
            let (workspace_id, now) = (row.endpoint.workspace_id, self.engine.clock.now());
            in_transaction!(self.engine.database, |tx| {
                deliveries::end_pending(tx, workspace_id, self.id, status, now).await
            })?;
            self.target = None;
            return Ok(Next::Leave);
        }
        if self.target.is_none() {
            self.failing_since = None;
            self.breaker = Breaker::new(self.engine.config.webhook_concurrency, row.endpoint.failing_since.is_some());
        }
        self.failing_since = self.failing_since.or(row.endpoint.failing_since);
        self.target = Some(Arc::new(Target::open(&self.engine, &row)?));
        Ok(Next::GoOn)
    }

    fn start_tries(&mut self) {
        let Some(target) = &self.target else { return };
        while self.posting.len() < self.breaker.limit() && !self.is_paused() && self.engine.leases.may_act() {
            let Some(due) = self.ready.pop_front() else { return };
            let (engine, target) = (self.engine.clone(), Arc::clone(target));
            self.posting.spawn(async move { post(&engine, target, due).await });
        }
    }

    /// Waits for the end of a try or record, the bell, the end of a pause, or the engine's stop.
    async fn wait(&mut self) {
        let until = self.breaker.paused_until(Instant::now()).unwrap_or_else(|| Instant::now() + FRESH);
        tokio::select! {
            Some(tried) = self.posting.join_next() => self.take_tried(tried),
            Some(recorded) = self.recording.join_next() => self.take_recorded(recorded),
            () = self.bell.rung() => {}
            () = tokio::time::sleep_until(until) => {}
            () = self.engine.stop.cancelled() => {}
        }
    }

    /// Waits for the end of a try or record. While the engine stops, tries that are not answered in
    /// time are given up; they are due again after the start.
    async fn finish_one(&mut self, patience: Instant) {
        tokio::select! {
            () = tokio::time::sleep_until(patience), if self.is_stopping() && !self.posting.is_empty() => {
                self.posting.shutdown().await;
            }
            Some(tried) = self.posting.join_next() => self.take_tried(tried),
            Some(recorded) = self.recording.join_next() => self.take_recorded(recorded),
            else => {}
        }
    }

    /// Nothing is held. Looks once more from the start, then waits a little for something new.
    async fn linger(&mut self) -> Next {
        if self.cursor.is_some() {
            self.look_again();
            return Next::GoOn;
        }
        tokio::select! {
            () = self.bell.rung() => Next::GoOn,
            () = tokio::time::sleep(LINGER) => Next::Leave,
            () = self.engine.stop.cancelled() => Next::Leave,
        }
    }

    fn take_tried(&mut self, tried: Result<Tried, JoinError>) {
        match tried {
            Ok(tried) => self.record(&tried),
            Err(error) => tracing::error!(endpoint = %self.id, error = %error, "a try broke off"),
        }
    }

    /// Learns from a try and hands it to the shared commit; disables the endpoint if that is due.
    fn record(&mut self, tried: &Tried) {
        let target = Arc::clone(&tried.target);
        let now = self.engine.clock.now();
        let (turn, cause) = self.learn(tried, now);
        let record = Record {
            workspace_id: target.workspace_id,
            endpoint_id: self.id,
            attempt: tried.attempt(&self.engine),
            failed: (tried.verdict.kind != VerdictKind::Delivered).then(|| self.failed_try(tried, now)),
            turn,
            at: now,
        };
        let (engine, records, endpoint_id, id) = (self.engine.clone(), self.records.clone(), self.id, tried.due.id);
        self.recording.spawn(async move {
            let mut outcome = records.submit(record).await;
            if let (Ok(()), Some(cause)) = (&outcome, cause) {
                outcome = engine.disable_endpoint(target.workspace_id, target.mode, endpoint_id, cause).await;
            }
            if let Err(error) = &outcome {
                tracing::error!(endpoint = %endpoint_id, error = %error, "a try could not be recorded");
            }
            Recorded { id, is_ok: outcome.is_ok(), is_over: cause.is_some() }
        });
    }

    fn learn(&mut self, tried: &Tried, now: Timestamp) -> (Option<Turn>, Option<Cause>) {
        let kind = tried.verdict.kind;
        if kind == VerdictKind::Delivered {
            self.breaker.succeeded();
            return (self.failing_since.take().map(|_since| Turn::Recovers), None);
        }
        self.breaker.failed(Instant::now());
        if kind == VerdictKind::Overloaded {
            self.breaker.throttled(Instant::now(), tried.verdict.retry_after);
        }
        let turn = self.failing_since.is_none().then_some(Turn::BeginsToFail);
        let since = *self.failing_since.get_or_insert(now);
        let hopeless = is_hopeless(since, now).then_some(Cause::Failing);
        (turn, if kind == VerdictKind::Gone { Some(Cause::Gone) } else { hopeless })
    }

    /// A try that somebody asked for is beside the schedule and uses none of its tries.
    fn failed_try(&self, tried: &Tried, now: Timestamp) -> FailedTry {
        let due = &tried.due;
        let tries_left = if due.is_manual { due.tries_left } else { due.tries_left.saturating_sub(1) };
        let pause = schedule::pause(tries_left, tried.verdict.retry_after, &*self.engine.entropy);
        FailedTry {
            id: due.id,
            workspace_id: tried.target.workspace_id,
            attempts: due.attempts.saturating_add(1),
            was_due_at: due.due_at,
            tries_left,
            due_at: pause.map(|pause| now.plus(pause)),
        }
    }

    fn take_recorded(&mut self, recorded: Result<Recorded, JoinError>) {
        match recorded {
            Ok(recorded) => {
                self.held.remove(&recorded.id);
                if recorded.is_over {
                    self.forget_ready();
                    self.target = None;
                    self.look_again();
                }
                if !recorded.is_ok {
                    self.breaker.throttled(Instant::now(), None);
                }
            }
            Err(error) => tracing::error!(endpoint = %self.id, error = %error, "a record broke off"),
        }
    }
}
