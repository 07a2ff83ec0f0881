//! Accounts.

use crate::support::{NOON, account, id, new_account, workspace};
use wagate_model::{Account, AccountId, AccountStatus, Mode, Reason, Timestamp};
use wagate_store::{
    Database, Page, StoreError,
    accounts::{self, StatusChange, Touch},
    in_transaction,
    provider_state::{self, StateKey},
};

const LATER: Timestamp = Timestamp(NOON.0 + 60_000);

fn change(status: AccountStatus, number: Option<&str>) -> StatusChange {
    StatusChange { status, reason: None, phone_number: number.map(|number| number.parse().unwrap()), at: LATER }
}

on_both! {
    async fn an_account_is_read_back_as_it_was_written(database: &Database) {
        let workspace_id = workspace(database).await;
        let written = Account {
            phone_number: Some("+15550100001".parse().unwrap()),
            status: AccountStatus::Held,
            status_reason: Some(Reason::NewChatsRestricted),
            last_frame_at: Some(Timestamp(1)),
            last_ack_at: Some(Timestamp(2)),
            updated_at: LATER,
            ..new_account(workspace_id, Mode::Live)
        };
        committed!(database, |tx| accounts::insert(tx, &written).await);
        assert_eq!(accounts::find(database, workspace_id, Mode::Live, written.id).await.unwrap(), Some(written.clone()));
        assert_eq!(accounts::find_any_workspace(database, written.id).await.unwrap(), Some(written.clone()));
        let row = accounts::find_row(database, workspace_id, written.id).await.unwrap().unwrap();
        assert_eq!((row.account, row.new_chats_held_until), (written, None));
    }

    async fn an_account_needs_its_workspace(database: &Database) {
        let homeless = new_account(id(), Mode::Test);
        let refused = in_transaction!(database, |tx| accounts::insert(tx, &homeless).await);
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    }

    async fn an_account_is_seen_by_its_workspace_and_mode_alone(database: &Database) {
        let (mine, other) = (workspace(database).await, workspace(database).await);
        let id = account(database, mine).await;
        for (workspace_id, mode) in [(other, Mode::Test), (mine, Mode::Live)] {
            assert_eq!(accounts::find(database, workspace_id, mode, id).await.unwrap(), None);
            assert_eq!(accounts::list(database, workspace_id, mode, None, &Page::default()).await.unwrap().data, []);
            assert_eq!(accounts::existing(database, workspace_id, mode, &[id]).await.unwrap(), []);
            assert_eq!(accounts::count(database, workspace_id, mode).await.unwrap(), 0);
        }
        assert_eq!(committed!(database, |tx| accounts::lock(tx, other, id).await), None);
        assert!(!committed!(database, |tx| accounts::rename(tx, other, id, "x", LATER).await));
        assert!(!committed!(database, |tx| accounts::set_wanted(tx, other, id, false, LATER).await));
        assert!(!committed!(database, |tx| accounts::set_status(tx, other, id, &change(AccountStatus::Banned, None)).await));
        assert!(!committed!(database, |tx| accounts::set_new_chats_held_until(tx, other, id, Some(NOON), LATER).await));
        assert!(!committed!(database, |tx| accounts::delete(tx, other, id, LATER).await));
        let found = accounts::find(database, mine, Mode::Test, id).await.unwrap().unwrap();
        assert_eq!(found, Account { id, ..new_account(mine, Mode::Test) });
    }

    async fn a_tombstone_appears_nowhere(database: &Database) {
        let workspace_id = workspace(database).await;
        let (gone, kept) = (account(database, workspace_id).await, account(database, workspace_id).await);
        assert!(committed!(database, |tx| accounts::delete(tx, workspace_id, gone, LATER).await));
        assert_eq!(accounts::find(database, workspace_id, Mode::Test, gone).await.unwrap(), None);
        assert_eq!(accounts::find_row(database, workspace_id, gone).await.unwrap(), None);
        assert_eq!(accounts::find_any_workspace(database, gone).await.unwrap(), None);
        assert_eq!(committed!(database, |tx| accounts::lock(tx, workspace_id, gone).await), None);
        assert_eq!(accounts::existing(database, workspace_id, Mode::Test, &[gone, kept]).await.unwrap(), [kept]);
        assert_eq!(accounts::count(database, workspace_id, Mode::Test).await.unwrap(), 1);
        let page = accounts::list(database, workspace_id, Mode::Test, None, &Page::default()).await.unwrap();
        assert_eq!(page.data.iter().map(|account| account.id).collect::<Vec<_>>(), [kept]);
        let wanted = accounts::wanted_any_workspace(database).await.unwrap();
        assert_eq!(wanted.iter().map(|wanted| wanted.account_id).collect::<Vec<_>>(), [kept]);
        assert!(!committed!(database, |tx| accounts::set_wanted(tx, workspace_id, gone, true, LATER).await));
        assert!(!committed!(database, |tx| accounts::set_status(tx, workspace_id, gone, &change(AccountStatus::Connected, None)).await));
        assert!(!committed!(database, |tx| accounts::delete(tx, workspace_id, gone, LATER).await), "deleted once");
    }

    async fn a_list_may_be_of_some_accounts_alone(database: &Database) {
        let workspace_id = workspace(database).await;
        let (one, _two, three) = (account(database, workspace_id).await, account(database, workspace_id).await, account(database, workspace_id).await);
        let listed = async |only: &[AccountId]| {
            let page = accounts::list(database, workspace_id, Mode::Test, Some(only), &Page::default()).await.unwrap();
            page.data.into_iter().map(|account| account.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(&[one, three, id()]).await, [three, one]);
        assert_eq!(listed(&[]).await, []);
        assert_eq!(accounts::existing(database, workspace_id, Mode::Test, &[]).await.unwrap(), []);
    }

    async fn a_number_once_told_stays_until_another_is_told(database: &Database) {
        let workspace_id = workspace(database).await;
        let id = account(database, workspace_id).await;
        let mut banned = change(AccountStatus::Banned, None);
        banned.reason = Some(Reason::AccountBanned);
        for (change, number) in [
            (change(AccountStatus::Connecting, None), None),
            (change(AccountStatus::Connected, Some("+15550100001")), Some("+15550100001")),
            (banned, Some("+15550100001")),
            (change(AccountStatus::Connected, Some("+15550100002")), Some("+15550100002")),
        ] {
            assert!(committed!(database, |tx| accounts::set_status(tx, workspace_id, id, &change).await));
            let found = accounts::find(database, workspace_id, Mode::Test, id).await.unwrap().unwrap();
            assert_eq!((found.status, found.status_reason, found.updated_at), (change.status, change.reason, LATER));
            assert_eq!(found.phone_number.map(|number| number.to_string()).as_deref(), number);
        }
    }

    async fn name_wish_and_hold_are_written(database: &Database) {
        let workspace_id = workspace(database).await;
        let id = account(database, workspace_id).await;
        assert!(committed!(database, |tx| accounts::rename(tx, workspace_id, id, "Shop 🛒 ", LATER).await));
        assert!(committed!(database, |tx| accounts::set_wanted(tx, workspace_id, id, false, LATER).await));
        assert!(committed!(database, |tx| accounts::set_new_chats_held_until(tx, workspace_id, id, Some(LATER), LATER).await));
        let row = committed!(database, |tx| accounts::lock(tx, workspace_id, id).await).unwrap();
        assert_eq!((row.account.name.as_str(), row.account.is_wanted, row.account.updated_at), ("Shop 🛒 ", false, LATER));
        assert_eq!(row.new_chats_held_until, Some(LATER));
        assert_eq!(accounts::wanted_any_workspace(database).await.unwrap(), []);
        assert!(committed!(database, |tx| accounts::set_new_chats_held_until(tx, workspace_id, id, None, LATER).await));
        let row = accounts::find_row(database, workspace_id, id).await.unwrap().unwrap();
        assert_eq!(row.new_chats_held_until, None);
    }

    async fn wanted_accounts_of_all_workspaces_are_found(database: &Database) {
        let (one, two) = (workspace(database).await, workspace(database).await);
        let live = new_account(two, Mode::Live);
        committed!(database, |tx| accounts::insert(tx, &live).await);
        let test = account(database, one).await;
        let unwanted = Account { is_wanted: false, ..new_account(one, Mode::Test) };
        committed!(database, |tx| accounts::insert(tx, &unwanted).await);
        let mut wanted = accounts::wanted_any_workspace(database).await.unwrap();
        wanted.sort_by_key(|wanted| wanted.account_id);
        let seen: Vec<_> = wanted.iter().map(|wanted| (wanted.account_id, wanted.workspace_id, wanted.mode, wanted.provider, wanted.status)).collect();
        let expected = [(live.id, two, live.mode, live.provider, live.status), (test, one, Mode::Test, unwanted.provider, unwanted.status)];
        assert_eq!(seen, expected);
    }

    async fn signs_of_life_of_many_accounts_are_written_at_once(database: &Database) {
        let workspace_id = workspace(database).await;
        let mut touches = Vec::new();
        for number in 0..11_i64 {
            let account_id = account(database, workspace_id).await;
            let frame = (number % 3 != 0).then_some(Timestamp(NOON.0 + number));
            let ack = (number % 2 != 0).then_some(Timestamp(NOON.0 - number));
            touches.push(Touch { account_id, last_frame_at: frame, last_ack_at: ack });
        }
        committed!(database, |tx| accounts::touch_many_any_workspace(tx, &touches).await);
        let nothing: Vec<_> = touches.iter().map(|touch| Touch { last_frame_at: None, last_ack_at: None, ..*touch }).collect();
        committed!(database, |tx| accounts::touch_many_any_workspace(tx, &nothing).await);
        for touch in touches {
            let found = accounts::find(database, workspace_id, Mode::Test, touch.account_id).await.unwrap().unwrap();
            assert_eq!((found.last_frame_at, found.last_ack_at), (touch.last_frame_at, touch.last_ack_at));
            assert_eq!(found.updated_at, NOON);
        }
    }

    async fn accounts_that_are_present_are_held_and_tombstones_are_not(database: &Database) {
        let workspace_id = workspace(database).await;
        let (gone, kept) = (account(database, workspace_id).await, account(database, workspace_id).await);
        committed!(database, |tx| accounts::delete(tx, workspace_id, gone, LATER).await);
        let asked = [gone, kept, id()];
        let present = committed!(database, |tx| accounts::hold_present_any_workspace(tx, &asked).await);
        assert_eq!(present.into_iter().collect::<Vec<_>>(), [kept]);
    }

    async fn a_tombstone_with_state_is_found_until_its_state_is_gone(database: &Database) {
        let workspace_id = workspace(database).await;
        let (gone, kept, empty) = (
            account(database, workspace_id).await,
            account(database, workspace_id).await,
            account(database, workspace_id).await,
        );
        for account_id in [gone, kept] {
            let of = StateKey { account_id, kind: "session", key: "main" };
            committed!(database, |tx| provider_state::put(tx, workspace_id, of, vec![1], NOON).await);
        }
        for id in [gone, empty] {
            committed!(database, |tx| accounts::delete(tx, workspace_id, id, LATER).await);
        }
        let found = accounts::deleted_with_state_any_workspace(database).await.unwrap();
        assert_eq!(found.iter().map(|found| found.account_id).collect::<Vec<_>>(), [gone]);
        committed!(database, |tx| provider_state::delete_all(tx, workspace_id, gone).await);
        assert_eq!(accounts::deleted_with_state_any_workspace(database).await.unwrap(), []);
    }
}
