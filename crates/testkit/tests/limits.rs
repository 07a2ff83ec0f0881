//! What a workspace may: requests in a minute, messages in a day, accounts and webhooks. Never more,
//! however many ask at once.

use futures_util::future::join_all;
use std::{collections::BTreeSet, time::Duration};
use wagate_testkit::{Answer, Backend, Method, TestApp, TestWorkspace, Value, json, on_both};

async fn limited(app: &TestApp, overrides: Value) -> TestWorkspace {
    app.workspace_as(json!({"name": "Acme", "tier": "enterprise", "overrides": overrides})).await
}

fn number(answer: &Answer, header: &str) -> u64 {
    answer.header(header).parse().unwrap_or_else(|_| panic!("{header} in {:?}", answer.headers))
}

/// Asks so many times at once, within one minute of the database's. Answers how they went.
async fn ask_within_a_minute(app: &TestApp, ways: &[&TestWorkspace], times: usize) -> Vec<Answer> {
    while app.database().now().await.unwrap().0 % 60_000 > 45_000 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let asked = (0..times).map(|number| ways[number % ways.len()].get("/v1/workspace"));
    let answers = join_all(asked).await;
    let minutes: BTreeSet<_> = answers.iter().map(|answer| number(answer, "x-ratelimit-reset")).collect();
    assert_eq!(minutes.len(), 1, "they were not done within a minute");
    answers
}

fn text() -> Value {
    json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}})
}

on_both! {
    async fn every_answer_to_a_key_says_what_is_left(app: &mut TestApp) {
        let ws = limited(app, json!({"requests_per_minute": 100})).await;
        for (path, status) in [("/v1/workspace", 200), ("/v1/messages/msg_01jd0c2q4w8v7h3n5k6m9p0r1s", 404), ("/v1/events?no_such=1", 422)] {
            let answer = ws.get(path).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("ratelimit-policy"), "\"workspace\";q=100;w=60");
            let (limit, remaining) = (number(&answer, "x-ratelimit-limit"), number(&answer, "x-ratelimit-remaining"));
            assert!(limit == 100 && (97..100).contains(&remaining), "{remaining}");
            let said = answer.header("ratelimit").to_owned();
            let wait = said.strip_prefix(&format!("\"workspace\";r={remaining};t=")).unwrap_or_else(|| panic!("{said}"));
            assert!((1..=60).contains(&wait.parse::<u64>().unwrap()));
            assert_eq!(number(&answer, "x-ratelimit-reset") % 60, 0);
        }
        for unknown in [ws.with_key("").get("/v1/workspace").await, app.anybody(Method::GET, "/health/live").send().await] {
            assert!(!unknown.headers.contains_key("ratelimit"), "{}", unknown.status);
        }
        let operator = app.operator(Method::GET, "/operator/v1/workspaces").send().await;
        assert!(!operator.headers.contains_key("ratelimit"));
    }

    async fn who_asks_too_often_is_told_when_to_come_back(app: &mut TestApp) {
        let ws = limited(app, json!({"requests_per_minute": 100})).await;
        let answers = ask_within_a_minute(app, &[&ws], 130).await;
        let (granted, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((granted.len(), refused.len()), (100, 30), "one node leaves nothing unspent");
        let refusal = refused[0];
        let wait = number(refusal, "retry-after");
        assert!((1..=60).contains(&wait));
        assert_eq!(refusal.header("ratelimit"), format!("\"workspace\";r=0;t={wait}"));
        assert_eq!(refusal["violated-policies"], json!(["workspace"]));
        refusal.clone().problem(429, "rate_limited");
        let invalid = ws.request(Method::POST, "/v1/messages").body("{ no json").send().await;
        if invalid.header("x-ratelimit-reset") == refusal.header("x-ratelimit-reset") {
            invalid.problem(429, "rate_limited");
        }
    }

    async fn modes_and_workspaces_do_not_spend_each_others_requests(app: &mut TestApp) {
        let ws = limited(app, json!({"requests_per_minute": 0})).await;
        let other = limited(app, json!({"requests_per_minute": 3})).await;
        ws.get("/v1/workspace").await.problem(429, "rate_limited");
        other.get("/v1/workspace").await.ok();
        let live = other.with_key(app.key_of(&other.id, "live").await);
        assert_eq!(live.get("/v1/workspace").await.header("x-ratelimit-remaining"), "2");
        other.with_key(&ws.key).get("/v1/workspace").await.problem(429, "rate_limited");
    }

    async fn a_request_that_nobody_can_count_is_not_let_in(app: &mut TestApp) {
        let ws = limited(app, json!({"requests_per_minute": 1_000})).await;
        ws.get("/v1/workspace").await.ok();
        let fresh = limited(app, json!({"requests_per_minute": 1_000})).await;
        let rename = |to: &'static str, from: &'static str| {
            let database = app.database().clone();
            async move {
                let mut tx = database.begin().await.unwrap();
                wagate_store::sql::sql(format!("ALTER TABLE {from} RENAME TO {to}")).run(&mut tx).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        rename("rate_limits_away", "rate_limits").await;
        let refused = fresh.get("/v1/workspace").await;
        assert!(!refused.header("retry-after").is_empty());
        refused.problem(503, "unavailable");
        rename("rate_limits", "rate_limits_away").await;
        fresh.get("/v1/workspace").await.ok();
    }

    async fn no_day_accepts_more_messages_than_it_has(app: &mut TestApp) {
        let ws = limited(app, json!({"requests_per_minute": 10_000, "messages_per_day": 40})).await;
        ws.account().await;
        let answers = join_all((0..64).map(|_| ws.post("/v1/messages", text()))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 40);
        let refused = answers.iter().find(|answer| answer.status != 202).unwrap();
        // Every story begins at noon.
        assert_eq!(number(refused, "retry-after"), 12 * 60 * 60);
        assert_eq!(refused["resets_at"], "2025-11-23T00:00:00.000Z");
        assert_eq!(refused["violated-policies"], json!(["messages"]));
        refused.clone().problem(429, "quota_exceeded");
        assert_eq!(ws.get("/v1/workspace/usage").await.ok()["messages_per_day"]["used"], 40);
        let live = ws.with_key(app.key_of(&ws.id, "live").await);
        assert_eq!(live.get("/v1/workspace/usage").await.ok()["messages_per_day"]["used"], 0);
        app.passes(Duration::from_hours(12));
        ws.post("/v1/messages", text()).await.ok();
        assert_eq!(ws.get("/v1/workspace/usage").await.ok()["messages_per_day"]["used"], 1);
    }

    async fn a_repeat_costs_no_message_and_a_refusal_keeps_no_key(app: &mut TestApp) {
        let ws = limited(app, json!({"requests_per_minute": 10_000, "messages_per_day": 2})).await;
        ws.account().await;
        let first = ws.post_once("/v1/messages", "one", text()).await.ok();
        for _ in 0..3 {
            assert_eq!(ws.post_once("/v1/messages", "one", text()).await.ok()["id"], first["id"]);
        }
        ws.post_once("/v1/messages", "two", text()).await.ok();
        let many = join_all((0..8).map(|_| ws.post_once("/v1/messages", "three", text()))).await;
        for answer in many {
            answer.problem(429, "quota_exceeded");
        }
        assert_eq!(ws.post_once("/v1/messages", "one", text()).await.ok()["id"], first["id"], "what was accepted stays so");
        assert_eq!(ws.all("/v1/messages").await.len(), 2);
        app.passes(Duration::from_hours(12));
        let answer = ws.post_once("/v1/messages", "three", text()).await;
        assert!(!answer.is_replayed());
        answer.ok();
    }

    async fn a_batch_counts_as_its_number(app: &mut TestApp) {
        let ws = limited(app, json!({"requests_per_minute": 1_000, "messages_per_day": 10})).await;
        ws.account().await;
        let batch = |count: usize| json!({"messages": vec![text(); count]});
        let before = number(&ws.get("/v1/workspace").await, "x-ratelimit-remaining");
        ws.post("/v1/messages/batch", batch(7)).await.ok();
        ws.post("/v1/messages/batch", batch(4)).await.problem(429, "quota_exceeded");
        ws.post("/v1/messages/batch", batch(3)).await.ok();
        assert_eq!(ws.all("/v1/messages").await.len(), 10);
        assert_eq!(ws.get("/v1/workspace/usage").await.ok()["messages_per_day"]["used"], 10);
        let after = number(&ws.get("/v1/workspace").await, "x-ratelimit-remaining");
        assert!(before < after || before - after == 7 + 4 + 3 + 3, "{before} {after}");
        let small = limited(app, json!({"requests_per_minute": 20})).await;
        small.post("/v1/messages/batch", batch(21)).await.problem(403, "limit_reached");
    }

    async fn a_workspace_sees_what_it_uses(app: &mut TestApp) {
        let ws = limited(app, json!({"accounts": 3, "endpoints": 4, "members": 5, "media_bytes": 6, "retention_days": 7})).await;
        ws.account().await;
        ws.post("/v1/webhooks", json!({"url": "https://hooks.example.com/"})).await.ok();
        ws.post("/v1/messages", text()).await.ok();
        let usage = ws.get("/v1/workspace/usage").await.ok();
        let held = |used: Value, limit: u32| json!({"used": used, "limit": limit, "resets_at": null});
        assert_eq!(usage["accounts"], held(json!(1), 3));
        assert_eq!(usage["endpoints"], held(json!(1), 4));
        assert_eq!(usage["members"], held(json!(0), 5));
        assert_eq!(usage["media_bytes"], held(Value::Null, 6));
        assert_eq!(usage["retention_days"], held(Value::Null, 7));
        assert_eq!(usage["messages_per_day"], json!({"used": 1, "limit": 5_000_000, "resets_at": "2025-11-23T00:00:00.000Z"}));
        let requests = &usage["requests_per_minute"];
        assert_eq!(requests["limit"], 12_000);
        assert!(requests["used"].as_u64().unwrap() >= 1 && requests["resets_at"].as_str().unwrap().ends_with(":00.000Z"), "{requests}");
        let names: Vec<_> = usage.as_object().unwrap().keys().cloned().collect();
        let limits = ws.get("/v1/workspace").await.ok()["limits"].clone();
        assert_eq!(names, limits.as_object().unwrap().keys().cloned().collect::<Vec<_>>(), "every limit is shown");
    }

    async fn of_many_who_create_at_once_the_limit_lets_so_many(app: &mut TestApp) {
        let ws = limited(app, json!({"requests_per_minute": 10_000, "accounts": 5, "endpoints": 6})).await;
        for (path, body, limit) in [
            ("/v1/accounts", json!({"provider": "sandbox", "name": "x"}), 5),
            ("/v1/webhooks", json!({"url": "https://hooks.example.com/"}), 6),
        ] {
            let answers = join_all((0..24).map(|_| ws.post(path, body.clone()))).await;
            assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), limit, "{path}");
            for refused in answers.into_iter().filter(|answer| answer.status != 201) {
                refused.problem(403, "limit_reached");
            }
            let first = ws.all(path).await[0]["id"].as_str().unwrap().to_owned();
            ws.delete(&format!("{path}/{first}")).await;
            assert_eq!(ws.post(path, body.clone()).await.status, 201, "a place is free again");
            ws.post(path, body).await.problem(403, "limit_reached");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_gateways_on_one_database_keep_one_limit() {
    wagate_testkit::story::tell(Backend::MySql, async |app: &mut TestApp| {
        let mut twin = app.twin().await;
        let ws = limited(app, json!({"requests_per_minute": 100, "messages_per_day": 50, "accounts": 5})).await;
        let there = twin.seen_by(&ws);
        let answers = ask_within_a_minute(app, &[&ws, &there], 200).await;
        let granted = answers.iter().filter(|answer| answer.status == 200).count();
        assert!((95..=100).contains(&granted), "{granted} of 100");

        let path = format!("/operator/v1/workspaces/{}", ws.id);
        let often = json!({"overrides": {"requests_per_minute": 10_000, "messages_per_day": 50, "accounts": 5}});
        app.operator(Method::PATCH, &path).json(&often).send().await.ok();
        app.passes(Duration::from_secs(5));
        let account = json!({"provider": "sandbox", "name": "x"});
        let answers = join_all((0..24).map(|n| [&ws, &there][n % 2].post("/v1/accounts", account.clone()))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 5);
        let id = ws.all("/v1/accounts").await[0]["id"].clone();
        let mut message = text();
        message["account_id"] = id;
        let answers = join_all((0..128).map(|n| [&ws, &there][n % 2].post("/v1/messages", message.clone()))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 50);
        app.leaves_work_behind();
        twin.leaves_work_behind();
        twin.stop().await;
    })
    .await;
}
