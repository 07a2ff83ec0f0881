//! The live feed: each event once and in order, whoever listens and however often they come back.

use futures_util::future::join_all;
use std::time::{Duration, Instant};
use wagate_testkit::{
    Frame, Listener, Method, TestApp, TestWorkspace, Value, app::MOST_FEEDS, client::text, json, on_both,
};

const STREAM: &str = "/v1/events/stream";

async fn listen(ws: &TestWorkspace, query: &str) -> Listener {
    ws.request(Method::GET, &format!("{STREAM}{query}")).listen().await
}

async fn listen_after(ws: &TestWorkspace, last: i64) -> Listener {
    ws.request(Method::GET, STREAM).header("last-event-id", last.to_string()).listen().await
}

fn numbers(frames: &[Frame]) -> Vec<i64> {
    frames.iter().map(Frame::number).collect()
}

/// Asserts that the listener is told of exactly these events, by the bytes that webhooks carry.
fn tells(frames: &[Frame], events: &[Value]) {
    let told: Vec<_> = frames.iter().map(|frame| (frame.number(), frame.event.clone(), frame.json())).collect();
    let happened: Vec<_> =
        events.iter().map(|event| (event["sequence"].as_i64().unwrap(), text(event, "type"), event.clone())).collect();
    assert_eq!(told, happened);
}

on_both! {
    async fn events_come_as_they_happen(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let before = ws.events().await.len();
        let mut listener = listen(&ws, "").await;
        assert_eq!(listener.headers()["x-accel-buffering"], "no");
        let first = listener.frame().await.unwrap();
        assert_eq!((first.number(), first.comment.as_str()), (i64::try_from(before).unwrap(), "listening"));
        account.hears("+15550100001", "Hi").await;
        let began = Instant::now();
        tells(&[listener.event().await], &ws.events().await[before..]);
        assert!(began.elapsed() < Duration::from_secs(5));
        ws.send_text("+15550100001", "Hi").await.becomes("read").await;
        tells(&listener.events(3).await, &ws.events().await[before + 1..]);
    }

    async fn types_and_accounts_are_filtered(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let (one, two) = (ws.account().await, ws.account().await);
        let bound = ws.key(json!({"account_ids": [one.id]})).await;
        let mut received = listen(&ws, "?types=message.received").await;
        let mut of_two = listen(&ws, &format!("?account_ids={}", two.id)).await;
        let mut of_bound = listen(&bound, "").await;
        let mut of_neither = listen(&bound, &format!("?account_ids={}", two.id)).await;
        one.send_text("+15550100001", "Hi").await.becomes("read").await;
        two.hears("+15550100001", "for two").await;
        one.hears("+15550100001", "for one").await;
        assert_eq!(received.event().await.json()["data"]["text"]["body"], "for two");
        assert_eq!(received.event().await.json()["data"]["text"]["body"], "for one");
        assert_eq!(of_two.event().await.json()["data"]["text"]["body"], "for two");
        let all = of_bound.events(4).await;
        assert!(all.iter().all(|event| event.json()["data"]["account_id"] == one.id.as_str()));
        assert_eq!(all[3].json()["data"]["text"]["body"], "for one");
        // The same for those who come back.
        let mut again = listen(&bound, "?last_event_id=0&types=message.received,message.status").await;
        assert_eq!(numbers(&again.events(4).await), numbers(&all));
        let silent = tokio::time::timeout(Duration::from_millis(300), of_neither.next_event()).await;
        assert!(silent.is_err(), "{silent:?}");
    }

    async fn nobody_hears_another_workspace_or_mode(app: &mut TestApp) {
        let (ws, stranger) = (app.workspace("Acme").await, app.workspace("The stranger").await);
        let live = ws.with_key(app.key_of(&ws.id, "live").await);
        let account = ws.account().await;
        let (mut theirs, mut of_live, mut ours) = (listen(&stranger, "").await, listen(&live, "").await, listen(&ws, "").await);
        account.hears("+15550100001", "a private word").await;
        ours.event().await;
        for listener in [&mut theirs, &mut of_live] {
            let heard = tokio::time::timeout(Duration::from_millis(300), listener.next_event()).await;
            assert!(heard.is_err(), "{heard:?}");
        }
    }

    async fn who_comes_back_misses_nothing_and_hears_nothing_twice(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        // More than is read at once, and still more while it is read.
        let talk = async {
            for round in 0..15 {
                join_all((0..20).map(|number| account.hears("+15550100001", if number + round == 0 { "first" } else { "Hi" }))).await;
            }
        };
        let listen = async {
            let (mut heard, mut last) = (Vec::new(), 0);
            while heard.len() < 302 {
                let mut listener = listen_after(&ws, last).await;
                let some = listener.events((302 - heard.len()).min(17 + heard.len() % 40)).await;
                last = some.last().unwrap().number();
                heard.extend(some);
            }
            heard
        };
        let (heard, ()) = tokio::join!(listen, talk);
        tells(&heard, &ws.events().await);
    }

    async fn who_knows_a_number_that_never_was_is_told_to_begin_anew(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let last = i64::try_from(ws.events().await.len()).unwrap();
        let mut listener = listen_after(&ws, last + 1_000).await;
        let reset = listener.event().await;
        assert_eq!((reset.event.as_str(), reset.number()), ("reset", last));
        assert_eq!(reset.json(), json!({"last_event_id": last + 1_000, "oldest_sequence": 1, "sequence": last}));
        account.hears("+15550100001", "Hi").await;
        assert_eq!(listener.event().await.number(), last + 1);
        // What is the last one is known, and nothing is missed.
        let mut listener = listen_after(&ws, last + 1).await;
        assert_eq!(listener.frame().await.unwrap().comment, "listening");
    }

    async fn what_is_no_number_is_refused_and_the_header_goes_first(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        for wrong in ["x", "-1", "1.5", "0x1", " 1 1", "99999999999999999999"] {
            ws.request(Method::GET, STREAM).header("last-event-id", wrong).send().await.problem(400, "invalid_header");
        }
        let twice = ws.request(Method::GET, STREAM).header("last-event-id", "1").header("last-event-id", "2");
        twice.send().await.problem(400, "invalid_header");
        let negative = ws.get(&format!("{STREAM}?last_event_id=-1")).await;
        assert_eq!((negative.status, negative.faults()), (422, vec![("last_event_id".to_owned(), "out_of_range".to_owned())]));
        let accounts = vec!["acc_01jd0c2q4w8v7h3n5k6m9p0r1s"; 101].join(",");
        let many = ws.get(&format!("{STREAM}?account_ids={accounts}")).await;
        assert_eq!((many.status, many.faults()), (422, vec![("account_ids".to_owned(), "too_many".to_owned())]));
        let mut listener = ws.request(Method::GET, &format!("{STREAM}?last_event_id=0")).header("last-event-id", "1").listen().await;
        assert_eq!(listener.event().await.number(), 2);
    }

    async fn a_stream_ends_with_its_key(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let (revoked, expiring) = (ws.key(json!({})).await, ws.key(json!({"expires_at": "2025-11-22T12:00:10Z"})).await);
        let (one, other, mut stays) = (listen(&revoked, "").await, listen(&expiring, "").await, listen(&ws, "").await);
        let id = text(&ws.all("/v1/api-keys").await[1], "id");
        let began = Instant::now();
        ws.delete(&format!("/v1/api-keys/{id}")).await;
        app.passes(Duration::from_secs(10));
        assert_eq!((one.rest().await, other.rest().await), (vec![], vec![]));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        revoked.get(STREAM).await.problem(401, "unauthenticated");
        account.hears("+15550100001", "Hi").await;
        stays.event().await;
    }

    async fn a_suspended_workspace_listens_as_it_reads(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        ws.send_text("+15550100001", "Hi").await.becomes("read").await;
        let mut listener = listen(&ws, "").await;
        let path = format!("/operator/v1/workspaces/{}", ws.id);
        app.operator(Method::POST, &format!("{path}/suspend")).json(&json!({"reason": "unpaid"})).send().await.ok();
        account.post("disconnect").await.ok();
        assert_eq!(listener.event().await.json()["data"]["status"], "disconnected");
        listen_after(&ws, 0).await.events(3).await;
    }

    async fn a_workspace_has_so_many_streams(app: &mut TestApp) {
        let (ws, other) = (app.workspace("Acme").await, app.workspace("Another").await);
        let mut open = join_all((0..MOST_FEEDS).map(|_| listen(&ws, ""))).await;
        let refused = ws.get(STREAM).await.problem(409, "too_many_streams");
        assert!(refused["detail"].as_str().unwrap().contains("1000"));
        listen(&other, "").await;
        open.pop();
        // The place is free once the gateway has noticed that somebody hung up.
        wagate_testkit::eventually("a free place", async || {
            let answer = ws.get(STREAM).await;
            if answer.status == 200 { Ok(()) } else { Err(answer.json.to_string()) }
        }).await;
    }

    async fn a_thousand_readers_hear_everything(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let before = ws.events().await.len();
        let mut listeners = join_all((0..MOST_FEEDS).map(|_| listen(&ws, ""))).await;
        for _ in 0..5 {
            account.hears("+15550100001", "Hi").await;
        }
        let events = ws.events().await;
        for frames in join_all(listeners.iter_mut().map(|listener| listener.events(5))).await {
            tells(&frames, &events[before..]);
        }
        // Nor does any of them hold up the stop.
        let began = Instant::now();
        app.stop().await;
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        for rest in join_all(listeners.into_iter().map(Listener::rest)).await {
            assert_eq!(rest, []);
        }
        app.restart().await;
    }

    async fn a_restart_is_bridged(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let mut listener = listen(&ws, "").await;
        account.hears("+15550100001", "before").await;
        let last = listener.event().await.number();
        app.restart().await;
        assert!(listener.next_event().await.is_none_or(|event| event.number() > last));
        let mut listener = listen_after(&ws, last).await;
        let message = account.send_text("+15550100001", "after").await;
        let heard = loop {
            let event = listener.event().await;
            if event.event == "message.status" {
                break event;
            }
        };
        assert_eq!(heard.json()["data"]["id"], message.id.as_str());
        message.becomes("read").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_node_wrote_is_heard() {
    wagate_testkit::story::tell(wagate_testkit::Backend::MySql, async |app: &mut TestApp| {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let mut twin = app.twin().await;
        let mut listener = listen(&twin.seen_by(&ws), "").await;
        account.hears("+15550100001", "Hi").await;
        assert_eq!(listener.event().await.json()["data"]["text"]["body"], "Hi");
        twin.stop().await;
    })
    .await;
}
