//! What can be done with a message: cancel, retry, mark as read, find; and messages that come in.

use wagate_testkit::{Sink, Value, json, on_both};

on_both! {
    async fn what_waits_can_be_cancelled_and_what_went_cannot(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let message = ws.send_text("+15550100001", "Hi").await;
        let cancelled = message.post("cancel").await.ok();
        assert_eq!((&cancelled["status"], &cancelled["reason"]), (&json!("cancelled"), &json!("cancelled")));
        message.post("cancel").await.ok();
        ws.hears("message.status", |data| data["id"] == message.id && data["status"] == "cancelled").await;
        account.post("connect").await.ok();
        let sent = ws.send_text("+15550100001", "Hi").await;
        sent.becomes("read").await;
        sent.post("cancel").await.problem(409, "message_not_cancellable");
        assert_eq!(app.arrivals().len(), 1, "what was cancelled was not sent");
        assert_eq!(message.statuses().await, ["queued", "cancelled"]);
    }

    async fn a_failed_message_is_tried_again_as_a_new_one(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let failed = ws.send(json!({
            "to": "+15550110001", "type": "text", "text": {"body": "Hi"}, "client_ref": "a", "metadata": {"b": 1},
        })).await;
        failed.becomes("failed").await;
        let retried = failed.post("retry").await;
        assert_eq!((retried.status, &retried["retry_of"]), (202, &json!(failed.id)));
        assert_ne!(retried["id"], failed.id.as_str());
        assert_eq!((&retried["to"], &retried["text"]["body"]), (&json!("+15550110001"), &json!("Hi")));
        assert_eq!((&retried["client_ref"], &retried["metadata"]), (&json!("a"), &json!({"b": 1})));
        ws.message(&retried.text("id")).becomes("failed").await;
        assert_eq!(failed.now().await["status"], "failed");

        let sent = ws.send_text("+15550100001", "Hi").await;
        sent.becomes("read").await;
        let refused = sent.post("retry").await;
        assert_eq!(refused.status, 409);
        refused.is_problem();
    }

    async fn a_retry_with_an_idempotency_key_is_one_message(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let failed = ws.send_text("+15550110001", "Hi").await;
        failed.becomes("failed").await;
        let path = format!("/v1/messages/{}/retry", failed.id);
        let first = ws.post_once(&path, "again", Value::Null).await;
        let second = ws.post_once(&path, "again", Value::Null).await;
        assert_eq!((first.is_replayed(), second.is_replayed()), (false, true));
        assert_eq!(first["id"], second["id"]);
        assert_eq!(ws.all("/v1/messages").await.len(), 2);
    }

    async fn what_comes_in_is_told_and_can_be_marked_as_read(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        ws.webhook_for(&sink, json!({"events": ["message.received"]})).await;
        let inbound = account.hears("+15550100007", "Are you open? 🕐").await;
        assert_eq!((&inbound["direction"], &inbound["status"]), (&json!("incoming"), &json!("received")));
        let received = sink.has_got(1).await[0].json();
        assert_eq!(received["type"], "message.received");
        assert_eq!(received["data"]["id"], inbound["id"]);
        assert_eq!(received["data"]["text"]["body"], "Are you open? 🕐");
        assert_eq!((&received["data"]["from"], &received["data"]["chat_id"]), (&json!("+15550100007"), &json!("+15550100007")));

        let message = ws.message(inbound["id"].as_str().unwrap());
        let read = message.post("read").await.ok();
        assert_eq!(read["marked_read_at"], json!(app.now().to_string()));
        assert_eq!(message.post("read").await.ok()["marked_read_at"], read["marked_read_at"]);
        message.post("cancel").await.problem(409, "message_not_cancellable");
        let outgoing = ws.send_text("+15550100007", "Yes").await;
        outgoing.becomes("read").await;
        outgoing.post("read").await.problem(409, "message_not_incoming");
    }

    async fn nothing_is_marked_as_read_without_a_connection(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let inbound = account.hears("+15550100007", "Hi").await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let message = ws.message(inbound["id"].as_str().unwrap());
        message.post("read").await.problem(409, "account_not_connected");
        assert!(message.now().await.get("marked_read_at").is_none());
    }

    async fn messages_are_found_by_what_they_are(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let (one, two) = (ws.account().await, ws.account().await);
        one.send_text("+15550100001", "a").await.becomes("read").await;
        two.send_text("+15550110001", "b").await.becomes("failed").await;
        two.hears("+15550100001", "c").await;
        ws.send(json!({"account_id": one.id, "to": "+15550100002", "type": "text", "text": {"body": "d"}, "client_ref": "räk smörgås & co"})).await.becomes("read").await;
        let found = async |query: &str| {
            let mut bodies: Vec<_> = ws.all(&format!("/v1/messages?{query}")).await.iter().map(|one| one["text"]["body"].as_str().unwrap().to_owned()).collect();
            bodies.sort_unstable();
            bodies.concat()
        };
        assert_eq!(found("type=text").await, "abcd");
        assert_eq!(found("type=image").await, "");
        assert_eq!(found(&format!("account_id={}", two.id)).await, "bc");
        assert_eq!(found("chat_id=%2B15550100001").await, "ac");
        assert_eq!(found("direction=incoming").await, "c");
        assert_eq!(found("status=read").await, "ad");
        assert_eq!(found("status=failed&direction=outgoing").await, "b");
        assert_eq!(found("client_ref=r%C3%A4k%20sm%C3%B6rg%C3%A5s%20%26%20co").await, "d");
        let now = app.now().to_string();
        assert_eq!(found(&format!("from={now}")).await, "abcd");
        assert_eq!(found(&format!("to={now}")).await, "");
    }

    async fn what_only_comes_about_by_other_calls_cannot_be_sent(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        for kind in ["edit", "revoke", "revoked", "unsupported"] {
            let body = json!({"to": "+15550100001", "type": kind, (kind): {}});
            let refused = ws.post("/v1/messages", body).await;
            assert_eq!((refused.status, refused.faults()[0].0.as_str()), (422, "type"), "{kind}: {}", refused.json);
        }
        assert!(ws.all("/v1/messages").await.is_empty());
    }
}
