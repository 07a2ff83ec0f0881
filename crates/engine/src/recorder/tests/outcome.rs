//! What came of attempts.

use crate::{
    lanes::Started,
    recorder::{Outcome, Recorded, What},
    test_account::TestAccount,
};
use std::time::Duration;
use wagate_model::{MessageId, Reason, Status, provider::SendFailure};

fn accepted(story: &TestAccount, message_id: MessageId) -> What {
    let outcome = Outcome::Accepted { provider_message_id: message_id.to_string() };
    What::Outcome { message_id, attempt: 1, outcome, at: story.test.now() }
}

fn failed(story: &TestAccount, message_id: MessageId, reason: Reason) -> What {
    let outcome = Outcome::Failed(SendFailure::new(reason, "said so"));
    What::Outcome { message_id, attempt: 1, outcome, at: story.test.now() }
}

#[tokio::test]
async fn an_acceptance_is_recorded_whatever_the_epoch() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    assert_eq!(story.record_of(story.earlier(), accepted(&story, id)).await, Recorded::default());
    assert_eq!(story.seen(id).await.status, Status::Sent);
    assert_eq!(story.told().await, ["message.status sent"]);
}

#[tokio::test]
async fn a_failure_of_an_earlier_epoch_is_not() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    let before = story.stored(id).await;
    story.record_of(story.earlier(), failed(&story, id, Reason::ProviderUnavailable)).await;
    assert_eq!(story.stored(id).await, before);
    assert_eq!(story.told().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_earlier_epoch_does_not_pass_beside_the_present_one() {
    let story = TestAccount::new().await;
    let (late, present) = (story.in_flight().await, story.in_flight().await);
    tokio::join!(
        story.record_of(story.earlier(), failed(&story, late, Reason::RecipientBlockedUs)),
        story.record(failed(&story, present, Reason::RecipientBlockedUs)),
    );
    assert_eq!(story.seen(late).await.status, Status::Sending);
    assert_eq!(story.seen(present).await.status, Status::Failed);
}

#[tokio::test]
async fn an_outcome_recorded_twice_has_one_effect() {
    let story = TestAccount::new().await;
    let (sent, given_up, waits) = (story.in_flight().await, story.in_flight().await, story.in_flight().await);
    let news = [
        accepted(&story, sent),
        failed(&story, given_up, Reason::RecipientBlockedUs),
        failed(&story, waits, Reason::ProviderUnavailable),
    ];
    for what in news.clone() {
        story.record(what).await;
    }
    let told = story.told().await;
    assert_eq!(told, ["message.status sent", "message.status failed"]);
    let before = [story.stored(sent).await, story.stored(given_up).await, story.stored(waits).await];
    story.test.pass(Duration::from_millis(10));
    let again =
        futures_util::future::join_all(news.clone().into_iter().chain(news).map(|what| story.record(what))).await;
    assert_eq!([story.stored(sent).await, story.stored(given_up).await, story.stored(waits).await], before);
    assert_eq!(story.told().await, told);
    assert_eq!(again[2].waits_until, before[2].due_at, "its lane hears again that it waits");
}

#[tokio::test]
async fn a_message_that_waits_says_when_and_why() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    let recorded = story.record(failed(&story, id, Reason::OutcomeUnknown)).await;
    let stored = story.stored(id).await;
    assert_eq!((recorded.waits_until, stored.waiting_since), (stored.due_at, Some(story.test.now())));
    assert!(stored.due_at > Some(story.test.now()));
    assert_eq!(
        (stored.message.status, stored.message.reason, stored.message.outcome_unknown),
        (Status::Sending, Some(Reason::OutcomeUnknown), true)
    );
    assert_eq!(stored.message.next_attempt_at, stored.due_at);
    assert_eq!(stored.message.reason_detail.as_deref(), Some("said so"));
}

#[tokio::test]
async fn the_outcome_of_an_earlier_attempt_comes_too_late_unless_it_is_good() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    story.record(failed(&story, id, Reason::OutcomeUnknown)).await;
    assert!(matches!(story.start(story.account, id).await, Started::Go(_)));
    let second = story.stored(id).await;
    story.record(failed(&story, id, Reason::RecipientBlockedUs)).await;
    assert_eq!(story.stored(id).await, second, "the second attempt is in flight");
    story.record(accepted(&story, id)).await;
    let outcome = Outcome::Failed(SendFailure::new(Reason::RecipientBlockedUs, ""));
    story.record(What::Outcome { message_id: id, attempt: 2, outcome, at: story.test.now() }).await;
    let seen = story.seen(id).await;
    assert_eq!((seen.status, seen.outcome_unknown, seen.next_attempt_at), (Status::Sent, false, None));
    assert_eq!(story.told().await, ["message.status sent"]);
}

#[tokio::test]
async fn a_late_acceptance_keeps_the_networks_id_for_the_receipts() {
    let story = TestAccount::new().await;
    let id = story.message(|stored| stored.message.provider_message_id = None).await;
    assert!(matches!(story.start(story.account, id).await, Started::Go(_)));
    story.record(failed(&story, id, Reason::RecipientBlockedUs)).await;
    story.record(accepted(&story, id)).await;
    let seen = story.seen(id).await;
    assert_eq!((seen.status, seen.provider_message_id), (Status::Failed, Some(id.to_string())));
    assert_eq!(story.told().await, ["message.status failed"]);
}

#[tokio::test]
async fn the_outcome_of_a_message_that_is_not_there_is_nothing() {
    let story = TestAccount::new().await;
    let nobody: MessageId = story.test.engine.ids.next();
    assert_eq!(story.record(accepted(&story, nobody)).await, Recorded::default());
    assert_eq!(story.record(failed(&story, nobody, Reason::AccountBanned)).await, Recorded::default());
    assert_eq!(story.told().await, Vec::<String>::new());
}
