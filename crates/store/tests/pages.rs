//! Pages, told with accounts: every list is cut the same way.

use crate::support::{NOON, new_account, workspace};
use wagate_model::{AccountId, Mode, WorkspaceId};
use wagate_store::{Database, Page, accounts};

async fn five(database: &Database, workspace_id: WorkspaceId) -> Vec<AccountId> {
    let mut ids = Vec::new();
    for _ in 0..5 {
        let account = new_account(workspace_id, Mode::Test);
        committed!(database, |tx| accounts::insert(tx, &account).await);
        ids.push(account.id);
    }
    ids
}

async fn ids(database: &Database, workspace_id: WorkspaceId, page: &Page) -> (Vec<AccountId>, bool) {
    let page = accounts::list(database, workspace_id, Mode::Test, None, page).await.unwrap();
    (page.data.into_iter().map(|account| account.id).collect(), page.has_more)
}

on_both! {
    async fn a_list_is_walked_down_without_gap_or_repeat(database: &Database) {
        let workspace_id = workspace(database).await;
        let mut expected = five(database, workspace_id).await;
        expected.reverse();
        let (mut seen, mut page) = (Vec::new(), Page { limit: 2, ..Page::default() });
        loop {
            let (part, has_more) = ids(database, workspace_id, &page).await;
            page.starting_after = part.last().map(ToString::to_string);
            seen.extend(part);
            if !has_more {
                break;
            }
        }
        assert_eq!(seen, expected);
    }

    async fn a_page_before_an_id_is_the_one_next_to_it(database: &Database) {
        let workspace_id = workspace(database).await;
        let all = five(database, workspace_id).await;
        let before = |id: AccountId| Page { limit: 2, ending_before: Some(id.to_string()), ..Page::default() };
        assert_eq!(ids(database, workspace_id, &before(all[0])).await, (vec![all[2], all[1]], true));
        assert_eq!(ids(database, workspace_id, &before(all[2])).await, (vec![all[4], all[3]], false));
        assert_eq!(ids(database, workspace_id, &before(all[4])).await, (vec![], false));
    }

    async fn a_page_between_two_ids_keeps_to_both(database: &Database) {
        let workspace_id = workspace(database).await;
        let all = five(database, workspace_id).await;
        let page = Page { limit: 100, starting_after: Some(all[4].to_string()), ending_before: Some(all[1].to_string()) };
        assert_eq!(ids(database, workspace_id, &page).await, (vec![all[3], all[2]], false));
    }

    async fn a_cursor_of_a_deleted_row_still_cuts(database: &Database) {
        let workspace_id = workspace(database).await;
        let all = five(database, workspace_id).await;
        committed!(database, |tx| accounts::delete(tx, workspace_id, all[2], NOON).await);
        let page = Page { starting_after: Some(all[2].to_string()), ..Page::default() };
        assert_eq!(ids(database, workspace_id, &page).await, (vec![all[1], all[0]], false));
    }
}
