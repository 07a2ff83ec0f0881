//! Messages for later, and messages that are not wanted any more after a while.

use std::time::Duration;
use wagate_model::Timestamp;
use wagate_testkit::{Sink, TestApp, TestMessage, TestWorkspace, Value, json, on_both};

const MINUTE: Duration = Duration::from_mins(1);

fn text(body: &str) -> Value {
    json!({"to": "+15550100001", "type": "text", "text": {"body": body}})
}

fn within(app: &TestApp, time: Duration) -> Timestamp {
    app.now().plus(time)
}

async fn scheduled(app: &TestApp, ws: &TestWorkspace, body: &str, minutes: u64) -> TestMessage {
    let mut message = text(body);
    message["send_at"] = json!(within(app, MINUTE * u32::try_from(minutes).unwrap()));
    let message = ws.send(message).await;
    assert_eq!(message.now().await["status"], "scheduled");
    message
}

fn bodies(app: &TestApp) -> Vec<String> {
    let arrivals = app.arrivals();
    let new = arrivals.iter().filter(|one| one.repeat == 0);
    new.map(|one| one.content["body"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_scheduled_message_goes_at_its_time_and_not_before(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let message = scheduled(app, &ws, "later", 10).await;
        let at_once = ws.send_text("+15550100001", "now").await;
        at_once.becomes("read").await;
        app.passes(MINUTE * 9);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(message.now().await["status"], "scheduled");
        app.passes(MINUTE);
        let read = message.becomes("read").await;
        assert_eq!(message.statuses().await, ["scheduled", "sending", "sent", "delivered", "read"]);
        assert!(read["send_at"].is_string());
        assert_eq!(bodies(app), ["now", "later"]);
    }

    async fn what_is_scheduled_joins_the_chats_queue_by_its_time(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let mut all = Vec::new();
        for (body, minutes) in [("third", 3), ("second", 2), ("last", 5)] {
            all.push(scheduled(app, &ws, body, minutes).await);
        }
        all.push(ws.send_text("+15550100001", "first").await);
        app.passes(MINUTE * 4);
        all.push(ws.send_text("+15550100001", "fourth").await);
        app.passes(MINUTE * 2);
        app.restart().await;
        account.post("connect").await.ok();
        for message in &all {
            message.becomes("read").await;
        }
        assert_eq!(bodies(app), ["first", "second", "third", "fourth", "last"]);
    }

    async fn a_far_schedule_survives_a_restart_and_leaves_the_lane_asleep(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let message = scheduled(app, &ws, "next month", 60 * 24 * 30).await;
        app.restart().await;
        app.passes(MINUTE * (60 * 24 * 30 - 1));
        app.passes(MINUTE);
        message.becomes("read").await;
    }

    async fn the_clock_steps_back_and_forward_and_everything_goes_once(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let message = scheduled(app, &ws, "in a minute", 1).await;
        app.clock.step_back(MINUTE * 60);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(message.now().await["status"], "scheduled");
        app.passes(MINUTE * 61);
        app.clock.step_back(MINUTE * 30);
        app.passes(MINUTE * 30);
        message.becomes("read").await;
        assert_eq!(bodies(app), ["in a minute"]);
    }

    async fn a_scheduled_message_is_moved_cancelled_and_sent_at_once(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let moved = scheduled(app, &ws, "moved", 10).await;
        let cancelled = scheduled(app, &ws, "cancelled", 10).await;
        let hurried = scheduled(app, &ws, "hurried", 10).await;
        let path = |message: &TestMessage| format!("/v1/messages/{}", message.id);
        let later = within(app, MINUTE * 14);
        let patched = ws.patch(&path(&moved), json!({"send_at": later, "expires_at": within(app, MINUTE * 20)})).await.ok();
        assert_eq!((&patched["send_at"], &patched["status"]), (&json!(later), &json!("scheduled")));
        assert_eq!(cancelled.post("cancel").await.ok()["status"], "cancelled");
        let at_once = ws.patch(&path(&hurried), json!({"send_at": null})).await.ok();
        assert_eq!(at_once["status"], "queued");
        hurried.becomes("read").await;
        app.passes(MINUTE * 11);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(moved.now().await["status"], "scheduled");
        app.passes(MINUTE * 4);
        moved.becomes("read").await;
        assert_eq!(bodies(app), ["hurried", "moved"]);
        ws.patch(&path(&moved), json!({"send_at": within(app, MINUTE)})).await.problem(409, "message_not_waiting");
        ws.patch(&path(&cancelled), json!({"expires_at": null})).await.problem(409, "message_not_waiting");
        let audit = ws.audit().await;
        assert_eq!(audit.iter().filter(|(action, _)| action == "message.updated").count(), 2);
    }

    async fn times_are_checked_by_field(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let now = app.now();
        let (past, soon, later) = (now.minus(MINUTE), now.plus(MINUTE), now.plus(MINUTE * 2));
        let far = now.plus(MINUTE * 60 * 24 * 400);
        for (times, field) in [
            (json!({"send_at": past}), "send_at"),
            (json!({"send_at": now}), "send_at"),
            (json!({"send_at": far}), "send_at"),
            (json!({"expires_at": past}), "expires_at"),
            (json!({"send_at": later, "expires_at": soon}), "expires_at"),
            (json!({"send_at": soon, "expires_at": soon}), "expires_at"),
        ] {
            let mut message = text("x");
            message.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
            let refused = ws.post("/v1/messages", message).await;
            assert_eq!((refused.status, refused.faults()), (422, vec![(field.to_owned(), "out_of_range".to_owned())]), "{times}");
        }
        let waits = scheduled(app, &ws, "x", 10).await;
        let path = format!("/v1/messages/{}", waits.id);
        let fields = async |patch: Value| ws.patch(&path, patch).await.faults().into_iter().map(|(field, _)| field).collect::<Vec<_>>();
        assert_eq!(fields(json!({"send_at": past})).await, ["send_at"]);
        assert_eq!(fields(json!({"expires_at": soon})).await, ["expires_at"]);
        assert_eq!(fields(json!({"send_at": "tomorrow"})).await, ["send_at"]);
        waits.post("cancel").await.ok();
    }

    async fn what_waits_too_long_expires_with_an_event(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        ws.webhook_for(&sink, json!({"events": ["message.status"]})).await;
        let account = ws.account().await;
        account.play("ban").await.ok();
        account.is("banned").await;
        let mut held = text("held");
        held["expires_at"] = json!(within(app, MINUTE * 5));
        let held = ws.send(held).await;
        let mut unsent = text("unsent");
        (unsent["send_at"], unsent["expires_at"]) = (json!(within(app, MINUTE)), json!(within(app, MINUTE * 5)));
        let unsent = ws.send(unsent).await;
        let mut lasting = text("lasting");
        lasting["expires_at"] = json!(within(app, MINUTE * 500));
        let lasting = ws.send(lasting).await;
        app.passes(MINUTE * 5);
        for message in [&held, &unsent] {
            let expired = message.becomes("expired").await;
            assert_eq!(expired["reason"], "expired");
            let told = |one: &wagate_testkit::Received| one.json()["data"]["id"] == message.id;
            assert_eq!(sink.gets("the expiry", told).await.json()["data"]["status"], "expired");
        }
        account.play("restore").await.ok();
        account.post("connect").await;
        lasting.becomes("read").await;
        assert_eq!(bodies(app), ["lasting"]);
    }

    async fn what_waits_for_another_attempt_expires_and_the_chat_goes_on(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let stuck = ws.send(json!({"to": "+15550110010", "type": "text", "text": {"body": "one"}, "expires_at": within(app, MINUTE)})).await;
        stuck.waits_for("provider_unavailable").await;
        app.passes(MINUTE * 2);
        stuck.comes_to("to end", |message| message["status"] == "expired").await;
    }

    async fn what_is_of_unknown_outcome_never_expires(app: &mut TestApp) {
        app.with(wagate_testkit::Settings { send_timeout: Duration::from_millis(200), ..wagate_testkit::Settings::default() }).await;
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let message = ws.send(json!({"to": "+15550110003", "type": "text", "text": {"body": "x"}, "expires_at": within(app, MINUTE)})).await;
        message.waits_for("outcome_unknown").await;
        app.passes(MINUTE * 2);
        let ended = crate::sending::retried_until(app, &message, "failed").await;
        assert_eq!(ended["reason"], "outcome_unknown");
    }

    async fn a_thousand_for_one_minute_go_in_order(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let at = within(app, MINUTE);
        let messages: Vec<_> = (0..1000)
            .map(|number| json!({"to": format!("+1555010000{}", number % 4 + 1), "type": "text", "text": {"body": format!("{number:04}")}, "send_at": at}))
            .collect();
        let answer = ws.post("/v1/messages/batch", json!({"messages": messages})).await.ok();
        assert!(answer["data"].as_array().unwrap().iter().all(|one| one["message"]["status"] == "scheduled"), "{answer}");
        app.passes(MINUTE);
        let last: Vec<_> = (996..1000).map(|index: usize| answer["data"][index]["message"]["id"].as_str().unwrap().to_owned()).collect();
        for id in &last {
            wagate_testkit::eventually("the last to be read", async || {
                let status = ws.message(id).now().await["status"].clone();
                if status == "read" { Ok(()) } else { Err(status.to_string()) }
            }).await;
        }
        let arrivals = app.arrivals();
        for chat in 1..=4 {
            let chat = format!("+1555010000{chat}");
            let arrived: Vec<_> = arrivals.iter().filter(|one| one.chat_id.as_str() == chat).map(|one| one.content["body"].as_str().unwrap().to_owned()).collect();
            assert_eq!(arrived.len(), 250, "{chat}");
            assert!(arrived.is_sorted(), "{chat}");
        }
    }
}
