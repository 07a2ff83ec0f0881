//! Messages that come in.

use crate::{
    recorder::What,
    sessions::Running,
    test_account::{CHAT, TestAccount},
};
use std::{sync::Arc, time::Duration};
use wagate_model::{Content, Direction, Message, Status, content::Text, provider::Inbound};
use wagate_store::{Page, messages::MessageFilter};

fn inbound(story: &TestAccount, id: &str, body: &str) -> What {
    let content = Content::Text(Text { body: body.to_owned(), preview_url: false });
    let (chat_id, from) = (CHAT.parse().unwrap(), CHAT.parse().unwrap());
    What::Inbound(Box::new(Inbound {
        provider_message_id: id.to_owned(),
        chat_id,
        from,
        content,
        media: None,
        reply_to: None,
        mentions: Vec::new(),
        is_forwarded: false,
        at: story.test.now(),
    }))
}

async fn all(story: &TestAccount) -> Vec<Message> {
    story.test.engine.list_messages(&story.caller, MessageFilter::default(), &Page::default()).await.unwrap().data
}

#[tokio::test]
async fn a_message_that_comes_in_again_is_the_same_message() {
    let story = TestAccount::new().await;
    let twice = || story.record(inbound(&story, "A1", "Hallo 👩🏽‍🚀"));
    tokio::join!(twice(), twice());
    story.record(inbound(&story, "A1", "something else")).await;
    story.record_of(story.earlier(), inbound(&story, "A1", "something else")).await;
    let messages = all(&story).await;
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].direction, messages[0].status), (Direction::Incoming, Status::Received));
    assert_eq!(messages[0].content, Content::Text(Text { body: "Hallo 👩🏽‍🚀".to_owned(), preview_url: false }));
    assert_eq!(story.told().await, ["message.received received"]);
}

#[tokio::test]
async fn it_is_taken_whatever_the_epoch() {
    let story = TestAccount::new().await;
    story.record_of(story.earlier(), inbound(&story, "A1", "Hi")).await;
    assert_eq!(all(&story).await.len(), 1);
}

#[tokio::test]
async fn the_same_id_from_another_account_or_of_a_sent_message_is_another_message() {
    let story = TestAccount::new().await;
    let sent = story.in_flight().await;
    let other = story.another().await;
    story.record(inbound(&story, &sent.to_string(), "Hi")).await;
    story.record_of(other, inbound(&story, &sent.to_string(), "Hi")).await;
    assert_eq!(all(&story).await.len(), 3);
    assert_eq!(story.told().await, ["message.received received", "message.received received"]);
}

#[tokio::test]
async fn one_that_cannot_be_stored_does_not_keep_the_others_out() {
    let story = TestAccount::new().await;
    let nowhere = crate::recorder::AccountRef { id: story.test.engine.ids.next(), ..story.account };
    let refused =
        story.test.engine.record(crate::recorder::Record { account: nowhere, what: inbound(&story, "A2", "Hi") });
    let (refused, ..) =
        tokio::join!(refused, story.record(inbound(&story, "A1", "Hi")), story.record(inbound(&story, "A3", "Hi")));
    assert!(refused.is_err());
    assert_eq!(all(&story).await.len(), 2);
    assert_eq!(story.told().await.len(), 2);
}

#[tokio::test]
async fn whoever_writes_frees_what_was_held_for_their_chat() {
    let story = TestAccount::new().await;
    let until = story.test.now().plus(Duration::from_hours(1));
    story.test.engine.sessions.add(Arc::new(Running::new(story.account, Some(until))));
    let held = story.message(|stored| stored.message.chat_id = CHAT.parse().unwrap()).await;
    let other = story.message(|stored| stored.message.chat_id = "+15550100999".parse().unwrap()).await;
    for message_id in [held, other] {
        story
            .record(What::HeldNewChat {
                message_id,
                until,
                reason: wagate_model::Reason::NewChatsRestricted,
                at: story.test.now(),
            })
            .await;
    }
    story.record(inbound(&story, "A1", "Hi")).await;
    let freed = story.stored(held).await;
    assert_eq!((freed.due_at, freed.message.hold_reason), (Some(freed.message.created_at), None));
    assert_eq!(story.stored(other).await.due_at, Some(until));
}
