//! Accounts that do not send as fast as they could.

use std::time::Duration;
use wagate_testkit::{TestAccount, TestApp, TestMessage, TestWorkspace, Value, json, on_both};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
/// Long enough for a lane to look again and send what it may.
const A_LOOK: Duration = Duration::from_millis(1500);

async fn paced(ws: &TestWorkspace, pacing: Value) -> TestAccount {
    let account = ws.account().await;
    let changed = ws.patch(&format!("/v1/accounts/{}", account.id), json!({"pacing": pacing})).await.ok();
    assert_eq!(changed["pacing"]["time_zone"], pacing["time_zone"]);
    account
}

async fn send_each(ws: &TestWorkspace, to: &[&str]) -> Vec<TestMessage> {
    let mut messages = Vec::new();
    for (number, to) in to.iter().enumerate() {
        messages.push(ws.send_text(to, &number.to_string()).await);
    }
    messages
}

fn arrived(app: &TestApp) -> usize {
    app.arrivals().iter().filter(|one| one.repeat == 0).count()
}

async fn all_read(messages: &[TestMessage]) {
    for message in messages {
        message.becomes("read").await;
    }
}

on_both! {
    async fn a_rate_lets_through_one_after_another(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = paced(&ws, json!({"per_minute": 6})).await;
        let messages = send_each(&ws, &["+15550100001", "+15550100002", "+15550100001"]).await;
        messages[0].becomes("read").await;
        tokio::time::sleep(A_LOOK).await;
        assert_eq!(arrived(app), 1);
        assert_eq!(account.now().await["next_send_at"], json!(app.now().plus(SECOND * 10)));
        app.passes(SECOND * 9);
        tokio::time::sleep(A_LOOK).await;
        assert_eq!(arrived(app), 1);
        app.passes(SECOND);
        messages[1].becomes("read").await;
        tokio::time::sleep(A_LOOK).await;
        assert_eq!(arrived(app), 2);
        app.passes(SECOND * 10);
        all_read(&messages).await;
    }

    async fn a_burst_goes_at_once_and_not_again_after_a_restart(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        paced(&ws, json!({"per_minute": 1, "burst": 3})).await;
        // A new bucket holds one; it fills while nothing is sent.
        send_each(&ws, &["+15550100001"]).await[0].becomes("read").await;
        app.passes(HOUR);
        let burst = send_each(&ws, &["+15550100001", "+15550100002", "+15550100003", "+15550100004"]).await;
        all_read(&burst[..3]).await;
        tokio::time::sleep(A_LOOK).await;
        assert_eq!(arrived(app), 4);
        app.restart().await;
        burst[3].becomes("read").await;
        let after = send_each(&ws, &["+15550100001"]).await;
        tokio::time::sleep(A_LOOK).await;
        assert_eq!(arrived(app), 5);
        app.passes(SECOND * 60);
        all_read(&after).await;
    }

    async fn a_recipient_rests_and_others_are_written_to(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        paced(&ws, json!({"per_recipient_seconds": 60})).await;
        let messages = send_each(&ws, &["+15550100001", "+15550100001", "+15550100002"]).await;
        messages[0].becomes("read").await;
        messages[2].becomes("read").await;
        tokio::time::sleep(A_LOOK).await;
        assert_eq!(arrived(app), 2);
        assert_eq!(messages[1].now().await["status"], "queued");
        app.passes(SECOND * 60);
        messages[1].becomes("read").await;
    }

    async fn quiet_hours_hold_and_do_not_fail(app: &mut TestApp) {
        // The story begins at noon in London.
        let ws = app.workspace("Acme").await;
        let account = paced(&ws, json!({"time_zone": "Europe/London", "quiet_hours": {"from": "11:30", "to": "13:00"}})).await;
        let messages = send_each(&ws, &["+15550100001", "+15550100002"]).await;
        tokio::time::sleep(A_LOOK).await;
        let held = messages[0].now().await;
        let end = app.now().plus(HOUR);
        assert_eq!((&held["status"], &held["hold_reason"]), (&json!("queued"), &json!("quiet_hours")));
        assert_eq!((&held["next_send_at"], &account.now().await["next_send_at"]), (&json!(end), &json!(end)));
        assert_eq!(messages[1].post("cancel").await.ok()["status"], "cancelled");
        app.restart().await;
        tokio::time::sleep(A_LOOK).await;
        assert_eq!(arrived(app), 0);
        app.passes(HOUR);
        let read = messages[0].becomes("read").await;
        assert_eq!((&read["hold_reason"], &read["next_send_at"]), (&json!(null), &json!(null)));
        assert_eq!(arrived(app), 1);
    }

    async fn a_day_has_its_new_chats_and_a_restart_brings_no_more(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = paced(&ws, json!({"new_chats_per_day": 2})).await;
        account.hears("+15550100009", "Hi").await;
        let messages = send_each(&ws, &["+15550100001", "+15550100002", "+15550100003", "+15550100001", "+15550100009"]).await;
        for open in [0, 1, 3, 4] {
            messages[open].becomes("read").await;
        }
        let held = messages[2].is_held_for("new_chats_limit").await;
        assert_eq!((&held["status"], &held["next_send_at"]), (&json!("queued"), &json!("2025-11-23T00:00:00.000Z")));
        app.restart().await;
        let another = send_each(&ws, &["+15550100004"]).await;
        another[0].is_held_for("new_chats_limit").await;
        assert_eq!(arrived(app), 4);
        app.passes(HOUR * 12);
        messages[2].becomes("read").await;
        another[0].becomes("read").await;
    }

    async fn an_account_warms_up(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = paced(&ws, json!({"new_chats_per_day": 4, "warm_up_days": 4})).await;
        let messages = send_each(&ws, &["+15550100001", "+15550100002", "+15550100003"]).await;
        messages[0].becomes("read").await;
        messages[1].is_held_for("new_chats_limit").await;
        messages[2].is_held_for("new_chats_limit").await;
        app.passes(HOUR * 24);
        messages[1].becomes("read").await;
        messages[2].becomes("read").await;
        let more = send_each(&ws, &["+15550100004"]).await;
        more[0].is_held_for("new_chats_limit").await;
        // Without a limit it goes at once.
        ws.patch(&format!("/v1/accounts/{}", account.id), json!({"pacing": null})).await.ok();
        more[0].becomes("read").await;
    }

    async fn pacing_is_checked_by_field(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.unlinked_account().await;
        let path = format!("/v1/accounts/{}", account.id);
        for (pacing, field, code) in [
            (json!({"per_minute": 0}), "per_minute", "out_of_range"),
            (json!({"per_minute": "fast"}), "per_minute", "wrong_type"),
            (json!({"burst": 3}), "burst", "not_allowed"),
            (json!({"warm_up_days": 3}), "warm_up_days", "not_allowed"),
            (json!({"time_zone": "Middle/Earth"}), "time_zone", "invalid_format"),
            (json!({"quiet_hours": {"from": "25:00", "to": "07:00"}}), "quiet_hours/from", "invalid_format"),
            (json!({"quiet_hours": {"from": "07:00"}}), "quiet_hours/to", "required"),
            (json!({"quiet_hours": {"from": "07:00", "to": "07:00"}}), "quiet_hours/to", "out_of_range"),
            (json!({"pace": 1}), "pace", "unknown_field"),
        ] {
            let refused = ws.patch(&path, json!({"pacing": pacing})).await;
            assert_eq!((refused.status, refused.faults()), (422, vec![(format!("pacing/{field}"), code.to_owned())]), "{pacing}");
        }
        assert_eq!(account.now().await["pacing"], json!(null));
        let set = ws.patch(&path, json!({"pacing": {"per_minute": 10}})).await.ok();
        assert_eq!(set["pacing"]["per_minute"], 10);
        assert!(ws.audit().await.contains(&("account.updated".to_owned(), account.id.clone())));
    }
}
