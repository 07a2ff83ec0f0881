//! A webhook of a workspace.

use crate::{client::Answer, wait::eventually, workspace::TestWorkspace};
use serde_json::Value;

/// A webhook.
#[derive(Debug, Clone)]
pub struct TestWebhook {
    /// Its id.
    pub id: String,
    /// What its deliveries are signed with.
    pub secret: String,
    /// Its workspace.
    pub workspace: TestWorkspace,
}

impl TestWebhook {
    /// The webhook as it is now.
    pub async fn now(&self) -> Value {
        self.workspace.get(&self.path("")).await.ok()
    }

    /// `test`, `enable`, `rotate-secret`, `recover`; `body` may be `null`.
    pub async fn post(&self, verb: &str, body: Value) -> Answer {
        self.workspace.post(&self.path(&format!("/{verb}")), body).await
    }

    /// Deletes it.
    pub async fn delete(&self) -> Answer {
        self.workspace.delete(&self.path("")).await
    }

    /// Its deliveries, oldest first.
    pub async fn deliveries(&self) -> Vec<Value> {
        let mut deliveries = self.workspace.all(&self.path("/deliveries")).await;
        deliveries.reverse();
        deliveries
    }

    /// A delivery with its tries.
    pub async fn delivery(&self, id: &str) -> Value {
        self.workspace.get(&format!("/v1/deliveries/{id}")).await.ok()
    }

    /// Waits until `is_so` holds for its deliveries; answers them, oldest first.
    pub async fn comes_to(&self, what: &str, is_so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        eventually(&format!("the deliveries {what}"), async || {
            let deliveries = self.deliveries().await;
            if is_so(&deliveries) { Ok(deliveries) } else { Err(Value::Array(deliveries).to_string()) }
        })
        .await
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/webhooks/{}{rest}", self.id)
    }
}
