//! One story for each magic number.

use super::stage::{Stage, written};
use crate::journal;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use wagate_model::{
    AccountStatus, ChatAddress, Reason,
    provider::{
        NetworkEvent,
        ReceiptKind::{Delivered, Failed, Read},
    },
};

const HOUR: Duration = Duration::from_hours(1);

fn address(number: &str) -> ChatAddress {
    number.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn ordinary_numbers_and_groups_receive_and_read_within_two_seconds() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    for (n, to) in (1..).zip(["+15550100001", "+491701234567", "120363043211234567@g.us"]) {
        let id = actor.send(&stage.text(n, to, 1)).await;
        let answered = Instant::now();
        actor.sink.until_receipts(&id, &[Delivered, Read]).await;
        assert!(answered.elapsed() < Duration::from_secs(2), "{to}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusing_number_refuses_every_try_and_nothing_arrives() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    for (to, reason) in [
        ("+15550110001", Reason::RecipientNotOnWhatsapp),
        ("+15550110008", Reason::RecipientBlockedUs),
        ("+15550110010", Reason::ProviderUnavailable),
        ("+15550110019", Reason::ContentInvalid),
    ] {
        for attempt in 1..4 {
            assert_eq!(actor.refused(&stage.text(1, to, attempt)).await.reason, reason, "{to}");
        }
    }
    assert_eq!(journal::read(stage.journal()).unwrap(), []);
    assert_eq!(actor.sink.statuses(), [(AccountStatus::Connected, None)]);
}

#[tokio::test(start_paused = true)]
async fn a_limiting_number_takes_the_second_try() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    for (to, reason) in [("+15550110002", Reason::RateLimited), ("+15550110016", Reason::PairRateLimited)] {
        let (first, second) = (stage.text(2, to, 1), stage.text(2, to, 2));
        let failure = actor.refused(&first).await;
        assert_eq!(failure.reason, reason);
        assert_eq!(failure.retry_after.is_some(), reason == Reason::RateLimited);
        actor.send(&second).await;
    }
}

#[tokio::test(start_paused = true)]
async fn number_0003_accepts_and_never_answers() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let message = stage.text(3, "+15550110003", 1);
    assert!(timeout(HOUR, actor.session.send(&message)).await.is_err());
    stage.sandbox.shut_down().await;
    assert_eq!(journal::read(stage.journal()).unwrap().len(), 1);
    assert_eq!(actor.sink.receipts(&message.provider_message_id), []);
}

#[tokio::test(start_paused = true)]
async fn a_send_that_is_never_answered_ends_with_the_session() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let message = stage.text(3, "+15550110003", 1);
    let (sent, ()) = tokio::join!(actor.session.send(&message), async {
        sleep(HOUR).await;
        actor.session.stop().await;
    });
    assert_eq!(sent.unwrap_err().reason, Reason::OutcomeUnknown);
}

#[tokio::test(start_paused = true)]
async fn number_0004_takes_messages_once_it_has_written() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let to = address("+15550110004");
    assert_eq!(actor.refused(&stage.text(4, to.as_str(), 1)).await.reason, Reason::NewChatsRestricted);
    stage.play().inbound(actor.id, written("+15550100001", "Hello")).await.unwrap();
    assert_eq!(actor.refused(&stage.text(4, to.as_str(), 2)).await.reason, Reason::NewChatsRestricted);
    stage.play().inbound(actor.id, written(to.as_str(), "Hello")).await.unwrap();
    actor.send(&stage.text(4, to.as_str(), 3)).await;

    drop(actor);
    let stage = stage.restart();
    let actor = stage.connected().await;
    actor.send(&stage.text(5, to.as_str(), 1)).await;
}

#[tokio::test(start_paused = true)]
async fn number_0005_never_reads() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let id = actor.send(&stage.text(5, "+15550110005", 1)).await;
    actor.sink.until_receipts(&id, &[Delivered]).await;
    sleep(HOUR).await;
    assert_eq!(actor.sink.receipts(&id), [Delivered]);
}

#[tokio::test(start_paused = true)]
async fn number_0006_answers_with_the_same_text_and_a_repeat_makes_the_same_answer() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let answers = || {
        let of_people = |event| match event {
            NetworkEvent::Message(inbound) => Some(inbound),
            _ => None,
        };
        actor.sink.events().into_iter().filter_map(of_people).collect::<Vec<_>>()
    };
    let message = stage.text(6, "+15550110006", 1);
    for times in 1..3 {
        actor.send(&message).await;
        actor.sink.until(|_| answers().len() == times).await;
    }
    let answers = answers();
    assert_eq!(answers[0].provider_message_id, answers[1].provider_message_id);
    assert_ne!(answers[0].provider_message_id, message.provider_message_id);
    assert_eq!(answers[0].content, message.content);
    assert_eq!((&answers[0].chat_id, &answers[0].from), (&message.chat_id, &message.chat_id));
}

#[tokio::test(start_paused = true)]
async fn number_0007_takes_five_seconds_and_its_receipts_follow_the_answer() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let began = Instant::now();
    let id = actor.send(&stage.text(7, "+15550110007", 1)).await;
    assert!(began.elapsed() >= Duration::from_secs(5));
    assert_eq!(actor.sink.receipts(&id), []);
    actor.sink.until_receipts(&id, &[Delivered, Read]).await;
}

#[tokio::test(start_paused = true)]
async fn number_0009_logs_the_account_out() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    assert_eq!(actor.refused(&stage.text(9, "+15550110009", 1)).await.reason, Reason::LoggedOut);
    assert!(actor.sink.saved().is_empty());
    actor.sink.until_status(AccountStatus::LoggedOut).await;
    assert_eq!(actor.refused(&stage.text(10, "+15550100001", 1)).await.reason, Reason::LoggedOut);

    let again = stage.start(7, actor.sink.saved()).await;
    again.sink.until_status(AccountStatus::Qr).await;
    stage.play().scan(again.id).await.unwrap();
    again.send(&stage.text(9, "+15550110009", 2)).await;
}

#[tokio::test(start_paused = true)]
async fn numbers_0011_and_0021_stop_the_account_until_it_is_restored() {
    for (to, status, reason) in [
        ("+15550110011", AccountStatus::Held, Reason::AccountRestricted),
        ("+15550110021", AccountStatus::Banned, Reason::AccountBanned),
    ] {
        let stage = Stage::new();
        let actor = stage.connected().await;
        assert_eq!(actor.refused(&stage.text(11, to, 1)).await.reason, reason);
        actor.sink.until_status(status).await;
        assert_eq!(actor.sink.statuses().last(), Some(&(status, Some(reason))));
        assert_eq!(actor.refused(&stage.text(12, "+15550100001", 1)).await.reason, reason);

        let again = stage.start(7, actor.sink.saved()).await;
        again.sink.until_status(status).await;
        stage.play().restore(again.id).await.unwrap();
        assert_eq!(again.sink.statuses().last(), Some(&(AccountStatus::Connected, None)));
        again.send(&stage.text(11, to, 2)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn receipts_come_in_the_order_that_the_number_says() {
    let failed = Failed(Reason::ContentInvalid);
    let stage = Stage::new();
    let actor = stage.connected().await;
    for (n, to, receipts) in [
        (12, "+15550110012", vec![failed]),
        (13, "+15550110013", vec![Read, Delivered]),
        (14, "+15550110014", vec![Delivered, Delivered, Read, Read]),
        (18, "+15550110018", vec![failed, Delivered, Read]),
    ] {
        let id = actor.send(&stage.text(n, to, 1)).await;
        actor.sink.until_receipts(&id, &receipts).await;
        sleep(HOUR).await;
        assert_eq!(actor.sink.receipts(&id), receipts, "{to}");
    }
}

#[tokio::test(start_paused = true)]
async fn number_0015_loses_its_first_answer_and_the_next_try_is_a_repeat() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    assert_eq!(actor.refused(&stage.text(15, "+15550110015", 1)).await.reason, Reason::OutcomeUnknown);
    actor.send(&stage.text(15, "+15550110015", 2)).await;
    let repeats: Vec<_> = journal::read(stage.journal()).unwrap().iter().map(|it| (it.attempt, it.repeat)).collect();
    assert_eq!(repeats, [(1, 0), (2, 1)]);
}

#[tokio::test(start_paused = true)]
async fn number_0017_reads_before_the_send_is_answered() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let id = actor.send(&stage.text(17, "+15550110017", 1)).await;
    assert_eq!(actor.sink.receipts(&id), [Delivered, Read]);
}

#[tokio::test(start_paused = true)]
async fn number_0020_drops_the_connection_which_comes_back() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    assert_eq!(actor.refused(&stage.text(20, "+15550110020", 1)).await.reason, Reason::ProviderUnavailable);
    actor.sink.until(|it| it.statuses().len() == 4).await;
    let statuses: Vec<_> = actor.sink.statuses().into_iter().map(|(status, _)| status).collect();
    assert_eq!(
        statuses,
        [AccountStatus::Connected, AccountStatus::Disconnected, AccountStatus::Connecting, AccountStatus::Connected]
    );
    actor.send(&stage.text(20, "+15550110020", 2)).await;
}
