//! One lane with a session that answers as it is told.

use super::*;
use crate::{doorbell::Doorbell, test_account::TestAccount};
use async_trait::async_trait;
use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use wagate_model::{
    AccountStatus, MessageId, Status,
    provider::{QrCode, Session},
};

/// What every test must end within, whatever else the machine does.
const PATIENCE: Duration = Duration::from_secs(30);

/// A network that refuses some sends and takes all others.
#[derive(Default)]
struct Network {
    is_faulty: AtomicBool,
    refusals: Mutex<VecDeque<SendFailure>>,
    taken: Mutex<Vec<MessageId>>,
}

#[async_trait]
impl Session for Network {
    async fn send(&self, message: &Outbound) -> std::result::Result<Receipt, SendFailure> {
        assert!(!self.is_faulty.swap(false, Ordering::Relaxed), "a fault of the provider's own");
        if let Some(refusal) = self.refusals.lock().unwrap().pop_front() {
            return Err(refusal);
        }
        self.taken.lock().unwrap().push(message.message_id);
        Ok(Receipt { provider_message_id: message.provider_message_id.clone() })
    }

    async fn mark_read(&self, _chat: &ChatAddress, _ids: &[String]) -> std::result::Result<(), SendFailure> {
        Ok(())
    }

    fn qr(&self) -> Option<QrCode> {
        None
    }

    async fn stop(&self) {}

    async fn log_out(&self) -> std::result::Result<(), SendFailure> {
        Ok(())
    }
}

/// A connected session of the story's account, as the supervisor would have started it.
fn connected(story: &TestAccount, network: Arc<Network>) -> Arc<Running> {
    let running = Arc::new(Running::new(story.account, None));
    assert!(running.session.set(network).is_ok());
    running.set_status(AccountStatus::Connected);
    story.test.engine.sessions.add(running.clone());
    running
}

/// What the supervisor does when the account's bell rings while a lane may be awake.
fn call(story: &TestAccount, running: &Running) -> bool {
    let must_start = story.test.engine.lane_tasks.call(story.account.id);
    if !must_start {
        running.wake.notify_one();
    }
    must_start
}

async fn lane(story: &TestAccount, running: &Arc<Running>) {
    let ended = run(story.test.engine.clone(), running.clone());
    tokio::time::timeout(PATIENCE, ended).await.expect("the lane ends");
}

async fn is_rung(bell: &Doorbell<wagate_model::AccountId>, id: wagate_model::AccountId) -> bool {
    tokio::time::timeout(PATIENCE, bell.rung()).await.is_ok_and(|rung| rung.contains(&id))
}

#[tokio::test]
async fn a_lane_sends_what_waits_in_order_and_ends() {
    let story = TestAccount::new().await;
    let network = Arc::new(Network::default());
    let running = connected(&story, network.clone());
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.push(story.message(|_| ()).await);
    }
    assert!(call(&story, &running));
    lane(&story, &running).await;
    assert_eq!(*network.taken.lock().unwrap(), expected);
    assert!(call(&story, &running), "it is asleep again");
}

#[tokio::test]
async fn what_comes_while_a_lane_ends_is_sent_by_it_or_by_the_next() {
    let story = TestAccount::new().await;
    let network = Arc::new(Network::default());
    let running = connected(&story, network.clone());
    assert!(call(&story, &running));
    let bring = async {
        let mut brought = Vec::new();
        for _ in 0..20 {
            brought.push(story.message(|_| ()).await);
            if call(&story, &running) {
                lane(&story, &running).await;
            }
        }
        brought
    };
    let (brought, ()) = tokio::join!(bring, lane(&story, &running));
    assert_eq!(*network.taken.lock().unwrap(), brought);
}

#[tokio::test]
async fn a_lane_without_its_session_leaves_the_call_to_the_next_one() {
    let story = TestAccount::new().await;
    let network = Arc::new(Network::default());
    let before = connected(&story, Arc::default());
    let id = story.message(|_| ()).await;
    assert!(call(&story, &before));
    before.set_status(AccountStatus::Disconnected);
    // The account runs anew, and is called, before the earlier session's lane has seen its end.
    let running = connected(&story, network.clone());
    assert!(!call(&story, &running));
    lane(&story, &before).await;
    assert!(is_rung(&story.test.engine.bells.lanes, story.account.id).await);
    assert!(call(&story, &running));
    lane(&story, &running).await;
    assert_eq!(*network.taken.lock().unwrap(), [id]);
}

#[tokio::test]
async fn a_paused_lane_with_nothing_left_to_send_ends() {
    let story = TestAccount::new().await;
    let mut refusal = SendFailure::new(Reason::RateLimited, "slow down");
    refusal.retry_after = Some(Duration::from_mins(1));
    let network = Arc::new(Network { refusals: Mutex::new(VecDeque::from([refusal])), ..Network::default() });
    let running = connected(&story, network.clone());
    let id = story.message(|_| ()).await;
    assert!(call(&story, &running));
    let cancel = async {
        while story.stored(id).await.waiting_since.is_none() {
            tokio::task::yield_now().await;
        }
        story.test.engine.cancel_message(&story.caller, id).await.unwrap();
        // It is paused, not ended, unless it looked just now.
        call(&story, &running);
    };
    tokio::join!(cancel, lane(&story, &running));
    assert_eq!(story.seen(id).await.status, Status::Cancelled);
    assert_eq!(*network.taken.lock().unwrap(), []);
}

#[tokio::test]
async fn a_later_message_of_a_chat_waits_for_the_earlier_ones_next_attempt() {
    let story = TestAccount::new().await;
    let refusals = Mutex::new(VecDeque::from([SendFailure::new(Reason::ProviderUnavailable, "away")]));
    let network = Arc::new(Network { refusals, ..Network::default() });
    let running = connected(&story, network.clone());
    let (first, second) = (story.message(|_| ()).await, story.message(|_| ()).await);
    let other = story.message(|stored| stored.message.chat_id = "+15550100002".parse().unwrap()).await;
    assert!(call(&story, &running));
    let later = async {
        while network.taken.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        story.test.pass(Duration::from_mins(5));
        call(&story, &running);
    };
    tokio::join!(later, lane(&story, &running));
    assert_eq!(*network.taken.lock().unwrap(), [other, first, second]);
}

#[tokio::test]
async fn a_send_that_panics_is_of_unknown_outcome_and_tried_again() {
    let story = TestAccount::new().await;
    let network = Arc::new(Network { is_faulty: AtomicBool::new(true), ..Network::default() });
    let running = connected(&story, network.clone());
    let id = story.message(|_| ()).await;
    assert!(call(&story, &running));
    lane(&story, &running).await;
    assert_eq!(story.stored(id).await.due_at, None, "nobody knows yet that its attempt ended");
    assert!(is_rung(&story.test.engine.bells.lanes, story.account.id).await, "the next lane is called");

    assert!(call(&story, &running));
    let pass = async {
        while !story.stored(id).await.message.outcome_unknown {
            tokio::task::yield_now().await;
        }
        story.test.pass(Duration::from_mins(1));
    };
    tokio::join!(lane(&story, &running), pass);
    assert_eq!(*network.taken.lock().unwrap(), [id]);
    assert_eq!(story.stored(id).await.message.attempts, 2);
}
