//! Playing the network: people who write, connections that drop, bans and settings.

use super::stage::{Stage, text, written};
use std::{sync::atomic::Ordering, time::Duration};
use tokio::time::{Instant, sleep};
use wagate_model::{
    AccountStatus::{Banned, Connected, Connecting, Disconnected, Held},
    Reason,
    provider::{NetworkEvent, ReceiptKind, SimulatorError, SimulatorSettings},
};

#[tokio::test(start_paused = true)]
async fn what_somebody_writes_reaches_the_account_under_an_id_of_its_own() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let frames = actor.sink.frames.load(Ordering::Relaxed);
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(stage.play().inbound(actor.id, written("+15550100001", "Hello")).await.unwrap());
    }
    assert_ne!(ids[0], ids[1]);
    assert!(actor.sink.frames.load(Ordering::Relaxed) > frames);
    let Some(NetworkEvent::Message(inbound)) = actor.sink.events().pop() else { panic!("a message was expected") };
    assert_eq!(inbound.provider_message_id, ids[1]);
    assert_eq!((inbound.chat_id.as_str(), inbound.from.as_str()), ("+15550100001", "+15550100001"));
    assert_eq!(inbound.content, text("Hello"));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_could_not_be_stored_did_not_come_in() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    actor.sink.refuse(true);
    let answer = stage.play().inbound(actor.id, written("+15550110004", "Hello")).await;
    assert!(matches!(answer, Err(SimulatorError::Storage(_))));
    let answer = actor.refused(&stage.text(1, "+15550110004", 1)).await;
    assert_eq!(answer.reason, Reason::NewChatsRestricted);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_connection_comes_back_and_receipts_wait_for_it() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let id = actor.send(&stage.text(1, "+15550100001", 1)).await;
    stage.play().drop_connection(actor.id).await.unwrap();
    assert_eq!(actor.refused(&stage.text(2, "+15550100001", 1)).await.reason, Reason::ProviderUnavailable);
    actor.sink.until_receipts(&id, &[ReceiptKind::Delivered, ReceiptKind::Read]).await;
    let statuses: Vec<_> = actor.sink.statuses().into_iter().map(|(status, _)| status).collect();
    assert_eq!(statuses, [Connected, Disconnected, Connecting, Connected]);
    let is_receipt = |event: &NetworkEvent| matches!(event, NetworkEvent::Receipt { .. });
    assert!(!actor.sink.events()[..4].iter().any(is_receipt), "a receipt came while nothing was connected");
}

#[tokio::test(start_paused = true)]
async fn a_banned_account_stays_banned_until_it_is_restored() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    stage.play().ban(actor.id).await.unwrap();
    assert_eq!(actor.refused(&stage.text(1, "+15550100001", 1)).await.reason, Reason::AccountBanned);
    let again = stage.start(7, actor.sink.saved()).await;
    again.sink.until_status(Banned).await;
    stage.play().restore(again.id).await.unwrap();
    again.send(&stage.text(1, "+15550100001", 2)).await;
    assert_eq!(again.sink.statuses(), [(Banned, Some(Reason::AccountBanned)), (Connected, None)]);
}

#[tokio::test(start_paused = true)]
async fn a_ban_during_a_reconnect_is_the_end_of_it() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    stage.play().drop_connection(actor.id).await.unwrap();
    stage.play().ban(actor.id).await.unwrap();
    sleep(Duration::from_hours(1)).await;
    assert_eq!(actor.sink.statuses().last().map(|last| last.0), Some(Banned));
}

#[tokio::test(start_paused = true)]
async fn a_restricted_account_still_receives() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let id = actor.send(&stage.text(1, "+15550100001", 1)).await;
    actor.refused(&stage.text(2, "+15550110011", 1)).await;
    actor.sink.until_status(Held).await;
    stage.play().inbound(actor.id, written("+15550100001", "Hello")).await.unwrap();
    actor.sink.until_receipts(&id, &[ReceiptKind::Delivered, ReceiptKind::Read]).await;
}

#[tokio::test(start_paused = true)]
async fn settings_change_alone_and_outlive_a_restart() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let configure = |settings| stage.play().configure(actor.id, settings);
    configure(SimulatorSettings { latency_ms: Some(7_000), failure_rate: None }).await.unwrap();
    let settings = configure(SimulatorSettings { latency_ms: None, failure_rate: Some(1.0) }).await.unwrap();
    assert_eq!(settings, SimulatorSettings { latency_ms: Some(7_000), failure_rate: Some(1.0) });
    assert_eq!(actor.refused(&stage.text(1, "+15550100001", 1)).await.reason, Reason::ProviderUnavailable);
    configure(SimulatorSettings { latency_ms: None, failure_rate: Some(0.0) }).await.unwrap();

    let again = stage.start(7, actor.sink.saved()).await;
    let began = Instant::now();
    again.send(&stage.text(1, "+15550100001", 2)).await;
    assert!(began.elapsed() >= Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn a_failure_rate_outside_0_to_1_is_refused() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    for rate in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let settings = SimulatorSettings { latency_ms: None, failure_rate: Some(rate) };
        assert!(matches!(stage.play().configure(actor.id, settings).await, Err(SimulatorError::WrongState(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn about_the_given_part_of_sends_fails() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let settings = SimulatorSettings { latency_ms: None, failure_rate: Some(0.5) };
    stage.play().configure(actor.id, settings).await.unwrap();
    let mut failed = 0;
    for n in 0..200 {
        failed += u32::from(actor.session.send(&stage.text(n, "+15550100001", 1)).await.is_err());
    }
    assert!((50..150).contains(&failed), "{failed} of 200");
}
