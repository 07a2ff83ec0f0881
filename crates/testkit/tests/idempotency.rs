//! The same request again: the same answer, and nothing done twice.

use futures_util::future::join_all;
use std::collections::BTreeSet;
use std::time::Duration;
use wagate_testkit::{Backend, Sink, TestWorkspace, Value, json, on_both};

fn hi() -> Value {
    json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}})
}

/// Sends the same message from 64 callers at once; answers the ids that they were told.
async fn ask_64_times(ways: &[&TestWorkspace]) -> BTreeSet<String> {
    let asked = (0..64).map(|number| ways[number % ways.len()].post_once("/v1/messages", "order-1", hi()));
    let answers = join_all(asked).await;
    let fresh = answers.iter().filter(|answer| !answer.is_replayed()).count();
    assert_eq!(fresh, 1, "one caller's request was the first");
    answers.iter().map(|answer| answer.clone().ok()["id"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn the_same_key_and_body_are_answered_with_the_same_message(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let first = ws.post_once("/v1/messages", "order-1", hi()).await;
        assert_eq!((first.status, first.is_replayed()), (202, false));
        let second = ws.post_once("/v1/messages", "order-1", hi()).await;
        assert_eq!((second.status, second.is_replayed()), (202, true));
        assert_eq!(first["id"], second["id"]);
        let other = json!({"to": "+15550100001", "type": "text", "text": {"body": "Something else"}});
        ws.post_once("/v1/messages", "order-1", other).await.problem(422, "idempotency_key_reused");
        let third = ws.post_once("/v1/messages", "order-2", hi()).await;
        assert_ne!(first["id"], third["id"]);
        for answer in [&first, &third] {
            ws.message(&answer.text("id")).becomes("read").await;
        }
        assert_eq!(app.arrivals().len(), 2);
    }

    async fn sixty_four_callers_at_once_send_one_message(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let ids = ask_64_times(&[&ws]).await;
        assert_eq!(ids.len(), 1);
        let id = ids.first().unwrap();
        ws.message(id).becomes("read").await;
        assert_eq!(ws.all("/v1/messages").await.len(), 1);
        assert_eq!(app.arrivals().len(), 1);
    }

    async fn a_key_is_remembered_after_a_restart(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let first = ws.post_once("/v1/messages", "order-1", hi()).await;
        let account = ws.post_once("/v1/accounts", "account-1", json!({"provider": "sandbox", "name": "Two"})).await;
        app.restart().await;
        let again = ws.post_once("/v1/messages", "order-1", hi()).await;
        assert_eq!((again.is_replayed(), &again["id"]), (true, &first["id"]));
        let account_again = ws.post_once("/v1/accounts", "account-1", json!({"provider": "sandbox", "name": "Two"})).await;
        assert!(account_again.is_replayed());
        assert_eq!((account_again.status, &account_again.bytes), (201, &account.bytes), "the very same answer");
        assert_eq!(ws.all("/v1/accounts").await.len(), 2);
        ws.message(&first.text("id")).becomes("read").await;
    }

    async fn an_answer_is_given_again_whatever_happened_since(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let first = ws.post_once("/v1/messages", "order-1", hi()).await;
        ws.message(&first.text("id")).becomes("read").await;
        ws.delete(&format!("/v1/accounts/{}", account.id)).await;
        let again = ws.post_once("/v1/messages", "order-1", hi()).await;
        assert_eq!((again.status, again.is_replayed(), &again["id"]), (202, true, &first["id"]));
        assert_eq!(again.json, first.json, "the first answer");
        let other = json!({"to": "+15550100001", "type": "text", "text": {"body": "Something else"}});
        ws.post_once("/v1/messages", "order-1", other).await.problem(422, "idempotency_key_reused");
    }

    async fn a_key_is_a_workspaces_modes_and_paths_own(app: &mut TestApp) {
        let (one, two) = (app.workspace("One").await, app.workspace("Two").await);
        let live = one.with_key(app.key_of(&one.id, "live").await);
        let sink = Sink::open().await;
        let body = json!({"url": sink.url()});
        let mut ids = BTreeSet::new();
        for ws in [&one, &two, &live] {
            let created = ws.post_once("/v1/webhooks", "the-same-key", body.clone()).await;
            assert!(!created.is_replayed());
            ids.insert(created.text("id"));
        }
        let key = one.post_once("/v1/api-keys", "the-same-key", json!({"name": "x"})).await;
        assert_eq!((key.status, key.is_replayed(), ids.len()), (201, false, 3));
    }

    async fn answers_with_secrets_are_given_again_and_kept_sealed(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let sink = Sink::open().await;
        let asked = [("/v1/webhooks", json!({"url": sink.url()})), ("/v1/api-keys", json!({"name": "another key"}))];
        let mut secrets = Vec::new();
        for (path, body) in &asked {
            let first = ws.post_once(path, "once", body.clone()).await;
            let again = ws.post_once(path, "once", body.clone()).await;
            assert_eq!((first.status, again.status, again.is_replayed()), (201, 201, true));
            assert_eq!(first.bytes, again.bytes);
            secrets.push(first.text("secret"));
        }
        let statement = "SELECT response, is_sealed FROM idempotency_keys";
        let rows = wagate_store::sql::sql(statement).all(app.database()).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row.flag("is_sealed").unwrap()));
        let statement = "SELECT secrets FROM webhook_configs";
        let webhooks = wagate_store::sql::sql(statement).all(app.database()).await.unwrap();
        app.stop().await;
        let mut stored = app.files();
        stored.extend(rows.iter().flat_map(|row| row.bytes("response").unwrap()));
        stored.extend(webhooks.iter().flat_map(|row| row.bytes("secrets").unwrap()));
        for secret in &secrets {
            let plain = secret.trim_start_matches("whsec_").trim_start_matches("gw_test_").as_bytes();
            assert!(!stored.windows(plain.len()).any(|window| window == plain), "a secret lies open");
        }
        app.restart().await;
        for ((path, body), secret) in asked.iter().zip(&secrets) {
            assert_eq!(&ws.post_once(path, "once", body.clone()).await.text("secret"), secret);
        }
    }

    async fn what_was_refused_can_be_asked_again_with_the_same_key(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let without_account = ws.post_once("/v1/messages", "order-1", hi()).await;
        assert_eq!(without_account.status, 422);
        ws.account().await;
        let sent = ws.post_once("/v1/messages", "order-1", hi()).await;
        assert_eq!((sent.status, sent.is_replayed()), (202, false));
        let wrong = ws.post_once("/v1/accounts", "account-1", json!({"provider": "sandbox"})).await;
        assert_eq!(wrong.status, 422);
        let right = ws.post_once("/v1/accounts", "account-1", json!({"provider": "sandbox", "name": "x"})).await;
        assert_eq!((right.status, right.is_replayed()), (201, false));
        ws.message(&sent.text("id")).becomes("read").await;
    }

    async fn a_replay_that_waits_tells_how_it_stands_now(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let first = ws.post_once("/v1/messages", "order-1", hi()).await;
        assert_eq!(first["status"], "queued");
        ws.message(&first.text("id")).becomes("read").await;
        let again = ws.request(wagate_testkit::Method::POST, "/v1/messages").header("idempotency-key", "order-1");
        let again = again.header("prefer", "wait=5").json(&hi()).send().await;
        assert_eq!((&again["id"], &again["status"], again.is_replayed()), (&first["id"], &json!("read"), true));
    }

    async fn every_post_takes_a_key(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.unlinked_account().await;
        account.is("qr").await;
        let path = format!("/v1/sandbox/accounts/{}/scan", account.id);
        let first = ws.post_once(&path, "scan", Value::Null).await;
        let again = ws.post_once(&path, "scan", Value::Null).await;
        assert_eq!((first.status, again.status, again.is_replayed()), (200, 200, true), "a second scan would be refused");
        assert_eq!(first.bytes, again.bytes);
    }

    async fn keys_are_remembered_for_a_day_at_least(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let first = ws.post_once("/v1/messages", "order-1", hi()).await;
        ws.message(&first.text("id")).becomes("read").await;
        app.passes(Duration::from_mins(24 * 60 - 1));
        app.restart().await;
        assert!(ws.post_once("/v1/messages", "order-1", hi()).await.is_replayed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_callers_of_two_gateways_send_one_message() {
    wagate_testkit::story::tell(Backend::MySql, async |app| {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let mut twin = app.twin().await;
        for round in 0..5 {
            let there = twin.seen_by(&ws);
            let key = format!("round-{round}");
            let asked = (0..64).map(|number| {
                let way = if number % 2 == 0 { &ws } else { &there };
                way.post_once("/v1/messages", &key, hi())
            });
            let answers = join_all(asked).await;
            let ids: BTreeSet<_> =
                answers.iter().map(|answer| answer.clone().ok()["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(ids.len(), 1, "one message");
            assert_eq!(answers.iter().filter(|answer| !answer.is_replayed()).count(), 1);
            ws.message(ids.first().unwrap()).becomes("read").await;
        }
        assert_eq!(ws.all("/v1/messages").await.len(), 5);
        assert_eq!(app.arrivals().len(), 5);
        twin.finish().await;
        assert!(twin.arrivals().is_empty(), "the account runs on one node");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_callers_of_two_gateways_make_one_account() {
    wagate_testkit::story::tell(Backend::MySql, async |app| {
        let ws = app.workspace("Acme").await;
        let mut twin = app.twin().await;
        let there = twin.seen_by(&ws);
        let body = json!({"provider": "sandbox", "name": "The one"});
        let asked = (0..64).map(|number| {
            let way = if number % 2 == 0 { &ws } else { &there };
            way.post_once("/v1/accounts", "the-one", body.clone())
        });
        let answers = join_all(asked).await;
        for answer in &answers {
            assert!(matches!(answer.status, 201 | 409), "{} {}", answer.status, answer.json);
        }
        assert_eq!(answers.iter().filter(|answer| answer.status == 201 && !answer.is_replayed()).count(), 1);
        assert_eq!(ws.all("/v1/accounts").await.len(), 1);
        twin.finish().await;
    })
    .await;
}
