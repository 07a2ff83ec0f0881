//! Connections, holds and restrictions.

use crate::{
    recorder::{Outcome, Recorded, What},
    test_account::TestAccount,
};
use std::time::Duration;
use wagate_model::{AccountStatus, MessageId, PhoneNumber, Reason, Status, provider::SendFailure};

fn connection(story: &TestAccount, status: AccountStatus, reason: Option<Reason>) -> What {
    What::Connection { status, reason, phone_number: None, at: story.test.now() }
}

fn failed(story: &TestAccount, message_id: MessageId, reason: Reason) -> What {
    let outcome = Outcome::Failed(SendFailure::new(reason, "said so"));
    What::Outcome { message_id, attempt: 1, outcome, at: story.test.now() }
}

#[tokio::test]
async fn a_connection_that_did_not_change_is_no_news() {
    let story = TestAccount::new().await;
    let phone_number: Option<PhoneNumber> = "+15550109999".parse().ok();
    let linked = What::Connection {
        status: AccountStatus::Connected,
        reason: None,
        phone_number: phone_number.clone(),
        at: story.test.now(),
    };
    tokio::join!(story.record(linked.clone()), story.record(linked.clone()));
    story.record(connection(&story, AccountStatus::Connected, None)).await;
    assert_eq!(story.told().await, ["connection.update connected"]);
    assert_eq!(story.seen_account().await.phone_number, phone_number, "what is not told again is kept");
}

#[tokio::test]
async fn only_the_leases_holder_says_how_the_connection_stands() {
    let story = TestAccount::new().await;
    let recorded = story.record_of(story.earlier(), connection(&story, AccountStatus::Connected, None)).await;
    assert_eq!(recorded, Recorded::default());
    assert_eq!(story.seen_account().await.status, AccountStatus::Disconnected);
    assert_eq!(story.told().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_failure_of_the_account_holds_it_and_its_message_waits() {
    let cases = [
        (Reason::AccountRestricted, AccountStatus::Held),
        (Reason::AccountBanned, AccountStatus::Banned),
        (Reason::LoggedOut, AccountStatus::LoggedOut),
    ];
    for (reason, status) in cases {
        let story = TestAccount::new().await;
        story.record(connection(&story, AccountStatus::Connected, None)).await;
        let (one, two) = (story.in_flight().await, story.in_flight().await);
        let (first, second) =
            tokio::join!(story.record(failed(&story, one, reason)), story.record(failed(&story, two, reason)));
        assert_eq!((first.account_status, second.account_status), (Some(status), Some(status)));
        let seen = story.seen(one).await;
        assert_eq!((seen.status, seen.hold_reason), (Status::Sending, Some(reason)));
        assert_eq!(story.seen_account().await.status_reason, Some(reason));
        assert_eq!(
            story.told().await,
            ["connection.update connected".to_owned(), format!("connection.update {status}")],
            "once"
        );
    }
}

#[tokio::test]
async fn held_new_chats_wait_until_the_restriction_ends() {
    let story = TestAccount::new().await;
    story.record(connection(&story, AccountStatus::Connected, None)).await;
    let (tried, queued, gone) = (story.in_flight().await, story.message(|_| ()).await, story.in_flight().await);
    let recorded = story.record(failed(&story, tried, Reason::NewChatsRestricted)).await;
    let until = recorded.new_chats_held_until.unwrap();
    assert_eq!((recorded.waits_until, recorded.account_status), (Some(until), None), "known chats go on");
    for id in [queued, gone] {
        story
            .record(What::HeldNewChat {
                message_id: id,
                until,
                reason: Reason::NewChatsRestricted,
                at: story.test.now(),
            })
            .await;
        story
            .record(What::HeldNewChat {
                message_id: id,
                until,
                reason: Reason::NewChatsRestricted,
                at: story.test.now(),
            })
            .await;
    }
    let stored = story.stored(queued).await;
    assert_eq!(
        (stored.due_at, stored.message.status, stored.message.hold_reason),
        (Some(until), Status::Queued, Some(Reason::NewChatsRestricted))
    );
    assert_eq!(story.stored(gone).await.due_at, None, "it is in flight already");
    let account = story.seen_account().await;
    assert_eq!((account.status, account.status_reason), (AccountStatus::Connected, Some(Reason::NewChatsRestricted)));

    story.test.pass(Duration::from_secs(1));
    story.record(connection(&story, AccountStatus::Connected, None)).await;
    for id in [tried, queued] {
        let stored = story.stored(id).await;
        let in_its_old_place = Some(stored.message.created_at);
        assert_eq!((stored.due_at, stored.message.hold_reason), (in_its_old_place, None));
    }
    assert_eq!(story.seen_account().await.status_reason, None);
    assert_eq!(story.told().await, ["connection.update connected"; 3]);
}

#[tokio::test]
async fn what_only_waits_for_another_attempt_is_not_released() {
    let story = TestAccount::new().await;
    let id = story.in_flight().await;
    story.record(failed(&story, id, Reason::ProviderUnavailable)).await;
    let before = story.stored(id).await;
    story.record(connection(&story, AccountStatus::Connected, None)).await;
    assert_eq!(story.stored(id).await, before);
}

#[tokio::test]
async fn a_lease_of_before_holds_nothing() {
    let story = TestAccount::new().await;
    let id = story.message(|_| ()).await;
    let until = story.test.now().plus(Duration::from_mins(1));
    story
        .record_of(
            story.earlier(),
            What::HeldNewChat { message_id: id, until, reason: Reason::NewChatsRestricted, at: story.test.now() },
        )
        .await;
    assert_eq!(story.stored(id).await.due_at, Some(story.test.now()));
}
