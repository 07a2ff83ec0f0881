//! The clock steps back, as system clocks do: nothing is lost, doubled or out of order.

use std::time::Duration;
use wagate_testkit::{Sink, client::text, json, on_both};

const DAY: Duration = Duration::from_hours(24);

on_both! {
    async fn messages_go_on_while_the_clock_steps_back(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        ws.webhook_for(&sink, json!({"events": ["message.status"]})).await;
        ws.account().await;
        let before = ws.send_text("+15550100001", "before").await;
        before.becomes("read").await;
        // What is due by the clock as it was waits until it is that late again.
        sink.has_got(3).await;
        app.clock.step_back(DAY);
        let after = ws.send_text("+15550100001", "after").await;
        after.becomes("read").await;
        assert!(after.id > before.id, "ids grow");
        let listed: Vec<_> = ws.all("/v1/messages").await.iter().map(|one| text(one, "id")).collect();
        assert_eq!(listed, [after.id.clone(), before.id.clone()]);
        assert_eq!(after.statuses().await, ["queued", "sending", "sent", "delivered", "read"]);
        let events = ws.events().await;
        let ids: Vec<_> = events.iter().map(|event| text(event, "id")).collect();
        assert!(ids.is_sorted(), "events' ids grow with their numbers");
        sink.has_got(6).await;
    }

    async fn a_message_that_is_under_way_survives_a_step_back(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let message = ws.send_text("+15550110007", "slow").await;
        message.becomes("sending").await;
        app.clock.step_back(DAY);
        let read = message.becomes("read").await;
        assert_eq!(message.statuses().await, ["queued", "sending", "sent", "delivered", "read"]);
        assert_eq!(read["attempts"], 1);
        account.hears("+15550100001", "Hi").await;
    }

    async fn keys_and_idempotency_keys_hold_when_the_clock_steps_back(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let body = json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
        let first = ws.post_once("/v1/messages", "order-1", body.clone()).await;
        let revoked = ws.key(json!({})).await;
        let id = text(&ws.all("/v1/api-keys").await[0], "id");
        ws.delete(&format!("/v1/api-keys/{id}")).await;
        app.clock.step_back(DAY);
        assert!(ws.post_once("/v1/messages", "order-1", body).await.is_replayed());
        revoked.get("/v1/workspace").await.problem(401, "unauthenticated");
        ws.message(&first.text("id")).becomes("read").await;
    }

    async fn a_restart_after_a_step_back_goes_on(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        ws.webhook_for(&sink, json!({"events": ["message.received"]})).await;
        let account = ws.account().await;
        account.hears("+15550100001", "before").await;
        sink.has_got(1).await;
        app.clock.step_back(Duration::from_mins(10));
        app.restart().await;
        ws.send_text("+15550100001", "Hi").await.becomes("read").await;
        account.hears("+15550100001", "after").await;
        sink.has_got(2).await;
    }
}
