//! What lanes ask.

use super::{Owner, after, chat, ids, insert, new_message, stored};
use crate::support::{NOON, account, workspace};
use std::{collections::HashSet, time::Duration};
use wagate_model::{ChatAddress, MessageId, Mode, Status, Timestamp};
use wagate_store::{
    Database,
    leases::{self, Claimant, Leased},
    messages::{self, Due, DueFilter, StoredMessage},
};

const LATER: Timestamp = Timestamp(NOON.0 + 1_000);

async fn due(database: &Database, owner: Owner, what: Due, except: &[ChatAddress], limit: u32) -> Vec<MessageId> {
    let filter = DueFilter { what, now: LATER, except, not_waiting_since: None, limit };
    ids(&messages::due(database, owner.workspace_id, owner.account_id, filter).await.unwrap().0)
}

fn at(stored: &mut StoredMessage, status: Status, due_at: Option<Timestamp>, chat_id: ChatAddress) {
    stored.message.status = status;
    stored.due_at = due_at;
    stored.message.chat_id = chat_id;
}

on_both! {
    async fn what_is_due_comes_by_time_and_then_by_id(database: &Database) {
        let owner = Owner::new(database).await;
        let mut all = Vec::new();
        for (number, ms) in [900, 100, 1_000, 100, 1_001, 0, 900].into_iter().enumerate() {
            all.push(stored(database, owner, |new| at(new, Status::Queued, Some(after(ms)), chat(number))).await);
        }
        stored(database, owner, |new| new.due_at = None).await;
        let expected = [5, 1, 3, 0, 6, 2].map(|number: usize| all[number].message.id);
        assert_eq!(due(database, owner, Due::New, &[], 100).await, expected);
        assert_eq!(due(database, owner, Due::New, &[], 2).await, expected[..2]);
        assert_eq!(due(database, owner, Due::Again, &[], 100).await, []);
        let other = Owner { account_id: account(database, owner.workspace_id).await, ..owner };
        assert_eq!(due(database, other, Due::New, &[], 100).await, []);
        let stranger = Owner { workspace_id: workspace(database).await, ..owner };
        assert_eq!(due(database, stranger, Due::New, &[], 100).await, []);
    }

    async fn what_is_scheduled_stands_between_what_is_queued_by_its_time(database: &Database) {
        let owner = Owner::new(database).await;
        let mut all = Vec::new();
        for number in 0..40_i64 {
            let status = if number % 3 == 0 || number > 30 { Status::Scheduled } else { Status::Queued };
            all.push(stored(database, owner, |new| at(new, status, Some(after(number * 7)), chat(0))).await.message.id);
        }
        stored(database, owner, |new| at(new, Status::Scheduled, Some(after(1_001)), chat(0))).await;
        assert_eq!(due(database, owner, Due::New, &[], 100).await, all);
        for limit in [1, 2, 5, 20] {
            let some = due(database, owner, Due::New, &[], limit).await;
            assert_eq!(some, all[..some.len()], "none is passed over");
            assert!(some.len() >= limit as usize);
        }
    }

    async fn chats_that_must_wait_are_left_out_however_many_they_are(database: &Database) {
        let owner = Owner::new(database).await;
        let all: Vec<_> = (0..210).map(|number| {
            let mut new = new_message(owner);
            new.message.chat_id = chat(number);
            new
        }).collect();
        insert(database, &all).await;
        for count in [0, 1, 3, 16, 17, 20, 128, 129, 200, 210] {
            let except: Vec<_> = (0..count).map(chat).collect();
            assert_eq!(due(database, owner, Due::New, &except, 1_000).await, ids(&all[count..]), "{count}");
        }
        let elsewhere: Vec<_> = (5_000..6_100).map(chat).collect();
        assert_eq!(due(database, owner, Due::New, &elsewhere, 1_000).await, ids(&all));
    }

    async fn chats_wait_for_what_is_tried_again_for_a_while(database: &Database) {
        let owner = Owner::new(database).await;
        let cases = [
            (Status::Sending, Some(LATER), Some(after(10))),
            (Status::Sending, Some(LATER), Some(after(11))),
            (Status::Sending, None, Some(after(11))),
            (Status::Sending, Some(LATER), None),
            (Status::Sent, Some(LATER), Some(after(11))),
            (Status::Queued, Some(LATER), Some(after(11))),
        ];
        for (number, (status, due_at, since)) in cases.into_iter().enumerate() {
            stored(database, owner, |new| {
                at(new, status, due_at, chat(number));
                new.waiting_since = since;
            }).await;
        }
        // Twice in one chat is one chat.
        stored(database, owner, |new| {
            at(new, Status::Sending, Some(LATER), chat(1));
            new.waiting_since = Some(after(12));
        }).await;
        for number in 0..7 {
            stored(database, owner, |new| at(new, Status::Queued, Some(NOON), chat(number))).await;
        }
        let filter = DueFilter { what: Due::New, now: NOON, except: &[], not_waiting_since: Some(after(10)), limit: 50 };
        let due = messages::due(database, owner.workspace_id, owner.account_id, filter).await.unwrap().0;
        let free: Vec<_> = due.into_iter().map(|stored| stored.message.chat_id).collect();
        assert_eq!(free, [0, 2, 3, 4, 5, 6].map(chat), "only chat 1 waits");
    }

    async fn what_is_in_flight_has_no_next_step(database: &Database) {
        let owner = Owner::new(database).await;
        let mut expected = Vec::new();
        for status in Status::ALL {
            for due_at in [Some(NOON), None] {
                let new = stored(database, owner, |new| at(new, *status, due_at, chat(0))).await;
                if *status == Status::Sending && due_at.is_none() {
                    expected.push(new);
                }
            }
        }
        expected.push(stored(database, owner, |new| at(new, Status::Sending, None, chat(1))).await);
        assert_eq!(messages::in_flight(database, owner.workspace_id, owner.account_id).await.unwrap(), expected);
    }

    async fn the_next_step_is_the_earliest_of_what_waits(database: &Database) {
        let owner = Owner::new(database).await;
        let next = async || messages::next_due(database, owner.workspace_id, owner.account_id).await.unwrap();
        assert_eq!(next().await, None);
        stored(database, owner, |new| at(new, Status::Sending, None, chat(0))).await;
        stored(database, owner, |new| at(new, Status::Sent, Some(NOON), chat(0))).await;
        assert_eq!(next().await, None);
        stored(database, owner, |new| new.due_at = Some(after(50))).await;
        assert_eq!(next().await, Some(after(50)));
        stored(database, owner, |new| at(new, Status::Sending, Some(after(20)), chat(0))).await;
        assert_eq!(next().await, Some(after(20)));
        stored(database, owner, |new| new.due_at = Some(after(10))).await;
        assert_eq!(next().await, Some(after(10)));
    }

    async fn a_node_hears_of_its_own_accounts_that_have_something_waiting(database: &Database) {
        let mine = Owner::new(database).await;
        let again = Owner { account_id: account(database, mine.workspace_id).await, ..mine };
        let idle = Owner { account_id: account(database, mine.workspace_id).await, ..mine };
        let theirs = Owner { account_id: account(database, mine.workspace_id).await, ..mine };
        stored(database, mine, |new| at(new, Status::Scheduled, Some(after(60_000)), chat(0))).await;
        stored(database, again, |new| at(new, Status::Sending, Some(NOON), chat(0))).await;
        stored(database, idle, |new| at(new, Status::Sending, None, chat(0))).await;
        stored(database, idle, |new| at(new, Status::Sent, None, chat(0))).await;
        stored(database, theirs, |_| ()).await;
        for (owner, accounts) in [("me", vec![mine, again, idle]), ("they", vec![theirs])] {
            let claimant = Claimant { owner: owner.to_owned(), lease: Duration::from_mins(1), skew: Duration::ZERO, is_alone: false };
            let subjects: Vec<_> = accounts.iter().map(|of| (of.account_id.to_string(), of.workspace_id)).collect();
            leases::acquire(database, Leased::Account, &claimant, &subjects).await.unwrap();
        }
        let until = after(60_000);
        let pending: HashSet<_> = messages::pending_any_workspace(database, "me", until).await.unwrap().into_iter().collect();
        assert_eq!(pending, HashSet::from([mine.account_id, again.account_id]));
        assert_eq!(messages::pending_any_workspace(database, "me", after(59_999)).await.unwrap(), [again.account_id]);
        assert_eq!(messages::pending_any_workspace(database, "nobody", until).await.unwrap(), []);
    }

    async fn a_chat_is_known_by_what_came_or_went(database: &Database) {
        let owner = Owner::new(database).await;
        let mut expected = HashSet::new();
        for (number, status) in Status::ALL.iter().enumerate() {
            for _ in 0..2 {
                stored(database, owner, |new| at(new, *status, None, chat(number))).await;
            }
            if matches!(status, Status::Sent | Status::Delivered | Status::Read | Status::Received) {
                expected.insert(chat(number));
            }
        }
        let other = Owner { account_id: account(database, owner.workspace_id).await, ..owner };
        stored(database, other, |new| at(new, Status::Read, None, chat(100))).await;
        let asked: Vec<_> = (0..=100).map(chat).collect();
        let known = async |asked: &[ChatAddress], mode| messages::known_chats(database, owner.workspace_id, mode, owner.account_id, asked).await.unwrap();
        assert_eq!(known(&asked, Mode::Test).await, expected);
        assert_eq!(known(&asked, Mode::Live).await, HashSet::new());
        assert_eq!(known(&[], Mode::Test).await, HashSet::new());
        let one = expected.iter().next().unwrap().clone();
        assert_eq!(known(&[one.clone(), chat(100)], Mode::Test).await, HashSet::from([one]));
    }
}
