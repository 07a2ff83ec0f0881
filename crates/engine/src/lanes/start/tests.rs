//! Attempts that may begin, and those that may not.

use crate::{lanes::Started, operator::OperatorCall, test_account::TestAccount};
use std::time::Duration;
use wagate_model::{MessageId, Reason, Status};
use wagate_store::messages;

async fn in_flight(story: &TestAccount) -> Vec<MessageId> {
    let found =
        messages::in_flight(&story.test.engine.database, story.account.workspace_id, story.account.id).await.unwrap();
    found.into_iter().map(|stored| stored.message.id).collect()
}

#[tokio::test]
async fn an_attempt_is_committed_before_it_is_made() {
    let story = TestAccount::new().await;
    let id = story.message(|_| ()).await;
    let Started::Go(begun) = story.start(story.account, id).await else { panic!("it may go") };
    assert_eq!(
        (begun.message.id, begun.message.status, begun.message.attempts, begun.due_at),
        (id, Status::Sending, 1, None)
    );
    assert_eq!(story.stored(id).await, *begun);
    assert_eq!(in_flight(&story).await, [id]);
    assert_eq!(story.told().await, Vec::<String>::new(), "nothing happened outside yet");
}

#[tokio::test]
async fn a_message_has_one_attempt_at_a_time() {
    let story = TestAccount::new().await;
    let id = story.message(|_| ()).await;
    let starts = futures_util::future::join_all((0..8).map(|_| story.start(story.account, id))).await;
    assert_eq!(starts.iter().filter(|start| matches!(start, Started::Go(_))).count(), 1);
    assert!(starts.iter().all(|start| matches!(start, Started::Go(_) | Started::Skip)), "{starts:?}");
    assert_eq!(story.seen(id).await.attempts, 1);
}

#[tokio::test]
async fn a_lease_of_before_begins_nothing_even_beside_the_present_one() {
    let story = TestAccount::new().await;
    let (one, two) = (story.message(|_| ()).await, story.message(|_| ()).await);
    let (earlier, present) = tokio::join!(story.start(story.earlier(), one), story.start(story.account, two));
    assert!(matches!(earlier, Started::NotOurs), "{earlier:?}");
    assert!(matches!(present, Started::Go(_)), "{present:?}");
    assert_eq!(in_flight(&story).await, [two]);
    assert_eq!(story.seen(one).await.status, Status::Queued);
}

#[tokio::test]
async fn what_expired_ends_instead_and_says_so() {
    let story = TestAccount::new().await;
    let id =
        story.message(|stored| stored.message.expires_at = Some(story.test.now().plus(Duration::from_secs(1)))).await;
    story.test.pass(Duration::from_secs(1));
    assert!(matches!(story.start(story.account, id).await, Started::Skip));
    let seen = story.seen(id).await;
    assert_eq!((seen.status, seen.reason, seen.attempts), (Status::Expired, Some(Reason::Expired), 0));
    assert_eq!(story.told().await, ["message.status expired"]);
}

#[tokio::test]
async fn what_may_have_arrived_never_expires() {
    let story = TestAccount::new().await;
    let id = story
        .message(|stored| {
            stored.message.status = Status::Sending;
            stored.message.attempts = 1;
            stored.message.outcome_unknown = true;
            stored.message.expires_at = Some(story.test.now());
        })
        .await;
    let Started::Go(begun) = story.start(story.account, id).await else { panic!("a resend is the same message") };
    assert_eq!(begun.message.attempts, 2);
}

#[tokio::test]
async fn what_ended_or_is_gone_is_skipped() {
    let story = TestAccount::new().await;
    let cancelled = story.message(|_| ()).await;
    story.test.engine.cancel_message(&story.caller, cancelled).await.unwrap();
    assert!(matches!(story.start(story.account, cancelled).await, Started::Skip));
    assert!(matches!(story.start(story.account, story.test.engine.ids.next()).await, Started::Skip));
    assert_eq!(story.told().await, ["message.status cancelled"]);
}

#[tokio::test]
async fn the_queue_of_a_suspended_workspace_waits() {
    let story = TestAccount::new().await;
    let id = story.message(|_| ()).await;
    let call = OperatorCall { request_id: story.test.request() };
    story.test.engine.operator_suspend(&call, story.account.workspace_id, "unpaid").await.unwrap();
    assert!(matches!(story.start(story.account, id).await, Started::Suspended));
    assert_eq!(story.seen(id).await.status, Status::Queued);
    story.test.engine.operator_resume(&call, story.account.workspace_id).await.unwrap();
    assert!(matches!(story.start(story.account, id).await, Started::Go(_)));
}
