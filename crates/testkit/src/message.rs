//! A message of a workspace.

use crate::{
    client::{Answer, text},
    wait::eventually,
    workspace::TestWorkspace,
};
use serde_json::Value;

/// A message.
#[derive(Debug, Clone)]
pub struct TestMessage {
    /// Its id.
    pub id: String,
    pub(crate) workspace: TestWorkspace,
}

impl TestMessage {
    /// The message as it is now.
    pub async fn now(&self) -> Value {
        self.workspace.get(&format!("/v1/messages/{}", self.id)).await.ok()
    }

    /// Waits until it has this status; answers it as it is then.
    pub async fn becomes(&self, status: &str) -> Value {
        self.comes_to(&format!("to be {status}"), |message| message["status"] == status).await
    }

    /// Waits until `is_so` holds for it; answers it as it is then.
    pub async fn comes_to(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("the message {what}"), async || {
            let message = self.now().await;
            if is_so(&message) { Ok(message) } else { Err(message.to_string()) }
        })
        .await
    }

    /// Waits until it waits for another attempt, for this reason.
    pub async fn waits_for(&self, reason: &str) -> Value {
        let waits = |message: &Value| message["reason"] == reason && !message["next_attempt_at"].is_null();
        self.comes_to(&format!("to wait since {reason}"), waits).await
    }

    /// Waits until it is held for this reason.
    pub async fn is_held_for(&self, reason: &str) -> Value {
        self.comes_to(&format!("to be held for {reason}"), |message| message["hold_reason"] == reason).await
    }

    /// `cancel`, `retry` or `read`.
    pub async fn post(&self, verb: &str) -> Answer {
        self.workspace.post(&format!("/v1/messages/{}/{verb}", self.id), Value::Null).await
    }

    /// The statuses that it went through.
    pub async fn statuses(&self) -> Vec<String> {
        let message = self.now().await;
        let history = message["history"].as_array().unwrap();
        let mut statuses: Vec<_> = history.iter().map(|entry| text(entry, "status")).collect();
        statuses.dedup();
        statuses
    }
}
