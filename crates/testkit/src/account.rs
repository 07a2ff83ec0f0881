//! A sandbox account of a workspace.

use crate::{client::Answer, message::TestMessage, wait::eventually, workspace::TestWorkspace};
use serde_json::{Value, json};

/// An account.
#[derive(Debug, Clone)]
pub struct TestAccount {
    /// Its id.
    pub id: String,
    pub(crate) workspace: TestWorkspace,
}

impl TestAccount {
    /// The account as it is now.
    pub async fn now(&self) -> Value {
        self.workspace.get(&format!("/v1/accounts/{}", self.id)).await.ok()
    }

    /// Waits until it has this status.
    pub async fn is(&self, status: &str) -> Value {
        eventually(&format!("the account to be {status}"), async || {
            let account = self.now().await;
            if account["status"] == status { Ok(account) } else { Err(account.to_string()) }
        })
        .await
    }

    /// Sends a text from this account.
    pub async fn send_text(&self, to: &str, body: &str) -> TestMessage {
        let message = json!({"account_id": self.id, "to": to, "type": "text", "text": {"body": body}});
        self.workspace.send(message).await
    }

    /// `connect` or `disconnect`.
    pub async fn post(&self, verb: &str) -> Answer {
        self.workspace.post(&format!("/v1/accounts/{}/{verb}", self.id), Value::Null).await
    }

    /// Plays the network: `scan`, `drop`, `ban`, `restore`.
    pub async fn play(&self, verb: &str) -> Answer {
        self.workspace.post(&format!("/v1/sandbox/accounts/{}/{verb}", self.id), Value::Null).await
    }

    /// Somebody writes something to it.
    pub async fn write(&self, message: Value) -> Answer {
        self.workspace.post(&format!("/v1/sandbox/accounts/{}/inbound", self.id), message).await
    }

    /// Somebody writes a text to it; answers the message that came in.
    pub async fn hears(&self, from: &str, body: &str) -> Value {
        let message = json!({"from": from, "type": "text", "text": {"body": body}});
        self.write(message).await.ok()
    }
}
