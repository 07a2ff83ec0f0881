//! Every type of content that is no file, out and in; and what messages say of other messages and
//! people.

use wagate_model::{Content, content::ContentKind};
use wagate_testkit::{TestApp, Value, client::text, json, on_both};

/// The types that stand by themselves and hold no file.
const PLAIN: [ContentKind; 6] = [
    ContentKind::Text,
    ContentKind::Location,
    ContentKind::Contacts,
    ContentKind::Poll,
    ContentKind::Interactive,
    ContentKind::Template,
];

fn sample(kind: ContentKind) -> Value {
    Content::sample(kind).to_json()
}

fn message(kind: ContentKind, to: &str) -> Value {
    json!({"to": to, "type": kind, (kind.as_str()): sample(kind)})
}

fn reaction(to: &str, message_id: &str, emoji: &str) -> Value {
    json!({"to": to, "type": "reaction", "reaction": {"message_id": message_id, "emoji": emoji}})
}

fn reply(to: &str, message_id: &str) -> Value {
    json!({"to": to, "type": "text", "text": {"body": "Yes"}, "context": {"message_id": message_id}})
}

#[track_caller]
fn refused(answer: &wagate_testkit::Answer, field: &str, code: &str) {
    assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{}", answer.json);
}

/// The arrival of a message at the network.
fn arrival(app: &TestApp, id: &str) -> wagate_sandbox::Arrival {
    app.arrivals().into_iter().find(|one| one.message_id.to_string() == id).unwrap()
}

on_both! {
    async fn every_type_goes_out_as_it_was_written(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        for kind in PLAIN {
            let sent = ws.send(message(kind, "+15550100001")).await;
            let read = sent.becomes("read").await;
            assert_eq!((&read["type"], &read[kind.as_str()]), (&json!(kind), &sample(kind)));
            let arrived = arrival(app, &sent.id);
            assert_eq!((arrived.kind, &arrived.content), (kind, &sample(kind)));
            assert_eq!(ws.all(&format!("/v1/messages?type={kind}")).await.len(), 1, "{kind}");
            ws.hears("message.status", |data| data["id"] == sent.id && data[kind.as_str()] == sample(kind)).await;
        }
    }

    async fn every_type_comes_in_as_it_was_written(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        for kind in PLAIN {
            let body = json!({"from": "+15550100007", "type": kind, (kind.as_str()): sample(kind)});
            let inbound = account.write(body).await.ok();
            assert_eq!((&inbound["type"], &inbound[kind.as_str()]), (&json!(kind), &sample(kind)));
            let told = ws.hears("message.received", |data| data["id"] == inbound["id"]).await;
            assert_eq!(told[kind.as_str()], sample(kind));
            assert_eq!(ws.message(&text(&inbound, "id")).now().await[kind.as_str()], sample(kind));
        }
    }

    async fn what_is_wrong_with_content_is_named(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        for (kind, body, field, code) in [
            ("location", json!({"latitude": 91, "longitude": 0}), "location/latitude", "out_of_range"),
            ("contacts", json!([]), "contacts", "too_short"),
            ("poll", json!({"question": "?", "options": ["a"]}), "poll/options", "too_short"),
            ("interactive", json!({"type": "button", "body": {"text": "x"}, "action": {"buttons": []}}), "interactive/action/buttons", "too_short"),
            ("template", json!({"name": "A b", "language": {"code": "en"}}), "template/name", "invalid_format"),
            ("reaction", json!({"emoji": "👍"}), "reaction/message_id", "required"),
        ] {
            let answer = ws.post("/v1/messages", json!({"to": "+15550100001", "type": kind, (kind): body})).await;
            refused(&answer, field, code);
        }
        for kind in ["edit", "revoke", "revoked", "unsupported"] {
            let answer = ws.post("/v1/messages", json!({"to": "+15550100001", "type": kind, (kind): {}})).await;
            refused(&answer, "type", "not_allowed");
        }
    }

    async fn a_reaction_reaches_the_message_that_it_names(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let inbound = account.hears("+15550100007", "Thanks!").await;
        let ours = ws.send_text("+15550100007", "You are welcome").await;
        for id in [text(&inbound, "id"), ours.id.clone()] {
            let sent = ws.send(reaction("+15550100007", &id, "👍🏽")).await;
            let read = sent.becomes("read").await;
            assert_eq!(read["reaction"], json!({"message_id": id, "emoji": "👍🏽"}));
            let network_id = ws.message(&id).now().await["provider_message_id"].clone();
            assert_eq!(arrival(app, &sent.id).content["message_id"], network_id);
        }
        ws.send(reaction("+15550100007", &ours.id, "")).await.becomes("read").await;
    }

    async fn a_reaction_that_comes_in_names_our_message(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let ours = ws.send_text("+15550100007", "Shall we?").await;
        ours.becomes("read").await;
        let mut body = reaction("+15550100007", &ours.id, "❤️");
        body["from"] = body.as_object_mut().unwrap().remove("to").unwrap();
        let known = account.write(body.clone()).await.ok();
        assert_eq!(known["reaction"], json!({"message_id": ours.id, "emoji": "❤️"}));
        body["reaction"]["message_id"] = json!("3EB0NEVERSEEN");
        let unknown = account.write(body).await.ok();
        assert_eq!(unknown["reaction"]["message_id"], "3EB0NEVERSEEN");
    }

    async fn a_reply_names_what_it_answers(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let question = account.hears("+15550100007", "Are you open?").await;
        let sent = ws.send(reply("+15550100007", &text(&question, "id"))).await;
        let read = sent.becomes("read").await;
        assert_eq!(read["context"], json!({"message_id": question["id"], "provider_message_id": question["provider_message_id"]}));
        assert_eq!(json!(arrival(app, &sent.id).reply_to), question["provider_message_id"]);

        let back = json!({"from": "+15550100007", "type": "text", "text": {"body": "Fine"}, "context": {"message_id": sent.id}});
        let back = account.write(back).await.ok();
        assert_eq!(back["context"], json!({"message_id": sent.id, "provider_message_id": read["provider_message_id"]}));
        let told = ws.hears("message.received", |data| data["id"] == back["id"]).await;
        assert_eq!(told["context"], back["context"]);
        let unknown = json!({"from": "+15550100007", "type": "text", "text": {"body": "?"}, "context": {"message_id": "3EB0NEVERSEEN"}});
        let unknown = account.write(unknown).await.ok();
        assert_eq!(unknown["context"], json!({"provider_message_id": "3EB0NEVERSEEN"}));
    }

    async fn only_messages_of_the_same_chat_can_be_spoken_of(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let (account, other) = (ws.account().await, ws.account().await);
        let stranger = app.workspace("Another").await;
        let theirs = stranger.account().await.hears("+15550100007", "Hi").await;
        let elsewhere = account.hears("+15550100008", "Hi").await;
        let of_other = other.hears("+15550100007", "Hi").await;
        let failed = account.send_text("+15550110001", "Hi").await;
        failed.becomes("failed").await;
        let from = |mut body: Value| {
            body["account_id"] = json!(account.id);
            ws.post("/v1/messages", body)
        };
        for id in [text(&theirs, "id"), text(&elsewhere, "id"), text(&of_other, "id"), "msg_01jd0c2q4w8v7h3n5k6m9p0r1s".to_owned()] {
            refused(&from(reply("+15550100007", &id)).await, "context/message_id", "not_found");
            refused(&from(reaction("+15550100007", &id, "👍")).await, "reaction/message_id", "not_found");
        }
        refused(&from(reaction("+15550100007", "3EB0", "👍")).await, "reaction/message_id", "not_found");
        refused(&from(reply("+15550110001", &failed.id)).await, "context/message_id", "not_allowed");
        let here = account.hears("+15550100007", "Hi").await;
        let mut both = reaction("+15550100007", &text(&here, "id"), "👍");
        both["context"] = json!({"message_id": here["id"]});
        refused(&from(both).await, "context", "not_allowed");
        let put = ws.send({
            let mut body = reaction("+15550100007", &text(&here, "id"), "👍");
            body["account_id"] = json!(account.id);
            body
        }).await;
        refused(&from(reply("+15550100007", &put.id)).await, "context/message_id", "not_allowed");
        put.becomes("read").await;
    }

    async fn people_can_be_named(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let named = json!(["+15550100002", "98765@lid"]);
        let sent = ws.send(json!({"to": "120363041234567890@g.us", "type": "text", "text": {"body": "@15550100002"}, "mentions": named})).await;
        assert_eq!(sent.becomes("read").await["mentions"], named);
        assert_eq!(json!(arrival(app, &sent.id).mentions), named);
        let inbound = account.write(json!({"from": "+15550100007", "type": "poll", "poll": sample(ContentKind::Poll), "mentions": named, "forwarded": true})).await.ok();
        assert_eq!((&inbound["mentions"], &inbound["forwarded"]), (&named, &json!(true)));
        assert!(account.hears("+15550100007", "Hi").await.get("mentions").is_none());
    }

    async fn a_retry_answers_and_names_the_same(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let question = account.hears("+15550110001", "Are you open?").await;
        let mut body = reply("+15550110001", &text(&question, "id"));
        body["mentions"] = json!(["+15550100002"]);
        let failed = ws.send(body).await;
        failed.becomes("failed").await;
        let again = failed.post("retry").await.ok();
        assert_eq!((&again["context"]["message_id"], &again["mentions"]), (&question["id"], &json!(["+15550100002"])));
        ws.message(&text(&again, "id")).becomes("failed").await;
    }
}
