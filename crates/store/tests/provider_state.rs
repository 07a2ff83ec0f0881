//! What providers keep about accounts.

use crate::support::{NOON, account, workspace};
use wagate_model::{AccountId, Timestamp};
use wagate_store::{
    Database,
    provider_state::{self, StateKey, StateValue},
};

fn of(account_id: AccountId, key: &str) -> StateKey<'_> {
    StateKey { account_id, kind: "session", key }
}

on_both! {
    async fn the_last_value_of_a_key_is_kept_byte_for_byte(database: &Database) {
        let workspace_id = workspace(database).await;
        let id = account(database, workspace_id).await;
        let large: Vec<u8> = (0..300_000_u32).map(|number| u8::try_from(number % 256).unwrap()).collect();
        for value in [vec![0, 255, 0], Vec::new(), large] {
            committed!(database, |tx| provider_state::put(tx, workspace_id, of(id, "main"), value.clone(), NOON).await);
            assert_eq!(provider_state::get(database, workspace_id, of(id, "main")).await.unwrap(), Some(value));
        }
    }

    async fn keys_differ_by_case_and_accent(database: &Database) {
        let workspace_id = workspace(database).await;
        let id = account(database, workspace_id).await;
        for (number, key) in ["a", "A", "á"].into_iter().enumerate() {
            let value = vec![u8::try_from(number).unwrap()];
            committed!(database, |tx| provider_state::put(tx, workspace_id, of(id, key), value.clone(), NOON).await);
        }
        let all = provider_state::all(database, workspace_id, id, "session").await.unwrap();
        let value = |key: &str, value| StateValue { key: key.to_owned(), value: vec![value], updated_at: NOON };
        assert_eq!(all, [value("A", 1), value("a", 0), value("á", 2)]);
    }

    async fn state_is_seen_by_its_workspace_and_account_alone(database: &Database) {
        let (mine, other) = (workspace(database).await, workspace(database).await);
        let (one, two) = (account(database, mine).await, account(database, mine).await);
        committed!(database, |tx| provider_state::put(tx, mine, of(one, "k"), vec![1], NOON).await);
        assert_eq!(provider_state::get(database, other, of(one, "k")).await.unwrap(), None);
        assert_eq!(provider_state::get(database, mine, of(two, "k")).await.unwrap(), None);
        assert_eq!(provider_state::all(database, other, one, "session").await.unwrap(), []);
        committed!(database, |tx| provider_state::delete(tx, other, of(one, "k")).await);
        assert_eq!(committed!(database, |tx| provider_state::delete_all(tx, other, one).await), 0);
        assert_eq!(provider_state::get(database, mine, of(one, "k")).await.unwrap(), Some(vec![1]));
    }

    async fn one_value_or_all_of_an_account_are_deleted(database: &Database) {
        let workspace_id = workspace(database).await;
        let (one, two) = (account(database, workspace_id).await, account(database, workspace_id).await);
        for (id, key) in [(one, "a"), (one, "b"), (one, "c"), (two, "a")] {
            committed!(database, |tx| provider_state::put(tx, workspace_id, of(id, key), vec![7], Timestamp(9)).await);
        }
        committed!(database, |tx| provider_state::delete(tx, workspace_id, of(one, "b")).await);
        let keys: Vec<_> = provider_state::all(database, workspace_id, one, "session").await.unwrap().into_iter().map(|state| state.key).collect();
        assert_eq!(keys, ["a", "c"]);
        assert_eq!(committed!(database, |tx| provider_state::delete_all(tx, workspace_id, one).await), 2);
        assert_eq!(provider_state::get(database, workspace_id, of(two, "a")).await.unwrap(), Some(vec![7]));
    }
}
