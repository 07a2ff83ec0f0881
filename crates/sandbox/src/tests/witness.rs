//! The journal as the witness of what arrived.

use super::stage::{Stage, config_at, linked};
use crate::{Sandbox, journal};
use std::{
    collections::HashSet,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    sync::Arc,
};
use tokio::task::JoinSet;
use wagate_model::{AccountStatus, Timestamp};

#[tokio::test(start_paused = true)]
async fn what_was_answered_stands_in_the_journal() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    let message = stage.text(1, "+15550100001", 3);
    actor.send(&message).await;
    let arrivals = journal::read(stage.journal()).unwrap();
    assert_eq!(arrivals.len(), 1);
    let arrival = &arrivals[0];
    assert_eq!(arrival.message_id, message.message_id);
    assert_eq!(arrival.provider_message_id, message.provider_message_id);
    assert_eq!((arrival.account_id, arrival.attempt, arrival.repeat), (actor.id, 3, 0));
    assert_eq!((arrival.chat_id.as_str(), arrival.at), ("+15550100001", Timestamp(0)));
    assert_eq!(arrival.content, message.content.to_json());
}

#[tokio::test(start_paused = true)]
async fn repeats_are_counted_across_restarts() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    for attempt in 1..3 {
        actor.send(&stage.text(1, "+15550100001", attempt)).await;
    }
    actor.send(&stage.text(2, "+15550100001", 1)).await;
    drop(actor);
    let stage = stage.restart();
    let actor = stage.connected().await;
    actor.send(&stage.text(1, "+15550100001", 3)).await;
    let arrivals = journal::read(stage.journal()).unwrap();
    assert_eq!(arrivals.iter().map(|it| it.repeat).collect::<Vec<_>>(), [0, 1, 0, 2]);
}

#[tokio::test(start_paused = true)]
async fn the_same_id_from_two_accounts_is_two_messages() {
    let stage = Stage::new();
    let (one, other) = (stage.connected().await, stage.start(8, linked()).await);
    other.sink.until_status(AccountStatus::Connected).await;
    for actor in [&one, &other] {
        actor.send(&stage.text(1, "+15550100001", 1)).await;
    }
    let arrivals = journal::read(stage.journal()).unwrap();
    assert_eq!(arrivals.iter().map(|it| it.repeat).collect::<Vec<_>>(), [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_torn_last_line_is_cut_off() {
    for torn in ["{\"arrival\":{\"message_id\":\"ms", "{\"done\":{}}", "\0\0\0\0", "garbage\n"] {
        let stage = Stage::new();
        let actor = stage.connected().await;
        actor.send(&stage.text(1, "+15550100001", 1)).await;
        drop(actor);
        OpenOptions::new().append(true).open(stage.journal()).unwrap().write_all(torn.as_bytes()).unwrap();
        assert_eq!(journal::read(stage.journal()).unwrap().len(), 1, "{torn:?}");

        let stage = stage.restart();
        let actor = stage.connected().await;
        actor.send(&stage.text(2, "+15550100001", 1)).await;
        assert_eq!(journal::read(stage.journal()).unwrap().len(), 2, "{torn:?}");
    }
}

#[test]
fn damage_before_the_last_line_is_an_error_that_names_the_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.jsonl");
    fs::write(&path, "garbage\n{\"done\":{}}\n").unwrap();
    let error = Sandbox::new(config_at(path)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert!(error.to_string().contains("line 1"), "{error}");
}

#[test]
fn a_journal_has_one_writer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.jsonl");
    let first = Sandbox::new(config_at(path.clone())).unwrap();
    assert_eq!(Sandbox::new(config_at(path.clone())).unwrap_err().kind(), ErrorKind::WouldBlock);
    drop(first);
    Sandbox::new(config_at(path)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_sends_at_once_all_arrive_once() {
    let stage = Arc::new(Stage::new());
    let actor = Arc::new(stage.connected().await);
    let mut sends = JoinSet::new();
    for n in 0..1_000 {
        let (stage, actor) = (stage.clone(), actor.clone());
        sends.spawn(async move { actor.send(&stage.text(n, "+15550110005", 1)).await });
    }
    let ids: HashSet<_> = sends.join_all().await.into_iter().collect();
    let arrivals = journal::read(stage.journal()).unwrap();
    assert_eq!((ids.len(), arrivals.len()), (1_000, 1_000));
    assert!(arrivals.iter().all(|it| it.repeat == 0 && ids.contains(&it.provider_message_id)));
    assert!(stage.sandbox.journal_syncs() <= 1_000);
}

#[tokio::test]
async fn a_closed_journal_takes_nothing() {
    let stage = Stage::new();
    let actor = stage.connected().await;
    stage.sandbox.network.journal.close();
    let failure = actor.refused(&stage.text(1, "+15550100001", 1)).await;
    assert_eq!(failure.reason, wagate_model::Reason::OutcomeUnknown);
    assert_eq!(journal::read(stage.journal()).unwrap(), []);
}
