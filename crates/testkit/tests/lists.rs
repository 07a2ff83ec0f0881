//! Lists: every one of them, page by page, in both directions.

use wagate_testkit::{Sink, TestWorkspace, Value, client::text, json, on_both};

const ENTRIES: usize = 7;

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|entry| text(entry, "id")).collect()
}

/// Walks a list forth and back in pages of 3, and asserts that both ways see all of it once.
async fn is_walked_both_ways(ws: &TestWorkspace, path: &str, expected: usize) {
    let whole = ids(&ws.get(&format!("{path}?limit=100")).await.ok());
    assert_eq!(whole.len(), expected, "{path}");
    let mut sorted = whole.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(whole, sorted, "{path} has the newest first");

    let mut forth: Vec<String> = Vec::new();
    loop {
        let cursor = forth.last().map_or_else(String::new, |last| format!("&starting_after={last}"));
        let page = ws.get(&format!("{path}?limit=3{cursor}")).await.ok();
        forth.extend(ids(&page));
        assert_eq!(page["has_more"], json!(forth.len() < expected), "{path}");
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(forth, whole, "{path}");

    let mut back = vec![whole.last().unwrap().clone()];
    loop {
        let page = ws.get(&format!("{path}?limit=3&ending_before={}", back[0])).await.ok();
        back.splice(0..0, ids(&page));
        assert_eq!(page["has_more"], json!(back.len() < expected), "{path}");
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(back, whole, "{path}");
}

on_both! {
    async fn every_list_is_walked_in_both_directions(app: &mut TestApp) {
        let sink = Sink::open().await;
        let ws = app.workspace("Acme").await;
        let account = ws.account().await;
        let webhook = ws.webhook_for(&sink, json!({"events": ["message.received"]})).await;
        for number in 0..ENTRIES {
            account.hears("+15550100001", &format!("message {number}")).await;
        }
        for _ in 1..ENTRIES {
            ws.unlinked_account().await;
            ws.key(json!({})).await;
            ws.webhook_for(&sink, json!({"events": ["webhook.test"]})).await;
        }
        is_walked_both_ways(&ws, "/v1/messages", ENTRIES).await;
        is_walked_both_ways(&ws, "/v1/accounts", ENTRIES).await;
        is_walked_both_ways(&ws, "/v1/api-keys", ENTRIES).await;
        is_walked_both_ways(&ws, "/v1/webhooks", ENTRIES).await;
        is_walked_both_ways(&ws, &format!("/v1/webhooks/{}/deliveries", webhook.id), ENTRIES).await;
        is_walked_both_ways(&ws, "/v1/audit-log", 2 + 3 * ENTRIES).await;
    }

    async fn an_empty_list_is_a_list(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        for path in ["/v1/messages", "/v1/accounts", "/v1/webhooks", "/v1/events"] {
            assert_eq!(ws.get(path).await.ok(), json!({"data": [], "has_more": false}), "{path}");
        }
    }

    async fn a_cursor_is_an_id_and_one_at_a_time(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        let id = "msg_01jd0c2q4w8v7h3n5k6m9p0r1s";
        for (query, field, code) in [
            ("limit=0", "limit", "out_of_range"),
            ("limit=101", "limit", "out_of_range"),
            ("limit=x", "limit", "wrong_type"),
            ("starting_after=x", "starting_after", "invalid_format"),
            (&format!("starting_after={id}&ending_before={id}"), "ending_before", "not_allowed"),
            ("page=2", "page", "unknown_field"),
            ("status=done", "status", "not_allowed"),
            ("from=yesterday", "from", "invalid_format"),
        ] {
            let refused = ws.get(&format!("/v1/messages?{query}")).await;
            assert_eq!((refused.status, refused.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{query}");
        }
        assert_eq!(ws.get(&format!("/v1/messages?starting_after={id}")).await.ok()["data"], json!([]), "an unknown id is a place too");
    }
}
