//! What is limited by time: permits and quotas, by windows.

use crate::support::workspace;
use futures_util::future::join_all;
use std::time::Duration;
use wagate_model::{Mode, Timestamp};
use wagate_store::{
    Database, in_transaction,
    rate_limits::{self, Ask, Block, Counted, Key},
};

/// A full minute of the database's clock.
const MINUTE: Timestamp = Timestamp(1_763_812_800_000);

fn ask(key: Key, count: u32) -> Ask {
    Ask { key, count, least: 1, most: 100 }
}

async fn take(database: &Database, ask: Ask, at: i64) -> Block {
    rate_limits::take_requests(database, ask, Some(Timestamp(at))).await.unwrap()
}

async fn used(database: &Database, key: Key) -> u64 {
    rate_limits::used(database, Counted::Requests, MINUTE, key).await.unwrap()
}

on_both! {
    async fn a_window_gives_what_it_has_and_no_more(database: &Database) {
        let key = (workspace(database).await, Mode::Test);
        let first = take(database, ask(key, 70), MINUTE.0 + 1).await;
        assert_eq!(first, Block { granted: 70, used: 70, window_start: MINUTE, now: Timestamp(MINUTE.0 + 1) });
        let second = take(database, ask(key, 70), MINUTE.0 + 2).await;
        assert_eq!((second.granted, second.used), (30, 100));
        let third = take(database, ask(key, 1), MINUTE.0 + 3).await;
        assert_eq!((third.granted, third.used), (0, 100));
        assert_eq!(used(database, key).await, 100, "nobody counts what was not granted");
    }

    async fn a_window_is_a_minute_and_the_next_one_is_whole(database: &Database) {
        let key = (workspace(database).await, Mode::Test);
        assert_eq!(take(database, ask(key, 100), MINUTE.0).await.granted, 100);
        assert_eq!(take(database, ask(key, 1), MINUTE.0 + 59_999).await.granted, 0);
        let next = take(database, ask(key, 100), MINUTE.0 + 60_000).await;
        assert_eq!((next.granted, next.window_start), (100, Timestamp(MINUTE.0 + 60_000)));
        assert_eq!(take(database, ask(key, 1), MINUTE.0 - 1).await.granted, 1, "the minute before has its own");
    }

    async fn the_window_is_the_databases_minute(database: &Database) {
        let key = (workspace(database).await, Mode::Test);
        let before = database.now().await.unwrap();
        let block = rate_limits::take_requests(database, ask(key, 1), None).await.unwrap();
        let after = database.now().await.unwrap();
        assert!(before <= block.now && block.now <= after, "{before} {block:?} {after}");
        assert_eq!(block.window_start, Counted::Requests.window_of(block.now));
        assert_eq!(block.window_start.0 % 60_000, 0);
    }

    async fn all_or_nothing_is_taken_where_less_does_not_do(database: &Database) {
        let key = (workspace(database).await, Mode::Test);
        take(database, ask(key, 95), MINUTE.0).await;
        let batch = take(database, Ask { least: 6, ..ask(key, 10) }, MINUTE.0).await;
        assert_eq!((batch.granted, batch.used), (0, 95));
        let smaller = take(database, Ask { least: 5, ..ask(key, 10) }, MINUTE.0).await;
        assert_eq!((smaller.granted, smaller.used), (5, 100));
    }

    async fn a_limit_that_was_lowered_grants_nothing_beyond_it(database: &Database) {
        let key = (workspace(database).await, Mode::Test);
        take(database, ask(key, 60), MINUTE.0).await;
        let lowered = take(database, Ask { most: 50, ..ask(key, 5) }, MINUTE.0).await;
        assert_eq!((lowered.granted, lowered.used), (0, 60));
        let raised = take(database, Ask { most: 62, ..ask(key, 5) }, MINUTE.0).await;
        assert_eq!((raised.granted, raised.used), (2, 62));
    }

    async fn workspaces_modes_and_kinds_have_windows_of_their_own(database: &Database) {
        let (one, two) = (workspace(database).await, workspace(database).await);
        for key in [(one, Mode::Test), (one, Mode::Live), (two, Mode::Test)] {
            assert_eq!(take(database, ask(key, 100), MINUTE.0).await.granted, 100);
        }
        let counts = [((one, Mode::Test), 3), ((two, Mode::Live), 4)];
        let after = committed!(database, |tx| rate_limits::add(tx, Counted::Messages, MINUTE, &counts).await);
        assert_eq!((after[&counts[0].0], after[&counts[1].0]), (3, 4));
        assert_eq!(used(database, (two, Mode::Live)).await, 0);
    }

    async fn of_many_who_take_at_once_none_gets_too_much(database: &Database) {
        let key = (workspace(database).await, Mode::Test);
        let asks = (0..64).map(|number| take(database, ask(key, 1 + number % 5), MINUTE.0));
        let granted: u32 = join_all(asks).await.iter().map(|block| block.granted).sum();
        assert_eq!((granted, used(database, key).await), (100, 100));
    }

    async fn what_a_rolled_back_transaction_added_is_not_there(database: &Database) {
        let key = (workspace(database).await, Mode::Test);
        let mut tx = database.begin().await.unwrap();
        rate_limits::add(&mut tx, Counted::Requests, MINUTE, &[(key, 7)]).await.unwrap();
        drop(tx);
        assert_eq!(used(database, key).await, 0);
        let added = in_transaction!(database, |tx| {
            let after = rate_limits::add(tx, Counted::Requests, MINUTE, &[(key, 7)]).await?;
            rate_limits::take_back(tx, Counted::Requests, MINUTE, key, 3).await?;
            Ok(after)
        });
        assert_eq!((added.unwrap()[&key], used(database, key).await), (7, 4));
    }

    async fn old_windows_are_deleted_by_and_by(database: &Database) {
        let (one, two) = (workspace(database).await, workspace(database).await);
        for key in [(one, Mode::Test), (one, Mode::Live), (two, Mode::Test)] {
            for minute in 0..3 {
                take(database, ask(key, 1), MINUTE.0 + minute * 60_000).await;
            }
            committed!(database, |tx| rate_limits::add(tx, Counted::Messages, MINUTE, &[(key, 1)]).await);
        }
        let before = Timestamp(MINUTE.0 + 120_000);
        let mut deleted = Vec::new();
        while deleted.last() != Some(&0) {
            let delete = in_transaction!(database, |tx| {
                rate_limits::delete_older_any_workspace(tx, Counted::Requests, before, 100).await
            });
            deleted.push(delete.unwrap());
        }
        assert_eq!(deleted, [3, 3, 0], "a window at a time");
        assert_eq!(used(database, (one, Mode::Test)).await, 0);
        let kept = rate_limits::used(database, Counted::Requests, before, (one, Mode::Live)).await.unwrap();
        let quota = rate_limits::used(database, Counted::Messages, MINUTE, (two, Mode::Test)).await.unwrap();
        assert_eq!((kept, quota), (1, 1));
    }
}

#[test]
fn a_day_begins_at_midnight_in_utc() {
    let day = Counted::Messages.window_of(Timestamp(MINUTE.0 + 4711));
    assert_eq!(day.to_string(), "2025-11-22T00:00:00.000Z");
    assert_eq!(Counted::Messages.window_of(Timestamp(day.0 - 1)).to_string(), "2025-11-21T00:00:00.000Z");
    assert_eq!(Counted::Messages.window(), Duration::from_hours(24));
}
