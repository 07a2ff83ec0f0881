//! Requests asked again.

use super::*;
use crate::{Engine, Error, test_engine::TestEngine};
use std::time::Duration;
use wagate_model::{Caller, Mode};
use wagate_store::idempotency::find;

fn request(key: &str, body: char) -> IdempotencyUse {
    IdempotencyUse {
        method: "POST",
        path: "/v1/accounts".to_owned(),
        key: key.to_owned(),
        body_hash: body.to_string().repeat(64),
    }
}

async fn fresh(engine: &Engine, caller: &Caller, request: &IdempotencyUse) -> IdempotencyTicket {
    match engine.idempotency_begin(caller, request).await.unwrap() {
        Begun::Fresh(ticket) => ticket,
        replay @ Begun::Replay { .. } => panic!("{replay:?}"),
    }
}

async fn replayed(engine: &Engine, caller: &Caller, request: &IdempotencyUse) -> (u16, Vec<u8>) {
    match engine.idempotency_begin(caller, request).await.unwrap() {
        Begun::Replay { status, body } => (status, body),
        fresh @ Begun::Fresh(_) => panic!("{fresh:?}"),
    }
}

fn is_in_flight(begun: &crate::Result<Begun>) -> bool {
    matches!(begun, Err(Error::Conflict { code: "idempotency_key_in_flight", .. }))
}

#[tokio::test]
async fn a_request_asked_again_is_answered_again() {
    let test = TestEngine::new().await;
    let caller = test.owner(&test.workspace().await, Mode::Test);
    let asked = request("k", 'a');
    let ticket = fresh(&test.engine, &caller, &asked).await;
    assert!(is_in_flight(&test.engine.idempotency_begin(&caller, &asked).await));
    test.engine.idempotency_finish(ticket, 201, b"{\"id\":1}".to_vec(), false).await.unwrap();
    for _ in 0..2 {
        assert_eq!(replayed(&test.engine, &caller, &asked).await, (201, b"{\"id\":1}".to_vec()));
    }
    let other_body = test.engine.idempotency_begin(&caller, &request("k", 'b')).await;
    assert!(matches!(other_body, Err(Error::IdempotencyMismatch)), "{other_body:?}");
}

#[tokio::test]
async fn a_key_means_nothing_elsewhere() {
    let test = TestEngine::new().await;
    let workspace = test.workspace().await;
    let caller = test.owner(&workspace, Mode::Test);
    let asked = request("k", 'a');
    let ticket = fresh(&test.engine, &caller, &asked).await;
    test.engine.idempotency_finish(ticket, 200, Vec::new(), false).await.unwrap();
    let elsewhere = IdempotencyUse { path: "/v1/webhooks".to_owned(), ..asked.clone() };
    let _other_path = fresh(&test.engine, &caller, &elsewhere).await;
    let _other_mode = fresh(&test.engine, &test.owner(&workspace, Mode::Live), &asked).await;
    let _other_workspace = fresh(&test.engine, &test.owner(&test.workspace().await, Mode::Test), &asked).await;
}

#[tokio::test]
async fn an_answer_with_a_secret_lies_sealed() {
    let test = TestEngine::new().await;
    let caller = test.owner(&test.workspace().await, Mode::Test);
    let (asked, secret) = (request("k", 'a'), b"gw_test_secret".to_vec());
    let ticket = fresh(&test.engine, &caller, &asked).await;
    test.engine.idempotency_finish(ticket, 201, secret.clone(), true).await.unwrap();
    let row = find(&test.engine.database, caller.workspace_id, &scope_hash(&caller, &asked)).await.unwrap().unwrap();
    let kept = row.response.unwrap();
    assert!(row.is_sealed && !kept.windows(6).any(|window| window == b"secret"));
    assert_eq!(replayed(&test.engine, &caller, &asked).await, (201, secret));
}

#[tokio::test]
async fn an_abandoned_key_is_free_for_any_body() {
    let test = TestEngine::new().await;
    let caller = test.owner(&test.workspace().await, Mode::Test);
    let ticket = fresh(&test.engine, &caller, &request("k", 'a')).await;
    test.engine.idempotency_abandon(ticket).await.unwrap();
    let _ticket = fresh(&test.engine, &caller, &request("k", 'b')).await;
}

#[tokio::test]
async fn a_lease_that_ended_is_taken_over_and_its_late_answer_dropped() {
    let test = TestEngine::new().await;
    let caller = test.owner(&test.workspace().await, Mode::Test);
    let asked = request("k", 'a');
    let crashed = fresh(&test.engine, &caller, &asked).await;
    test.pass(Duration::from_millis(59_999));
    assert!(is_in_flight(&test.engine.idempotency_begin(&caller, &asked).await));
    test.pass(Duration::from_millis(1));
    let elsewhere = test.other_node();
    let second = fresh(&elsewhere, &caller, &asked).await;
    assert!(is_in_flight(&test.engine.idempotency_begin(&caller, &asked).await));
    test.engine.idempotency_finish(crashed, 200, b"late".to_vec(), false).await.unwrap();
    elsewhere.idempotency_finish(second, 200, b"second".to_vec(), false).await.unwrap();
    assert_eq!(replayed(&test.engine, &caller, &asked).await, (200, b"second".to_vec()));
}

#[tokio::test]
async fn of_64_at_once_one_has_the_key() {
    let test = TestEngine::new().await;
    let caller = test.owner(&test.workspace().await, Mode::Test);
    let (asked, elsewhere) = (request("k", 'a'), test.other_node());
    let nodes = [&test.engine, &elsewhere];
    let begun = (0..64).map(|number| nodes[number % 2].idempotency_begin(&caller, &asked));
    let begun = futures_util::future::join_all(begun).await;
    assert_eq!(begun.iter().filter(|begun| matches!(begun, Ok(Begun::Fresh(_)))).count(), 1);
    assert_eq!(begun.iter().filter(|begun| is_in_flight(begun)).count(), 63);
}

#[tokio::test]
async fn keys_are_forgotten_after_a_day() {
    let test = TestEngine::new().await;
    let caller = test.owner(&test.workspace().await, Mode::Test);
    for number in 0..201 {
        let ticket = fresh(&test.engine, &caller, &request(&format!("old-{number}"), 'a')).await;
        test.engine.idempotency_finish(ticket, 200, Vec::new(), false).await.unwrap();
    }
    test.pass(Duration::from_hours(24));
    cleaner::clean(&test.engine).await.unwrap();
    assert_eq!(replayed(&test.engine, &caller, &request("old-0", 'a')).await.0, 200);
    test.pass(Duration::from_millis(1));
    cleaner::clean(&test.engine).await.unwrap();
    for number in [0, 200] {
        let _ticket = fresh(&test.engine, &caller, &request(&format!("old-{number}"), 'a')).await;
    }
}
