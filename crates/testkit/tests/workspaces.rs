//! Workspaces: suspended and resumed by the operator; what stands in their audit log.

use std::time::Duration;
use wagate_testkit::{Method, Sink, TestApp, TestWorkspace, Value, client::text, json, on_both};

async fn operate(app: &TestApp, ws: &TestWorkspace, verb: &str, body: Value) -> Value {
    let request = app.operator(Method::POST, &format!("/operator/v1/workspaces/{}/{verb}", ws.id));
    let request = if body.is_null() { request } else { request.json(&body) };
    request.send().await.ok()
}

on_both! {
    async fn a_suspended_workspace_reads_and_does_not_send(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let waiting = ws.send_text("+15550100001", "before").await;
        operate(app, &ws, "suspend", json!({"reason": "The invoice of May is open"})).await;
        let shown = ws.get("/v1/workspace").await.ok();
        assert_eq!((&shown["is_suspended"], &shown["suspended_reason"]), (&json!(true), &json!("The invoice of May is open")));
        ws.get("/v1/messages").await.ok();
        ws.get("/v1/events").await.ok();
        let send = json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
        ws.post("/v1/messages", send).await.problem(403, "workspace_suspended");
        ws.post("/v1/accounts", json!({"provider": "sandbox", "name": "x"})).await.problem(403, "workspace_suspended");
        ws.patch("/v1/workspace", json!({"name": "x"})).await.problem(403, "workspace_suspended");
        account.post("connect").await.problem(403, "workspace_suspended");
        operate(app, &ws, "resume", Value::Null).await;
        assert_eq!(ws.get("/v1/workspace").await.ok()["suspended_reason"], json!(null));
        account.post("connect").await.ok();
        waiting.becomes("read").await;
        ws.send_text("+15550100001", "after").await.becomes("read").await;
    }

    async fn what_a_suspended_workspace_has_queued_waits(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let other = app.workspace("Other").await;
        ws.account().await;
        other.account().await;
        let waiting = ws.send_text("+15550110016", "Hi").await;
        waiting.waits_for("pair_rate_limited").await;
        operate(app, &ws, "suspend", json!({"reason": "abuse"})).await;
        app.passes(Duration::from_mins(10));
        other.send_text("+15550100001", "Hi").await.becomes("read").await;
        assert!(app.arrivals().iter().all(|arrival| arrival.message_id.to_string() != waiting.id));
        operate(app, &ws, "resume", Value::Null).await;
        app.passes(Duration::from_mins(10));
        waiting.becomes("read").await;
    }

    async fn the_operator_lists_and_changes_workspaces(app: &mut TestApp) {
        let (one, two) = (app.workspace("One").await, app.workspace_of_tier("Two", "free").await);
        let list = app.operator(Method::GET, "/operator/v1/workspaces").send().await.ok();
        let ids: Vec<_> = list["data"].as_array().unwrap().iter().map(|ws| text(ws, "id")).collect();
        assert_eq!(ids, [two.id.clone(), one.id]);
        let path = format!("/operator/v1/workspaces/{}", two.id);
        let changed = app.operator(Method::PATCH, &path).json(&json!({"tier": "professional", "overrides": {"endpoints": 1}}));
        let changed = changed.send().await.ok();
        assert_eq!((&changed["tier"], &changed["limits"]["endpoints"], &changed["limits"]["accounts"]), (&json!("professional"), &json!(1), &json!(20)));
        assert_eq!(two.get("/v1/workspace").await.ok()["limits"], changed["limits"]);
        let sink = Sink::open().await;
        two.webhook(&sink).await;
        two.post("/v1/webhooks", json!({"url": sink.url()})).await.problem(403, "limit_reached");
    }

    async fn every_change_stands_in_the_audit_log(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        ws.patch("/v1/workspace", json!({"name": "Acme Ltd"})).await.ok();
        let account = ws.account().await;
        ws.patch(&format!("/v1/accounts/{}", account.id), json!({"name": "Sales"})).await.ok();
        account.post("disconnect").await.ok();
        account.is("disconnected").await;
        let message = ws.send_text("+15550100001", "Hi").await;
        message.post("cancel").await.ok();
        account.post("connect").await.ok();
        account.is("connected").await;
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.received"]})).await;
        ws.patch(&format!("/v1/webhooks/{}", webhook.id), json!({"description": "The shop"})).await.ok();
        webhook.post("rotate-secret", Value::Null).await.ok();
        let delivery = webhook.post("test", Value::Null).await.text("id");
        ws.post(&format!("/v1/deliveries/{delivery}/resend"), Value::Null).await.ok();
        webhook.post("recover", json!({"since": app.now().to_string()})).await.ok();
        sink.has_got(1).await;
        webhook.delete().await;
        let key = ws.post("/v1/api-keys", json!({"name": "x"})).await;
        let rotated = ws.post(&format!("/v1/api-keys/{}/rotate", key.text("id")), Value::Null).await;
        ws.delete(&format!("/v1/api-keys/{}", rotated.text("id"))).await;
        ws.delete(&format!("/v1/accounts/{}", account.id)).await;
        operate(app, &ws, "suspend", json!({"reason": "unpaid"})).await;
        operate(app, &ws, "resume", Value::Null).await;

        let actions: Vec<_> = ws.audit().await.into_iter().map(|(action, _)| action).collect();
        assert_eq!(actions, [
            "workspace.created", "key.created", "workspace.updated", "account.created", "sandbox.scanned", "account.updated",
            "account.disconnect_asked", "message.cancelled", "account.connect_asked", "webhook.created", "webhook.updated",
            "webhook.secret_rotated", "webhook.tested", "delivery.resent", "webhook.recovered", "webhook.deleted",
            "key.created", "key.rotated", "key.revoked", "account.deleted", "workspace.suspended", "workspace.resumed",
        ]);
        let log = ws.all("/v1/audit-log").await;
        let own_key = &ws.all("/v1/api-keys").await.last().unwrap()["id"].clone();
        for entry in &log {
            let by_operator = matches!(text(entry, "action").as_str(), "workspace.created" | "workspace.suspended" | "workspace.resumed")
                || entry["subject"] == *own_key;
            assert_eq!(entry["actor"] == "operator", by_operator, "{entry}");
            assert!(by_operator || entry["actor"] == *own_key, "{entry}");
            assert!(text(entry, "request_id").starts_with("req_"));
            assert_eq!(text(entry, "at"), app.now().to_string());
        }
        let all = Value::Array(log).to_string();
        for secret in [&ws.key, &webhook.secret, &key.text("secret"), &rotated.text("secret")] {
            assert!(!all.contains(secret.as_str()), "the audit log holds no secret");
        }
    }
}
