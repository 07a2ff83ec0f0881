//! Chats: what messages come to, and who works on them.

use std::time::Duration;
use wagate_testkit::{Method, TestWorkspace, Value, client::text, json, on_both};

const ANA: &str = "+15550100007";
const BEN: &str = "+15550100008";

/// The chat with a number.
async fn chat_with(ws: &TestWorkspace, number: &str) -> Value {
    let chats = ws.all("/v1/chats").await;
    chats.into_iter().find(|chat| chat["chat_id"] == number).unwrap()
}

async fn numbers(ws: &TestWorkspace, query: &str) -> Vec<String> {
    let list = ws.get(&format!("/v1/chats?{query}")).await.ok();
    list["data"].as_array().unwrap().iter().map(|chat| text(chat, "chat_id")).collect()
}

async fn work(ws: &TestWorkspace, chat: &Value, verb: &str) -> Value {
    ws.post(&format!("/v1/chats/{}/{verb}", text(chat, "id")), Value::Null).await.ok()
}

on_both! {
    async fn messages_in_both_directions_make_a_chat(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let first = account.hears(ANA, "Are you\nopen?").await;
        let chat = chat_with(&ws, ANA).await;
        assert_eq!((&chat["account_id"], &chat["status"], &chat["unread_count"]), (&json!(account.id), &json!("open"), &json!(1)));
        assert_eq!(chat["last_message"], json!({"id": first["id"], "direction": "incoming", "type": "text", "preview": "Are you open?"}));
        assert_eq!((&chat["name"], &chat["assignee"], &chat["is_archived"]), (&Value::Null, &Value::Null, &json!(false)));

        app.passes(Duration::from_secs(1));
        account.hears(ANA, "Hello?").await;
        assert_eq!(chat_with(&ws, ANA).await["unread_count"], 2);
        app.passes(Duration::from_secs(1));
        let answer = ws.send_text(ANA, "Until eight").await;
        let answered = chat_with(&ws, ANA).await;
        assert_eq!((&answered["id"], &answered["unread_count"]), (&chat["id"], &json!(0)), "who answers has read");
        assert_eq!((&answered["last_message"]["id"], &answered["last_activity_at"]), (&json!(answer.id), &json!(app.now().to_string())));
        assert_eq!(answered["created_at"], chat["created_at"]);

        let path = format!("/v1/chats/{}", text(&chat, "id"));
        assert_eq!(ws.get(&path).await.ok(), answered);
        let said: Vec<_> = ws.all(&format!("{path}/messages")).await.iter().map(|message| text(&message["text"], "body")).collect();
        assert_eq!(said, ["Until eight", "Hello?", "Are you\nopen?"]);
        answer.becomes("read").await;
    }

    async fn each_account_has_its_own_chat_with_a_person(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let (one, two) = (ws.account().await, ws.account().await);
        one.hears(ANA, "to one").await;
        app.passes(Duration::from_secs(1));
        two.hears(ANA, "to two").await;
        let chats = ws.all("/v1/chats").await;
        assert_eq!(chats.iter().map(|chat| text(chat, "account_id")).collect::<Vec<_>>(), [two.id.clone(), one.id.clone()]);
        let messages = ws.all(&format!("/v1/chats/{}/messages", text(&chats[1], "id"))).await;
        assert_eq!(messages.len(), 1);
        let bound = ws.key(json!({"account_ids": [one.id]})).await;
        assert_eq!(bound.all("/v1/chats").await.len(), 1);
        assert_eq!(bound.get(&format!("/v1/chats/{}", text(&chats[0], "id"))).await.status, 404);
        bound.get("/v1/contacts").await.problem(403, "forbidden");
    }

    async fn whoever_writes_opens_a_closed_chat_again(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.hears(ANA, "Hi").await;
        let chat = chat_with(&ws, ANA).await;
        assert_eq!(work(&ws, &chat, "close").await["status"], "closed");
        work(&ws, &chat, "close").await;
        ws.send_text(ANA, "Bye").await.becomes("read").await;
        assert_eq!(chat_with(&ws, ANA).await["status"], "closed", "what we write opens nothing");
        assert_eq!(work(&ws, &chat, "archive").await["is_archived"], true);
        account.hears(ANA, "One more thing").await;
        let again = chat_with(&ws, ANA).await;
        assert_eq!((&again["status"], &again["is_archived"], &again["unread_count"]), (&json!("open"), &json!(true), &json!(1)));
        work(&ws, &chat, "close").await;
        assert_eq!(work(&ws, &chat, "reopen").await["status"], "open");
        assert_eq!(work(&ws, &chat, "unarchive").await["is_archived"], false);
        let told: Vec<_> = ws.audit().await.into_iter().filter(|(action, _)| action.starts_with("chat.")).map(|(action, _)| action).collect();
        assert_eq!(told, ["chat.closed", "chat.archived", "chat.closed", "chat.reopened", "chat.unarchived"]);
        let events = ws.events().await;
        assert_eq!(events.iter().filter(|event| event["type"] == "chat.updated" && event["data"]["id"] == chat["id"]).count(), 5);
    }

    async fn reading_a_chat_is_seen_here_and_by_whoever_wrote(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        for body in ["one", "two", "three"] {
            account.hears(ANA, body).await;
        }
        let chat = chat_with(&ws, ANA).await;
        assert_eq!(chat["unread_count"], 3);
        assert_eq!(work(&ws, &chat, "read").await["unread_count"], 0);
        work(&ws, &chat, "read").await;
        let messages = ws.all("/v1/messages").await;
        assert!(messages.iter().all(|message| message["marked_read_at"].is_string()), "{messages:?}");
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        account.post("connect").await.ok();
        account.is("connected").await;
        account.hears(ANA, "four").await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        assert_eq!(work(&ws, &chat, "read").await["unread_count"], 0, "nobody needs the network to read");
        assert_eq!(ws.all("/v1/messages").await[0]["marked_read_at"], Value::Null);
        account.post("connect").await.ok();
        account.is("connected").await;
        work(&ws, &chat, "read").await;
        assert!(ws.all("/v1/messages").await[0]["marked_read_at"].is_string(), "asked again, it is told");
    }

    async fn chats_are_found_by_what_they_are(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.hears(ANA, "Hi").await;
        app.passes(Duration::from_secs(1));
        account.hears(BEN, "Hi").await;
        app.passes(Duration::from_secs(1));
        ws.send_text("+15550100009", "Hi").await.becomes("read").await;
        let contact = text(ws.get("/v1/contacts?q=0100007").await.ok()["data"].get(0).unwrap(), "id");
        ws.patch(&format!("/v1/contacts/{contact}"), json!({"name": "Ána Ñúñez 🦐"})).await.ok();
        let ana = chat_with(&ws, ANA).await;
        assert_eq!(ana["name"], "Ána Ñúñez 🦐");
        ws.post(&format!("/v1/chats/{}/assign", text(&ana, "id")), json!({"assignee": " Zoë "})).await.ok();
        work(&ws, &ana, "close").await;
        work(&ws, &chat_with(&ws, BEN).await, "archive").await;
        for (query, expected) in [
            ("", vec!["+15550100009", BEN, ANA]),
            ("unread=true", vec![BEN, ANA]),
            ("unread=false", vec!["+15550100009"]),
            ("status=closed", vec![ANA]),
            ("archived=true", vec![BEN]),
            ("archived=false", vec!["+15550100009", ANA]),
            ("assigned_to=Zo%C3%AB", vec![ANA]),
            ("assigned_to=zo%C3%AB", vec![]),
            ("q=NUNEZ", vec![ANA]),
            ("q=ana+nunez", vec![ANA]),
            ("q=%F0%9F%A6%90", vec![ANA]),
            ("q=%25", vec![]),
            ("q=_", vec![]),
            ("q=%2B1+(555)+010-0008", vec![BEN]),
            (&format!("account_id={}&unread=true&archived=false", account.id), vec![ANA]),
            ("account_id=acc_01jd0c2q4w8v7h3n5k6m9p0r1s", vec![]),
        ] {
            assert_eq!(numbers(&ws, query).await, expected, "{query}");
        }
        let nobody = ws.post(&format!("/v1/chats/{}/assign", text(&ana, "id")), json!({"assignee": null})).await.ok();
        assert_eq!(nobody["assignee"], Value::Null);
        let faults = ws.post(&format!("/v1/chats/{}/assign", text(&ana, "id")), json!({})).await.faults();
        assert_eq!(faults, [("assignee".to_owned(), "required".to_owned())]);
    }

    async fn a_cursor_stays_where_it_is_while_chats_move(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let people: Vec<_> = (0..7).map(|number| format!("+1555010010{number}")).collect();
        for person in &people {
            account.hears(person, "Hi").await;
            app.passes(Duration::from_secs(1));
        }
        let first = ws.get("/v1/chats?limit=3").await.ok();
        let cursor = text(&first["data"][2], "cursor");
        // The chat of the cursor moves to the top.
        account.hears(&people[4], "again").await;
        let rest = ws.get(&format!("/v1/chats?limit=10&starting_after={cursor}")).await.ok();
        let rest: Vec<_> = rest["data"].as_array().unwrap().iter().map(|chat| text(chat, "chat_id")).collect();
        assert_eq!(rest, [&*people[3], &people[2], &people[1], &people[0]]);
        let before = ws.get(&format!("/v1/chats?limit=2&ending_before={cursor}")).await.ok();
        let newer: Vec<_> = before["data"].as_array().unwrap().iter().map(|chat| text(chat, "chat_id")).collect();
        assert_eq!((newer, &before["has_more"]), (vec![people[6].clone(), people[5].clone()], &json!(true)));
        assert_eq!(ws.all("/v1/chats").await.len(), 7, "a chat's id is a cursor too");
        for (query, code) in [("starting_after=x", "invalid_format"), ("ending_before=1.chat_x", "invalid_format")] {
            assert_eq!(ws.get(&format!("/v1/chats?{query}")).await.faults()[0].1, code);
        }
        let both = ws.get(&format!("/v1/chats?starting_after={cursor}&ending_before={cursor}")).await;
        assert_eq!(both.faults(), [("ending_before".to_owned(), "not_allowed".to_owned())]);
        assert_eq!(ws.get("/v1/chats?starting_after=chat_01jd0c2q4w8v7h3n5k6m9p0r1s").await.ok()["data"], json!([]));
    }

    async fn many_who_write_at_once_are_all_counted(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let hears = (0..60).map(|number| {
            let account = &account;
            async move { account.hears(&format!("+1555010020{}", number % 3), "Hi").await }
        });
        let sends = (0..30).map(|number| {
            let ws = &ws;
            async move { ws.send_text(&format!("+1555010030{}", number % 3), "Hi").await }
        });
        let (_, sent) = futures_util::future::join(futures_util::future::join_all(hears), futures_util::future::join_all(sends)).await;
        for message in sent {
            message.becomes("read").await;
        }
        let chats = ws.all("/v1/chats").await;
        assert_eq!(chats.len(), 6);
        for chat in &chats {
            let expected = if text(chat, "chat_id").starts_with("+1555010020") { 20 } else { 0 };
            assert_eq!(chat["unread_count"], expected, "{chat}");
            let newest = ws.get(&format!("/v1/chats/{}/messages?limit=1", text(chat, "id"))).await.ok();
            assert_eq!(newest["data"][0]["created_at"], chat["last_activity_at"]);
        }
        assert_eq!(ws.all("/v1/contacts").await.len(), 3, "those who wrote");
    }

    async fn a_suspended_workspace_reads_chats_and_changes_none(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await.hears(ANA, "Hi").await;
        let chat = chat_with(&ws, ANA).await;
        let path = format!("/operator/v1/workspaces/{}/suspend", ws.id);
        app.operator(Method::POST, &path).json(&json!({"reason": "unpaid"})).send().await.ok();
        app.passes(Duration::from_secs(10));
        assert_eq!(chat_with(&ws, ANA).await, chat);
        ws.post(&format!("/v1/chats/{}/read", text(&chat, "id")), Value::Null).await.problem(403, "workspace_suspended");
    }
}
