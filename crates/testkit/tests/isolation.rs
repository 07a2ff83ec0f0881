//! Who may do what, for every operation of the document: nobody sees another workspace's or the
//! other mode's things, nobody does anything without a valid key that carries the scope.

use crate::operations::{CASES, Of, Owner, operations};
use std::time::Duration;
use wagate_engine::{api_key::ApiKey, entropy::OsEntropy};
use wagate_model::{Mode, Scope};
use wagate_testkit::{Method, Value, client::text, json, on_both};

on_both! {
    async fn another_workspaces_ids_and_the_other_modes_are_not_found(app: &mut TestApp) {
        let owner = Owner::new(app).await;
        let stranger = Owner::new(app).await;
        let live = owner.ws.with_key(app.key_of(&owner.ws.id, "live").await);
        let before = owner.everything().await;
        let mut asked = 0;
        for operation in operations(app).await.iter().filter(|one| !one.is_operators() && one.case.of != Of::Nothing) {
            let id = owner.id(operation.case.of);
            for other in [&stranger.ws, &live] {
                let answer = operation.request(other, id).send().await;
                assert_eq!(answer.status, 404, "{} {}", operation.id, answer.json);
                answer.problem(404, "not_found");
                asked += 1;
            }
        }
        assert!(asked >= 2 * 28, "{asked}");
        assert_eq!(owner.everything().await, before, "nothing changed");
    }

    async fn the_owner_finds_them(app: &mut TestApp) {
        let owner = Owner::new(app).await;
        for operation in operations(app).await.iter().filter(|one| !one.is_operators()) {
            let answer = operation.request(&owner.ws, owner.id(operation.case.of)).send().await;
            assert!(!matches!(answer.status, 401 | 403 | 404 | 422 | 500..), "{} {} {}", operation.id, answer.status, answer.json);
        }
    }

    async fn lists_hold_nothing_of_others(app: &mut TestApp) {
        let owner = Owner::new(app).await;
        let stranger = app.workspace("The stranger").await;
        let live = owner.ws.with_key(app.key_of(&owner.ws.id, "live").await);
        let ids = [Of::Account, Of::Message, Of::Webhook, Of::Delivery].map(|of| owner.id(of));
        for operation in operations(app).await.iter().filter(|one| one.id.starts_with("list_") && one.case.of == Of::Nothing) {
            for other in [&stranger, &live] {
                let list = operation.request(other, "").send().await.ok().to_string();
                // The audit log is of both modes.
                let is_shown = operation.id == "list_audit_log" && other.id == owner.ws.id;
                let found: Vec<_> = ids.iter().filter(|id| list.contains(**id)).collect();
                assert!(found.is_empty() || is_shown, "{} shows {found:?}", operation.id);
                assert!(!list.contains("a private word"), "{}", operation.id);
            }
        }
    }

    async fn ids_of_others_in_bodies_and_queries_are_as_unknown_ones(app: &mut TestApp) {
        let owner = Owner::new(app).await;
        let stranger = app.workspace("The stranger").await;
        let live = owner.ws.with_key(app.key_of(&owner.ws.id, "live").await);
        let (account, unknown) = (owner.account.id.as_str(), "acc_01jd0c2q4w8v7h3n5k6m9p0r1s");
        for other in [&stranger, &live] {
            for (path, body) in [
                ("/v1/messages", json!({"account_id": account, "to": "+15550100001", "type": "text", "text": {"body": "Hi"}})),
                ("/v1/webhooks", json!({"url": "https://hooks.example.com/", "account_ids": [account]})),
                ("/v1/api-keys", json!({"name": "x", "account_ids": [account]})),
            ] {
                let theirs = other.post(path, body.clone()).await;
                let body = serde_json::from_str(&body.to_string().replace(account, unknown)).unwrap();
                let nobodys = other.post(path, body).await;
                assert_eq!(theirs.status, 422, "{path} {}", theirs.json);
                assert_eq!((theirs.status, theirs.faults()), (nobodys.status, nobodys.faults()), "{path}");
            }
            for query in [format!("account_id={account}"), "chat_id=%2B15550100001".to_owned(), format!("starting_after={}", owner.message.id)] {
                assert_eq!(other.get(&format!("/v1/messages?{query}")).await.ok()["data"], json!([]), "{query}");
            }
        }
    }

    async fn nothing_is_done_without_a_valid_key(app: &mut TestApp) {
        let owner = Owner::new(app).await;
        let (revoked, expired) = (owner.ws.key(json!({})).await, owner.ws.key(json!({"expires_at": "2025-11-22T12:00:10Z"})).await);
        let id = text(&owner.ws.all("/v1/api-keys").await[1], "id");
        owner.ws.delete(&format!("/v1/api-keys/{id}")).await;
        app.passes(Duration::from_secs(10));
        let before = owner.everything().await;
        let mut mistyped = owner.ws.key.clone();
        mistyped.replace_range(20..21, if &mistyped[20..21] == "x" { "y" } else { "x" });
        let unknown = ApiKey::generate(Mode::Test, &OsEntropy).expose().to_owned();
        let keys = [
            "", " ", "x", "gw_test_", "gw_live_000000000000000000000000000000000000", &"gw_test_".repeat(2_000), &mistyped, &unknown,
            &revoked.key, &expired.key, wagate_testkit::app::OPERATOR_TOKEN, &owner.ws.key.to_uppercase(), &owner.ws.key[..40],
            &owner.ws.key.replace("test", "live"),
        ];
        for operation in operations(app).await.iter().filter(|one| !one.is_operators()) {
            let path = operation.path_with(owner.id(operation.case.of));
            let without = operation.with_body(app.anybody(operation.method.clone(), &path)).send().await;
            assert_eq!(without.header("www-authenticate"), "Bearer realm=\"wagate\"", "{}", operation.id);
            without.problem(401, "unauthenticated");
            for key in keys {
                let answer = operation.request(&owner.ws.with_key(key), owner.id(operation.case.of)).send().await;
                assert_eq!(answer.status, 401, "{} with {key:?}: {}", operation.id, answer.json);
                let bearer = app.anybody(operation.method.clone(), &path).header("authorization", format!("Bearer {key}"));
                operation.with_body(bearer).send().await.problem(401, "unauthenticated");
            }
            let basic = app.anybody(operation.method.clone(), &path).header("authorization", "Basic eDp5");
            operation.with_body(basic).send().await.problem(401, "unauthenticated");
        }
        assert_eq!(owner.everything().await, before, "nothing changed");
    }

    async fn nothing_is_done_without_the_scope(app: &mut TestApp) {
        let owner = Owner::new(app).await;
        let mut without = std::collections::BTreeMap::new();
        let mut only = std::collections::BTreeMap::new();
        for scope in Scope::ALL.iter().map(|scope| scope.as_str()) {
            let others: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).filter(|other| *other != scope).collect();
            without.insert(scope, owner.ws.key(json!({"scopes": others})).await);
            only.insert(scope, owner.ws.key(json!({"scopes": [scope]})).await);
        }
        let before = owner.everything().await;
        let operations = operations(app).await;
        for operation in operations.iter().filter(|one| !one.is_operators()) {
            let answer = operation.request(&without[operation.case.scope], owner.id(operation.case.of)).send().await;
            assert_eq!(answer.status, 403, "{} {}", operation.id, answer.json);
            answer.problem(403, "forbidden");
        }
        assert_eq!(owner.everything().await, before, "nothing changed");
        for operation in operations.iter().filter(|one| !one.is_operators()) {
            let answer = operation.request(&only[operation.case.scope], owner.id(operation.case.of)).send().await;
            let is_beyond = operation.id == "rotate_api_key";
            assert!(!matches!(answer.status, 401 | 403 | 404 | 500..) || is_beyond, "{} {} {}", operation.id, answer.status, answer.json);
        }
    }

    async fn the_operators_operations_are_the_operators_alone(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let operations = operations(app).await;
        for operation in operations.iter().filter(|one| one.is_operators()) {
            let path = operation.path_with(&ws.id);
            let ask = |header: &str, value: String| operation.with_body(app.anybody(operation.method.clone(), &path).header(header, value));
            operation.with_body(app.anybody(operation.method.clone(), &path)).send().await.problem(401, "unauthenticated");
            for wrong in [String::new(), "x".to_owned(), ws.key.clone(), format!("{}x", wagate_testkit::app::OPERATOR_TOKEN)] {
                ask("authorization", format!("Bearer {wrong}")).send().await.problem(401, "unauthenticated");
            }
            ask("x-api-key", wagate_testkit::app::OPERATOR_TOKEN.to_owned()).send().await.problem(401, "unauthenticated");
            if operation.case.of == Of::Workspace {
                let unknown = operation.path_with("ws_01jd0c2q4w8v7h3n5k6m9p0r1s");
                operation.with_body(app.operator(operation.method.clone(), &unknown)).send().await.problem(404, "not_found");
            }
            let right = operation.with_body(app.operator(operation.method.clone(), &path)).send().await;
            assert!((200..300).contains(&right.status), "{} {}", operation.id, right.json);
        }
    }

    async fn the_tenant_comes_from_the_key_alone(app: &mut TestApp) {
        let owner = Owner::new(app).await;
        let stranger = app.workspace("The stranger").await;
        let id = &owner.ws.id;
        for path in [format!("/v1/workspace?workspace_id={id}"), format!("/v1/messages?workspace_id={id}")] {
            let answer = stranger.get(&path).await;
            assert!(!answer.json.to_string().contains(id.as_str()), "{path}");
        }
        let claimed = stranger.request(Method::GET, "/v1/workspace").header("x-workspace-id", id).send().await;
        assert_eq!(claimed.ok()["id"], stranger.id.as_str());
        let named = stranger.post("/v1/api-keys", json!({"name": "x", "workspace_id": id})).await;
        assert_eq!((named.status, named.faults()), (422, vec![("workspace_id".to_owned(), "unknown_field".to_owned())]));
    }
}

#[test]
fn cases_are_given_once() {
    let mut ids: Vec<_> = CASES.iter().map(|case| case.operation).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CASES.len());
    assert!(CASES.iter().all(|case| case.body.is_empty() || serde_json::from_str::<Value>(case.body).is_ok()));
}
