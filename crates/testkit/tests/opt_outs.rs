//! People who want no more messages, and what becomes of messages to them.

use std::time::Duration;
use wagate_testkit::{Sink, TestWorkspace, Value, client::text, json, on_both};

const ANA: &str = "+15550100007";

async fn contact(ws: &TestWorkspace, number: &str) -> Value {
    let digits = number.trim_start_matches('+');
    ws.all(&format!("/v1/contacts?q={digits}")).await.remove(0)
}

async fn is_refused(ws: &TestWorkspace, number: &str) {
    let refused = ws.post("/v1/messages", json!({"to": number, "type": "text", "text": {"body": "News!"}})).await;
    assert_eq!((refused.status, refused.faults()), (422, vec![("to".to_owned(), "recipient_opted_out".to_owned())]));
}

on_both! {
    async fn who_writes_stop_gets_no_more_messages(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        ws.webhook_for(&sink, json!({"events": ["contact.opted_out", "contact.opted_in"]})).await;
        for (number, word) in [(ANA, " Stop! "), ("+15550100008", "ARRÊT"), ("+15550100009", "berhenti")] {
            ws.send_text(number, "News!").await.becomes("read").await;
            account.hears(number, word).await;
            assert_eq!(contact(&ws, number).await["opted_out_at"], json!(app.now().to_string()), "{word}");
            is_refused(&ws, number).await;
        }
        account.hears(ANA, "STOP").await;
        assert_eq!(sink.has_got(3).await.len(), 3, "who says it twice has said it");
        assert_eq!(sink.received()[0].json()["type"], "contact.opted_out");
        assert_eq!(sink.received()[0].json()["data"]["address"], ANA);
        let told: Vec<_> = ws.audit().await.into_iter().filter(|(action, _)| action.starts_with("contact.")).collect();
        assert_eq!(told.len(), 3);
        assert_eq!(told[0], ("contact.opted_out".to_owned(), text(&contact(&ws, ANA).await, "id")));

        account.hears(ANA, "start").await;
        assert_eq!(contact(&ws, ANA).await["opted_out_at"], Value::Null);
        ws.send_text(ANA, "News!").await.becomes("read").await;
        assert_eq!(sink.has_got(4).await[3].json()["type"], "contact.opted_in");
    }

    async fn who_writes_again_can_be_answered_for_a_day(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.hears(ANA, "stop").await;
        is_refused(&ws, ANA).await;
        app.passes(Duration::from_secs(1));
        account.hears(ANA, "Where is my order?").await;
        ws.send_text(ANA, "On its way").await.becomes("read").await;
        app.passes(Duration::from_hours(24));
        is_refused(&ws, ANA).await;
        account.hears(ANA, "It is here").await;
        ws.send_text(ANA, "Enjoy!").await.becomes("read").await;
        app.passes(Duration::from_secs(1));
        account.hears(ANA, "STOP").await;
        assert!(contact(&ws, ANA).await["opted_out_at"].is_string());
    }

    async fn what_was_accepted_before_their_word_fails_with_it(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.hears(ANA, "Hi").await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let queued = ws.send_text(ANA, "News!").await;
        let id = text(&contact(&ws, ANA).await, "id");
        ws.post(&format!("/v1/contacts/{id}/opt-out"), Value::Null).await.ok();
        account.post("connect").await.ok();
        let failed = queued.becomes("failed").await;
        assert_eq!((&failed["reason"], &failed["attempts"]), (&json!("recipient_opted_out"), &json!(0)));
        assert!(app.arrivals().is_empty(), "nothing was sent");
        ws.hears("message.status", |data| data["id"] == queued.id && data["status"] == "failed").await;
        let again = queued.post("retry").await;
        assert_eq!(again.faults(), [("to".to_owned(), "recipient_opted_out".to_owned())]);
        ws.post(&format!("/v1/contacts/{id}/opt-in"), Value::Null).await.ok();
        let retried = queued.post("retry").await;
        ws.message(&retried.text("id")).becomes("read").await;
    }

    async fn an_accepted_request_is_answered_again_whatever_they_said_since(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let message = json!({"to": ANA, "type": "text", "text": {"body": "Hi"}});
        let first = ws.post_once("/v1/messages", "one", message.clone()).await;
        ws.message(&first.text("id")).becomes("read").await;
        account.hears(ANA, "stop").await;
        let again = ws.post_once("/v1/messages", "one", message.clone()).await;
        assert_eq!((again.status, again.is_replayed(), &again["id"]), (202, true, &first["id"]));
        ws.post_once("/v1/messages", "two", message.clone()).await.problem(422, "validation_failed");
        account.hears(ANA, "start").await;
        let third = ws.post_once("/v1/messages", "two", message).await;
        assert_eq!((third.status, third.is_replayed()), (202, false), "a refusal is not kept");
        ws.message(&third.text("id")).becomes("read").await;
    }

    async fn a_batch_leaves_out_who_wants_no_more(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.hears(ANA, "stop").await;
        let message = |to: &str| json!({"to": to, "type": "text", "text": {"body": "News!"}});
        let batch = json!({"messages": [message("+15550100001"), message(ANA), message("+15550100002")]});
        let first = ws.post_once("/v1/messages/batch", "one", batch.clone()).await;
        let statuses = |answer: &Value| -> Vec<i64> {
            answer["data"].as_array().unwrap().iter().map(|one| one["status"].as_i64().unwrap()).collect()
        };
        assert_eq!(statuses(&first.json), [202, 422, 202], "{}", first.json);
        assert!(first.json["data"][1].to_string().contains("recipient_opted_out"));
        account.hears(ANA, "start").await;
        let again = ws.post_once("/v1/messages/batch", "one", batch).await;
        assert_eq!((again.is_replayed(), statuses(&again.json)), (true, vec![202, 422, 202]));
        for message in ws.all("/v1/messages?direction=outgoing").await {
            ws.message(&text(&message, "id")).becomes("read").await;
        }
    }

    async fn an_opt_out_outlives_the_card_and_stays_in_its_workspace(app: &mut TestApp) {
        let (ws, other) = (app.workspace("Acme").await, app.workspace("Other").await);
        let account = ws.account().await;
        other.account().await;
        account.hears(ANA, "stop").await;
        let id = text(&contact(&ws, ANA).await, "id");
        assert_eq!(ws.delete(&format!("/v1/contacts/{id}")).await.status, 204);
        is_refused(&ws, ANA).await;
        let made = ws.post("/v1/contacts", json!({"address": ANA})).await.ok();
        assert!(made["opted_out_at"].is_string(), "{made}");
        other.send_text(ANA, "Hi").await.becomes("read").await;
    }

    async fn a_word_inside_a_sentence_is_no_wish(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        for body in ["Please stop calling", "bus stop", "Start with the blue one", "baja el precio"] {
            account.hears(ANA, body).await;
        }
        assert_eq!(contact(&ws, ANA).await["opted_out_at"], Value::Null);
        ws.send_text(ANA, "Hi").await.becomes("read").await;
    }
}
