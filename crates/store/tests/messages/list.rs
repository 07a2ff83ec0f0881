//! The list of messages: every filter, and a walk through random data.

use super::{Owner, after, chat, insert, new_message, stored};
use crate::support::{HARD_TEXT, account, id, workspace};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use wagate_model::{
    Content, Direction, Message, MessageId, Mode, Status,
    content::{ContentKind, Text},
};
use wagate_store::{
    Database, Page, PageOf,
    messages::{self, MessageFilter, StoredMessage},
};

async fn list(database: &Database, owner: Owner, filter: &MessageFilter, page: &Page) -> PageOf<Message> {
    messages::list(database, owner.workspace_id, Mode::Test, filter, page).await.unwrap()
}

async fn all(database: &Database, owner: Owner, filter: &MessageFilter) -> Vec<MessageId> {
    let page = list(database, owner, filter, &Page { limit: 100, ..Page::default() }).await;
    assert!(!page.has_more);
    page.data.iter().map(|message| message.id).collect()
}

/// What a filter means, in words of Rust.
fn fits(message: &Message, filter: &MessageFilter) -> bool {
    filter.account_id.is_none_or(|wanted| wanted == message.account_id)
        && filter.bound_to.as_ref().is_none_or(|wanted| wanted.contains(&message.account_id))
        && filter.chat_id.as_ref().is_none_or(|wanted| *wanted == message.chat_id)
        && filter.direction.is_none_or(|wanted| wanted == message.direction)
        && filter.status.is_none_or(|wanted| wanted == message.status)
        && filter.kind.is_none_or(|wanted| wanted == message.content.kind())
        && filter.from.is_none_or(|from| message.created_at >= from)
        && filter.to.is_none_or(|to| message.created_at < to)
        && filter.client_ref.as_ref().is_none_or(|wanted| Some(wanted) == message.client_ref.as_ref())
}

/// One that differs from the other ones in every filter.
fn varied(owner: Owner, number: usize) -> StoredMessage {
    let mut new = new_message(owner);
    let message = &mut new.message;
    message.chat_id = chat(number % 3);
    message.direction = if number.is_multiple_of(2) { Direction::Outgoing } else { Direction::Incoming };
    message.status = Status::ALL[number % Status::ALL.len()];
    message.created_at = after(i64::try_from(number).unwrap());
    message.client_ref = match number % 4 {
        0 => None,
        1 => Some(HARD_TEXT.to_owned()),
        2 => Some(HARD_TEXT.trim_end().to_owned()),
        _ => Some(HARD_TEXT.to_lowercase()),
    };
    new
}

on_both! {
    async fn each_filter_keeps_what_fits_and_nothing_else(database: &Database) {
        let owner = Owner::new(database).await;
        let second = Owner { account_id: account(database, owner.workspace_id).await, ..owner };
        let stranger = Owner::new(database).await;
        let mine: Vec<_> = (0..24).map(|number| varied(if number % 5 == 0 { second } else { owner }, number)).collect();
        insert(database, &mine).await;
        insert(database, &(0..6).map(|number| varied(stranger, number)).collect::<Vec<_>>()).await;
        stored(database, owner, |new| new.message.mode = Mode::Live).await;

        let none = MessageFilter::default();
        let filters = [
            none.clone(),
            MessageFilter { account_id: Some(second.account_id), ..none.clone() },
            MessageFilter { account_id: Some(stranger.account_id), ..none.clone() },
            MessageFilter { bound_to: Some(vec![second.account_id]), ..none.clone() },
            MessageFilter { bound_to: Some(vec![second.account_id, owner.account_id]), ..none.clone() },
            MessageFilter { bound_to: Some(vec![second.account_id]), account_id: Some(owner.account_id), ..none.clone() },
            MessageFilter { chat_id: Some(chat(1)), ..none.clone() },
            MessageFilter { direction: Some(Direction::Incoming), ..none.clone() },
            MessageFilter { status: Some(Status::Delivered), ..none.clone() },
            MessageFilter { kind: Some(ContentKind::Text), ..none.clone() },
            MessageFilter { kind: Some(ContentKind::Image), ..none.clone() },
            MessageFilter { from: Some(after(7)), ..none.clone() },
            MessageFilter { to: Some(after(7)), ..none.clone() },
            MessageFilter { from: Some(after(7)), to: Some(after(8)), ..none.clone() },
            MessageFilter { client_ref: Some(HARD_TEXT.to_owned()), ..none.clone() },
            MessageFilter { client_ref: Some(HARD_TEXT.trim_end().to_owned()), ..none.clone() },
            MessageFilter { client_ref: Some(String::new()), ..none.clone() },
            MessageFilter { direction: Some(Direction::Outgoing), chat_id: Some(chat(0)), from: Some(after(2)), ..none },
        ];
        for filter in filters {
            let expected: Vec<_> = mine.iter().rev().filter(|stored| fits(&stored.message, &filter)).map(|stored| stored.message.id).collect();
            assert_eq!(all(database, owner, &filter).await, expected, "{filter:?}");
        }
    }

    async fn a_listed_message_is_whole(database: &Database) {
        let owner = Owner::new(database).await;
        let new = stored(database, owner, |new| new.message.content = Content::Text(Text { body: "\u{1f990} ".to_owned(), preview_url: true })).await;
        assert_eq!(list(database, owner, &MessageFilter::default(), &Page::default()).await.data, [new.message]);
    }

    async fn whoever_walks_through_random_data_meets_each_message_once_and_in_order(database: &Database) {
        let mut runner = TestRunner::default();
        let cases = (0_usize..40, proptest::collection::vec(1_u32..12, 1..6), proptest::option::of(proptest::sample::select(Status::ALL)), proptest::option::of(0_usize..3));
        let stranger = Owner::new(database).await;
        for _ in 0..12 {
            let (count, limits, status, chat_number) = cases.new_tree(&mut runner).unwrap().current();
            let owner = Owner { workspace_id: workspace(database).await, ..stranger };
            let owner = Owner { account_id: account(database, owner.workspace_id).await, ..owner };
            // Between the messages there are always others of somebody else.
            let rows: Vec<_> = (0..2 * count).map(|number| varied(if number % 2 == 0 { owner } else { stranger }, number / 2)).collect();
            insert(database, &rows).await;
            let filter = MessageFilter { status, chat_id: chat_number.map(chat), ..MessageFilter::default() };
            let expected: Vec<_> = rows.iter().rev().map(|stored| &stored.message)
                .filter(|message| message.workspace_id == owner.workspace_id && fits(message, &filter)).map(|message| message.id).collect();
            let story = format!("{count} {limits:?} {filter:?}");
            assert_eq!(walk_down(database, owner, &filter, &limits).await, expected, "{story}");
            assert_eq!(walk_up(database, owner, &filter, &limits).await, expected, "{story}");
        }
    }
}

async fn walk_down(database: &Database, owner: Owner, filter: &MessageFilter, limits: &[u32]) -> Vec<MessageId> {
    let (mut seen, mut page) = (Vec::new(), Page::default());
    for limit in limits.iter().cycle() {
        page.limit = *limit;
        let part = list(database, owner, filter, &page).await;
        assert!(part.data.len() <= *limit as usize && (!part.has_more || part.data.len() == *limit as usize));
        seen.extend(part.data.iter().map(|message| message.id));
        if !part.has_more {
            break;
        }
        page.starting_after = seen.last().map(ToString::to_string);
    }
    seen
}

/// From below the oldest one upwards.
async fn walk_up(database: &Database, owner: Owner, filter: &MessageFilter, limits: &[u32]) -> Vec<MessageId> {
    let below: MessageId = "msg_00000000000000000000000000".parse().unwrap_or_else(|_| id());
    let (mut seen, mut page) = (Vec::new(), Page { ending_before: Some(below.to_string()), ..Page::default() });
    for limit in limits.iter().cycle() {
        page.limit = *limit;
        let part = list(database, owner, filter, &page).await;
        assert!(part.data.len() <= *limit as usize && (!part.has_more || part.data.len() == *limit as usize));
        seen.splice(0..0, part.data.iter().map(|message| message.id));
        if !part.has_more {
            break;
        }
        page.ending_before = seen.first().map(ToString::to_string);
    }
    seen
}
