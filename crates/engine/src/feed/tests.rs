//! Listeners who are late, slow or unwelcome.

use super::{Fed, Feed, FeedRequest, hub::ROOM};
use crate::{Error, events, test_account::TestAccount};
use std::time::{Duration, Instant};
use wagate_model::{Actor, Caller, EndpointId, Event, Mode, event::WebhookTest};
use wagate_store::{in_transaction, sql::sql};

impl TestAccount {
    async fn happens(&self, count: usize) {
        let endpoint_id: EndpointId = self.test.engine.ids.next();
        let event = Event::WebhookTest(WebhookTest { endpoint_id, note: "a test" });
        let news = vec![event; count];
        in_transaction!(self.test.engine.database, |tx| {
            events::append(tx, &self.test.engine, self.caller.workspace_id, Mode::Test, &news).await
        })
        .unwrap();
    }

    async fn listen(&self, after: Option<i64>) -> Feed {
        self.listen_as(&self.caller, after).await
    }

    async fn listen_as(&self, caller: &Caller, after: Option<i64>) -> Feed {
        self.test.engine.open_feed(caller, FeedRequest { after, ..FeedRequest::default() }).await.unwrap()
    }

    async fn forget_until(&self, sequence: i64) {
        in_transaction!(self.test.engine.database, |tx| {
            sql("DELETE FROM events WHERE sequence <= ?").bind(sequence).run(tx).await
        })
        .unwrap();
    }
}

async fn next(feed: &mut Feed) -> Option<Fed> {
    tokio::time::timeout(Duration::from_secs(10), feed.next()).await.unwrap()
}

/// The numbers of the next events.
async fn numbers(feed: &mut Feed, count: usize) -> Vec<i64> {
    let mut numbers = Vec::new();
    while numbers.len() < count {
        match next(feed).await {
            Some(Fed::Event(event)) => numbers.push(event.sequence),
            Some(Fed::Begun { .. } | Fed::Alive { .. }) => {}
            other => panic!("{other:?} after {numbers:?}"),
        }
    }
    numbers
}

#[tokio::test]
async fn who_knows_what_is_forgotten_begins_anew() {
    let story = TestAccount::new().await;
    story.happens(20).await;
    let last = events_so_far(&story).await;
    story.forget_until(last - 5).await;
    for (asked, oldest) in [(0, last - 4), (last - 6, last - 4)] {
        let mut feed = story.listen(Some(asked)).await;
        assert_eq!(next(&mut feed).await, Some(Fed::Reset { asked, oldest, sequence: last }));
        drop(feed);
    }
    let mut feed = story.listen(Some(last - 5)).await;
    assert_eq!(numbers(&mut feed, 5).await, (last - 4..=last).collect::<Vec<_>>());
    story.forget_until(last).await;
    let mut feed = story.listen(Some(last - 1)).await;
    assert_eq!(next(&mut feed).await, Some(Fed::Reset { asked: last - 1, oldest: last + 1, sequence: last }));
    story.happens(1).await;
    assert_eq!(numbers(&mut feed, 1).await, [last + 1]);
    let mut feed = story.listen(Some(last)).await;
    assert_eq!(numbers(&mut feed, 1).await, [last + 1]);
}

#[tokio::test]
async fn who_is_overtaken_by_retention_begins_anew() {
    let story = TestAccount::new().await;
    story.happens(500).await;
    let last = events_so_far(&story).await;
    let mut feed = story.listen(Some(0)).await;
    let heard = numbers(&mut feed, 10).await;
    story.forget_until(last - 1).await;
    assert_eq!(numbers(&mut feed, 90).await, (heard[9] + 1..=100).collect::<Vec<_>>(), "what was read before");
    assert_eq!(next(&mut feed).await, Some(Fed::Reset { asked: 100, oldest: last, sequence: last }));
    story.happens(1).await;
    assert_eq!(numbers(&mut feed, 1).await, [last + 1]);
}

async fn events_so_far(story: &TestAccount) -> i64 {
    wagate_store::events::last_number(&story.test.engine.database, story.caller.workspace_id, Mode::Test).await.unwrap()
}

#[tokio::test]
async fn a_slow_listener_is_cut_off_and_the_others_are_not() {
    let story = TestAccount::new().await;
    let (mut slow, mut quick) = (story.listen(None).await, story.listen(None).await);
    story.happens(1).await;
    let first = numbers(&mut slow, 1).await[0];
    let count = 3 * ROOM;
    let mut others = tokio::task::JoinSet::new();
    others.spawn(async move { numbers(&mut quick, count + 1).await });
    for _ in 0..count / 128 {
        story.happens(128).await;
    }
    let last = first + i64::try_from(count).unwrap();
    assert_eq!(others.join_next().await.unwrap().unwrap(), (first..=last).collect::<Vec<_>>());
    assert_eq!(next(&mut slow).await, None, "it lies too far behind");
    let mut again = story.listen(Some(first)).await;
    assert_eq!(numbers(&mut again, count).await, (first + 1..=last).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_reads_what_it_missed_is_not_cut_off_meanwhile() {
    let story = TestAccount::new().await;
    story.happens(300).await;
    let last = events_so_far(&story).await;
    let mut feed = story.listen(Some(0)).await;
    let mut heard = numbers(&mut feed, 10).await;
    for _ in 0..20 {
        story.happens(100).await;
    }
    // Its reader has passed them on, and there was no room for all of them.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let all = usize::try_from(last).unwrap() + 2_000;
    heard.extend(numbers(&mut feed, all - 10).await);
    assert_eq!(heard, (1..=i64::try_from(all).unwrap()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_listener_who_hears_nothing_is_told_that_all_is_well() {
    let story = TestAccount::new().await;
    let request = FeedRequest { types: vec![wagate_model::EventType::MessageReceived], ..FeedRequest::default() };
    let mut feed = story.test.engine.open_feed(&story.caller, request).await.unwrap();
    next(&mut feed).await;
    feed.alive_every = Duration::from_millis(100);
    feed.is_alive_in(feed.alive_every);
    story.happens(3).await;
    let last = events_so_far(&story).await;
    // It moves on past what it does not want to hear.
    let began = Instant::now();
    while next(&mut feed).await != Some(Fed::Alive { sequence: last }) {
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn there_are_so_many_places_and_they_are_given_back() {
    let story = TestAccount::new().await;
    let mut feeds = vec![story.listen(None).await, story.listen(None).await, story.listen(Some(0)).await];
    let refused = story.test.engine.open_feed(&story.caller, FeedRequest::default()).await.err();
    assert!(matches!(refused, Some(Error::Conflict { code: "too_many_streams", .. })), "{refused:?}");
    feeds.pop();
    story.listen(None).await;
}

#[tokio::test]
async fn a_key_that_ended_ends_its_listeners_alone() {
    let story = TestAccount::new().await;
    // A key that is not there is as one that was revoked.
    let with_key = Caller { actor: Actor::Key(story.test.engine.ids.next()), ..story.caller.clone() };
    let (mut gone, mut stays) = (story.listen_as(&with_key, None).await, story.listen(None).await);
    next(&mut gone).await;
    let began = Instant::now();
    assert_eq!(next(&mut gone).await, None);
    assert!(began.elapsed() < Duration::from_secs(5));
    story.happens(1).await;
    numbers(&mut stays, 1).await;
}

#[tokio::test]
async fn nobody_listens_any_more_once_the_feeds_are_closed() {
    let story = TestAccount::new().await;
    let mut feed = story.listen(None).await;
    next(&mut feed).await;
    story.test.engine.close_feeds();
    assert_eq!(next(&mut feed).await, None);
    let refused = story.test.engine.open_feed(&story.caller, FeedRequest::default()).await.err();
    assert!(matches!(refused, Some(Error::Unavailable { .. })), "{refused:?}");
    story.test.engine.tasks.close();
    tokio::time::timeout(Duration::from_secs(5), story.test.engine.tasks.wait()).await.unwrap();
}
