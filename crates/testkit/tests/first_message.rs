//! The first message: from its 202 to `read`, and to a webhook whose signature is right.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use standardwebhooks::Webhook;
use std::collections::BTreeSet;
use wagate_testkit::{Received, Sink, TestWebhook, json, on_both};

/// Asserts that a delivery is signed as Standard Webhooks say, and as older gateways did.
pub(crate) fn assert_signed(received: &Received, webhook: &TestWebhook) {
    assert!(is_signed_with(received, &webhook.secret), "{:?}", received.headers);
    let mut mac = Hmac::<Sha256>::new_from_slice(webhook.secret.as_bytes()).unwrap();
    mac.update(&received.body);
    assert_eq!(received.header("x-webhook-signature"), hex::encode(mac.finalize().into_bytes()));
    let body = received.json();
    assert_eq!(received.header("webhook-id"), body["id"]);
    assert_eq!(received.header("x-webhook-event"), body["type"]);
}

/// Whether one of the delivery's signatures is of this secret.
pub(crate) fn is_signed_with(received: &Received, secret: &str) -> bool {
    // Its own check would compare the story's time with the machine's.
    let at = received.header("webhook-timestamp").parse().unwrap();
    let expected = Webhook::new(secret).unwrap().sign(received.header("webhook-id"), at, &received.body).unwrap();
    received.header("webhook-signature").split(' ').any(|signature| signature == expected)
}

on_both! {
    async fn a_message_goes_from_accepted_to_read(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.status"]})).await;

        let accepted = ws.post("/v1/messages", json!({
            "to": "+15550100001", "type": "text", "text": {"body": "Hi 🦐"},
            "client_ref": "order-1042", "metadata": {"shop": 7},
        })).await;
        assert_eq!(accepted.status, 202);
        assert_eq!(accepted["status"], "queued");
        assert_eq!(accepted["account_id"], account.id.as_str());
        assert_eq!((&accepted["chat_id"], &accepted["to"]), (&json!("+15550100001"), &json!("+15550100001")));
        assert_eq!((&accepted["type"], &accepted["text"]["body"]), (&json!("text"), &json!("Hi 🦐")));

        let message = ws.message(&accepted.text("id"));
        let read = message.becomes("read").await;
        assert_eq!((&read["client_ref"], &read["metadata"]), (&json!("order-1042"), &json!({"shop": 7})));
        assert_eq!((&read["attempts"], &read["reason"]), (&json!(1), &json!(null)));
        assert_eq!(message.statuses().await, ["queued", "sending", "sent", "delivered", "read"]);

        let received = sink.has_got(3).await;
        let statuses: BTreeSet<_> = received.iter().map(|one| one.json()["data"]["status"].to_string()).collect();
        assert_eq!(statuses, BTreeSet::from(["sent", "delivered", "read"].map(|status| json!(status).to_string())));
        for received in &received {
            assert_signed(received, &webhook);
            let body = received.json();
            assert_eq!((&body["type"], &body["workspace_id"]), (&json!("message.status"), &json!(ws.id)));
            assert_eq!((&body["data"]["id"], &body["data"]["text"]["body"]), (&json!(message.id), &json!("Hi 🦐")));
            assert_eq!(received.header("webhook-timestamp"), app.now().seconds().to_string());
        }
        webhook.comes_to("to be delivered", |all| all.len() == 3 && all.iter().all(|one| one["status"] == "delivered")).await;

        let arrivals = app.arrivals();
        assert_eq!(arrivals.len(), 1);
        assert_eq!(arrivals[0].message_id.to_string(), message.id);
    }

    async fn what_a_webhook_carries_is_what_the_events_list_says(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        ws.webhook(&sink).await;
        ws.account().await;
        ws.send_text("+15550100001", "Hi").await.becomes("read").await;
        let events = ws.events().await;
        let received = sink.has_got(events.len()).await;
        for event in &events {
            let one = received.iter().find(|one| one.header("webhook-id") == event["id"]).unwrap();
            assert_eq!(&one.json(), event);
        }
    }

    async fn a_send_can_wait_for_its_outcome(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let send = |to: &str| {
            let body = json!({"to": to, "type": "text", "text": {"body": "Hi"}});
            ws.request(wagate_testkit::Method::POST, "/v1/messages").header("prefer", "wait=30").json(&body)
        };
        let sent = send("+15550100001").send().await;
        assert_eq!((sent.status, sent.header("preference-applied")), (202, "wait=30"));
        assert!(["sent", "delivered", "read"].contains(&sent.text("status").as_str()), "{}", sent.json);
        let failed = send("+15550110001").send().await;
        assert_eq!((failed.status, &failed["status"], &failed["reason"]), (202, &json!("failed"), &json!("recipient_not_on_whatsapp")));
    }

    async fn an_account_must_be_named_only_where_there_are_several(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let body = json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
        let none = ws.post("/v1/messages", body.clone()).await;
        assert_eq!((none.status, none.faults()), (422, vec![("account_id".to_owned(), "required".to_owned())]));
        let first = ws.account().await;
        ws.send(body.clone()).await.becomes("sent").await;
        let second = ws.account().await;
        let several = ws.post("/v1/messages", body).await;
        assert_eq!((several.status, several.faults()), (422, vec![("account_id".to_owned(), "required".to_owned())]));
        for account in [&first, &second] {
            account.send_text("+15550100002", "Hi").await.becomes("read").await;
        }
    }
}
