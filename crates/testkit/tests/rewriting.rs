//! Messages that get other words, are taken back or are forwarded.

use std::time::Duration;
use wagate_model::content::ContentKind;
use wagate_testkit::{Answer, Sink, TestApp, TestMessage, TestWorkspace, Value, client::text, json, on_both};

fn words(body: &str) -> Value {
    json!({"text": {"body": body}})
}

async fn asked(ws: &TestWorkspace, message: &TestMessage, verb: &str, body: Value) -> Answer {
    ws.post(&format!("/v1/messages/{}/{verb}", message.id), body).await
}

/// What is done in the sandbox by whoever wrote an incoming message.
async fn by_its_author(ws: &TestWorkspace, id: &str, verb: &str, body: Value) -> Answer {
    ws.post(&format!("/v1/sandbox/messages/{id}/{verb}"), body).await
}

async fn with_account(app: &TestApp) -> TestWorkspace {
    let ws = app.workspace("Acme").await;
    ws.account().await;
    ws
}

/// What happened to a message beside its statuses.
async fn changes(message: &TestMessage) -> Vec<String> {
    let now = message.now().await;
    let history = now["history"].as_array().unwrap();
    history.iter().filter_map(|entry| Some(entry.get("change")?.as_str()?.to_owned())).collect()
}

on_both! {
    async fn a_message_that_was_sent_gets_other_words(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = with_account(app).await;
        ws.webhook_for(&sink, json!({"events": ["message.edited"]})).await;
        let message = ws.send_text("+15550100001", "Helo").await;
        message.becomes("read").await;
        let edit = asked(&ws, &message, "edit", words("Hello 👋")).await;
        assert_eq!((edit.status, &edit["type"]), (202, &json!("edit")), "{}", edit.json);
        assert_eq!(edit["edit"], json!({"message_id": message.id, "text": {"body": "Hello 👋", "preview_url": false}}));
        ws.message(&edit.text("id")).becomes("read").await;

        let edited = message.now().await;
        assert_eq!((&edited["text"]["body"], &edited["status"]), (&json!("Hello 👋"), &json!("read")));
        assert_eq!(edited["edited_at"], json!(app.now().to_string()));
        assert_eq!(changes(&message).await, ["edited"]);
        let told = sink.has_got(1).await[0].json();
        assert_eq!((&told["type"], &told["data"]["id"]), (&json!("message.edited"), &json!(message.id)));
        assert_eq!(told["data"]["text"]["body"], "Hello 👋");
        assert!(!told.to_string().contains("Helo\""), "the earlier words are gone");

        let arrivals = app.arrivals();
        assert_eq!((arrivals.len(), arrivals[1].kind), (2, ContentKind::Edit));
        assert_eq!(arrivals[1].content["message_id"], arrivals[0].provider_message_id.as_str());
    }

    async fn edits_go_in_their_order(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550100001", "0").await;
        message.becomes("sent").await;
        for n in 1..=5 {
            assert_eq!(asked(&ws, &message, "edit", words(&n.to_string())).await.status, 202);
        }
        message.comes_to("to say 5", |message| message["text"]["body"] == "5").await;
        assert_eq!(changes(&message).await.len(), 5);
        assert_eq!(app.arrivals().iter().filter(|one| one.kind == ContentKind::Edit).count(), 5);
    }

    async fn only_ones_own_that_were_sent_can_be_edited_and_not_for_long(app: &mut TestApp) {
        let ws = with_account(app).await;
        let account = ws.account().await;
        let inbound = account.hears("+15550100001", "Hi").await;
        asked(&ws, &ws.message(&text(&inbound, "id")), "edit", words("x")).await.problem(409, "message_not_outgoing");
        let failed = account.send_text("+15550110001", "Hi").await;
        failed.becomes("failed").await;
        for verb in ["edit", "revoke"] {
            let body = if verb == "edit" { words("x") } else { Value::Null };
            asked(&ws, &failed, verb, body).await.problem(409, "message_not_sent");
        }
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let waiting = account.send_text("+15550100001", "Hi").await;
        let advice = asked(&ws, &waiting, "edit", words("x")).await.problem(409, "message_not_sent");
        assert!(advice["detail"].as_str().unwrap().contains("cancelled"), "{advice}");
        account.post("connect").await.ok();
        waiting.becomes("read").await;

        for (body, field, code) in [
            (json!({}), "text", "required"),
            (json!({"text": {"body": "x"}, "caption": "x"}), "caption", "not_allowed"),
            (json!({"text": {"body": ""}}), "text/body", "too_short"),
            (json!({"caption": "x"}), "caption", "not_allowed"),
            (json!({"text": {"body": "x"}, "message_id": waiting.id}), "message_id", "unknown_field"),
        ] {
            let answer = asked(&ws, &waiting, "edit", body).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]));
        }
        let poll = json!({"account_id": account.id, "to": "+15550100001", "type": "poll", "poll": {"question": "?", "options": ["a", "b"]}});
        let poll = ws.send(poll).await;
        poll.becomes("read").await;
        asked(&ws, &poll, "edit", words("x")).await.problem(409, "message_not_editable");

        let edit = asked(&ws, &waiting, "edit", words("y")).await;
        let edit = ws.message(&edit.text("id"));
        edit.becomes("read").await;
        asked(&ws, &edit, "edit", words("z")).await.problem(409, "message_not_editable");
        asked(&ws, &edit, "revoke", Value::Null).await.problem(409, "message_not_revocable");
        asked(&ws, &edit, "forward", json!({"to": "+15550100002"})).await.problem(409, "message_not_forwardable");
        app.passes(Duration::from_mins(15));
        asked(&ws, &waiting, "edit", words("z")).await.problem(409, "edit_window_closed");
        app.passes(Duration::from_hours(60) - Duration::from_mins(16));
        assert_eq!(asked(&ws, &poll, "revoke", Value::Null).await.status, 202);
        app.passes(Duration::from_mins(1));
        asked(&ws, &waiting, "revoke", Value::Null).await.problem(409, "revoke_window_closed");
    }

    async fn an_edit_that_comes_too_late_changes_nothing(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let message = ws.send_text("+15550100001", "Hello").await;
        message.becomes("read").await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let edit = asked(&ws, &message, "edit", words("x")).await;
        assert_eq!(edit.status, 202);
        app.passes(Duration::from_mins(15));
        account.post("connect").await.ok();
        ws.message(&edit.text("id")).becomes("expired").await;
        let now = message.now().await;
        assert_eq!((&now["text"]["body"], now.get("edited_at")), (&json!("Hello"), None));
        assert_eq!(app.arrivals().len(), 1);
    }

    async fn an_edit_whose_answer_is_lost_is_one_edit(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550110015", "Helo").await;
        crate::sending::retried_until(app, &message, "read").await;
        let edit = asked(&ws, &message, "edit", words("Hello")).await;
        let edit = ws.message(&edit.text("id"));
        crate::sending::retried_until(app, &edit, "read").await;
        assert_eq!(message.now().await["text"]["body"], "Hello");
        assert_eq!(changes(&message).await, ["edited"]);
        // The receipts may come before the next try.
        let seen = app.arrivals().iter().filter(|one| one.kind == ContentKind::Edit && one.repeat == 0).count();
        assert_eq!(seen, 1);
    }

    async fn a_message_that_is_taken_back_says_nothing_any_more(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = with_account(app).await;
        ws.webhook_for(&sink, json!({"events": ["message.revoked"]})).await;
        let message = ws.send_text("+15550100001", "A secret").await;
        message.becomes("read").await;
        let path = format!("/v1/messages/{}/revoke", message.id);
        let revoke = ws.post_once(&path, "once", Value::Null).await;
        assert_eq!((revoke.status, &revoke["revoke"]), (202, &json!({"message_id": message.id})), "{}", revoke.json);
        let again = ws.post_once(&path, "once", Value::Null).await;
        assert_eq!((again.is_replayed(), &again["id"]), (true, &revoke["id"]));
        ws.message(&revoke.text("id")).becomes("read").await;

        let left = message.now().await;
        assert_eq!((&left["type"], &left["revoked"], &left["status"]), (&json!("revoked"), &json!({"type": "text"}), &json!("read")));
        assert_eq!(left["revoked_at"], json!(app.now().to_string()));
        assert!(!left.to_string().contains("secret"));
        assert_eq!(changes(&message).await, ["revoked"]);
        let told = sink.has_got(1).await[0].json();
        assert_eq!((&told["data"]["id"], &told["data"]["type"]), (&json!(message.id), &json!("revoked")));
        let again = ws.post_once(&path, "once", Value::Null).await;
        assert_eq!((again.is_replayed(), &again["id"]), (true, &revoke["id"]));
        for (verb, body) in [("revoke", Value::Null), ("edit", words("x"))] {
            asked(&ws, &message, verb, body).await.problem(409, "message_revoked");
        }
        asked(&ws, &message, "forward", json!({"to": "+15550100002"})).await.problem(409, "message_not_forwardable");
        let answer = json!({"to": "+15550100001", "type": "text", "text": {"body": "x"}, "context": {"message_id": message.id}});
        let refused = ws.post("/v1/messages", answer).await;
        assert_eq!(refused.faults(), [("context/message_id".to_owned(), "not_allowed".to_owned())]);
        assert_eq!(app.arrivals().len(), 2, "one message, taken back once");
    }

    async fn what_was_said_to_somebody_who_opted_out_can_be_taken_back(app: &mut TestApp) {
        let ws = with_account(app).await;
        let message = ws.send_text("+15550100008", "An offer").await;
        message.becomes("read").await;
        let contact = ws.post("/v1/contacts", json!({"address": "+15550100008", "name": "Zoë"})).await;
        let id = if contact.status == 409 {
            text(&ws.get("/v1/contacts").await.ok()["data"][0], "id")
        } else {
            text(&contact.ok(), "id")
        };
        ws.post(&format!("/v1/contacts/{id}/opt-out"), Value::Null).await.ok();
        let revoke = asked(&ws, &message, "revoke", Value::Null).await;
        ws.message(&revoke.text("id")).becomes("read").await;
        assert_eq!(message.now().await["type"], "revoked");
    }

    async fn an_edit_behind_a_revocation_never_goes_out(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let message = ws.send_text("+15550100001", "A secret").await;
        message.becomes("read").await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let revoke = ws.message(&asked(&ws, &message, "revoke", Value::Null).await.text("id"));
        let edit = ws.message(&asked(&ws, &message, "edit", words("Another")).await.text("id"));
        account.post("connect").await.ok();
        revoke.becomes("read").await;
        assert_eq!(edit.becomes("failed").await["reason"], "content_invalid");
        assert_eq!(message.now().await["type"], "revoked");
    }

    async fn what_its_author_edits_or_takes_back_changes_here(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        ws.webhook_for(&sink, json!({"events": ["message.edited", "message.revoked"]})).await;
        let id = text(&account.hears("+15550100007", "Are yuo open?").await, "id");
        let edited = by_its_author(&ws, &id, "edit", words("Are you open?")).await.ok();
        assert_eq!((&edited["text"]["body"], &edited["status"]), (&json!("Are you open?"), &json!("received")));
        assert!(edited["edited_at"].is_string());
        // The same again is no news.
        by_its_author(&ws, &id, "edit", words("Are you open?")).await.ok();
        let revoked = by_its_author(&ws, &id, "revoke", Value::Null).await.ok();
        assert_eq!((&revoked["type"], &revoked["revoked"]), (&json!("revoked"), &json!({"type": "text"})));
        by_its_author(&ws, &id, "revoke", Value::Null).await.ok();
        by_its_author(&ws, &id, "edit", words("x")).await.problem(409, "message_not_editable");
        let told: Vec<_> = sink.has_got(2).await.iter().map(|one| one.json()["type"].clone()).collect();
        assert!(told.contains(&json!("message.edited")) && told.contains(&json!("message.revoked")), "{told:?}");
        assert_eq!(changes(&ws.message(&id)).await, ["edited", "revoked"]);
        assert_eq!(ws.events().await.iter().filter(|event| event["data"]["id"] == json!(id)).count(), 3);

        let ours = ws.send_text("+15550100007", "Yes").await;
        ours.becomes("read").await;
        by_its_author(&ws, &ours.id, "edit", words("No")).await.problem(409, "message_not_incoming");
        by_its_author(&ws, &ours.id, "revoke", Value::Null).await.problem(409, "message_not_incoming");
    }

    async fn a_message_is_forwarded_in_either_direction(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let question = account.hears("+15550100007", "Where is my parcel?").await;
        let place = ws.send(json!({"to": "+15550100007", "type": "location", "location": {"latitude": 52.5, "longitude": 13.4},
            "context": {"message_id": question["id"]}, "mentions": ["+15550100007"]})).await;
        place.becomes("read").await;
        for (id, kind) in [(text(&question, "id"), "text"), (place.id.clone(), "location")] {
            let path = format!("/v1/messages/{id}/forward");
            let body = json!({"to": "+15550100002", "client_ref": "fwd", "metadata": {"a": 1}});
            let first = ws.post_once(&path, "once", body.clone()).await;
            let again = ws.post_once(&path, "once", body).await;
            assert_eq!((first.status, again.is_replayed(), &first["id"]), (202, true, &again["id"]), "{}", first.json);
            let forwarded = ws.message(&first.text("id")).becomes("read").await;
            assert_eq!((&forwarded["forwarded"], &forwarded["forwarded_from"]), (&json!(true), &json!(id)));
            assert_eq!(forwarded[kind], ws.message(&id).now().await[kind]);
            assert_eq!((&forwarded["to"], &forwarded["client_ref"], &forwarded["metadata"]), (&json!("+15550100002"), &json!("fwd"), &json!({"a": 1})));
            assert!(forwarded.get("context").is_none() && forwarded.get("mentions").is_none());
        }
        let arrivals = app.arrivals();
        assert_eq!(arrivals.iter().map(|one| one.is_forwarded).collect::<Vec<_>>(), [false, true, true]);

        for (body, field, code) in [
            (json!({}), "to", "required"),
            (json!({"to": "x"}), "to", "invalid_format"),
            (json!({"to": "+15550100002", "account_id": "acc_01jd0c2q4w8v7h3n5k6m9p0r1s"}), "account_id", "not_found"),
            (json!({"to": "+15550100002", "type": "text"}), "type", "unknown_field"),
        ] {
            let answer = asked(&ws, &place, "forward", body).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]));
        }
        let reaction = ws.send(json!({"to": "+15550100007", "type": "reaction", "reaction": {"message_id": question["id"], "emoji": "👍"}})).await;
        reaction.becomes("read").await;
        asked(&ws, &reaction, "forward", json!({"to": "+15550100002"})).await.problem(409, "message_not_forwardable");
    }
}
