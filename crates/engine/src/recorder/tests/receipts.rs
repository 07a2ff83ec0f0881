//! What the network says of messages that it took.

use crate::{
    recorder::{Outcome, Recorded, What},
    test_account::TestAccount,
};
use wagate_model::{
    MessageId, Reason, Status,
    provider::{
        ReceiptKind::{self, Delivered, Failed, Read, Sent},
        SendFailure,
    },
};

fn receipt(story: &TestAccount, id: MessageId, kind: ReceiptKind) -> What {
    What::Receipt { provider_message_id: id.to_string(), kind, at: story.test.now() }
}

async fn outcome(story: &TestAccount, message_id: MessageId, outcome: Outcome) -> Recorded {
    story.record(What::Outcome { message_id, attempt: 1, outcome, at: story.test.now() }).await
}

async fn accept(story: &TestAccount, id: MessageId) {
    outcome(story, id, Outcome::Accepted { provider_message_id: id.to_string() }).await;
}

#[tokio::test]
async fn receipts_may_come_before_the_outcome() {
    let story = TestAccount::new().await;
    let (good, bad) = (story.in_flight().await, story.in_flight().await);
    for id in [good, bad] {
        story.record(receipt(&story, id, Delivered)).await;
    }
    accept(&story, good).await;
    let recorded = outcome(&story, bad, Outcome::Failed(SendFailure::new(Reason::OutcomeUnknown, ""))).await;
    assert_eq!(recorded.waits_until, None, "it is there: nothing is tried again");
    for id in [good, bad] {
        let stored = story.stored(id).await;
        assert_eq!(
            (stored.message.status, stored.due_at, stored.message.outcome_unknown),
            (Status::Delivered, None, false)
        );
    }
    assert_eq!(story.told().await, ["message.status delivered", "message.status delivered"]);
}

#[tokio::test]
async fn a_receipt_ends_the_wait_for_another_attempt() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    outcome(&story, id, Outcome::Failed(SendFailure::new(Reason::OutcomeUnknown, ""))).await;
    story.record(receipt(&story, id, Sent)).await;
    let stored = story.stored(id).await;
    assert_eq!(
        (stored.message.status, stored.due_at, stored.waiting_since, stored.message.outcome_unknown),
        (Status::Sent, None, None, false)
    );
}

#[tokio::test]
async fn in_whatever_order_and_however_often_receipts_come_the_status_only_grows() {
    let orders = [
        [Sent, Delivered, Read],
        [Sent, Read, Delivered],
        [Delivered, Sent, Read],
        [Delivered, Read, Sent],
        [Read, Sent, Delivered],
        [Read, Delivered, Sent],
    ];
    for order in orders {
        let story = TestAccount::new().await;
        let id = story.in_flight().await;
        accept(&story, id).await;
        // In one transaction, and then each by itself once more.
        let doubled = order.into_iter().flat_map(|kind| [kind, kind]);
        futures_util::future::join_all(doubled.map(|kind| story.record(receipt(&story, id, kind)))).await;
        for kind in order {
            story.record(receipt(&story, id, kind)).await;
        }
        let seen = story.seen(id).await;
        let steps: Vec<_> = seen.history.iter().map(|entry| entry.status).collect();
        let is_delivered_first =
            order.iter().position(|kind| *kind == Delivered) < order.iter().position(|kind| *kind == Read);
        let end: &[_] = if is_delivered_first { &[Status::Delivered, Status::Read] } else { &[Status::Read] };
        assert_eq!(steps, [&[Status::Queued, Status::Sending, Status::Sent], end].concat(), "{order:?}");
        let told: Vec<_> = steps[2..].iter().map(|status| format!("message.status {status}")).collect();
        assert_eq!(story.told().await, told, "one event for each step");
    }
}

#[tokio::test]
async fn proof_of_delivery_overrides_a_failure() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    outcome(&story, id, Outcome::Failed(SendFailure::new(Reason::RecipientBlockedUs, "said so"))).await;
    story.record(receipt(&story, id, Sent)).await;
    assert_eq!(story.seen(id).await.status, Status::Failed, "that it was taken proves nothing");
    story.record(receipt(&story, id, Delivered)).await;
    story.record(receipt(&story, id, Failed(Reason::RecipientBlockedUs))).await;
    let seen = story.seen(id).await;
    assert_eq!((seen.status, seen.reason, seen.reason_detail), (Status::Delivered, None, None));
    assert_eq!(story.told().await, ["message.status failed", "message.status delivered"]);
}

#[tokio::test]
async fn a_message_may_fail_after_it_was_sent() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    accept(&story, id).await;
    story.record(receipt(&story, id, Failed(Reason::RecipientNotOnWhatsapp))).await;
    assert_eq!(story.seen(id).await.reason, Some(Reason::RecipientNotOnWhatsapp));
    assert_eq!(story.told().await, ["message.status sent", "message.status failed"]);
}

#[tokio::test]
async fn receipts_are_taken_whatever_the_epoch_but_only_from_the_messages_account() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    let other = story.another().await;
    story.record_of(other, receipt(&story, id, Read)).await;
    story
        .record(What::Receipt { provider_message_id: "never heard of".to_owned(), kind: Read, at: story.test.now() })
        .await;
    assert_eq!(story.seen(id).await.status, Status::Sending);
    story.record_of(story.earlier(), receipt(&story, id, Read)).await;
    assert_eq!(story.seen(id).await.status, Status::Read);
}
