//! Statistics: the counts that are kept with the messages, by whatever they are asked for. That they are
//! those of the messages themselves is checked after every story.

use futures_util::future::join_all;
use std::time::Duration;
use wagate_testkit::{TestWorkspace, Value, client::text, json, on_both};

const STATS: &str = "/v1/messages/stats";

async fn stats(ws: &TestWorkspace, query: &str) -> Value {
    ws.get(&format!("{STATS}{query}")).await.ok()["data"].clone()
}

/// Some fields of each group.
fn some(groups: &Value, fields: &[&str]) -> Vec<Vec<Value>> {
    let groups = groups.as_array().unwrap().iter();
    groups.map(|group| fields.iter().map(|field| group[*field].clone()).collect()).collect()
}

on_both! {
    async fn messages_are_counted_by_how_far_they_came(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        assert_eq!(stats(&ws, "").await, json!([]));
        let account = ws.account().await;
        let sends = (0..6).map(|number| ws.send_text(if number < 2 { "+15550110001" } else { "+15550100001" }, "Hi"));
        for (number, message) in join_all(sends).await.iter().enumerate() {
            message.becomes(if number < 2 { "failed" } else { "read" }).await;
        }
        account.hears("+15550100001", "Hi").await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let waiting = join_all((0..3).map(|_| ws.send_text("+15550100001", "Hi"))).await;
        ws.post(&format!("/v1/messages/{}/cancel", waiting[0].id), Value::Null).await.ok();
        let all = json!([{"accepted": 9, "waiting": 2, "sent": 4, "delivered": 4, "read": 4, "failed": 2, "cancelled": 1, "expired": 0, "received": 1}]);
        wagate_testkit::eventually("all to be counted", async || {
            let counted = stats(&ws, "").await;
            if counted == all { Ok(()) } else { Err(counted.to_string()) }
        }).await;
        let by_status = stats(&ws, "?group_by=status,reason").await;
        let fields = ["status", "reason", "accepted", "received"];
        let expected = json!([
            ["cancelled", "cancelled", 1, 0], ["failed", "recipient_not_on_whatsapp", 2, 0], ["queued", null, 2, 0],
            ["read", null, 4, 0], ["received", null, 0, 1],
        ]);
        assert_eq!(json!(some(&by_status, &fields)), expected);
        assert_eq!(json!(some(&stats(&ws, "?group_by=reason&status=failed").await, &["reason", "failed", "status"])), json!([["recipient_not_on_whatsapp", 2, null]]));
        assert_eq!(json!(some(&stats(&ws, "?reason=cancelled").await, &["accepted", "cancelled"])), json!([[1, 1]]));
        // What an account leaves behind is counted on.
        ws.delete(&format!("/v1/accounts/{}", account.id)).await;
        assert_eq!(json!(some(&stats(&ws, "").await, &["accepted", "waiting", "cancelled"])), json!([[9, 0, 3]]));
    }

    async fn messages_count_in_the_hour_in_which_they_were_accepted(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        // 12:00, and an hour and a half later, and the next day.
        for (wait, count) in [(0, 3), (90, 2), (24 * 60, 1)] {
            app.passes(Duration::from_secs(wait * 60));
            for message in join_all((0..count).map(|_| ws.send_text("+15550100001", "Hi"))).await {
                message.becomes("read").await;
            }
        }
        account.hears("+15550100001", "Hi").await;
        let by_hour = stats(&ws, "?group_by=hour").await;
        let expected = json!([["2025-11-22T12:00:00.000Z", 3, 0], ["2025-11-22T13:00:00.000Z", 2, 0], ["2025-11-23T13:00:00.000Z", 1, 1]]);
        assert_eq!(json!(some(&by_hour, &["time", "read", "received"])), expected);
        let by_day = stats(&ws, "?group_by=day").await;
        assert_eq!(json!(some(&by_day, &["time", "read"])), json!([["2025-11-22T00:00:00.000Z", 5], ["2025-11-23T00:00:00.000Z", 1]]));
        for (zone, expected) in [
            ("%2B11:00", json!([["2025-11-21T13:00:00.000Z", 3], ["2025-11-22T13:00:00.000Z", 2], ["2025-11-23T13:00:00.000Z", 1]])),
            ("+11:00", json!([["2025-11-21T13:00:00.000Z", 3], ["2025-11-22T13:00:00.000Z", 2], ["2025-11-23T13:00:00.000Z", 1]])),
            ("-13:00", json!([["2025-11-21T13:00:00.000Z", 3], ["2025-11-22T13:00:00.000Z", 2], ["2025-11-23T13:00:00.000Z", 1]])),
            ("-12:00", json!([["2025-11-22T12:00:00.000Z", 5], ["2025-11-23T12:00:00.000Z", 1]])),
        ] {
            assert_eq!(json!(some(&stats(&ws, &format!("?group_by=day&time_zone={zone}")).await, &["time", "read"])), expected, "{zone}");
        }
        let one_hour = ws.get(&format!("{STATS}?from=2025-11-22T13:10:00Z&to=2025-11-22T13:50:00Z")).await.ok();
        assert_eq!((&one_hour["from"], &one_hour["to"]), (&json!("2025-11-22T13:00:00.000Z"), &json!("2025-11-22T14:00:00.000Z")));
        assert_eq!(json!(some(&one_hour["data"], &["read"])), json!([[2]]));
        assert_eq!(stats(&ws, "?from=2025-11-22T14:00:00Z&to=2025-11-23T13:00:00Z").await, json!([]));
    }

    async fn accounts_are_told_apart_and_kept_apart(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let (one, two) = (ws.account().await, ws.account().await);
        let (bound, stranger) = (ws.key(json!({"account_ids": [one.id]})).await, app.workspace("The stranger").await);
        let live = ws.with_key(app.key_of(&ws.id, "live").await);
        one.send_text("+15550100001", "Hi").await.becomes("read").await;
        two.hears("+15550100001", "Hi").await;
        let by_account = stats(&ws, "?group_by=account").await;
        assert_eq!(json!(some(&by_account, &["account_id", "read", "received"])), json!([[one.id, 1, 0], [two.id, 0, 1]]));
        assert_eq!(json!(some(&stats(&ws, &format!("?account_ids={}", two.id)).await, &["read", "received"])), json!([[0, 1]]));
        assert_eq!(json!(some(&stats(&bound, "").await, &["read", "received"])), json!([[1, 0]]));
        for (who, query) in [(&bound, format!("?account_ids={}", two.id)), (&stranger, format!("?account_ids={}", one.id)), (&stranger, String::new()), (&live, String::new())] {
            assert_eq!(stats(who, &query).await, json!([]), "{query}");
        }
    }

    async fn what_cannot_be_counted_is_refused_by_name(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let accounts = vec!["acc_01jd0c2q4w8v7h3n5k6m9p0r1s"; 101].join(",");
        for (query, field, code) in [
            ("group_by=hour,day", "group_by", "not_allowed"),
            ("group_by=week", "group_by", "not_allowed"),
            ("time_zone=Europe/Berlin", "time_zone", "not_allowed"),
            ("time_zone=%2B05:30", "time_zone", "not_allowed"),
            ("time_zone=%2B15:00", "time_zone", "not_allowed"),
            ("from=2025-11-22T13:00:00Z&to=2025-11-22T13:00:00Z", "from", "out_of_range"),
            ("from=2024-01-01T00:00:00Z", "from", "out_of_range"),
            ("from=9999-01-01T00:00:00Z", "from", "out_of_range"),
            ("status=gone", "status", "not_allowed"),
            ("reason=bad", "reason", "not_allowed"),
            (&format!("account_ids={accounts}"), "account_ids", "too_many"),
        ] {
            let answer = ws.get(&format!("{STATS}?{query}")).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{query}");
        }
        assert_eq!(text(&ws.get(STATS).await.ok(), "to").len(), "2025-11-22T13:00:00.000Z".len());
    }
}
