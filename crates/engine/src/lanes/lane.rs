//! One account's lane: asleep unless it has work, in order per chat, at the provider's pace.

use super::{
    ready::Ready,
    referring::{self, Referring},
    start::{Start, Started},
};
use crate::{
    Engine, Result,
    recorder::{CHAT_WAITS_AT_MOST, Outcome, Record, What},
    sessions::Running,
};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};
use wagate_model::{
    ChatAddress, Message, Policy, Reason, Timestamp,
    provider::{Outbound, Receipt, SendFailure},
    reason::SlowDown,
};
use wagate_store::messages::{self, Due, DueFilter, StoredMessage};

/// How many due messages are read at once, and below how many more are read.
const READ_AT_ONCE: u32 = 200;
const READ_BELOW: usize = 100;
/// How long a lane sleeps at most and at least while something waits in the database.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
const SHORTEST_SLEEP: Duration = Duration::from_millis(50);
/// How long a lane pauses when it could not begin an attempt.
const STUMBLE: Duration = Duration::from_millis(500);
/// How long a lane of a suspended workspace waits before it looks again.
const SUSPENDED: Duration = Duration::from_secs(5);
/// The longest that a rate limit stops a whole lane.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// How far off the next message must be for a lane to end: the supervisor calls it again in time.
pub(super) const FAR: Duration = Duration::from_mins(15);

struct Lane {
    /// Chats whose recipient is left alone until then.
    resting: Vec<(ChatAddress, Timestamp)>,
    engine: Engine,
    running: Arc<Running>,
    ready: Ready,
    sends: JoinSet<Sent>,
    in_flight_at_most: usize,
    paused_until: Option<Timestamp>,
    /// When the pause is over even if the clock was set back meanwhile.
    pause_ends: Option<Instant>,
    /// Whether the database may have something due that is not here.
    may_have_more: bool,
}

/// What came of one message's turn.
struct Sent {
    chat: ChatAddress,
    /// Whether an attempt was made.
    was_tried: bool,
    /// Whether the message waits for another attempt.
    waits: bool,
    pauses_lane_until: Option<Timestamp>,
}

/// Sends what is due until nothing waits any more.
pub(super) async fn run(engine: Engine, running: Arc<Running>) {
    let in_flight_at_most =
        engine.provider(running.account.provider).map_or(1, |provider| provider.capabilities().sends_in_flight);
    let mut lane = Lane {
        engine,
        running,
        resting: Vec::new(),
        ready: Ready::default(),
        sends: JoinSet::new(),
        in_flight_at_most,
        paused_until: None,
        pause_ends: None,
        may_have_more: true,
    };
    if lane.running.has_loose_ends() {
        lane.tie_loose_ends().await;
    }
    loop {
        if lane.may_send() && lane.may_have_more && lane.ready.len() < READ_BELOW {
            lane.engine.lane_tasks.answer(lane.running.account.id);
            if let Err(error) = lane.fill().await {
                tracing::warn!(account_id = %lane.running.account.id, error = %error, "a lane could not read its queue");
                tokio::time::sleep(STUMBLE).await;
            }
        }
        lane.send_ready();
        if lane.sends.is_empty() && lane.is_finished().await {
            return;
        }
        lane.wait().await;
    }
}

use paced::nap_of;

impl Lane {
    fn may_send(&self) -> bool {
        let now = self.engine.clock.now();
        let is_paused = self.paused_until.is_some_and(|until| until > now)
            && self.pause_ends.is_some_and(|end| end > Instant::now());
        !self.running.has_loose_ends()
            && self.running.is_connected()
            && !self.engine.stop.is_cancelled()
            && !is_paused
            && self.quiet_until(now).is_none()
    }

    /// Attempts whose outcome was not recorded are of unknown outcome. Nothing else is in flight when
    /// a lane begins.
    async fn tie_loose_ends(&self) {
        match self.engine.recover_in_flight(&self.running.account).await {
            Ok(()) => self.running.loose_ends_are_tied(),
            Err(error) => {
                tracing::warn!(account_id = %self.running.account.id, error = %error, "attempts without outcome could not be looked for");
                tokio::time::sleep(STUMBLE).await;
            }
        }
    }

    /// Reads what is due: first the messages that are tried again, then the queue, each without
    /// the chats that must wait.
    async fn fill(&mut self) -> Result<()> {
        let account = self.running.account;
        let database = self.engine.database.clone();
        let now = self.engine.clock.now();
        let mut except = self.ready.chats();
        let due = DueFilter { what: Due::Again, now, except: &except, not_waiting_since: None, limit: READ_AT_ONCE };
        let (again, more_again) = messages::due(&database, account.workspace_id, account.id, due).await?;
        except.extend(again.iter().map(|stored| stored.message.chat_id.clone()));
        let since = Some(now.minus(CHAT_WAITS_AT_MOST));
        let due = DueFilter { what: Due::New, now, except: &except, not_waiting_since: since, limit: READ_AT_ONCE };
        let (queued, more_queued) = messages::due(&database, account.workspace_id, account.id, due).await?;
        self.may_have_more = more_queued || more_again;
        let queued = self.without_held_chats(queued, now).await?;
        let queued = self.within_new_chats(queued, now).await?;
        again.into_iter().chain(queued).for_each(|stored| self.ready.push(stored));
        Ok(())
    }

    /// While new chats are restricted, messages that would open one are held.
    async fn without_held_chats(&self, queued: Vec<StoredMessage>, now: Timestamp) -> Result<Vec<StoredMessage>> {
        let Some(until) = self.running.new_chats_held_until(now) else { return Ok(queued) };
        let account = self.running.account;
        let chats: Vec<_> = queued.iter().map(|stored| stored.message.chat_id.clone()).collect();
        let known =
            messages::known_chats(&self.engine.database, account.workspace_id, account.mode, account.id, &chats)
                .await?;
        let (free, held): (Vec<_>, Vec<_>) =
            queued.into_iter().partition(|stored| known.contains(&stored.message.chat_id));
        let records = held.iter().map(|stored| {
            let what =
                What::HeldNewChat { message_id: stored.message.id, until, reason: Reason::NewChatsRestricted, at: now };
            self.engine.record(Record { account, what })
        });
        futures_util::future::try_join_all(records).await?;
        Ok(free)
    }

    fn send_ready(&mut self) {
        if !self.may_send() {
            self.ready.clear();
            self.may_have_more = true;
            return;
        }
        let now = self.engine.clock.now();
        self.end_rests(now);
        while self.sends.len() < self.in_flight_at_most && self.running.pace.next(now) <= now {
            let Some(stored) = self.ready.pop() else { return };
            self.running.pace.take(now, self.random());
            self.sends.spawn(send(self.engine.clone(), self.running.clone(), stored));
        }
    }

    /// Whether the lane may end: nothing is in flight and nothing waits, or nothing may be sent.
    async fn is_finished(&mut self) -> bool {
        let account = self.running.account;
        if self.engine.stop.is_cancelled() {
            return true;
        }
        if self.running.has_loose_ends() || !self.running.is_connected() {
            // Whoever calls may mean another session of the account than this lane's: a lane of
            // that one hears it.
            self.engine.lane_tasks.leave(account.id);
            self.engine.bells.lanes.ring([account.id]);
            return true;
        }
        if let Some(until) = self.held_back(self.engine.clock.now()) {
            self.nap(until).await;
            return false;
        }
        if !self.ready.is_empty() || self.may_have_more && self.may_send() {
            return false;
        }
        // What waits now is seen below; whoever calls from now on keeps the lane awake.
        self.engine.lane_tasks.answer(account.id);
        match messages::next_due(&self.engine.database, account.workspace_id, account.id).await {
            Ok(due) if due.is_none_or(|due| due > self.engine.clock.now().plus(FAR)) => {
                let may_end = self.engine.lane_tasks.end(account.id);
                self.may_have_more |= !may_end;
                return may_end;
            }
            Ok(_) if self.is_quiet() => return self.engine.lane_tasks.end(account.id),
            Ok(due) => self.sleep_until(due.max(self.paused_until)).await,
            Err(_) => tokio::time::sleep(STUMBLE).await,
        }
        false
    }

    /// Sleeps until something is due, somebody calls, or for a second: clocks may be moved. What
    /// is due already stands behind another message of its chat, and waits for that.
    async fn sleep_until(&mut self, due: Option<Timestamp>) {
        let now = self.engine.clock.now();
        let due = due.unwrap_or(now);
        let sleep = if due <= now { LONGEST_SLEEP } else { due.since(now).clamp(SHORTEST_SLEEP, LONGEST_SLEEP) };
        tokio::select! {
            () = self.running.wake.notified() => {}
            () = self.engine.stop.cancelled() => {}
            () = tokio::time::sleep(sleep) => {}
        }
        self.may_have_more = true;
    }

    async fn wait(&mut self) {
        if self.sends.is_empty() {
            return;
        }
        let now = self.engine.clock.now();
        let held_back = self.held_back(now).map_or(LONGEST_SLEEP, |until| nap_of(until, now));
        let look_again = Instant::now() + held_back;
        tokio::select! {
            Some(sent) = self.sends.join_next() => self.after(sent),
            () = self.running.wake.notified() => self.may_have_more = true,
            () = tokio::time::sleep_until(look_again) => self.may_have_more = true,
        }
        while let Some(sent) = self.sends.try_join_next() {
            self.after(sent);
        }
    }

    fn after(&mut self, sent: std::result::Result<Sent, tokio::task::JoinError>) {
        let Ok(sent) = sent else {
            tracing::error!(account_id = %self.running.account.id, "a send panicked");
            self.running.leave_loose_end();
            return;
        };
        let rest = self.running.pace.rules().rest.filter(|_| sent.was_tried);
        if sent.waits {
            self.ready.wait(&sent.chat);
        } else if let Some(rest) = rest {
            self.resting.push((sent.chat, self.engine.clock.now().plus(rest)));
        } else {
            self.ready.done(&sent.chat);
        }
        let pause = sent.pauses_lane_until.map(|until| Instant::now() + until.since(self.engine.clock.now()));
        self.paused_until = self.paused_until.max(sent.pauses_lane_until);
        self.pause_ends = self.pause_ends.max(pause);
        self.may_have_more = true;
    }
}

/// One message's turn: commit that the attempt begins, make it, commit what came of it.
async fn send(engine: Engine, running: Arc<Running>, stored: StoredMessage) -> Sent {
    let chat = stored.message.chat_id.clone();
    let stumble = |engine: &Engine| Sent {
        chat: chat.clone(),
        was_tried: false,
        waits: true,
        pauses_lane_until: Some(engine.clock.now().plus(STUMBLE)),
    };
    // Before anything is in flight: a link may take its time.
    let Some(fetched) = engine.stop.run_until_cancelled(engine.fetch_outgoing(&stored.message)).await else {
        return stumble(&engine);
    };
    if !engine.leases.may_act() {
        return stumble(&engine);
    }
    let due_at = stored.due_at;
    let referring = match referring::look_up(&engine.database, &stored.message).await {
        Ok(referring) => referring,
        Err(error) => {
            tracing::warn!(message_id = %stored.message.id, error = %error, "what a message speaks of could not be read");
            return stumble(&engine);
        }
    };
    match engine.starts.submit(Start { account: running.account, message_id: stored.message.id }).await {
        Ok(Started::Go(stored)) => attempt(&engine, &running, *stored, (due_at, fetched.and(referring))).await,
        Ok(Started::Skip) => Sent { chat, was_tried: false, waits: false, pauses_lane_until: None },
        Ok(Started::NotOurs) => stumble(&engine),
        Ok(Started::Suspended) => {
            Sent { chat, was_tried: false, waits: true, pauses_lane_until: Some(engine.clock.now().plus(SUSPENDED)) }
        }
        Err(error) => {
            tracing::warn!(message_id = %stored.message.id, error = %error, "an attempt could not begin");
            put_back(&engine, &running, &stored.message).await;
            stumble(&engine)
        }
    }
}

/// The beginning of an attempt may be committed, and only the answer lost: nothing was done then,
/// and nobody else would ever end the attempt. Without that row this does nothing.
async fn put_back(engine: &Engine, running: &Running, message: &Message) {
    let failure = SendFailure::new(Reason::Internal, "The database was away when the attempt was about to be made.");
    let what = What::Outcome {
        message_id: message.id,
        attempt: message.attempts + 1,
        outcome: Outcome::Failed(failure),
        at: engine.clock.now(),
    };
    if let Err(error) = engine.record(Record { account: running.account, what }).await {
        tracing::error!(message_id = %message.id, error = %error, "an attempt that was not made could not be recorded");
    }
}

async fn attempt(
    engine: &Engine,
    running: &Running,
    stored: StoredMessage,
    (due_at, referring): (Option<Timestamp>, std::result::Result<Referring, SendFailure>),
) -> Sent {
    let message = stored.message;
    let began = engine.clock.now();
    metrics::histogram!("queue_wait_seconds").record(due_at.map_or(0.0, |due| began.since(due).as_secs_f64()));
    let result = match referring {
        Ok(referring) => {
            let media = engine.outbound_media(&message);
            deliver(engine, running, &Outbound { media, ..referring.outbound(&message) }).await
        }
        Err(failure) => Err(failure),
    };
    let at = engine.clock.now();
    let reason = result.as_ref().err().map(|failure| failure.reason);
    metrics::histogram!("send_seconds", "outcome" => reason.map_or("accepted", Reason::as_str))
        .record(at.since(began).as_secs_f64());
    let outcome = match result {
        Ok(receipt) => {
            running.ack_seen(at);
            Outcome::Accepted { provider_message_id: receipt.provider_message_id }
        }
        Err(failure) => Outcome::Failed(failure),
    };
    let what = What::Outcome { message_id: message.id, attempt: message.attempts, outcome, at };
    let recorded = engine.record(Record { account: running.account, what }).await.unwrap_or_else(|error| {
        tracing::error!(message_id = %message.id, error = %error, "an outcome could not be recorded");
        running.leave_loose_end();
        crate::recorder::Recorded::default()
    });
    if let Some(status) = recorded.account_status {
        running.set_status(status);
    }
    if let Some(until) = recorded.new_chats_held_until {
        running.hold_new_chats(until);
    }
    let slows_lane = reason.is_some_and(|reason| reason.policy() == Policy::SlowDown(SlowDown::Lane));
    let pause = recorded.waits_until.filter(|_| slows_lane).map(|until| until.min(at.plus(LONGEST_PAUSE)));
    Sent { chat: message.chat_id, was_tried: true, waits: recorded.waits_until.is_some(), pauses_lane_until: pause }
}

async fn deliver(engine: &Engine, running: &Running, outbound: &Outbound) -> std::result::Result<Receipt, SendFailure> {
    let Some(session) = running.session.get() else {
        return Err(SendFailure::new(Reason::ProviderUnavailable, "The account's session has not begun."));
    };
    tokio::time::timeout(engine.config.send_timeout, session.send(outbound))
        .await
        .unwrap_or_else(|_| Err(SendFailure::new(Reason::OutcomeUnknown, "The network did not answer in time.")))
}

mod new_chats;
mod paced;
#[cfg(test)]
mod tests;
