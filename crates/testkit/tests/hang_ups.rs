//! Callers who hang up: what they began ends, and nobody after them finds the gateway worse off.

use futures_util::future::join_all;
use std::time::Duration;
use wagate_testkit::{json, on_both};

on_both! {
    async fn callers_who_hang_up_leave_nothing_behind(app: &mut TestApp) {
        let ws = app.workspace("Acme").await;
        ws.account().await;
        let body = json!({"to": "+15550100001", "type": "text", "text": {"body": "Hi"}});
        for round in 0_u64..40 {
            let patience = Duration::from_micros(100 + round * 100);
            let calls = (0..8).map(|number| {
                let (ws, body) = (&ws, &body);
                async move {
                    let key = format!("{round}-{number}");
                    let call = async {
                        match number % 4 {
                            0 => ws.post_once("/v1/messages", &key, body.clone()).await,
                            1 => ws.post_once("/v1/api-keys", &key, json!({"name": "x"})).await,
                            2 => ws.get(&format!("/v1/messages?limit={}", round + 1)).await,
                            _ => ws.patch("/v1/workspace", json!({"name": format!("Acme {round}")})).await,
                        }
                    };
                    // Hanging up is the point: whether it was answered in time does not matter.
                    drop(tokio::time::timeout(patience, call).await);
                }
            });
            join_all(calls).await;
        }
        // More than there are connections to the database: each of them is as good as before.
        let calls = (0..32).map(|_| ws.get("/v1/workspace"));
        for answer in join_all(calls).await {
            answer.ok();
        }
        let calls = (0..8).map(|number| {
            let (ws, key) = (&ws, format!("39-{}", 1 + 4 * (number % 2)));
            async move { ws.post_once("/v1/api-keys", &key, json!({"name": "x"})).await }
        });
        for answer in join_all(calls).await {
            assert!(matches!(answer.status, 201 | 409), "{} {}", answer.status, answer.json);
        }
        for message in ws.all("/v1/messages").await {
            ws.message(message["id"].as_str().unwrap()).becomes("read").await;
        }
    }
}
