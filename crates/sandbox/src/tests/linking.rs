//! How an account comes to be connected, and how its login ends.

use super::stage::{Stage, linked};
use std::sync::{Arc, atomic::Ordering};
use wagate_model::{
    AccountStatus, Reason,
    provider::{NetworkEvent, Provider, SimulatorError},
};

#[tokio::test(start_paused = true)]
async fn a_new_account_shows_a_turning_qr_code_until_it_is_scanned() {
    let stage = Stage::new();
    let actor = stage.start(1, serde_json::Map::new()).await;
    actor.sink.until_status(AccountStatus::Qr).await;
    assert_eq!(actor.refused(&stage.text(1, "+15550100001", 1)).await.reason, Reason::LoggedOut);

    let first = actor.session.qr().unwrap();
    stage.clock.0.store(first.expires_at.0 - 1, Ordering::Relaxed);
    assert_eq!(actor.session.qr(), Some(first.clone()));
    stage.clock.0.store(first.expires_at.0, Ordering::Relaxed);
    assert_ne!(actor.session.qr().unwrap().text, first.text);

    stage.play().scan(actor.id).await.unwrap();
    assert_eq!(actor.session.qr(), None);
    let Some(NetworkEvent::Connection { status: AccountStatus::Connected, phone_number: Some(number), .. }) =
        actor.sink.events().pop()
    else {
        panic!("connected with a number was expected");
    };
    assert_eq!(actor.sink.saved()["linked"], true);
    assert_eq!(actor.sink.saved()["phone_number"], number.as_str());
    actor.send(&stage.text(1, "+15550100001", 2)).await;
}

#[tokio::test(start_paused = true)]
async fn a_linked_account_connects_by_itself_after_a_restart() {
    let stage = Stage::new();
    let actor = stage.start(1, serde_json::Map::new()).await;
    stage.play().scan(actor.id).await.unwrap();
    let saved = actor.sink.saved();
    drop(actor);
    let stage = stage.restart();
    let actor = stage.start(1, saved).await;
    actor.sink.until_status(AccountStatus::Connected).await;
    assert_eq!(actor.sink.statuses(), [(AccountStatus::Connected, None)]);
    assert_eq!(actor.session.qr(), None);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_given_as_linked_has_a_number() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let events = actor.sink.events();
    assert!(matches!(&events[..], [NetworkEvent::Connection { phone_number: Some(_), .. }]), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn what_shows_no_code_cannot_be_scanned() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    assert!(matches!(stage.play().scan(actor.id).await, Err(SimulatorError::WrongState(_))));
}

#[tokio::test(start_paused = true)]
async fn logging_out_clears_the_login() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    actor.session.log_out().await.unwrap();
    assert!(actor.sink.saved().is_empty());
    assert_eq!(actor.sink.statuses().last(), Some(&(AccountStatus::LoggedOut, Some(Reason::LoggedOut))));
    assert_eq!(actor.refused(&stage.text(1, "+15550100001", 1)).await.reason, Reason::LoggedOut);
    let again = stage.start(7, actor.sink.saved()).await;
    again.sink.until_status(AccountStatus::Qr).await;
}

#[tokio::test(start_paused = true)]
async fn a_stopped_account_says_and_sends_nothing_more() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    actor.send(&stage.text(1, "+15550100001", 1)).await;
    actor.session.stop().await;
    stage.sandbox.shut_down().await;
    assert_eq!(actor.sink.events().len(), 1, "the receipts waited");
    assert_eq!(actor.refused(&stage.text(2, "+15550100001", 1)).await.reason, Reason::ProviderUnavailable);
    assert_eq!(stage.play().drop_connection(actor.id).await, Err(SimulatorError::NotStarted));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_session_ends_its_work_but_not_that_of_its_successor() {
    let stage = Stage::new();
    let first = stage.connected().await;
    let second = stage.connected().await;
    assert_eq!(first.refused(&stage.text(1, "+15550100001", 1)).await.reason, Reason::ProviderUnavailable);
    drop(first);
    second.send(&stage.text(1, "+15550100001", 2)).await;
    stage.play().drop_connection(second.id).await.unwrap();
    let id = second.id;
    drop(second);
    assert_eq!(stage.play().ban(id).await, Err(SimulatorError::NotStarted));
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_idle_accounts_have_no_task() {
    let stage = Stage::new();
    let sink = Arc::new(super::stage::Recorder::default());
    let mut actors = Vec::new();
    for n in 0..10_000 {
        actors.push(stage.start_with(n, linked(), sink.clone()).await);
    }
    sink.until(|it| it.frames.load(Ordering::Relaxed) == 10_000).await;
    while !stage.sandbox.network.tasks.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(sink.statuses().len(), 10_000);
}

#[tokio::test]
async fn the_capabilities_say_what_can_be_sent() {
    let stage = Stage::new();
    let capabilities = stage.sandbox.capabilities();
    assert!(capabilities.has_chosen_ids && capabilities.has_qr);
    assert_eq!(capabilities.sends_in_flight, 256);
    for content in wagate_model::Content::samples() {
        let actor = stage.connected().await;
        let media = content.media().map(|_| super::stage::file(b"a file"));
        let message = wagate_model::provider::Outbound { content, media, ..stage.text(1, "+15550100001", 1) };
        let kind = message.content.kind();
        let sent = actor.session.send(&message).await;
        assert_eq!(sent.is_ok(), capabilities.content.contains(&kind), "{kind}");
        if let Err(failure) = sent {
            assert_eq!(failure.reason, Reason::ContentUnsupported);
        }
    }
}
