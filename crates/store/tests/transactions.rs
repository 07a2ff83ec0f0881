//! Transactions: all or nothing, and again when they met another one.

use crate::support::{NOON, account, new_workspace, on_mysql, workspace};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Barrier;
use wagate_model::{AccountId, Mode, WorkspaceId, tier::Tiers};
use wagate_store::{Database, StoreError, accounts, in_transaction, tx::CONFLICT_TRIES, workspaces};

/// What the database says of a transaction that lost.
fn conflict() -> StoreError {
    StoreError::Conflict(sqlx::Error::PoolTimedOut)
}

on_both! {
    async fn what_is_not_committed_never_was(database: &Database) {
        let workspace = new_workspace("Acme");
        let mut tx = database.begin().await.unwrap();
        workspaces::insert(&mut tx, &workspace).await.unwrap();
        assert!(workspaces::find(&mut tx, &Tiers::default(), workspace.id).await.unwrap().is_some());
        assert_eq!(workspaces::find(database, &Tiers::default(), workspace.id).await.unwrap(), None);
        drop(tx);
        assert_eq!(workspaces::find(database, &Tiers::default(), workspace.id).await.unwrap(), None);
    }

    async fn a_failure_takes_back_the_whole_transaction(database: &Database) {
        let (one, two) = (new_workspace("one"), new_workspace("two"));
        committed!(database, |tx| workspaces::insert(tx, &two).await);
        let failed = in_transaction!(database, |tx| {
            workspaces::insert(tx, &one).await?;
            workspaces::insert(tx, &two).await
        });
        assert!(matches!(failed, Err(StoreError::Duplicate(_))), "{failed:?}");
        assert_eq!(workspaces::find(database, &Tiers::default(), one.id).await.unwrap(), None);
    }

    async fn a_transaction_that_met_another_is_done_again_from_the_start(database: &Database) {
        let (workspace, tries) = (new_workspace("Acme"), AtomicU32::new(0));
        let value = in_transaction!(database, |tx| {
            workspaces::insert(tx, &workspace).await?;
            let number = tries.fetch_add(1, Ordering::Relaxed) + 1;
            if number < 3 { Err(conflict()) } else { Ok(number) }
        });
        assert_eq!(value.unwrap(), 3);
        assert!(workspaces::find(database, &Tiers::default(), workspace.id).await.unwrap().is_some());
    }

    async fn a_transaction_that_always_loses_gives_up(database: &Database) {
        let tries = AtomicU32::new(0);
        let outcome: wagate_store::Result<()> = in_transaction!(database, |_tx| {
            tries.fetch_add(1, Ordering::Relaxed);
            Err(conflict())
        });
        assert!(outcome.unwrap_err().is_conflict());
        assert_eq!(tries.into_inner(), CONFLICT_TRIES);
    }

    async fn other_failures_are_not_tried_again(database: &Database) {
        let tries = AtomicU32::new(0);
        let outcome: wagate_store::Result<()> = in_transaction!(database, |_tx| {
            tries.fetch_add(1, Ordering::Relaxed);
            Err(StoreError::Stopping)
        });
        assert!(matches!(outcome, Err(StoreError::Stopping)));
        assert_eq!(tries.into_inner(), 1);
    }

    async fn a_lock_makes_counting_and_adding_one_step(database: &Database) {
        let workspace_id = workspace(database).await;
        let add = async || {
            in_transaction!(database, |tx| {
                workspaces::lock(tx, &Tiers::default(), workspace_id).await?;
                let is_free = accounts::count(&mut *tx, workspace_id, Mode::Test).await? < 3;
                if is_free {
                    accounts::insert(tx, &crate::support::new_account(workspace_id, Mode::Test)).await?;
                }
                wagate_store::Result::Ok(is_free)
            })
            .unwrap()
        };
        let added = futures_util::future::join_all((0..8).map(|_| add())).await;
        assert_eq!(added.into_iter().filter(|is_added| *is_added).count(), 3);
        assert_eq!(accounts::count(database, workspace_id, Mode::Test).await.unwrap(), 3);
    }
}

/// Locks two accounts, and between them waits at its first try until the other side holds its own.
async fn rename_both(
    database: &Database,
    workspace_id: WorkspaceId,
    [first, second]: [AccountId; 2],
    barrier: &Barrier,
) -> u32 {
    let tries = AtomicU32::new(0);
    in_transaction!(database, |tx| {
        accounts::rename(tx, workspace_id, first, "held", NOON).await?;
        if tries.fetch_add(1, Ordering::Relaxed) == 0 {
            barrier.wait().await;
        }
        accounts::rename(tx, workspace_id, second, "held too", NOON).await
    })
    .unwrap();
    tries.into_inner()
}

/// On MySQL alone: SQLite has one writer at a time, so that no two can wait for each other.
#[tokio::test]
async fn a_real_deadlock_ends_with_both_transactions_done() {
    on_mysql(async |database| {
        let workspace_id = workspace(&database).await;
        let (one, two) = (account(&database, workspace_id).await, account(&database, workspace_id).await);
        let barrier = Barrier::new(2);
        let (there, back) = tokio::join!(
            rename_both(&database, workspace_id, [one, two], &barrier),
            rename_both(&database, workspace_id, [two, one], &barrier),
        );
        assert_eq!(there + back, 3, "one of them was done twice");
    })
    .await;
}
