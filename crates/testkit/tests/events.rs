//! Events: numbered without gaps, in the order of commits, apart by workspace and mode.

use std::collections::BTreeSet;
use wagate_testkit::{Sink, Value, json, on_both};

fn sequences(events: &[Value]) -> Vec<i64> {
    events.iter().map(|event| event["sequence"].as_i64().unwrap()).collect()
}

on_both! {
    async fn events_are_numbered_without_gaps_and_webhooks_carry_the_numbers(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        ws.webhook(&sink).await;
        let account = ws.account().await;
        let sends = (0..30).map(|number| ws.send_text(if number % 5 == 0 { "+15550110001" } else { "+15550100001" }, "Hi"));
        let messages = futures_util::future::join_all(sends).await;
        let hears = (0..10).map(|_| account.hears("+15550100009", "Hi"));
        futures_util::future::join_all(hears).await;
        for (number, message) in messages.iter().enumerate() {
            message.becomes(if number % 5 == 0 { "failed" } else { "read" }).await;
        }
        let events = ws.events().await;
        let numbers = sequences(&events);
        assert_eq!(numbers, (1..=i64::try_from(events.len()).unwrap()).collect::<Vec<_>>());
        assert_eq!(events.len(), 2 + 6 + 24 * 3 + 10);
        let received = sink.has_got(events.len()).await;
        let told: BTreeSet<_> = received.iter().map(|one| one.json()["sequence"].as_i64().unwrap()).collect();
        assert_eq!(told.into_iter().collect::<Vec<_>>(), numbers);
    }

    async fn each_workspace_counts_for_itself(app: &mut TestApp) {
        let (one, two) = (app.workspace("One").await, app.workspace("Two").await);
        let (account, other) = (one.account().await, two.account().await);
        for _ in 0..3 {
            account.hears("+15550100001", "Hi").await;
        }
        other.hears("+15550100001", "Hi").await;
        for ws in [&one, &two] {
            let events = ws.events().await;
            assert_eq!(sequences(&events), (1..=i64::try_from(events.len()).unwrap()).collect::<Vec<_>>());
            assert!(events.iter().all(|event| event["workspace_id"] == ws.id.as_str()));
        }
    }

    async fn live_events_are_apart_from_test_events(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let live = ws.with_key(app.key_of(&ws.id, "live").await);
        let webhook = live.webhook(&sink).await;
        let account = ws.account().await;
        account.hears("+15550100001", "Hi").await;
        webhook.post("test", Value::Null).await.ok();
        let received = sink.has_got(1).await;
        assert_eq!(received[0].json()["type"], "webhook.test", "no test event reaches a live webhook");
        assert_eq!(sequences(&live.events().await), [1]);
        assert!(ws.events().await.len() >= 3);
    }

    async fn events_are_listed_from_a_number_and_by_type(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        for number in 0..5 {
            account.hears("+15550100001", &format!("message {number}")).await;
        }
        let all = ws.events().await;
        let last = i64::try_from(all.len()).unwrap();
        let page = ws.get(&format!("/v1/events?starting_after={}&limit=1", last - 2)).await.ok();
        assert_eq!((&page["data"][0], &page["has_more"]), (&all[all.len() - 2], &json!(true)));
        let received = ws.get("/v1/events?types=message.received").await.ok();
        assert_eq!(received["data"].as_array().unwrap().len(), 5);
        let both = ws.get("/v1/events?types=message.received,connection.update&limit=100").await.ok();
        assert_eq!(both["data"], Value::Array(all));
        let beyond = ws.get("/v1/events?starting_after=9999999").await.ok();
        assert_eq!((&beyond["data"], &beyond["has_more"]), (&json!([]), &json!(false)));
    }

    async fn an_inbound_message_that_the_network_says_twice_is_one(app: &mut TestApp) {
        // The echo of a message comes under one id; a restart makes the network say again what it
        // does not know to be stored.
        let ws = app.workspace("Acme").await;
        ws.account().await;
        ws.send_text("+15550110006", "echo").await.becomes("sent").await;
        ws.hears("message.received", |message| message["text"]["body"] == "echo").await;
        for _ in 0..2 {
            app.restart().await;
            ws.send_text("+15550100001", "Hi").await.becomes("read").await;
        }
        let echoes = ws.all("/v1/messages?direction=incoming").await;
        assert_eq!(echoes.len(), 1);
    }
}
