//! Webhooks: tried again by schedule, disabled, recovered, resent, rotated, tested, deleted.

use crate::first_message::{assert_signed, is_signed_with};
use std::time::Duration;
use wagate_model::Timestamp;
use wagate_testkit::{Reply, Sink, TestApp, TestWebhook, TestWorkspace, Value, client::text, json, on_both};

const HOUR: Duration = Duration::from_hours(1);

/// A workspace with a webhook that hears of incoming messages, and the account that gets them.
async fn listening(app: &TestApp, sink: &Sink) -> (TestWorkspace, wagate_testkit::TestAccount, TestWebhook) {
    let ws = app.workspace("Acme").await;
    let account = ws.account().await;
    let webhook = ws.webhook_for(sink, json!({"events": ["message.received"]})).await;
    (ws, account, webhook)
}

/// Waits until the only delivery was tried this often and waits for its next try.
async fn tried(webhook: &TestWebhook, times: u64) -> Value {
    let deliveries = webhook.comes_to(&format!("to be tried {times} times"), |all| all[0]["attempts"] == times).await;
    deliveries[0].clone()
}

fn time(json: &Value, field: &str) -> Timestamp {
    Timestamp::parse(&text(json, field)).unwrap()
}

on_both! {
    async fn a_failed_delivery_is_tried_eight_times_over_a_day(app: &mut TestApp) {
        let sink = Sink::that(Reply::Status(500)).await;
        let (_, account, webhook) = listening(app, &sink).await;
        account.hears("+15550100001", "Hi").await;
        for times in 1..8 {
            let delivery = tried(&webhook, times).await;
            assert_eq!(delivery["status"], "pending");
            let next = time(&delivery, "next_attempt_at");
            assert!(next > app.now());
            app.passes(next.since(app.now()));
        }
        let failed = tried(&webhook, 8).await;
        assert_eq!((&failed["status"], &failed["next_attempt_at"]), (&json!("failed"), &json!(null)));
        let history = webhook.delivery(&text(&failed, "id")).await["history"].clone();
        assert_eq!(history.as_array().unwrap().len(), 8);
        assert!(history.as_array().unwrap().iter().all(|one| one["status_code"] == 500));
        let ids: std::collections::BTreeSet<_> = sink.received().iter().map(|one| one.header("webhook-id").to_owned()).collect();
        assert_eq!(ids.len(), 1, "the same event under the same id each time");
        let took = time(&history[7], "at").since(time(&history[0], "at"));
        assert!((22 * HOUR..=34 * HOUR).contains(&took), "{took:?}");

        sink.answers(Reply::Ok);
        let resent = webhook_resend(&webhook, &failed).await;
        assert_eq!(resent["status"], "pending");
        webhook.comes_to("to be delivered", |all| all[0]["status"] == "delivered").await;
        let history = webhook.delivery(&text(&failed, "id")).await["history"].clone();
        assert_eq!((&history[8]["trigger"], &history[0]["trigger"]), (&json!("manual"), &json!("schedule")));
    }

    async fn a_receiver_that_comes_back_gets_what_it_missed(app: &mut TestApp) {
        let sink = Sink::open().await;
        sink.answers_next([Reply::Status(500), Reply::With(302, "location", "http://127.0.0.1:1/"), Reply::Status(404)]);
        let (_, account, webhook) = listening(app, &sink).await;
        account.hears("+15550100001", "Hi").await;
        for times in 1..4 {
            let delivery = tried(&webhook, times).await;
            app.passes(time(&delivery, "next_attempt_at").since(app.now()));
        }
        let delivered = webhook.comes_to("to be delivered", |all| all[0]["status"] == "delivered").await;
        assert_eq!(delivered[0]["attempts"], 4);
        let history = webhook.delivery(&text(&delivered[0], "id")).await["history"].clone();
        let codes: Vec<_> = history.as_array().unwrap().iter().map(|one| one["status_code"].as_u64().unwrap()).collect();
        assert_eq!(codes, [500, 302, 404, 200], "a redirect is a failure and is not followed");
        let bodies: Vec<_> = sink.received().iter().map(|one| one.body.clone()).collect();
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "the body's bytes are fixed");
    }

    async fn retry_after_is_honoured(app: &mut TestApp) {
        let sink = Sink::open().await;
        sink.answers_next([Reply::With(503, "retry-after", "7200")]);
        let (_, account, webhook) = listening(app, &sink).await;
        account.hears("+15550100001", "Hi").await;
        let delivery = tried(&webhook, 1).await;
        assert_eq!(time(&delivery, "next_attempt_at"), app.now().plus(2 * HOUR));
        app.passes(2 * HOUR);
        webhook.comes_to("to be delivered", |all| all[0]["status"] == "delivered").await;
    }

    async fn gone_disables_at_once_and_enabling_recovers_what_was_skipped(app: &mut TestApp) {
        let (sink, watcher) = (Sink::that(Reply::Status(410)).await, Sink::open().await);
        let (ws, account, webhook) = listening(app, &sink).await;
        ws.webhook_for(&watcher, json!({"events": ["webhook.disabled"]})).await;
        let since = app.now();
        account.hears("+15550100001", "one").await;
        let told = watcher.has_got(1).await[0].json();
        assert_eq!((&told["data"]["endpoint_id"], &told["data"]["cause"]), (&json!(webhook.id), &json!("gone")));
        let disabled = webhook.now().await;
        assert_eq!((&disabled["is_enabled"], &disabled["disabled_reason"]), (&json!(false), &json!("gone")));
        account.hears("+15550100001", "two").await;
        webhook.comes_to("to be skipped", |all| all.len() == 2 && all.iter().all(|one| one["status"] == "skipped")).await;
        assert_eq!(ws.audit().await.iter().filter(|(action, _)| action == "webhook.disabled").count(), 1);
        webhook.post("test", Value::Null).await.problem(409, "webhook_disabled");
        webhook.post("recover", json!({"since": since.to_string()})).await.problem(409, "webhook_disabled");
        let skipped = webhook.deliveries().await[0].clone();
        ws.post(&format!("/v1/deliveries/{}/resend", text(&skipped, "id")), Value::Null).await.problem(409, "webhook_disabled");

        sink.answers(Reply::Ok);
        let enabled = webhook.post("enable", Value::Null).await.ok();
        assert_eq!((&enabled["is_enabled"], &enabled["disabled_reason"]), (&json!(true), &json!(null)));
        let recovered = webhook.post("recover", json!({"since": since.to_string()})).await;
        assert_eq!((recovered.status, &recovered["count"]), (202, &json!(2)));
        webhook.comes_to("to be delivered", |all| all.iter().all(|one| one["status"] == "delivered")).await;
        let bodies: Vec<_> = sink.received().iter().map(|one| one.json()["data"]["text"]["body"].clone()).collect();
        assert!(bodies.contains(&json!("one")) && bodies.contains(&json!("two")), "{bodies:?}");
        assert_eq!(webhook.post("recover", json!({"since": since.to_string()})).await.ok()["count"], 0);
    }

    async fn five_days_of_nothing_but_failures_disable(app: &mut TestApp) {
        let sink = Sink::that(Reply::Status(500)).await;
        let (ws, account, webhook) = listening(app, &sink).await;
        account.hears("+15550100001", "one").await;
        tried(&webhook, 1).await;
        assert_eq!(time(&webhook.now().await, "failing_since"), app.now());
        app.passes(5 * 24 * HOUR + HOUR);
        ws.hears("webhook.disabled", |data| data["endpoint_id"] == webhook.id && data["cause"] == "failing").await;
        assert_eq!(webhook.now().await["disabled_reason"], "failing");
    }

    async fn one_success_ends_a_row_of_failures(app: &mut TestApp) {
        let sink = Sink::open().await;
        sink.answers_next([Reply::Status(500)]);
        let (_, account, webhook) = listening(app, &sink).await;
        account.hears("+15550100001", "one").await;
        tried(&webhook, 1).await;
        app.passes(HOUR);
        webhook.comes_to("to be delivered", |all| all[0]["status"] == "delivered").await;
        assert_eq!(webhook.now().await["failing_since"], json!(null));
        app.passes(6 * 24 * HOUR);
        sink.answers_next([Reply::Status(500)]);
        account.hears("+15550100001", "two").await;
        webhook.comes_to("to be tried", |all| all.len() == 2 && all[1]["attempts"] == 1).await;
        assert_eq!(webhook.now().await["is_enabled"], true);
        app.passes(HOUR);
        webhook.comes_to("to be delivered", |all| all[1]["status"] == "delivered").await;
    }

    async fn for_an_overlap_both_secrets_sign(app: &mut TestApp) {
        let sink = Sink::open().await;
        let (_, account, webhook) = listening(app, &sink).await;
        let rotated = webhook.post("rotate-secret", json!({"overlap_seconds": 3600})).await.ok();
        let new = TestWebhook { secret: text(&rotated, "secret"), ..webhook.clone() };
        assert_ne!(new.secret, webhook.secret);
        account.hears("+15550100001", "during").await;
        let during = sink.has_got(1).await[0].clone();
        assert_signed(&during, &new);
        assert!(is_signed_with(&during, &webhook.secret), "the old secret signs too");
        app.passes(HOUR + Duration::from_secs(1));
        account.hears("+15550100001", "after").await;
        let after = sink.has_got(2).await[1].clone();
        assert_signed(&after, &new);
        assert!(!is_signed_with(&after, &webhook.secret), "the old secret signs no more");
    }

    async fn a_secret_that_leaked_is_replaced_at_once(app: &mut TestApp) {
        let sink = Sink::open().await;
        let (_, account, webhook) = listening(app, &sink).await;
        account.hears("+15550100001", "before").await;
        sink.has_got(1).await;
        let rotated = webhook.post("rotate-secret", json!({"overlap_seconds": 0})).await.ok();
        account.hears("+15550100001", "after").await;
        let after = sink.has_got(2).await[1].clone();
        assert!(is_signed_with(&after, &text(&rotated, "secret")));
        assert!(!is_signed_with(&after, &webhook.secret));
    }

    async fn a_test_goes_to_the_tested_webhook_alone(app: &mut TestApp) {
        let (sink, other) = (Sink::open().await, Sink::open().await);
        let (ws, account, webhook) = listening(app, &sink).await;
        let listens_too = ws.webhook_for(&other, json!({"events": ["webhook.test", "message.received"]})).await;
        let delivery = webhook.post("test", Value::Null).await;
        assert_eq!((delivery.status, &delivery["event_type"]), (202, &json!("webhook.test")));
        let test = sink.has_got(1).await[0].clone();
        assert_signed(&test, &webhook);
        assert_eq!(test.json()["data"]["endpoint_id"], webhook.id.as_str());
        account.hears("+15550100001", "Hi").await;
        other.has_got(1).await;
        assert!(listens_too.deliveries().await.iter().all(|one| one["event_type"] == "message.received"));
    }

    async fn a_deleted_webhook_gets_nothing_more(app: &mut TestApp) {
        let sink = Sink::that(Reply::Status(500)).await;
        let (ws, account, webhook) = listening(app, &sink).await;
        account.hears("+15550100001", "Hi").await;
        let delivery = text(&tried(&webhook, 1).await, "id");
        assert_eq!(webhook.delete().await.status, 204);
        let path = format!("/v1/webhooks/{}", webhook.id);
        ws.get(&path).await.problem(404, "not_found");
        ws.get(&format!("{path}/deliveries")).await.problem(404, "not_found");
        webhook.delete().await.problem(404, "not_found");
        let statement = "SELECT id FROM webhook_deliveries WHERE status = 'cancelled' AND due_at IS NULL";
        let cancelled = wagate_store::sql::sql(statement).all(app.database()).await.unwrap();
        assert_eq!(cancelled.iter().map(|row| row.text("id").unwrap()).collect::<Vec<_>>(), [delivery]);
        account.hears("+15550100001", "Hi").await;
        app.passes(48 * HOUR);
        let (other, witness) = (Sink::open().await, "another webhook hears of what comes after");
        ws.webhook(&other).await;
        account.hears("+15550100001", witness).await;
        other.gets("the message after", |one| one.json()["data"]["text"]["body"] == witness).await;
        assert_eq!(sink.received().len(), 1);
    }

    async fn a_webhook_hears_of_what_it_asked_for(app: &mut TestApp) {
        let (statuses, mine, all) = (Sink::open().await, Sink::open().await, Sink::open().await);
        let ws = app.workspace("Acme").await;
        let (one, two) = (ws.account().await, ws.account().await);
        ws.webhook_for(&statuses, json!({"events": ["message.status"]})).await;
        ws.webhook_for(&mine, json!({"account_ids": [two.id]})).await;
        ws.webhook(&all).await;
        one.send_text("+15550110001", "Hi").await.becomes("failed").await;
        two.hears("+15550100001", "Hi").await;
        all.has_got(2).await;
        mine.has_got(1).await;
        statuses.has_got(1).await;
        assert!(statuses.received().iter().all(|one| one.json()["type"] == "message.status"));
        assert!(mine.received().iter().all(|one| one.json()["data"]["account_id"] == two.id.as_str()));
    }

    async fn customers_headers_are_sent_and_their_values_never_shown(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let headers = json!({"Authorization": "Bearer hunter2", "x-shop": "7"});
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.received"], "headers": headers})).await;
        account.hears("+15550100001", "Hi").await;
        let received = sink.has_got(1).await[0].clone();
        assert_eq!((received.header("authorization"), received.header("x-shop")), ("Bearer hunter2", "7"));
        let shown = webhook.now().await;
        assert!(!shown.to_string().contains("hunter2"));
        assert!(shown["headers"].as_object().unwrap().values().all(|value| value == "***"));
        assert!(shown.get("secret").is_none());
        let changed = ws.patch(&format!("/v1/webhooks/{}", webhook.id), json!({"description": "The shop", "headers": {"authorization": "***"}})).await.ok();
        assert_eq!(changed["description"], "The shop");
        account.hears("+15550100001", "Hi").await;
        let received = sink.has_got(2).await[1].clone();
        assert_eq!(received.header("authorization"), "Bearer hunter2");
        assert!(received.headers.get("x-shop").is_none());
    }

    async fn deliveries_outlive_a_restart(app: &mut TestApp) {
        let sink = Sink::that(Reply::Status(500)).await;
        let (_, account, webhook) = listening(app, &sink).await;
        account.hears("+15550100001", "Hi").await;
        tried(&webhook, 1).await;
        app.restart().await;
        sink.answers(Reply::Ok);
        app.passes(HOUR);
        webhook.comes_to("to be delivered", |all| all[0]["status"] == "delivered").await;
        assert_signed(sink.received().last().unwrap(), &webhook);
    }

    async fn private_addresses_and_odd_headers_are_refused_by_field(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        for (body, field, code) in [
            (json!({"url": "http://10.0.0.1/"}), "url", "not_allowed"),
            (json!({"url": "http://169.254.169.254/latest/meta-data"}), "url", "not_allowed"),
            (json!({"url": "ftp://example.com/"}), "url", "not_allowed"),
            (json!({"url": "nonsense"}), "url", "invalid_format"),
            (json!({"url": "https://example.com/", "headers": {"Host": "x"}}), "headers/Host", "not_allowed"),
            (json!({"url": "https://example.com/", "events": ["no.such"]}), "events/0", "not_allowed"),
            (json!({"url": "https://example.com/", "account_ids": ["acc_01jd0c2q4w8v7h3n5k6m9p0r1s"]}), "account_ids/0", "not_allowed"),
        ] {
            let refused = ws.post("/v1/webhooks", body.clone()).await;
            assert_eq!((refused.status, refused.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{body}");
        }
    }
}

async fn webhook_resend(webhook: &TestWebhook, delivery: &Value) -> Value {
    let id = text(delivery, "id");
    let answer = webhook.workspace.post(&format!("/v1/deliveries/{id}/resend"), Value::Null).await;
    assert_eq!(answer.status, 202);
    answer.ok()
}
