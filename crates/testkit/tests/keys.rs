//! API keys: what they may do, how they are replaced, and when they stop.

use std::time::Duration;
use wagate_testkit::{Method, Value, client::text, json, on_both};

on_both! {
    async fn a_key_goes_in_either_header(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let bearer = app.anybody(Method::GET, "/v1/workspace").header("authorization", format!("Bearer {}", ws.key));
        assert_eq!(bearer.send().await.ok()["id"], ws.id.as_str());
        assert_eq!(ws.get("/v1/workspace").await.ok()["id"], ws.id.as_str());
        let both = ws.request(Method::GET, "/v1/workspace").header("authorization", "Bearer gw_test_another");
        both.send().await.problem(401, "unauthenticated");
    }

    async fn a_key_is_shown_once_and_listed_without_its_text(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let created = ws.post("/v1/api-keys", json!({"name": "CI"})).await;
        assert_eq!(created.status, 201);
        let secret = created.text("secret");
        assert!(secret.starts_with("gw_test_") && secret.len() == 44, "{secret}");
        assert!(secret.starts_with(&created.text("prefix")) && secret.ends_with(&created.text("last4")));
        let list = ws.get("/v1/api-keys").await.ok();
        assert!(!list.to_string().contains(&secret));
        let read = ws.get(&format!("/v1/api-keys/{}", created.text("id"))).await.ok();
        assert!(read.get("secret").is_none());
        assert_eq!(read["name"], "CI");
    }

    async fn a_key_does_what_its_scopes_say(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let reader = ws.key(json!({"scopes": ["messages:read"]})).await;
        reader.get("/v1/messages").await.ok();
        let send = json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
        reader.post("/v1/messages", send.clone()).await.problem(403, "forbidden");
        reader.get("/v1/accounts").await.problem(403, "forbidden");
        let sender = ws.key(json!({"scopes": ["messages:send"]})).await;
        let sent = sender.post("/v1/messages", send).await;
        assert_eq!(sent.status, 202, "{}", sent.json);
        sender.get("/v1/messages").await.problem(403, "forbidden");
        ws.message(&sent.text("id")).becomes("read").await;
    }

    async fn a_new_key_has_at_most_what_its_creator_has(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.unlinked_account().await;
        let narrow = ws.key(json!({"scopes": ["keys:write", "messages:read"], "account_ids": [account.id]})).await;
        let refused = narrow.post("/v1/api-keys", json!({"name": "x", "scopes": ["messages:read", "messages:send"]})).await;
        assert_eq!((refused.status, refused.faults()), (422, vec![("scopes/1".to_owned(), "not_allowed".to_owned())]));
        let copy = narrow.post("/v1/api-keys", json!({"name": "x"})).await.ok();
        assert_eq!((&copy["scopes"], &copy["account_ids"]), (&json!(["messages:read", "keys:write"]), &json!([account.id])));
        let mut wide = Value::Null;
        for key in ws.all("/v1/api-keys").await {
            if key["scopes"].as_array().unwrap().len() > 2 {
                wide = key;
            }
        }
        narrow.post(&format!("/v1/api-keys/{}/rotate", text(&wide, "id")), Value::Null).await.problem(403, "forbidden");
    }

    async fn a_key_bound_to_an_account_sees_nothing_of_others(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let (mine, other) = (ws.account().await, ws.account().await);
        let hidden = other.send_text("+15550100001", "hidden").await;
        hidden.becomes("read").await;
        let bound = ws.key(json!({"account_ids": [mine.id]})).await;
        let accounts = bound.all("/v1/accounts").await;
        assert_eq!(accounts.iter().map(|one| text(one, "id")).collect::<Vec<_>>(), [mine.id.as_str()]);
        bound.get(&format!("/v1/accounts/{}", other.id)).await.problem(404, "not_found");
        bound.get(&format!("/v1/messages/{}", hidden.id)).await.problem(404, "not_found");
        bound.message(&hidden.id).post("cancel").await.problem(404, "not_found");
        assert!(bound.all("/v1/messages").await.is_empty());
        bound.post(&format!("/v1/sandbox/accounts/{}/ban", other.id), Value::Null).await.problem(404, "not_found");
        bound.post("/v1/accounts", json!({"provider": "sandbox", "name": "x"})).await.problem(403, "forbidden");
        let body = json!({"account_id": other.id, "to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
        let refused = bound.post("/v1/messages", body).await;
        assert!((400..500).contains(&refused.status), "{}", refused.json);
        // It can use exactly one account, so it need not name it.
        let sent = bound.send_text("+15550100002", "Hi").await;
        assert_eq!(sent.becomes("read").await["account_id"], mine.id.as_str());
    }

    async fn a_rotated_key_works_for_the_overlap_beside_its_successor(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let old = ws.key(json!({})).await;
        let id = text(&ws.all("/v1/api-keys").await[0], "id");
        let rotated = ws.post(&format!("/v1/api-keys/{id}/rotate"), json!({"overlap_seconds": 3600})).await;
        assert_eq!(rotated.status, 201);
        let new = ws.with_key(rotated.text("secret"));
        old.get("/v1/workspace").await.ok();
        new.get("/v1/workspace").await.ok();
        assert_eq!(ws.get(&format!("/v1/api-keys/{id}")).await.ok()["replaced_by"], rotated["id"]);
        app.passes(Duration::from_hours(1));
        old.get("/v1/workspace").await.problem(401, "unauthenticated");
        new.get("/v1/workspace").await.ok();
        ws.post(&format!("/v1/api-keys/{id}/rotate"), Value::Null).await.problem(409, "key_not_active");
    }

    async fn a_key_that_expires_stops(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let until = app.now().plus(Duration::from_mins(1)).to_string();
        let brief = ws.key(json!({"expires_at": until})).await;
        brief.get("/v1/workspace").await.ok();
        app.passes(Duration::from_mins(1));
        brief.get("/v1/workspace").await.problem(401, "unauthenticated");
        let past = ws.post("/v1/api-keys", json!({"name": "x", "expires_at": until})).await;
        assert_eq!((past.status, past.faults()), (422, vec![("expires_at".to_owned(), "out_of_range".to_owned())]));
    }

    async fn a_revoked_key_stops_and_stays_in_the_list(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let key = ws.key(json!({})).await;
        key.get("/v1/workspace").await.ok();
        let id = text(&ws.all("/v1/api-keys").await[0], "id");
        assert_eq!(ws.delete(&format!("/v1/api-keys/{id}")).await.status, 204);
        key.get("/v1/workspace").await.problem(401, "unauthenticated");
        assert_eq!(text(&ws.all("/v1/api-keys").await[0], "revoked_at"), app.now().to_string());
        assert_eq!(ws.delete(&format!("/v1/api-keys/{id}")).await.status, 204);
    }

    async fn a_keys_last_use_is_noted(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let key = ws.key(json!({})).await;
        app.passes(Duration::from_hours(1));
        key.get("/v1/workspace").await.ok();
        // Uses are written in batches, the last one when the gateway stops.
        app.restart().await;
        let used = text(&ws.all("/v1/api-keys").await[0], "last_used_at");
        assert_eq!(used, app.now().to_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_stops_within_five_seconds_on_other_nodes_too() {
    wagate_testkit::story::tell(wagate_testkit::Backend::MySql, async |app| {
        let mut twin = app.twin().await;
        let ws = app.workspace("Acme").await;
        let key = ws.key(json!({})).await;
        let there = twin.seen_by(&key);
        there.get("/v1/workspace").await.ok();
        let id = text(&ws.all("/v1/api-keys").await[0], "id");
        ws.delete(&format!("/v1/api-keys/{id}")).await;
        app.passes(Duration::from_secs(5));
        there.get("/v1/workspace").await.problem(401, "unauthenticated");
        twin.finish().await;
    })
    .await;
}
