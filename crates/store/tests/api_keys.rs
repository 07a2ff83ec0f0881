//! API keys.

use crate::support::{NOON, id, new_key, workspace};
use wagate_model::{AccountId, KeyId, Mode, Scope, Timestamp, WorkspaceId, workspace::ApiKey};
use wagate_store::{Database, Page, StoreError, api_keys, in_transaction};

fn hash(digit: char) -> String {
    digit.to_string().repeat(64)
}

async fn stored(database: &Database, workspace_id: WorkspaceId, mode: Mode, digit: char) -> ApiKey {
    let key = new_key(workspace_id, mode);
    committed!(database, |tx| api_keys::insert(tx, &key, &hash(digit)).await);
    key
}

on_both! {
    async fn a_key_is_read_back_as_it_was_written(database: &Database) {
        let workspace_id = workspace(database).await;
        let key = ApiKey {
            scopes: Scope::ALL.to_vec(),
            account_ids: Some(vec![id(), id()]),
            expires_at: Some(Timestamp(1)),
            revoked_at: Some(Timestamp(2)),
            last_used_at: Some(Timestamp(3)),
            replaced_by: Some(id()),
            updated_at: Timestamp::MAX,
            ..new_key(workspace_id, Mode::Live)
        };
        committed!(database, |tx| api_keys::insert(tx, &key, &hash('a')).await);
        assert_eq!(api_keys::find(database, workspace_id, Mode::Live, key.id).await.unwrap(), Some(key.clone()));
        assert_eq!(api_keys::find_by_hash_any_workspace(database, &hash('a')).await.unwrap(), Some(key));
        assert_eq!(api_keys::find_by_hash_any_workspace(database, &hash('b')).await.unwrap(), None);
    }

    async fn a_key_for_all_accounts_is_not_one_for_none(database: &Database) {
        let workspace_id = workspace(database).await;
        let all = stored(database, workspace_id, Mode::Test, 'a').await;
        let none = ApiKey { account_ids: Some(Vec::<AccountId>::new()), ..new_key(workspace_id, Mode::Test) };
        committed!(database, |tx| api_keys::insert(tx, &none, &hash('b')).await);
        let page = api_keys::list(database, workspace_id, Mode::Test, &Page::default()).await.unwrap();
        let bound: Vec<_> = page.data.into_iter().map(|key| (key.id, key.account_ids)).collect();
        assert_eq!(bound, [(none.id, Some(vec![])), (all.id, None)]);
    }

    async fn two_keys_cannot_have_one_hash(database: &Database) {
        let workspace_id = workspace(database).await;
        stored(database, workspace_id, Mode::Test, 'a').await;
        let other = new_key(workspace_id, Mode::Test);
        let again = in_transaction!(database, |tx| api_keys::insert(tx, &other, &hash('a')).await);
        assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
    }

    async fn a_key_is_seen_by_its_workspace_and_mode_alone(database: &Database) {
        let (mine, other) = (workspace(database).await, workspace(database).await);
        let key = stored(database, mine, Mode::Test, 'a').await;
        for (workspace_id, mode) in [(other, Mode::Test), (mine, Mode::Live)] {
            assert_eq!(api_keys::find(database, workspace_id, mode, key.id).await.unwrap(), None);
            assert_eq!(committed!(database, |tx| api_keys::lock(tx, workspace_id, mode, key.id).await), None);
            assert_eq!(api_keys::list(database, workspace_id, mode, &Page::default()).await.unwrap().data, []);
        }
        let foreign = ApiKey { workspace_id: other, revoked_at: Some(NOON), ..key.clone() };
        assert!(!committed!(database, |tx| api_keys::update(tx, &foreign).await));
        assert_eq!(api_keys::find(database, mine, Mode::Test, key.id).await.unwrap(), Some(key));
    }

    async fn what_changes_in_a_key_is_written(database: &Database) {
        let workspace_id = workspace(database).await;
        let key = stored(database, workspace_id, Mode::Test, 'a').await;
        let mut locked = committed!(database, |tx| api_keys::lock(tx, workspace_id, Mode::Test, key.id).await).unwrap();
        locked.expires_at = Some(NOON);
        locked.revoked_at = Some(NOON);
        locked.replaced_by = Some(id());
        locked.updated_at = Timestamp(NOON.0 + 1);
        assert!(committed!(database, |tx| api_keys::update(tx, &locked).await));
        assert_eq!(api_keys::find(database, workspace_id, Mode::Test, key.id).await.unwrap(), Some(locked));
    }

    async fn last_uses_of_many_keys_are_written_at_once(database: &Database) {
        let workspace_id = workspace(database).await;
        let mut used = Vec::new();
        for number in 0..43_i64 {
            let key = new_key(workspace_id, Mode::Test);
            committed!(database, |tx| api_keys::insert(tx, &key, &format!("{number:064}")).await);
            used.push((key.id, Timestamp(NOON.0 + number)));
        }
        let untouched = used.pop().unwrap().0;
        let unknown: KeyId = id();
        let rows: Vec<_> = used.iter().copied().chain([(unknown, NOON)]).collect();
        committed!(database, |tx| api_keys::touch_many_any_workspace(tx, rows.iter().copied()).await);
        for (key, at) in used {
            let found = api_keys::find(database, workspace_id, Mode::Test, key).await.unwrap().unwrap();
            assert_eq!((found.last_used_at, found.updated_at), (Some(at), NOON));
        }
        let found = api_keys::find(database, workspace_id, Mode::Test, untouched).await.unwrap().unwrap();
        assert_eq!(found.last_used_at, None);
        committed!(database, |tx| api_keys::touch_many_any_workspace(tx, []).await);
    }
}
