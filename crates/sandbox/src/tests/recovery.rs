//! What a crash or a refusing sink must not lose.

use super::stage::{Stage, linked};
use std::sync::{Arc, atomic::Ordering};
use wagate_model::{
    AccountStatus,
    provider::ReceiptKind::{Delivered, Read},
};

#[tokio::test(start_paused = true)]
async fn receipts_that_were_lost_in_a_crash_come_after_the_restart() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let id = actor.send(&stage.text(1, "+15550100001", 1)).await;
    drop(actor);
    let stage = stage.restart();
    let actor = stage.connected().await;
    actor.sink.until_receipts(&id, &[Delivered, Read]).await;
}

#[tokio::test(start_paused = true)]
async fn receipts_that_were_taken_do_not_come_again() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let taken = actor.send(&stage.text(1, "+15550100001", 1)).await;
    actor.sink.until_receipts(&taken, &[Delivered, Read]).await;
    while !stage.sandbox.network.tasks.is_empty() {
        tokio::task::yield_now().await;
    }
    let lost = actor.send(&stage.text(2, "+15550100001", 1)).await;
    drop(actor);
    let stage = stage.restart();
    let actor = stage.connected().await;
    actor.sink.until_receipts(&lost, &[Delivered, Read]).await;
    assert_eq!(actor.sink.receipts(&taken), []);
}

#[tokio::test(start_paused = true)]
async fn receipts_that_waited_for_a_stopped_account_come_at_its_next_start() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    actor.sink.refuse(true);
    let mut ids = Vec::new();
    for n in 0..200 {
        ids.push(actor.send(&stage.text(n, "+15550100001", 1)).await);
    }
    actor.session.stop().await;
    let actor = stage.connected().await;
    for id in ids {
        actor.sink.until_receipts(&id, &[Delivered, Read]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn another_account_does_not_hear_of_them() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let id = actor.send(&stage.text(1, "+15550100001", 1)).await;
    drop(actor);
    let stage = stage.restart();
    let stranger = stage.start(8, linked()).await;
    let actor = stage.connected().await;
    actor.sink.until_receipts(&id, &[Delivered, Read]).await;
    assert_eq!(stranger.sink.receipts(&id), []);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_is_told_until_the_sink_takes_it() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let id = actor.send(&stage.text(1, "+15550100001", 1)).await;
    actor.sink.refuse(true);
    actor.sink.until(|it| it.refusals.load(Ordering::Relaxed) >= 5).await;
    actor.sink.refuse(false);
    actor.sink.until_receipts(&id, &[Delivered, Read]).await;
}

#[tokio::test(start_paused = true)]
async fn the_connection_is_told_until_the_sink_takes_it() {
    let stage = Stage::new();
    let sink = Arc::new(super::stage::Recorder::default());
    sink.refuse(true);
    let actor = stage.start_with(7, linked(), sink).await;
    actor.sink.until(|it| it.refusals.load(Ordering::Relaxed) >= 5).await;
    actor.sink.refuse(false);
    actor.sink.until_status(AccountStatus::Connected).await;
}

#[tokio::test(start_paused = true)]
async fn a_repeat_after_the_end_brings_the_receipts_again() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let id = actor.send(&stage.text(1, "+15550100001", 1)).await;
    actor.sink.until_receipts(&id, &[Delivered, Read]).await;
    actor.send(&stage.text(1, "+15550100001", 2)).await;
    actor.sink.until_receipts(&id, &[Delivered, Read, Delivered, Read]).await;
}
