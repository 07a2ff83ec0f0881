//! Idempotency keys.

use crate::support::{NOON, workspace};
use wagate_model::{Timestamp, WorkspaceId};
use wagate_store::{
    Database,
    idempotency::{self, IdempotencyRow, KeptAnswer},
};

const LEASE_END: Timestamp = Timestamp(NOON.0 + 60_000);

fn hash(number: u32) -> String {
    format!("{number:064x}")
}

fn row(workspace_id: WorkspaceId, number: u32, token: &str) -> IdempotencyRow {
    IdempotencyRow {
        scope_hash: hash(number),
        workspace_id,
        token: token.to_owned(),
        body_hash: hash(7),
        lease_until: Some(LEASE_END),
        status_code: None,
        response: None,
        is_sealed: false,
        created_at: Timestamp(NOON.0 + i64::from(number)),
    }
}

fn answer(body: &[u8]) -> KeptAnswer {
    KeptAnswer { status_code: 201, response: body.to_vec(), is_sealed: true }
}

on_both! {
    async fn whoever_comes_first_has_the_key(database: &Database) {
        let workspace_id = workspace(database).await;
        committed!(database, |tx| idempotency::insert_many(tx, [row(workspace_id, 1, "first")]).await);
        let later = [row(workspace_id, 1, "second"), row(workspace_id, 2, "second"), row(workspace_id, 2, "third")];
        let found = committed!(database, |tx| {
            idempotency::insert_many(tx, later.clone()).await?;
            idempotency::find_many_any_workspace(tx, &[hash(1), hash(2), hash(3)]).await
        });
        let mut tokens: Vec<_> = found.iter().map(|row| (row.scope_hash.clone(), row.token.as_str())).collect();
        tokens.sort();
        assert_eq!(tokens, [(hash(1), "first"), (hash(2), "second")]);
        assert_eq!(idempotency::find_many_any_workspace(database, &[]).await.unwrap(), []);
    }

    async fn a_row_is_read_back_as_it_was_written(database: &Database) {
        let (mine, other) = (workspace(database).await, workspace(database).await);
        let answered = IdempotencyRow {
            lease_until: None,
            status_code: Some(599),
            response: Some(vec![0, 255, 10]),
            is_sealed: true,
            ..row(mine, 1, "msg_01jd0c2q4w8v7h3n5k6m9p0r1s")
        };
        committed!(database, |tx| idempotency::insert_many(tx, [answered.clone()]).await);
        assert_eq!(idempotency::find(database, mine, &hash(1)).await.unwrap(), Some(answered));
        assert_eq!(idempotency::find(database, other, &hash(1)).await.unwrap(), None);
    }

    async fn an_answer_is_kept_once_and_by_its_token_alone(database: &Database) {
        let workspace_id = workspace(database).await;
        committed!(database, |tx| idempotency::insert_many(tx, [row(workspace_id, 1, "mine")]).await);
        assert!(!committed!(database, |tx| idempotency::finish(tx, workspace_id, &hash(1), "other", answer(b"no")).await));
        assert!(committed!(database, |tx| idempotency::finish(tx, workspace_id, &hash(1), "mine", answer(b"yes")).await));
        assert!(!committed!(database, |tx| idempotency::finish(tx, workspace_id, &hash(1), "mine", answer(b"again")).await));
        assert!(!committed!(database, |tx| idempotency::abandon(tx, workspace_id, &hash(1), "mine").await));
        let kept = idempotency::find(database, workspace_id, &hash(1)).await.unwrap().unwrap();
        assert_eq!((kept.status_code, kept.response, kept.is_sealed, kept.lease_until), (Some(201), Some(b"yes".to_vec()), true, None));
    }

    async fn a_lease_is_taken_over_once(database: &Database) {
        let workspace_id = workspace(database).await;
        let dead = row(workspace_id, 1, "dead");
        committed!(database, |tx| idempotency::insert_many(tx, [dead.clone()]).await);
        let later = Timestamp(LEASE_END.0 + 60_000);
        assert!(committed!(database, |tx| idempotency::take_over(tx, &dead, "quick", later).await));
        assert!(!committed!(database, |tx| idempotency::take_over(tx, &dead, "slow", later).await));
        assert!(!committed!(database, |tx| idempotency::finish(tx, workspace_id, &hash(1), "dead", answer(b"late")).await));
        let row = idempotency::find(database, workspace_id, &hash(1)).await.unwrap().unwrap();
        assert_eq!((row.token.as_str(), row.lease_until), ("quick", Some(later)));
    }

    async fn an_abandoned_key_is_free_again(database: &Database) {
        let workspace_id = workspace(database).await;
        committed!(database, |tx| idempotency::insert_many(tx, [row(workspace_id, 1, "mine")]).await);
        assert!(!committed!(database, |tx| idempotency::abandon(tx, workspace_id, &hash(1), "other").await));
        assert!(committed!(database, |tx| idempotency::abandon(tx, workspace_id, &hash(1), "mine").await));
        assert_eq!(idempotency::find(database, workspace_id, &hash(1)).await.unwrap(), None);
    }

    async fn old_rows_are_deleted_in_batches_oldest_first(database: &Database) {
        let workspace_id = workspace(database).await;
        let rows: Vec<_> = (1..=5).map(|number| row(workspace_id, number, "t")).collect();
        committed!(database, |tx| idempotency::insert_many(tx, rows.clone()).await);
        let before = rows[3].created_at;
        for (deleted, left) in [(2, vec![3, 4, 5]), (1, vec![4, 5]), (0, vec![4, 5])] {
            assert_eq!(committed!(database, |tx| idempotency::delete_older_any_workspace(tx, before, 2).await), deleted);
            let all: Vec<_> = (1..=5).map(hash).collect();
            let mut there: Vec<_> = idempotency::find_many_any_workspace(database, &all).await.unwrap().into_iter().map(|row| row.scope_hash).collect();
            there.sort();
            assert_eq!(there, left.into_iter().map(hash).collect::<Vec<_>>());
        }
    }

    async fn a_large_batch_is_inserted_whole(database: &Database) {
        let workspace_id = workspace(database).await;
        let rows: Vec<_> = (0..173).map(|number| row(workspace_id, number, &format!("t{number}"))).collect();
        committed!(database, |tx| idempotency::insert_many(tx, rows.clone()).await);
        let all: Vec<_> = (0..173).map(hash).collect();
        let mut there = idempotency::find_many_any_workspace(database, &all).await.unwrap();
        there.sort_by(|a, b| a.scope_hash.cmp(&b.scope_hash));
        assert_eq!(there, rows);
    }
}
