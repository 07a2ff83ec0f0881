//! Accounts: linked, connected, disconnected, deleted; and what becomes of their queues.

use wagate_testkit::{json, on_both};

on_both! {
    async fn an_account_is_linked_by_its_qr_code(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.unlinked_account().await;
        account.is("qr").await;
        let path = format!("/v1/accounts/{}/qr", account.id);
        let code = ws.get(&path).await;
        assert!(code.text("text").len() > 10);
        assert!(code.text("expires_at") > app.now().to_string());
        let png = ws.get(&format!("{path}?format=png")).await;
        assert_eq!((png.header("content-type"), &png.bytes[..4]), ("image/png", &b"\x89PNG"[..]));
        let svg = ws.get(&format!("{path}?format=svg")).await;
        assert_eq!(svg.header("content-type"), "image/svg+xml");
        account.play("scan").await.ok();
        let linked = account.is("connected").await;
        assert!(linked["phone_number"].as_str().unwrap().starts_with("+1555013"));
        ws.get(&path).await.problem(409, "no_qr_code");
        account.play("scan").await.problem(409, "account_in_wrong_state");
    }

    async fn a_disconnected_accounts_queue_waits_and_goes_when_it_is_connected(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let (one, two) = (ws.send_text("+15550100001", "one").await, ws.send_text("+15550100001", "two").await);
        app.restart().await;
        account.is("disconnected").await;
        assert_eq!(one.now().await["status"], "queued");
        account.post("connect").await.ok();
        account.is("connected").await;
        one.becomes("read").await;
        two.becomes("read").await;
        let bodies: Vec<_> = app.arrivals().iter().map(|one| one.content["body"].clone()).collect();
        assert_eq!(bodies, ["one", "two"]);
    }

    async fn an_account_is_connected_again_after_a_restart(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let number = account.now().await["phone_number"].clone();
        app.restart().await;
        ws.send_text("+15550100001", "Hi").await.becomes("read").await;
        let again = account.is("connected").await;
        assert_eq!(again["phone_number"], number);
    }

    async fn what_was_accepted_before_a_restart_is_sent_after_it(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let mut messages = Vec::new();
        for number in 0..20 {
            messages.push(ws.send_text(&format!("+155501000{number:02}"), "Hi").await);
        }
        app.restart().await;
        for message in &messages {
            message.becomes("read").await;
        }
        assert_eq!(app.arrivals().iter().filter(|one| one.repeat == 0).count(), 20);
    }

    async fn a_deleted_account_cancels_what_it_has_queued_and_is_seen_no_more(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let gone = ws.send_text("+15550100001", "before").await;
        gone.becomes("read").await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let (one, two) = (ws.send_text("+15550100001", "one").await, ws.send_text("+15550100002", "two").await);
        assert_eq!(ws.delete(&format!("/v1/accounts/{}", account.id)).await.status, 204);
        for message in [&one, &two] {
            assert_eq!(message.becomes("cancelled").await["reason"], "cancelled");
            ws.hears("message.status", |data| data["id"] == message.id && data["status"] == "cancelled").await;
        }
        ws.get(&format!("/v1/accounts/{}", account.id)).await.problem(404, "not_found");
        ws.delete(&format!("/v1/accounts/{}", account.id)).await.problem(404, "not_found");
        account.post("connect").await.problem(404, "not_found");
        let body = json!({"account_id": account.id, "to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
        let refused = ws.post("/v1/messages", body).await;
        assert!((400..500).contains(&refused.status), "{}", refused.json);
        refused.is_problem();
        assert!(ws.all("/v1/accounts").await.is_empty());
        assert_eq!(gone.now().await["status"], "read", "its messages stay");
        wagate_testkit::eventually("the account's login to be gone", async || {
            let rows = wagate_store::sql::sql("SELECT account_id FROM provider_state").all(app.database()).await.unwrap();
            if rows.is_empty() { Ok(()) } else { Err(format!("{} rows", rows.len())) }
        }).await;
    }

    async fn accounts_are_renamed(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.unlinked_account().await;
        let path = format!("/v1/accounts/{}", account.id);
        assert_eq!(ws.patch(&path, json!({"name": " Räksmörgås 🦐 "})).await.ok()["name"], "Räksmörgås 🦐");
        assert_eq!(account.now().await["name"], "Räksmörgås 🦐");
    }

    async fn a_tier_has_its_number_of_accounts(app: &mut TestApp) {
        let ws = app.workspace_of_tier("Small", "free").await;
        let first = ws.unlinked_account().await;
        let another = json!({"provider": "sandbox", "name": "One more"});
        ws.post("/v1/accounts", another.clone()).await.problem(403, "limit_reached");
        ws.delete(&format!("/v1/accounts/{}", first.id)).await;
        ws.unlinked_account().await;
        let path = format!("/operator/v1/workspaces/{}", ws.id);
        let more = app.operator(wagate_testkit::Method::PATCH, &path).json(&json!({"overrides": {"accounts": 2}}));
        assert_eq!(more.send().await.ok()["limits"]["accounts"], 2);
        ws.unlinked_account().await;
        ws.post("/v1/accounts", another).await.problem(403, "limit_reached");
    }

    async fn two_who_take_the_last_place_at_once_get_one_account(app: &mut TestApp) {
        let ws = app.workspace_of_tier("Small", "free").await;
        let body = json!({"provider": "sandbox", "name": "The only one"});
        let asked = (0..8).map(|_| ws.post("/v1/accounts", body.clone()));
        let statuses: Vec<_> = futures_util::future::join_all(asked).await.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 403).count(), 7, "{statuses:?}");
    }

    async fn sandbox_accounts_are_for_test_keys_and_others_are_not_here(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let live = ws.with_key(app.key_of(&ws.id, "live").await);
        let refused = live.post("/v1/accounts", json!({"provider": "sandbox", "name": "x"})).await;
        assert_eq!((refused.status, refused.faults()), (422, vec![("provider".to_owned(), "not_allowed".to_owned())]));
        let refused = live.post("/v1/accounts", json!({"provider": "cloud_api", "name": "x"})).await;
        assert_eq!((refused.status, refused.faults()), (422, vec![("provider".to_owned(), "unsupported".to_owned())]));
    }

    async fn the_sandbox_does_as_its_settings_say(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let path = format!("/v1/sandbox/accounts/{}/settings", account.id);
        let settings = ws.post(&path, json!({"failure_rate": 1.0})).await.ok();
        assert_eq!(settings["failure_rate"], 1.0);
        let message = ws.send_text("+15550100001", "Hi").await;
        message.waits_for("provider_unavailable").await;
        ws.post(&path, json!({"failure_rate": 0.0, "latency_ms": 5})).await.ok();
        app.passes(std::time::Duration::from_mins(10));
        message.becomes("read").await;
    }
}
