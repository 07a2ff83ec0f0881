//! The order of a chat: kept through failures, and nobody else waits for it.

use std::time::Duration;
use wagate_testkit::{TestMessage, json, on_both};

/// What arrived in a chat, in order, repeats left out.
fn arrived(app: &wagate_testkit::TestApp, chat: &str) -> Vec<String> {
    let arrivals = app.arrivals();
    let new = arrivals.iter().filter(|one| one.repeat == 0 && one.chat_id.as_str() == chat);
    new.map(|one| one.content["body"].as_str().unwrap().to_owned()).collect()
}

async fn all_become(messages: &[TestMessage], status: &str) {
    for message in messages {
        message.becomes(status).await;
    }
}

on_both! {
    async fn a_failed_send_keeps_its_order_and_other_chats_pass(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let mut chat = Vec::new();
        for body in ["one", "two", "three"] {
            chat.push(ws.send_text("+15550110016", body).await);
        }
        chat[0].waits_for("pair_rate_limited").await;
        let other = ws.send_text("+15550100001", "another chat").await;
        other.becomes("read").await;
        assert_eq!(chat[1].now().await["status"], "queued");
        assert_eq!(chat[2].now().await["status"], "queued");
        // Each message of this number is refused at its first try.
        for message in &chat {
            message.waits_for("pair_rate_limited").await;
            app.passes(Duration::from_secs(30));
            message.becomes("sent").await;
        }
        all_become(&chat, "read").await;
        assert_eq!(arrived(app, "+15550110016"), ["one", "two", "three"]);
    }

    async fn a_rate_limited_account_keeps_the_order_of_its_chats(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let first = ws.send_text("+15550110002", "one").await;
        first.waits_for("rate_limited").await;
        let second = ws.send_text("+15550110002", "two").await;
        app.passes(Duration::from_secs(30));
        first.becomes("read").await;
        second.waits_for("rate_limited").await;
        app.passes(Duration::from_secs(30));
        second.becomes("read").await;
        assert_eq!(arrived(app, "+15550110002"), ["one", "two"]);
    }

    async fn a_slow_chat_holds_up_only_itself(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let slow = ws.send_text("+15550110007", "one").await;
        let behind = ws.send_text("+15550110007", "two").await;
        slow.becomes("sending").await;
        ws.send_text("+15550100001", "another chat").await.becomes("read").await;
        assert_eq!(slow.now().await["status"], "sending", "it is still being sent");
        assert_eq!(behind.now().await["status"], "queued");
        slow.becomes("sent").await;
        behind.becomes("read").await;
        assert_eq!(arrived(app, "+15550110007"), ["one", "two"]);
    }

    async fn after_ten_minutes_of_failures_the_chat_goes_on(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let stuck = ws.send_text("+15550110010", "one").await;
        stuck.waits_for("provider_unavailable").await;
        let behind = ws.send_text("+15550110010", "two").await;
        assert_eq!(behind.now().await["attempts"], 0);
        app.passes(Duration::from_secs(601));
        behind.comes_to("to be tried", |message| message["attempts"] == 1).await;
        app.leaves_work_behind();
    }

    async fn many_messages_of_many_chats_arrive_once_and_in_order(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let mut messages = Vec::new();
        for number in 0..15 {
            for chat in 1..=4 {
                messages.push(ws.send_text(&format!("+1555010000{chat}"), &format!("{number:02}")).await);
            }
        }
        all_become(&messages, "read").await;
        let expected: Vec<_> = (0..15).map(|number| format!("{number:02}")).collect();
        for chat in 1..=4 {
            assert_eq!(arrived(app, &format!("+1555010000{chat}")), expected);
        }
    }

    async fn cancelling_the_one_that_waits_lets_the_next_one_go(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let waiting = ws.send_text("+15550110016", "one").await;
        waiting.waits_for("pair_rate_limited").await;
        let behind = ws.send_text("+15550110016", "two").await;
        assert_eq!(waiting.post("cancel").await.ok()["status"], "cancelled");
        behind.waits_for("pair_rate_limited").await;
        app.passes(Duration::from_secs(30));
        behind.becomes("read").await;
        assert_eq!(waiting.now().await["reason"], json!("cancelled"));
        assert_eq!(arrived(app, "+15550110016"), ["two"]);
    }
}
