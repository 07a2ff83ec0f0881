//! Retention: what is old goes, what has not ended stays with all its own, whatever runs meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use wagate_model::Timestamp;
use wagate_store::{in_transaction, leases, media, sql::sql, tables};
use wagate_testkit::{
    Method, Reply, Sink, TestAccount, TestApp, TestWorkspace, Value, client::text, eventually, json, on_both,
};

const DAY: Duration = Duration::from_hours(24);
/// The network says that it knows no such number.
const REFUSED: &str = "+15550110001";

async fn workspace_that_keeps(app: &TestApp, days: u32) -> TestWorkspace {
    let ws = app.workspace("Acme").await;
    let patch = app.operator(Method::PATCH, &format!("/operator/v1/workspaces/{}", ws.id));
    patch.json(&json!({"overrides": {"retention_days": days}})).send().await.ok();
    ws
}

async fn rows(app: &TestApp) -> BTreeMap<&'static str, u64> {
    tables::count_rows_any_workspace(app.database()).await.unwrap()
}

/// How many events there were in all, erased ones too.
async fn last_number(app: &TestApp, ws: &TestWorkspace) -> i64 {
    let last =
        sql("SELECT COALESCE(MAX(last), 0) AS last FROM event_sequences WHERE workspace_id = ?").bind(ws.id.as_str());
    last.one(app.database()).await.unwrap().int("last").unwrap()
}

/// Sends messages one after the other, as people do who know nothing of the others; answers what
/// was accepted, and when at the earliest.
async fn traffic(app: &TestApp, account: &TestAccount, name: &str, rounds: usize) -> Vec<(String, Timestamp)> {
    let mut accepted = Vec::new();
    for round in 0..rounds {
        // One that is read, one that the network refuses, one whose receipts come in the wrong order.
        let to = ["+15550100001", REFUSED, "+15550110013"][round % 3];
        let at = app.now();
        accepted.push((account.send_text(to, &format!("{name}-{round}")).await.id, at));
    }
    accepted
}

async fn ended(ws: &TestWorkspace, id: &str) -> Value {
    let message = ws.message(id);
    message.comes_to("to end", |message| message["status"] == "read" || message["status"] == "failed").await
}

on_both! {
    async fn retention_under_load_loses_nothing_that_it_must_not(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = workspace_that_keeps(app, 3).await;
        ws.webhook(&sink).await;
        let account = ws.account().await;
        let unlinked = ws.unlinked_account().await;
        let held = unlinked.send_text("+15550100007", "held").await;
        let erase = async {
            for round in 0..24 {
                if round % 5 == 0 {
                    // More, and for days, would get the webhook disabled.
                    sink.answers_next([Reply::Status(500)]);
                }
                app.passes(DAY / 2);
                app.apply_retention().await;
                account.hears("+15550100009", "Hi").await;
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
        };
        let senders = ["one", "two", "three"].map(|name| traffic(app, &account, name, 39));
        let (accepted, ()) = tokio::join!(futures_util::future::join_all(senders), erase);
        let accepted = accepted.concat();
        let now = app.now();
        let mut gone = 0;
        for (id, at) in &accepted {
            if ws.get(&format!("/v1/messages/{id}")).await.status == 404 {
                gone += 1;
                assert!(now.since(*at) >= DAY * 3, "{id} of {at} is gone at {now}");
            } else {
                ended(&ws, id).await;
            }
        }
        assert!(gone > 0, "nothing was erased");
        let arrivals = app.arrivals();
        let reached: BTreeSet<_> = arrivals.iter().map(|one| one.message_id.to_string()).collect();
        let missing = accepted.iter().filter(|(id, _)| !reached.contains(id)).count();
        assert_eq!(missing, accepted.len() / 3, "all but what the network refuses was sent");
        assert_eq!(held.now().await["status"], "queued", "what has not ended stays");

        let events = usize::try_from(last_number(app, &ws).await).unwrap();
        eventually("every event to be delivered before it is erased", async || {
            app.passes(Duration::from_mins(10));
            let told: BTreeSet<_> = sink.received().iter().map(|one| one.json()["sequence"].as_i64()).collect();
            if told.len() == events { Ok(()) } else { Err(format!("{} of {events} came", told.len())) }
        })
        .await;
    }

    async fn in_the_end_only_what_has_not_ended_is_left(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = workspace_that_keeps(app, 3).await;
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.status"]})).await;
        let account = ws.account().await;
        for (id, _) in traffic(app, &account, "sent", 6).await {
            ended(&ws, &id).await;
        }
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let waits = ws.send_text("+15550100001", "waits").await;
        webhook.comes_to("to be delivered", |all| all.iter().all(|one| one["status"] == "delivered")).await;
        app.apply_retention().await;
        assert_eq!(rows(app).await["message_logs"], 7, "nothing is old yet");
        app.passes(DAY * 2);
        app.apply_retention().await;
        assert_eq!(rows(app).await["message_logs"], 7, "nothing is old enough yet");
        app.passes(DAY * 2);
        let deleted = app.apply_retention().await;
        assert_eq!(deleted.messages, 6);
        let left = rows(app).await;
        let of = ["message_logs", "message_attempts", "events", "webhook_deliveries", "webhook_attempts"];
        let of = of.map(|table| left[table]);
        assert_eq!(of, [1, 0, 0, 0, 0]);
        assert_eq!(app.apply_retention().await, wagate_engine::retention::Deleted::default());

        account.post("connect").await.ok();
        waits.becomes("read").await;
        let first = ws.events().await[0]["sequence"].as_i64().unwrap();
        assert!(first > 1);
        let known = ws.get(&format!("/v1/events?starting_after={}", first - 1)).await.ok();
        assert_eq!(known["data"][0]["sequence"], first);
        let refused = ws.get("/v1/events?starting_after=1").await;
        let problem = refused.problem(410, "events_erased");
        assert!(text(&problem, "detail").contains(&format!("starting_after={}", first - 1)), "{problem}");
    }

    async fn a_delivery_that_has_not_ended_keeps_its_event(app: &mut TestApp) {
        let sink = Sink::that(Reply::Status(500)).await;
        let ws = workspace_that_keeps(app, 0).await;
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.received"]})).await;
        let account = ws.account().await;
        account.hears("+15550100001", "Hi").await;
        webhook.comes_to("to be tried", |all| all[0]["attempts"] == 1).await;
        app.passes(DAY * 3);
        webhook.comes_to("to be tried again", |all| all[0]["attempts"] == 2).await;
        app.apply_retention().await;
        assert_eq!(rows(app).await["webhook_attempts"], 2);
        sink.answers(Reply::Ok);
        app.passes(DAY / 24);
        webhook.comes_to("to be delivered", |all| all[0]["status"] == "delivered").await;
        let id = text(&webhook.deliveries().await[0], "id");
        app.apply_retention().await;
        ws.post(&format!("/v1/deliveries/{id}/resend"), Value::Null).await.ok();
        webhook.comes_to("to be delivered again", |all| all[0]["attempts"] == 4).await;
        app.passes(DAY * 3);
        app.apply_retention().await;
        assert_eq!((rows(app).await["webhook_deliveries"], rows(app).await["events"]), (0, 0));
    }

    async fn an_incoming_message_is_known_for_eight_days_at_least(app: &mut TestApp) {
        let ws = workspace_that_keeps(app, 1).await;
        let account = ws.account().await;
        account.hears("+15550100001", "Hi").await;
        app.passes(DAY * 7);
        app.apply_retention().await;
        assert_eq!(ws.all("/v1/messages").await.len(), 1);
        app.passes(DAY + Duration::from_secs(1));
        app.apply_retention().await;
        assert_eq!(ws.all("/v1/messages").await.len(), 0);
    }

    async fn a_file_goes_once_no_message_uses_it(app: &mut TestApp) {
        let ws = workspace_that_keeps(app, 3).await;
        let account = ws.account().await;
        let (unused, used) = (ws.upload("a.txt", b"nobody's").await.text("id"), ws.upload("b.txt", b"ours").await.text("id"));
        let message = account.send_text("+15550100001", "with a file").await;
        ended(&ws, &message.id).await;
        let uses = [(ws.id.parse().unwrap(), message.id.parse().unwrap(), used.parse().unwrap())];
        in_transaction!(app.database(), |tx| media::insert_uses(tx, &uses).await).unwrap();
        app.passes(DAY * 2);
        assert_eq!(app.apply_retention().await.media, 0);
        app.passes(DAY * 2);
        let deleted = app.apply_retention().await;
        assert_eq!((deleted.messages, deleted.media), (1, 2), "messages go before what they use");
        for id in [unused, used] {
            ws.get(&format!("/v1/media/{id}")).await.problem(404, "not_found");
        }
        assert_eq!(rows(app).await["media_objects"], 0);
    }

    async fn the_answer_of_an_idempotency_key_outlives_the_key(app: &mut TestApp) {
        let ws = workspace_that_keeps(app, 0).await;
        ws.account().await;
        let body = json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
        let first = ws.post_once("/v1/messages", "order-1", body.clone()).await;
        ws.message(&first.text("id")).becomes("read").await;
        app.passes(DAY + DAY / 2);
        app.apply_retention().await;
        let again = ws.post_once("/v1/messages", "order-1", body).await;
        assert_eq!((again.status, again.text("id")), (202, first.text("id")));
    }

    async fn a_deleted_endpoints_lease_is_given_up(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let webhook = ws.webhook(&sink).await;
        ws.account().await;
        sink.has_got(1).await;
        let held = async || leases::held(app.database(), leases::Leased::Endpoint, "test-1").await.unwrap().len();
        assert_eq!(held().await, 1);
        webhook.delete().await;
        app.apply_retention().await;
        assert_eq!(held().await, 1, "an event may just have been recorded");
        app.passes(DAY);
        app.apply_retention().await;
        assert_eq!(held().await, 0);
    }
}
