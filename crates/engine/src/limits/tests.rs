//! Permits and quotas as the engine gives them, with the database's own clock.

use super::cleaner;
use crate::{Engine, Error, test_engine::TestEngine};
use futures_util::future::join_all;
use std::time::Duration;
use wagate_model::{Caller, Mode, Timestamp};
use wagate_store::{
    in_transaction,
    rate_limits::{self, Counted},
};

async fn caller(test: &TestEngine, requests: u32) -> Caller {
    let mut caller = test.owner(&test.workspace().await, Mode::Test);
    caller.limits.requests_per_minute = requests;
    caller
}

/// Asks so many times at once, in a minute that lasts; answers how many were let in.
async fn let_in(test: &TestEngine, nodes: &[&Engine], caller: &Caller, times: usize) -> usize {
    while test.engine.database.now().await.unwrap().0 % 60_000 > 50_000 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let asked = (0..times).map(|number| nodes[number % nodes.len()].admit(caller));
    join_all(asked).await.into_iter().filter(|admitted| admitted.as_ref().unwrap().is_ok()).count()
}

#[tokio::test]
async fn of_many_at_once_so_many_are_let_in() {
    let test = TestEngine::new().await;
    for limit in [0, 1, 7, 100, 1_000] {
        let caller = caller(&test, limit).await;
        assert_eq!(let_in(&test, &[&test.engine], &caller, limit as usize + 50).await, limit as usize);
    }
}

#[tokio::test]
async fn two_nodes_let_in_no_more_and_hardly_less() {
    let test = TestEngine::new().await;
    let other = test.other_node();
    let caller = caller(&test, 100).await;
    let count = let_in(&test, &[&test.engine, &other], &caller, 200).await;
    assert!((95..=100).contains(&count), "{count}");
}

#[tokio::test]
async fn what_counts_as_several_is_let_in_whole_or_not() {
    let test = TestEngine::new().await;
    let caller = caller(&test, 20).await;
    assert_eq!(let_in(&test, &[&test.engine], &caller, 1).await, 1);
    test.engine.charge(&caller, 0).await.unwrap();
    test.engine.charge(&caller, 15).await.unwrap();
    assert!(matches!(test.engine.charge(&caller, 5).await, Err(Error::RateLimited { .. })));
    test.engine.charge(&caller, 4).await.unwrap();
    assert!(matches!(test.engine.charge(&caller, 1).await, Err(Error::RateLimited { .. })));
    assert!(matches!(test.engine.charge(&caller, 20).await, Err(Error::LimitReached { .. })), "never");
}

#[tokio::test]
async fn without_the_database_nobody_is_let_in() {
    let test = TestEngine::new().await;
    let caller = caller(&test, 100).await;
    test.engine.database.close().await;
    assert!(matches!(test.engine.admit(&caller).await, Err(Error::Unavailable { .. })));
}

#[tokio::test]
async fn windows_that_are_long_over_are_deleted() {
    let test = TestEngine::new().await;
    let caller = caller(&test, 100).await;
    let key = (caller.workspace_id, caller.mode);
    let database = &test.engine.database;
    let minute = Counted::Requests.window_of(database.now().await.unwrap());
    let day = Counted::Messages.window_of(test.now());
    let at = |start: Timestamp, counted: Counted, ago: u32| start.minus(counted.window() * ago);
    for ago in [0, 4, 7, 8] {
        for (counted, start) in [(Counted::Requests, minute), (Counted::Messages, day)] {
            in_transaction!(database, |tx| rate_limits::add(tx, counted, at(start, counted, ago), &[(key, 1)]).await)
                .unwrap();
        }
    }
    cleaner::clean(&test.engine).await.unwrap();
    for (counted, start) in [(Counted::Requests, minute), (Counted::Messages, day)] {
        for (ago, kept) in [(0, 1), (4, 1), (7, 0), (8, 0)] {
            let used = rate_limits::used(database, counted, at(start, counted, ago), key).await.unwrap();
            assert_eq!(used, kept, "{counted:?} {ago} windows ago");
        }
    }
}
