//! Events: numbers without gaps in the order of commits, whoever else commits or fails meanwhile.

use crate::support::{HARD_TEXT, NOON, id, workspace};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use std::sync::atomic::{AtomicUsize, Ordering};
use wagate_model::{EventType, Mode, WorkspaceId};
use wagate_store::{
    Database, StoreError, Tx,
    events::{self, EventFilter, NewEvent},
    in_transaction,
};

/// One of several sequences.
type Stream = (WorkspaceId, Mode);

async fn append(
    tx: &mut Tx,
    (workspace_id, mode): Stream,
    count: i64,
    event_type: EventType,
) -> wagate_store::Result<i64> {
    let first = events::take_numbers(tx, workspace_id, mode, count).await?;
    let rows: Vec<_> = (first..)
        .take(usize::try_from(count).unwrap())
        .map(|sequence| NewEvent {
            id: id(),
            sequence,
            event_type,
            account_id: None,
            body: format!("{{\"n\":{sequence},\"text\":\"{HARD_TEXT}\"}}"),
            created_at: NOON,
        })
        .collect();
    events::insert_many(tx, workspace_id, mode, &rows).await?;
    Ok(first)
}

async fn numbers(database: &Database, (workspace_id, mode): Stream) -> Vec<i64> {
    let page = events::list(database, workspace_id, mode, &EventFilter::default(), 10_000).await.unwrap();
    assert!(!page.has_more);
    page.data.iter().map(|row| row.sequence).collect()
}

fn up_to(count: usize) -> Vec<i64> {
    (1..).take(count).collect()
}

/// What one transaction does: to some streams it adds some events, and then fails or not.
#[derive(Debug, Clone)]
struct Deed {
    counts: Vec<i64>,
    fails: bool,
}

fn any_deed() -> impl Strategy<Value = Deed> {
    (proptest::collection::vec(0_i64..4, 4), proptest::bool::weighted(0.3))
        .prop_map(|(counts, fails)| Deed { counts, fails })
}

async fn do_it(database: &Database, streams: &[Stream], deed: &Deed) {
    let done = in_transaction!(database, |tx| {
        for (stream, count) in streams.iter().zip(&deed.counts).filter(|(_, count)| **count > 0) {
            append(tx, *stream, *count, EventType::MessageStatus).await?;
        }
        if deed.fails { Err(StoreError::Stopping) } else { Ok(()) }
    });
    assert_eq!(done.is_err(), deed.fails, "{done:?}");
}

on_both! {
    async fn numbers_have_no_gap_at_any_moment_whatever_fails_meanwhile(database: &Database) {
        let (one, two) = (workspace(database).await, workspace(database).await);
        // In one order for everybody, as the engine takes them.
        let mut streams = vec![(one, Mode::Test), (one, Mode::Live), (two, Mode::Test), (two, Mode::Live)];
        streams.sort_unstable_by_key(|(workspace_id, mode)| (workspace_id.to_string(), mode.to_string()));
        let mut runner = TestRunner::default();
        let plan = proptest::collection::vec(proptest::collection::vec(any_deed(), 6), 6).new_tree(&mut runner).unwrap().current();
        let at_work = AtomicUsize::new(plan.len());
        let work = async |deeds: &[Deed]| {
            for deed in deeds {
                do_it(database, &streams, deed).await;
            }
            at_work.fetch_sub(1, Ordering::Relaxed);
        };
        let writers = plan.iter().map(|deeds| work(deeds));
        // Whoever follows the events must never see a number before an earlier one.
        let reader = async {
            while at_work.load(Ordering::Relaxed) > 0 {
                for stream in &streams {
                    let seen = numbers(database, *stream).await;
                    assert_eq!(seen, up_to(seen.len()), "{plan:?}");
                }
            }
        };
        tokio::join!(futures_util::future::join_all(writers), reader);
        for (index, stream) in streams.iter().enumerate() {
            let kept: i64 = plan.iter().flatten().filter(|deed| !deed.fails).map(|deed| deed.counts[index]).sum();
            assert_eq!(numbers(database, *stream).await, up_to(usize::try_from(kept).unwrap()), "{plan:?}");
        }
    }

    async fn the_first_numbers_of_all_are_given_out_once(database: &Database) {
        let stream = (workspace(database).await, Mode::Test);
        let first = async || committed!(database, |tx| append(tx, stream, 2, EventType::MessageStatus).await);
        let mut firsts = futures_util::future::join_all((0..8).map(|_| first())).await;
        firsts.sort_unstable();
        assert_eq!(firsts, [1, 3, 5, 7, 9, 11, 13, 15]);
    }

    async fn who_comes_second_waits_for_the_first_to_commit(database: &Database) {
        let stream = (workspace(database).await, Mode::Test);
        committed!(database, |tx| append(tx, stream, 1, EventType::MessageStatus).await);
        let order = std::sync::Mutex::new(Vec::new());
        let mut tx = database.begin().await.unwrap();
        append(&mut tx, stream, 1, EventType::MessageStatus).await.unwrap();
        let second = async {
            let number = committed!(database, |tx| append(tx, stream, 1, EventType::MessageStatus).await);
            order.lock().unwrap().push(number);
        };
        let first = async {
            // Long enough for the other one to come and wait; if it does not, this proves less but
            // does not fail.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            order.lock().unwrap().push(2);
            tx.commit().await.unwrap();
        };
        tokio::join!(second, first);
        assert_eq!(*order.lock().unwrap(), [2, 3]);
    }

    async fn events_are_listed_after_a_number_by_type_and_for_their_stream_alone(database: &Database) {
        let workspace_id = workspace(database).await;
        let types = [EventType::MessageStatus, EventType::MessageReceived, EventType::MessageStatus, EventType::ConnectionUpdate, EventType::MessageStatus];
        for event_type in types {
            committed!(database, |tx| append(tx, (workspace_id, Mode::Test), 1, event_type).await);
        }
        let list = async |after_sequence, types: &[EventType], limit| {
            let filter = EventFilter { after_sequence, types: types.to_vec(), bound_to: None };
            let page = events::list(database, workspace_id, Mode::Test, &filter, limit).await.unwrap();
            (page.data.iter().map(|row| row.sequence).collect::<Vec<_>>(), page.has_more)
        };
        assert_eq!(list(0, &[], 5).await, (vec![1, 2, 3, 4, 5], false));
        assert_eq!(list(0, &[], 2).await, (vec![1, 2], true));
        assert_eq!(list(4, &[], 2).await, (vec![5], false));
        assert_eq!(list(5, &[], 2).await, (vec![], false));
        assert_eq!(list(1, &[EventType::MessageStatus], 1).await, (vec![3], true));
        assert_eq!(list(0, &[EventType::ConnectionUpdate, EventType::MessageReceived], 5).await, (vec![2, 4], false));
        assert_eq!(numbers(database, (workspace_id, Mode::Live)).await, up_to(0));
        assert_eq!(numbers(database, (workspace(database).await, Mode::Test)).await, up_to(0));
        let second = EventFilter { after_sequence: 1, ..EventFilter::default() };
        let page = events::list(database, workspace_id, Mode::Test, &second, 1).await.unwrap();
        assert_eq!(page.data[0].body, format!("{{\"n\":2,\"text\":\"{HARD_TEXT}\"}}"), "byte for byte");
    }
}
