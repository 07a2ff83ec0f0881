//! Messages are stored, found, locked and changed.

use super::{Owner, after, chat, find, ids, insert, new_message, stored};
use crate::support::{HARD_TEXT, NOON, account, id, workspace};
use std::time::Duration;
use wagate_model::{
    Content, Context, Direction, HistoryEntry, MessageId, Mode, Origin, Reason, Relations, Status, content::Text,
};
use wagate_store::{
    Database, StoreError, in_transaction,
    messages::{self, StoredMessage},
};

/// One with something in every column.
fn full(owner: Owner) -> StoredMessage {
    let mut stored = new_message(owner);
    let message = &mut stored.message;
    message.direction = Direction::Incoming;
    message.origin = Origin::Network;
    message.from = Some("120363041234567890@g.us".parse().unwrap());
    message.status = Status::Sending;
    message.reason = Some(Reason::OutcomeUnknown);
    message.reason_detail = Some(HARD_TEXT.to_owned());
    message.hold_reason = Some(Reason::NewChatsRestricted);
    message.outcome_unknown = true;
    message.attempts = 3;
    message.next_attempt_at = Some(after(5));
    message.send_at = Some(after(1));
    message.expires_at = Some(after(9));
    message.client_ref = Some(HARD_TEXT.to_owned());
    message.metadata.insert(HARD_TEXT.to_owned(), serde_json::json!({ "a": [1, null, "🦐  "] }));
    message.retry_of = Some(id());
    message.relations = Relations {
        context: Some(Context { message_id: Some(id()), provider_message_id: Some("3EB0 🦐".to_owned()) }),
        mentions: vec!["+15550100001".parse().unwrap(), "1234@lid".parse().unwrap()],
        forwarded: true,
        forwarded_from: Some(id()),
    };
    message.provider_message_id = Some("3EB0 🦐 ".to_owned());
    message.marked_read_at = Some(after(7));
    message.history.push(HistoryEntry::new(Status::Sending, after(2), Some(Reason::RateLimited)));
    message.updated_at = after(3);
    stored.due_at = Some(after(5));
    stored.waiting_since = Some(after(2));
    stored
}

on_both! {
    async fn a_message_comes_back_as_it_was_stored(database: &Database) {
        let owner = Owner::new(database).await;
        for new in [new_message(owner), full(owner)] {
            insert(database, std::slice::from_ref(&new)).await;
            assert_eq!(find(database, &new).await.unwrap(), new);
        }
        for body in ["  ", "a ", "A", "a", "\u{1f990}".repeat(4096).as_str(), "\t\r\n", "ß", "ss", "\u{10ffff}"] {
            let new = stored(database, owner, |new| new.message.content = Content::Text(Text { body: body.to_owned(), preview_url: false })).await;
            assert_eq!(find(database, &new).await.unwrap(), new);
        }
    }

    async fn what_a_message_says_can_be_written_anew(database: &Database) {
        let owner = Owner::new(database).await;
        let (edited, other) = (stored(database, owner, |_| ()).await, stored(database, owner, |_| ()).await);
        let mut all = vec![edited.clone(), full(owner)];
        insert(database, &all[1..]).await;
        all[0].message.content = Content::Text(Text { body: HARD_TEXT.repeat(50), preview_url: true });
        all[0].message.edited_at = Some(after(4));
        all[1].message.content = all[1].message.content.revoked();
        all[1].message.revoked_at = Some(after(5));
        committed!(database, |tx| messages::rewrite_many(tx, &all).await);
        for one in &all {
            assert_eq!(find(database, one).await.as_ref(), Some(one));
        }
        assert_eq!(find(database, &other).await, Some(other));
    }

    async fn a_message_is_there_for_its_workspace_and_mode_alone(database: &Database) {
        let owner = Owner::new(database).await;
        let new = stored(database, owner, |_| ()).await;
        let stranger = workspace(database).await;
        assert_eq!(messages::find(database, stranger, Mode::Test, new.message.id).await.unwrap(), None);
        assert_eq!(messages::find(database, owner.workspace_id, Mode::Live, new.message.id).await.unwrap(), None);
        assert_eq!(messages::find(database, owner.workspace_id, Mode::Test, id()).await.unwrap(), None);
    }

    async fn many_are_stored_at_once(database: &Database) {
        let owner = Owner::new(database).await;
        let mut all = Vec::new();
        // Around the sizes in which statements are cut.
        for count in [0, 1, 3, 43, 171] {
            let new: Vec<_> = (0..count).map(|_| new_message(owner)).collect();
            insert(database, &new).await;
            all.extend(new);
        }
        let found = committed!(database, |tx| messages::lock_many_any_workspace(tx, &ids(&all)).await);
        assert_eq!(found, all);
    }

    async fn one_that_is_there_already_is_a_duplicate(database: &Database) {
        let owner = Owner::new(database).await;
        let named = |name: &str, direction| {
            let mut new = new_message(owner);
            new.message.provider_message_id = Some(name.to_owned());
            new.message.direction = direction;
            new
        };
        let first = named("a", Direction::Incoming);
        insert(database, std::slice::from_ref(&first)).await;
        for taken in [first.clone(), named("a", Direction::Incoming)] {
            let good = new_message(owner);
            let both = [good.clone(), taken];
            let refused = in_transaction!(database, |tx| messages::insert_many(tx, &both).await);
            assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{refused:?}");
            assert_eq!(find(database, &good).await, None, "all or nothing");
        }
        let mut elsewhere = named("a", Direction::Incoming);
        elsewhere.message.account_id = account(database, owner.workspace_id).await;
        // Case and direction make another name; no name is no duplicate of another.
        let others = [named("A", Direction::Incoming), named("a", Direction::Outgoing), elsewhere, new_message(owner), new_message(owner)];
        insert(database, &others).await;
    }

    async fn an_account_that_is_not_there_has_no_messages(database: &Database) {
        let owner = Owner { account_id: id(), ..Owner::new(database).await };
        let new = [new_message(owner)];
        let refused = in_transaction!(database, |tx| messages::insert_many(tx, &new).await);
        assert!(refused.is_err_and(|error| error.may_be_one_row()));
    }

    async fn messages_are_found_by_the_networks_ids(database: &Database) {
        let owner = Owner::new(database).await;
        let named = async |name: &str, direction| {
            stored(database, owner, |new| {
                new.message.provider_message_id = Some(name.to_owned());
                new.message.direction = direction;
            }).await.message.id
        };
        let (one, two) = (named("one", Direction::Outgoing).await, named("two 🦐", Direction::Outgoing).await);
        named("one", Direction::Incoming).await;
        let asked = ["one", "two 🦐", "ONE", "three"].map(str::to_owned);
        let mut found = messages::by_provider_ids_any_workspace(database, owner.account_id, Direction::Outgoing, &asked).await.unwrap();
        found.sort();
        assert_eq!(found, [("one".to_owned(), one), ("two 🦐".to_owned(), two)]);
        let other = account(database, owner.workspace_id).await;
        assert_eq!(messages::by_provider_ids_any_workspace(database, other, Direction::Outgoing, &asked).await.unwrap(), []);
    }

    async fn what_changes_in_a_life_is_saved_and_nothing_else(database: &Database) {
        let owner = Owner::new(database).await;
        let all: Vec<_> = (0..45).map(|_| new_message(owner)).collect();
        insert(database, &all).await;
        let changed: Vec<_> = all.iter().zip(1..).map(|(old, number)| {
            let mut new = full(owner);
            new.message.id = old.message.id;
            new.message.attempts = number;
            new.message.provider_message_id = Some(format!("id {number}"));
            new
        }).collect();
        committed!(database, |tx| {
            messages::lock_many_any_workspace(tx, &ids(&all[..44])).await?;
            messages::save_many(tx, &changed[..44]).await
        });
        for (old, new) in all.iter().zip(&changed).take(44) {
            let mut expected = old.clone();
            (expected.due_at, expected.waiting_since) = (new.due_at, new.waiting_since);
            let message = &mut expected.message;
            message.status = new.message.status;
            message.reason = new.message.reason;
            message.reason_detail.clone_from(&new.message.reason_detail);
            message.hold_reason = new.message.hold_reason;
            message.outcome_unknown = new.message.outcome_unknown;
            message.attempts = new.message.attempts;
            message.next_attempt_at = new.message.next_attempt_at;
            message.provider_message_id.clone_from(&new.message.provider_message_id);
            message.marked_read_at = new.message.marked_read_at;
            message.history.clone_from(&new.message.history);
            message.updated_at = new.message.updated_at;
            assert_eq!(find(database, old).await.unwrap(), expected);
        }
        assert_eq!(find(database, &all[44]).await.unwrap(), all[44]);
        committed!(database, |tx| messages::save_many(tx, &all).await);
        assert_eq!(find(database, &all[0]).await.unwrap(), all[0], "what is no more becomes NULL again");
    }

    async fn locking_answers_each_once_in_order(database: &Database) {
        let owner = Owner::new(database).await;
        let all: Vec<_> = (0..101).map(|_| new_message(owner)).collect();
        insert(database, &all).await;
        let mut asked: Vec<MessageId> = ids(&all).into_iter().rev().collect();
        asked.extend(ids(&all[..3]));
        asked.push(id());
        let locked = committed!(database, |tx| messages::lock_many_any_workspace(tx, &asked).await);
        assert_eq!(locked, all);
        assert_eq!(committed!(database, |tx| messages::lock_many_any_workspace(tx, &[]).await), []);
    }

    async fn two_that_count_up_the_same_message_do_not_lose_a_step(database: &Database) {
        let owner = Owner::new(database).await;
        let (one, two) = (stored(database, owner, |_| ()).await, stored(database, owner, |_| ()).await);
        let step = async |backwards: bool| {
            let asked = if backwards { [two.message.id, one.message.id] } else { [one.message.id, two.message.id] };
            for _ in 0..5 {
                committed!(database, |tx| {
                    let mut locked = messages::lock_many_any_workspace(tx, &asked).await?;
                    for stored in &mut locked {
                        stored.message.attempts += 1;
                    }
                    messages::save_many(tx, &locked).await
                });
            }
        };
        tokio::join!(step(false), step(true), step(false), step(true));
        assert_eq!(find(database, &one).await.unwrap().message.attempts, 20);
        assert_eq!(find(database, &two).await.unwrap().message.attempts, 20);
    }

    async fn what_may_be_cancelled_is_read_oldest_first(database: &Database) {
        let owner = Owner::new(database).await;
        let mut expected = Vec::new();
        for status in Status::ALL {
            for due_at in [Some(after(60_000)), None] {
                let new = stored(database, owner, |new| (new.message.status, new.due_at) = (*status, due_at)).await;
                if due_at.is_some() && matches!(status, Status::Scheduled | Status::Queued | Status::Sending) {
                    expected.push(new.message.id);
                }
            }
        }
        let other = account(database, owner.workspace_id).await;
        stored(database, Owner { account_id: other, ..owner }, |_| ()).await;
        let (workspace_id, account_id) = (owner.workspace_id, owner.account_id);
        let some = committed!(database, |tx| messages::cancellable_of_account(tx, workspace_id, Mode::Test, account_id, 100).await);
        assert_eq!(ids(&some), expected);
        let first = committed!(database, |tx| messages::cancellable_of_account(tx, workspace_id, Mode::Test, account_id, 1).await);
        assert_eq!(ids(&first), expected[..1]);
        let live = committed!(database, |tx| messages::cancellable_of_account(tx, workspace_id, Mode::Live, account_id, 100).await);
        assert_eq!(live, []);
    }

    async fn held_messages_are_released_and_others_are_not(database: &Database) {
        let owner = Owner::new(database).await;
        let held = |status, due, hold| async move {
            stored(database, owner, |new| (new.message.status, new.due_at, new.message.hold_reason) = (status, due, hold)).await
        };
        let restricted = Some(Reason::NewChatsRestricted);
        let freed = [held(Status::Queued, Some(after(60_000)), restricted).await, held(Status::Sending, Some(after(1_001)), restricted).await];
        let kept = [
            held(Status::Queued, Some(after(1_000)), restricted).await,
            held(Status::Queued, Some(after(60_000)), None).await,
            held(Status::Sending, None, restricted).await,
            held(Status::Failed, Some(after(60_000)), restricted).await,
            stored(database, Owner { account_id: account(database, owner.workspace_id).await, ..owner }, |new| (new.due_at, new.message.hold_reason) = (Some(after(60_000)), restricted)).await,
        ];
        let now = NOON.plus(Duration::from_secs(1));
        let count = committed!(database, |tx| messages::release_held(tx, owner.workspace_id, owner.account_id, None, now).await);
        assert_eq!(count, 2);
        for old in &freed {
            let new = find(database, old).await.unwrap();
            let due_at = Some(new.message.created_at);
            assert_eq!((new.due_at, new.message.hold_reason, new.message.updated_at), (due_at, None, now));
            assert_eq!(new.message.chat_id, chat(0));
        }
        for old in &kept {
            let is = |stored: &StoredMessage| (stored.due_at, stored.message.hold_reason, stored.message.updated_at);
            assert_eq!(is(&find(database, old).await.unwrap()), is(old));
        }
    }
}
